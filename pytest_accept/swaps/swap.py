"""The Swap: what it makes of a text, the union of two, and a user's function as one."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Any

from pytest_accept.errors import DataError, SettingError, expected, shown
from pytest_accept.perturbations.edits import Edit, apply, difference
from pytest_accept.swaps import KINDS

if TYPE_CHECKING:
    from pytest_accept.prediction.predictions import Input

Finder = Callable[[tuple[str, ...], Random], Iterable[tuple[str, tuple[Edit, ...]]]]
"""Finds (identity, edits) for a text, or for the two texts of a pair. What it draws comes from the
Random."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counterfactual:
    """A text as it would be of another identity: which one, and the edits that make it so."""

    identity: str
    text: Input
    edits: tuple[Edit, ...]


class Swap:
    """What texts would be of other identities. `kind` is what reports call what is exchanged."""

    def __init__(self, called: str, kind: str, find: Finder) -> None:
        self.called, self.kind, self._find = called, kind, find

    def __repr__(self) -> str:
        return self.called

    def __or__(self, other: object) -> Swap:
        """Return the swap that makes what this one makes, and what the other one does."""
        if not isinstance(other, Swap) and not callable(other):
            return NotImplemented
        return _Either(self, as_swap(other))

    def counterfactuals(
        self, text: Input, *, most: int | None = None, seed: int = 0
    ) -> list[Counterfactual]:
        """Return what the text, or pair of texts, would be of other identities.

        An empty list where it holds no term of an identity. At most `most` of them, drawn evenly;
        the same ones for a text and a seed.
        """
        key = f"{seed}\0{self!r}\0{text!r}".encode()
        random = Random(int.from_bytes(hashlib.blake2b(key, digest_size=8).digest(), "big"))
        made: dict[Input, Counterfactual] = {}
        for each in self._made(text, random):
            if each.text != text:
                made.setdefault(each.text, each)
        found = list(made.values())
        if most is None or len(found) <= most:
            return found
        return [found[i] for i in sorted(random.sample(range(len(found)), most))]

    def _made(self, text: Input, random: Random) -> Iterable[Counterfactual]:
        parts = (text,) if isinstance(text, str) else text
        for identity, edits in self._find(parts, random):
            yield Counterfactual(identity=identity, text=apply(text, edits), edits=edits)


class _Either(Swap):
    def __init__(self, *swaps: Swap) -> None:
        self.swaps = swaps
        self.called = " | ".join(map(repr, swaps))
        self.kind = " or ".join(dict.fromkeys(each.kind for each in swaps))

    def _made(self, text: Input, random: Random) -> Iterable[Counterfactual]:
        for each in self.swaps:
            yield from each._made(text, random)


class _OfUser(Swap):
    """What a function makes of a text: texts, or a dict from identities to texts."""

    def __init__(self, function: Callable[[Any], Any]) -> None:
        name = getattr(function, "__name__", "") or type(function).__name__
        self.called = self.kind = "swap" if name == "<lambda>" else name
        self._function = function

    def _made(self, text: Input, random: Random) -> Iterable[Counterfactual]:
        try:
            returned = self._function(text)
        except Exception as error:
            raise DataError(
                f"The swap {self.called} failed on {shown(text)}: {error!r}."
            ) from error
        fits = isinstance(returned, Iterable) and not isinstance(returned, str)
        named: list[tuple[Any, Any]] = []
        if isinstance(returned, Mapping):
            named = list(returned.items())
        elif fits:
            named = [("", made) for made in returned]
        if not fits or not all(_alike(made, text) for _, made in named):
            what = "texts" if isinstance(text, str) else "pairs of texts"
            raise DataError(
                f"Expected {self.called} to return a list of {what}, or a dict from identities to "
                f"{what}, but of {text!r} it made {returned!r} ({type(returned).__name__})."
            )
        for identity, made in named:
            kind = f"{self.kind} → {identity}" if identity else self.kind
            edits = difference(text, made, kind)
            yield Counterfactual(identity=str(identity), text=made, edits=edits)


def _alike(made: Any, text: Input) -> bool:
    if isinstance(text, str):
        return isinstance(made, str)
    return isinstance(made, tuple) and [type(each) for each in made] == [str, str]


def as_swap(swap: object) -> Swap:
    """Return a swap as it is, and a function from a text to texts as one."""
    if isinstance(swap, Swap):
        return swap
    kinds = "religions(), or a function from a text to texts"
    if not callable(swap):
        raise SettingError(expected("swap", f"a swap such as {kinds}", swap))
    name = getattr(swap, "__name__", "")
    if name in KINDS and str(swap.__module__).startswith("pytest_accept"):
        raise SettingError(f"{name} makes swaps: call it, as in swap={name}().")
    return _OfUser(swap)
