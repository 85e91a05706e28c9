"""Keyboard typos: a neighbouring key."""

import pytest

from pytest_accept.errors import SettingError
from pytest_accept.perturbations.kinds.keyboard_typos import keyboard_typos
from tests.perturbations.kinds.checks import check_kind, results


def test_neighbours_of_the_row_first() -> None:
    assert results(keyboard_typos(), "to 12 Tac") == [
        *("to 12 Tsc", "to 12 Tqc", "to 12 Tzc", "to 12 Twc"),
        *("to 12 Tax", "to 12 Tav", "to 12 Tad", "to 12 Taf"),
    ]


def test_keeps_the_case() -> None:
    assert results(keyboard_typos(), "OFT")[:2] == ["ODT", "OGT"]


def test_other_layouts() -> None:
    assert results(keyboard_typos(layout="qwertz"), "zzä")[0] == "ztä"
    assert results(keyboard_typos(layout="qwertz"), "zxä")[-2:] == ["zxö", "zxü"]
    assert results(keyboard_typos(layout="azerty"), "eze")[0] == "eae"
    assert repr(keyboard_typos(layout="azerty")) == "keyboard_typos(layout='azerty')"
    assert keyboard_typos(layout="azerty").script() != keyboard_typos().script()


def test_unknown_layout() -> None:
    with pytest.raises(SettingError, match="'qwerty', 'qwertz' or 'azerty', but got 'dvorak'"):
        keyboard_typos(layout="dvorak")  # type: ignore[arg-type]


def test_makes_no_rude_words_and_no_other_opinions() -> None:
    made = results(keyboard_typos(), "shot duck lunch love this fat man defiant")
    assert "shlt duck lunch love this fat man defiant" in made
    said = {word for text in made for word in text.split()}
    assert not said & {"shit", "dick", "lynch", "live", "fag", "mad", "deviant"}


@pytest.mark.parametrize(
    "text", ["", "a", "to", "mp3", "never", "жук", "www.x.org @me #tag :-P xD"]
)
def test_left_alone(text: str) -> None:
    assert results(keyboard_typos(), text) == []


def test_accents_stay_with_their_letter() -> None:
    assert {made[2:] for made in results(keyboard_typos(), "afe\u0301")} == {"e\u0301"}


def test_manners() -> None:
    check_kind(keyboard_typos, promise="same", language="any")
