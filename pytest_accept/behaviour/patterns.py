"""Patterns of templates: "The {noun} was {adj}." with its slots, filled in."""

from __future__ import annotations

import string
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from pytest_accept.errors import SettingError, expected, unknown

_ARTICLES = ("a", "A")


@dataclass(frozen=True, slots=True)
class Piece:
    """Text as it stands, then a slot (None at the end), with "a" or "A" if it takes an article."""

    literal: str
    slot: str | None
    article: str = ""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A template's text, taken apart."""

    text: str
    pieces: tuple[Piece, ...]

    @property
    def slots(self) -> tuple[str, ...]:
        """The names of its slots, each once, in their order."""
        return tuple(dict.fromkeys(piece.slot for piece in self.pieces if piece.slot is not None))

    def fill(self, values: Mapping[str, str]) -> str:
        """Return the text with a value in each slot; an empty value leaves no double space."""
        from pytest_accept.perturbations.language.articles import article_for

        made, dropped = "", False
        for piece in self.pieces:
            literal = piece.literal
            if dropped and literal.startswith(" ") and (not made or made.endswith(" ")):
                literal = literal[1:]
            made += literal
            if piece.slot is None:
                continue
            value = values[piece.slot]
            dropped = not value
            if value and piece.article:
                article = article_for(value)
                made += f"{article.capitalize() if piece.article == 'A' else article} "
            made += value
        return made


def parse(text: str) -> Pattern:
    """Return a pattern; SettingError for one that cannot be read."""
    if not isinstance(text, str) or not text.strip():
        raise SettingError(expected("pattern", "a text with slots such as {adj}", text))
    try:
        found = list(string.Formatter().parse(text))
    except ValueError as error:
        raise SettingError(_unreadable(text, f"{error}; write {{{{ and }}}} for braces")) from error
    return Pattern(text, tuple(_piece(text, *each) for each in found))


def list_of(slot: str, lists: Collection[str]) -> str:
    """Return which list a slot draws from: its own, or that of its name without a number.

    >>> list_of("adj2", ["adj", "noun"])
    'adj'
    """
    if slot in lists:
        return slot
    base = slot.rstrip("0123456789")
    if base in lists:
        return base
    raise SettingError(
        f"{unknown('list for the slot', slot, lists)} Pass one: template(..., {slot}=[...])."
    )


def _piece(
    text: str, literal: str, field: str | None, specification: str | None, conversion: str | None
) -> Piece:
    if field is None:
        return Piece(literal, None)
    if conversion:
        raise SettingError(_unreadable(text, f"{{{field}!{conversion}}} is no slot"))
    slot, article = field, ""
    if specification:
        slot, article = specification, field
        if article not in _ARTICLES:
            shown = f"{{{field}:{specification}}}"
            reason = f"{shown} is no slot; only {{a:{slot}}} and {{A:{slot}}} have a colon"
            raise SettingError(_unreadable(text, reason))
    if not slot.isidentifier():
        raise SettingError(_unreadable(text, f"{slot!r} is no name for a slot"))
    return Piece(literal, slot, article)


def _unreadable(text: str, reason: str) -> str:
    return f"Cannot read the pattern {text!r}: {reason}."
