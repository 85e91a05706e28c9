"""Handles: before sentences and at the end."""

import pytest

from pytest_accept.perturbations.kinds.handles import HANDLES, handles
from tests.perturbations.kinds.checks import check_kind, results


def test_before_sentences_and_at_the_end() -> None:
    each = len(HANDLES)
    edited = results(handles(), " Dr. No came. He left. ")
    assert edited[::each] == [
        f" {HANDLES[0]} Dr. No came. He left. ",
        f" Dr. No came. {HANDLES[0]} He left. ",
        f" Dr. No came. He left. {HANDLES[0]} ",
    ]
    assert len(edited) == 3 * each


@pytest.mark.parametrize("text", ["", " ", "\n\t"])
def test_a_blank_text_stays(text: str) -> None:
    assert results(handles(), text) == []


def test_nobody_has_one() -> None:
    assert all(len(each) - 1 > 15 for each in HANDLES)


def test_manners() -> None:
    check_kind(handles, promise="same", language="any")
