"""Edit scripts: what a perturbation draws, to be called on a text."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import hypothesis

from pytest_accept.errors import PredictionError, expected
from pytest_accept.marked_text import marked
from pytest_accept.perturbations.edits import Edit, Span, apply, compose, flattened, moved
from pytest_accept.prediction.predictions import Input

if TYPE_CHECKING:
    from pytest_accept.perturbations.perturbation import Edits

T = TypeVar("T", bound=Input)

Step = tuple[int, int, int]
"""Which kind of edit, at which of its places, with which replacement: each counted modulo what the
text at hand offers."""


class Script(ABC):
    """A list of edits that fits every text: `script(text)` is the edited text."""

    @abstractmethod
    def edits(self, text: Input, fences: Sequence[Span] = ()) -> tuple[Edit, ...]:
        """Return the edits that it makes in this text, or pair of texts: none, if none fits.

        With `fences` it makes none that would cross the edge of one of these spans.
        """

    def changed(self, text: T) -> T:
        """Return the edited text, or pair of texts."""
        return apply(text, self.edits(text))

    def __call__(self, text: T) -> T:
        """Return the edited text, or pair of texts; a failing `@given` test shows the edits."""
        if not isinstance(text, str | tuple):
            raise PredictionError(expected("text", "a text or a pair of texts", text))
        edits = self.edits(text)
        if hypothesis.currently_in_test_context():
            hypothesis.note(_Note(text, edits))
        return apply(text, edits)

    def __deepcopy__(self, memo: Any) -> Script:
        return self


class EditScript(Script):
    """Steps of a perturbation of one or several kinds."""

    def __init__(self, perturbation: Edits, steps: Sequence[Step]) -> None:
        self.perturbation = perturbation
        self.steps = tuple(steps)

    def edits(self, text: Input, fences: Sequence[Span] = ()) -> tuple[Edit, ...]:
        """Return the edits that the steps come to in this text; one that clashes is left out."""
        found = self.perturbation.sites(text, fences)
        if not found:
            return ()
        made: list[Edit] = []
        for which, place, choice in self.steps[: self.perturbation.limit(text)]:
            kind, places = found[which % len(found)]
            side, site = places[place % len(places)]
            replacement = site.replacements[choice % len(site.replacements)]
            edit = Edit(site.start, site.stop, replacement, kind, side)
            part = text if isinstance(text, str) else text[side]
            allowed = self.perturbation.protection.allows(part, site.start, site.stop, replacement)
            if allowed and not any(edit.clashes(other) for other in made):
                made.append(edit)
        return tuple(sorted(made, key=lambda edit: (edit.side, edit.start, edit.stop)))

    def __repr__(self) -> str:
        return f"{self.perturbation!r}.script({', '.join(map(repr, self.steps))})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, EditScript) and repr(self) == repr(other)

    def __hash__(self) -> int:
        return hash(self.steps)


class ChainScript(Script):
    """A script, and another one on its result."""

    def __init__(self, first: Script, second: Script) -> None:
        self.first, self.second = first, second

    def edits(self, text: Input, fences: Sequence[Span] = ()) -> tuple[Edit, ...]:
        """Return the edits of the original text that both come to, one after the other."""
        first = self.first.edits(text, fences)
        second = self.second.edits(apply(text, first), moved(fences, first))
        return compose(text, first, second)

    def __repr__(self) -> str:
        return f"ChainScript({self.first!r}, {self.second!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ChainScript) and repr(self) == repr(other)

    def __hash__(self) -> int:
        return hash((self.first, self.second))


class _Note:
    """What a failing test shows of a script: put into words only if Hypothesis asks."""

    def __init__(self, text: Input, edits: Sequence[Edit]) -> None:
        self.text, self.edits = text, edits

    def __repr__(self) -> str:
        return f"edited: {marked(*flattened(self.text, self.edits))}"
