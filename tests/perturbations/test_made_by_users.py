"""Perturbations of a user's own functions, right and wrong."""

from random import Random
from typing import Any

import pytest

from pytest_accept import DataError, SettingError
from pytest_accept.perturbations.made_by_users import from_function, from_sites


def test_a_function_makes_one_edit_as_small_as_can_be() -> None:
    perturbation = from_function(lambda text: text.replace("film", "movie"))
    (edit,) = perturbation.draw(Random(0), "A good film.").edits("A good film.")
    assert (edit.start, edit.stop, edit.replacement, edit.kind) == (7, 11, "movie", "transform")
    assert not perturbation.can_change("A good book.")
    assert repr(from_function(str.upper)) == "upper()"
    assert from_function(str.upper, name="shouting").name == "shouting"


@pytest.mark.parametrize(("text", "changed"), [("aaa", "aa"), ("", "x"), ("ab", "ba"), ("a", "")])
def test_the_edit_does_what_the_function_does(text: str, changed: str) -> None:
    perturbation = from_function(lambda _: changed)
    assert perturbation.draw(Random(0), text)(text) == changed


def test_sites_of_ones_own() -> None:
    def shouted(text: str) -> Any:
        if text.endswith("."):
            yield len(text) - 1, len(text), ["!", "!!!"]

    perturbation = from_sites(shouted, promise="up", language="en")
    assert (perturbation.promise, perturbation.language) == ("up", "en")
    assert repr(perturbation) == "shouted()"
    assert perturbation.script((0, 0, 1))("A film.") == "A film!!!"


@pytest.mark.parametrize("made", [None, 5, b"bytes", ["list"]])
def test_what_is_no_text_is_refused(made: Any) -> None:
    perturbation = from_function(lambda text: made, name="broken")
    with pytest.raises(DataError, match=r"Expected broken to return a text, but of 'a' it made"):
        perturbation.can_change("a")


@pytest.mark.parametrize(
    "found", [5, (0, 1), (2, 1, ["x"]), (0, 99, ["x"]), (0, 1, "x"), (0, 1, [2])]
)
def test_what_are_no_sites_is_refused(found: Any) -> None:
    perturbation = from_sites(lambda text: [found], name="broken")
    with pytest.raises(DataError, match=r"Expected broken to find \(start, stop, replacements\)"):
        perturbation.can_change("a text")


def test_what_is_no_function_is_refused() -> None:
    with pytest.raises(SettingError, match="Expected `sites` to be a function from a text to its"):
        from_sites("typos")  # type: ignore[arg-type]
    with pytest.raises(SettingError, match="Expected `function` to be a function from a text to"):
        from_function(None)  # type: ignore[arg-type]
