"""What every kind of perturbation must do, and all that it can make of a text."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from pytest_accept.perturbations.edits import apply
from pytest_accept.perturbations.perturbation import Edits
from pytest_accept.perturbations.sites import NEGATIONS, words

SAMPLES = (
    "",
    "a",
    "I",
    " ",
    "\n",
    "A wonderful film, and I don't say that lightly.",
    "Dr. Smith saw 3 films in New York on 12 March 2021; he didn't like them at all.",
    "THE COLOUR IS VERY BAD!!! 1,200 people (10.5 %) said so...",
    "He told his wife: “it's not good”. She will never buy it again. John agreed.",
    "see https://example.org/a?b=c @someone #tag",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467 a family \U0001f600",
    "cafe\u0301 na\u00efve Stra\u00dfe \u0130stanbul",
    "\u05e9\u05dc\u05d5\u05dd \u05e2\u05d5\u05dc\u05dd",
    "\u0645\u0631\u062d\u0628\u0627 \u0628\u0643",
    "\u4f60\u597d\u4e16\u754c\u3002 \u3053\u3093\u306b\u3061\u306f",
    "broken \ud83d half \udc00",
    "tab\there  two  spaces\r\nnew line",
)


def results(perturbation: Edits, text: str) -> list[str]:
    """Return every text that a single edit makes, the simplest first at each place."""
    made = []
    for which, (_, places) in enumerate(perturbation.sites(text)):
        for at, (_, site) in enumerate(places):
            for choice in range(len(site.replacements)):
                edited = perturbation.script((which, at, choice)).changed(text)
                if edited != text:
                    made.append(edited)
    return made


def check_kind(kind: Callable[..., Edits], *, promise: str, language: str) -> None:
    """Check that a kind declares what it is and keeps the rules of all kinds."""
    assert "Source" in (kind.__doc__ or ""), "the docstring names the source"
    perturbation = kind()
    assert (perturbation.promise, perturbation.language) == (promise, language)
    assert repr(kind(max_edits=2)) == f"{kind.__name__}(max_edits=2)"
    assert repr(kind()) == f"{kind.__name__}()"
    for text in SAMPLES:
        _check_text(perturbation, text)
    _check_any_text(kind(max_edits=3))
    _check_protection(kind)


def _check_text(perturbation: Edits, text: str) -> None:
    for _, places in perturbation.sites(text):
        for _, (start, stop, replacements) in places:
            assert 0 <= start <= stop <= len(text)
            assert all(isinstance(each, str) for each in replacements)
            assert text[start:stop] not in replacements, "an edit that changes nothing"
            assert len(set(replacements)) == len(replacements)
            if text.isascii() or "\ud83d" not in text:
                for each in replacements:
                    each.encode()  # no half characters
    assert perturbation.sites(text) == kind_again(perturbation, text), "the same each time"
    random = Random(0)
    for _ in range(5):
        script = perturbation.draw(random, text)
        assert (script.changed(text) != text) == bool(script.edits(text))


def kind_again(perturbation: Edits, text: str) -> Any:
    return perturbation.changed().sites(text)


def _check_any_text(perturbation: Edits) -> None:
    @settings(
        max_examples=60,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(text=st.text(max_size=60), edit=perturbation)
    def holds(text: str, edit: Any) -> None:
        edits = edit.edits(text)
        assert len(edits) <= perturbation.max_edits
        assert edit(text) == apply(text, edits)
        assert not any(one.clashes(other) for one in edits for other in edits if one is not other)

    holds()


def _check_protection(kind: Callable[..., Edits]) -> None:
    """Check that protected words survive: negations where the label stays, and a user's words."""
    for text in SAMPLES:
        listed = [word.group() for word in words(text)][::2]
        perturbation = kind(protect=listed)
        before = _held(text, listed)
        for edited in results(perturbation, text):
            assert _held(edited, listed) == before, edited
        if perturbation.protection.negations:
            before = _held(text, NEGATIONS)
            for edited in results(perturbation, text):
                assert _held(edited, NEGATIONS) == before, edited


def _held(text: str, listed: Any) -> list[str]:
    kept = {each.casefold() for each in listed}
    return sorted(w.group().casefold() for w in words(text) if w.group().casefold() in kept)
