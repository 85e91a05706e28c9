"""Spelling variants: British and American."""

import pytest

from pytest_accept.perturbations.kinds.spelling_variants import spelling_variants
from pytest_accept.perturbations.word_lists import read_rows
from tests.perturbations.kinds.checks import check_kind, results


@pytest.mark.parametrize(
    ("british", "american"),
    [
        ("a colourful film", "a colorful film"),
        ("Organised by us", "Organized by us"),
        ("THE THEATRE", "THE THEATER"),
        ("“Grey,” I said", "“Gray,” I said"),
    ],
)
def test_both_directions(british: str, american: str) -> None:
    assert results(spelling_variants(), british) == [american]
    assert results(spelling_variants(), american) == [british]


@pytest.mark.parametrize(
    "text",
    ["", "a metre, to practise, a cheque", "in Pearl Harbor", "#colour example.org/colour cOLour"],
)
def test_left_alone(text: str) -> None:
    assert results(spelling_variants(), text) == []


def test_each_word_is_listed_once() -> None:
    pairs = read_rows("spelling_variants")
    assert len(pairs) >= 120
    listed = [word for pair in pairs for word in pair]
    assert len(set(listed)) == len(listed) == 2 * len(pairs)


def test_manners() -> None:
    check_kind(spelling_variants, promise="same", language="en")
