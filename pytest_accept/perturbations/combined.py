"""Perturbations made of others: either of them, one after the other, or several in one budget."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from random import Random
from typing import Any

from hypothesis import strategies as st

from pytest_accept.perturbations.perturbation import Edits, Perturbation
from pytest_accept.perturbations.scripts import ChainScript, Script
from pytest_accept.prediction.predictions import Input


class OneOf(Perturbation):
    """Either of several perturbations."""

    def __init__(self, choices: Sequence[Perturbation]) -> None:
        super().__init__()
        self.choices = tuple(choices)
        self.name = " | ".join(each.name for each in choices)
        promises = {each.promise for each in choices}
        self.promise = promises.pop() if len(promises) == 1 else "unknown"
        self.language = _language(choices)

    def __repr__(self) -> str:
        return f"({' | '.join(map(repr, self.choices))})"

    def _mapped(self, change: Callable[[Edits], Edits], called: str) -> OneOf:
        return OneOf([each._mapped(change, called) for each in self.choices])

    def scripts(self) -> st.SearchStrategy[Script]:
        """Return a strategy of scripts for any text."""
        return st.one_of([each.scripts() for each in self.choices])

    def scripts_for(self, text: Input) -> st.SearchStrategy[Script]:
        """Return a strategy of scripts within what this text, or pair of texts, offers."""
        return st.one_of([each.scripts_for(text) for each in self._able(text)])

    def draw(self, random: Random, text: Input) -> Script:
        """Return a script of one of the choices that can change the text, each equally likely."""
        return random.choice(self._able(text)).draw(random, text)

    def can_change(self, text: Input) -> bool:
        """Return whether one of them finds anything to edit."""
        return any(each.can_change(text) for each in self.choices)

    def _able(self, text: Input) -> Sequence[Perturbation]:
        return [each for each in self.choices if each.can_change(text)] or self.choices


class Chain(Perturbation):
    """One perturbation, and another one on its result."""

    def __init__(self, first: Perturbation, second: Perturbation) -> None:
        super().__init__()
        self.first, self.second = first, second
        self.name = f"{first.name}, then {second.name}"
        changing = [each.promise for each in (first, second) if each.promise != "same"]
        self.promise = "unknown" if len(changing) == 2 else (*changing, first.promise)[0]
        self.language = _language((first, second))

    def __repr__(self) -> str:
        return f"{self.first!r}.then({self.second!r})"

    def _mapped(self, change: Callable[[Edits], Edits], called: str) -> Chain:
        return Chain(self.first._mapped(change, called), self.second._mapped(change, called))

    def scripts(self) -> st.SearchStrategy[Script]:
        """Return a strategy of scripts for any text."""
        return st.tuples(self.first.scripts(), self.second.scripts()).map(
            lambda both: ChainScript(*both)
        )

    def scripts_for(self, text: Input) -> st.SearchStrategy[Script]:
        """Return a strategy of scripts within what this text, or pair of texts, offers."""
        return self.first.scripts_for(text).flatmap(
            lambda one: self.second.scripts_for(one.changed(text)).map(
                lambda other: ChainScript(one, other)
            )
        )

    def draw(self, random: Random, text: Input) -> Script:
        """Return a script of the first, followed by one of the second for its result."""
        one = self.first.draw(random, text)
        return ChainScript(one, self.second.draw(random, one.changed(text)))

    def can_change(self, text: Input) -> bool:
        """Return whether one of both finds anything to edit."""
        return self.first.can_change(text) or self.second.can_change(text)


def either(one: Perturbation, other: Perturbation) -> OneOf:
    """Return the perturbation that does either the one or the other."""
    return OneOf((*_choices(one), *_choices(other)))


def _choices(perturbation: Perturbation) -> tuple[Perturbation, ...]:
    return perturbation.choices if isinstance(perturbation, OneOf) else (perturbation,)


def _language(parts: Iterable[Perturbation]) -> str:
    known = dict.fromkeys(each.language for each in parts if each.language != "any")
    return "+".join(known) or "any"


def mixed(name: str, parts: Sequence[Edits], **budget: Any) -> Edits:
    """Return one perturbation whose edits are of any of the parts' kinds, within one budget."""
    finders = [finder for part in parts for finder in part.finders]
    return Edits(name, finders, promise=parts[0].promise, language=_language(parts), **budget)
