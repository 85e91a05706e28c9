"""Links: reserved addresses at both ends of a text."""

from urllib.parse import urlsplit

import pytest

from pytest_accept.perturbations.kinds.urls import URLS, urls
from tests.perturbations.kinds.checks import check_kind, results


def test_both_ends() -> None:
    begun = [f"{each} A film." for each in URLS]
    ended = [f"A film. {each}" for each in URLS]
    assert results(urls(), "A film.") == begun + ended


def test_spaces_around_stay() -> None:
    edited = results(urls(), " a film \n")
    assert (edited[0], edited[-1]) == (f" {URLS[0]} a film \n", f" a film {URLS[-1]} \n")


@pytest.mark.parametrize("text", ["", " ", "\n\t"])
def test_a_blank_text_stays(text: str) -> None:
    assert results(urls(), text) == []


def test_manners() -> None:
    check_kind(urls, promise="same", language="any")


def test_addresses_are_reserved() -> None:
    for each in URLS:
        host = urlsplit(each).hostname or ""
        assert host.removeprefix("www.") in ("example.com", "example.net", "example.org")
