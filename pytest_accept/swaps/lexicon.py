"""Terms of identities in aligned forms, where they stand in a text, and their exchange."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from random import Random
from typing import NamedTuple

from pytest_accept.perturbations.edits import Edit
from pytest_accept.perturbations.language.plain_words import set_apart
from pytest_accept.swaps.spelling import cased, opens_sentence, placed

# Thai, kana, Han and Hangul: words stand next to each other, or particles are joined to them.
_JOINED = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")

_WORD = re.compile(r"\w+")


class TermMention(NamedTuple):
    """Where a term stands in part `side` of a text, how the list writes it, and what it may be.

    `forms` are the columns of the lexicon that it may stand for; none: it is no mention that can
    be exchanged.
    """

    side: int
    start: int
    stop: int
    listed: str
    identity: str
    forms: tuple[int, ...]


Reader = Callable[[str, TermMention], Sequence[int]]
"""Says which of its forms a mention has in this text, () if it cannot be exchanged there."""


class Lexicon:
    """Identities with their terms, one a form: "Jewish", "Jew", "Jews"; "" where there is none.

    `also` are further words (word, identity, forms) that are exchanged but never put, or with no
    forms, that hold the identity fast.
    """

    def __init__(
        self,
        rows: Mapping[str, Sequence[str]],
        also: Iterable[tuple[str, str, tuple[int, ...]]] = (),
    ) -> None:
        self.rows = rows
        self._known: dict[str, dict[str, tuple[str, tuple[int, ...]]]] = {}
        for identity, terms in rows.items():
            for term in dict.fromkeys(filter(None, terms)):
                forms = tuple(at for at, each in enumerate(terms) if each == term)
                self._add(term, identity, forms)
        for word, identity, forms in also:
            self._add(word, identity, forms)
        longest = sorted(self._known, key=len, reverse=True)
        starts = [_WORD.match(term) for term in longest]
        joined = any(map(_JOINED.search, longest))
        self._starts = {each.group() for each in starts if each}
        self._quick = not joined and all(starts)
        self._pattern = re.compile("|".join(map(_bounded, longest)), re.IGNORECASE)

    @classmethod
    def of_spellings(cls, rows: Iterable[tuple[Iterable[str], Iterable[str]]]) -> Lexicon:
        """Return the lexicon of identities given as (forms, words).

        A form is its spellings with commas between: all are exchanged, the first is put. The first
        form names the identity. `words` hold it fast.
        """
        listed: dict[str, list[str]] = {}
        also: list[tuple[str, str, tuple[int, ...]]] = []
        for forms, words in rows:
            spellings = [form.split(",") for form in forms]
            identity = spellings[0][0]
            listed[identity] = [first for first, *_ in spellings]
            for form, (_, *others) in enumerate(spellings):
                also += [(other, identity, (form,)) for other in others]
            also += [(word, identity, ()) for word in words]
        return cls(listed, also)

    def _add(self, term: str, identity: str, forms: tuple[int, ...]) -> None:
        known = self._known.setdefault(term.lower(), {})
        listed, before = known.get(identity, (term, ()))
        known[identity] = listed, (*before, *forms)

    def mentions(self, text: str, side: int, read: Reader | None) -> Iterator[TermMention]:
        """Return where terms stand, outside of links, handles and hashtags."""
        if self._quick and self._starts.isdisjoint(_WORD.findall(text.lower())):
            return
        apart = set_apart(text)
        for match in self._pattern.finditer(text):
            start, stop = match.span()
            within = any(a < stop and start < b for a, b in apart)
            known = self._known.get(match.group().lower(), {})
            for identity, (listed, forms) in known.items():
                if listed.isupper() and len(listed) > 1 and match.group() != listed:
                    continue  # "us" is not the US
                mention = TermMention(side, start, stop, listed, identity, () if within else forms)
                if read is not None and not within:
                    mention = mention._replace(forms=tuple(read(text, mention)))
                yield mention

    def exchanges(
        self, parts: tuple[str, ...], kind: str, *, english: bool, read: Reader | None = None
    ) -> Iterator[tuple[str, tuple[Edit, ...]]]:
        """Yield (identity, edits) for each identity in the text and each one that is not in it.

        An identity is exchanged wherever it is mentioned. If one of its mentions cannot be, it is
        left alone: else the text would speak of two.
        """
        groups: dict[str, list[TermMention]] = {}
        for side, text in enumerate(parts):
            for mention in self.mentions(text, side, read):
                groups.setdefault(mention.identity, []).append(mention)
        for mentions in groups.values():
            if not all(mention.forms for mention in mentions):
                continue
            for identity, terms in self.rows.items():
                if identity in groups:
                    continue
                edits = [
                    _edit(parts[each.side], each, terms, f"{kind} → {identity}", english=english)
                    for each in mentions
                ]
                if all(edits):
                    yield identity, tuple(edit for edit in edits if edit is not None)

    def finder(
        self, kind: str, *, english: bool, read: Reader | None = None
    ) -> Callable[[tuple[str, ...], Random], Iterator[tuple[str, tuple[Edit, ...]]]]:
        """Return `exchanges` as a Swap takes it."""
        return lambda parts, random: self.exchanges(parts, kind, english=english, read=read)


def _bounded(term: str) -> str:
    left = "" if _JOINED.match(term[0]) or not re.match(r"\w", term[0]) else r"(?<!\w)"
    right = "" if _JOINED.match(term[-1]) or not re.match(r"\w", term[-1]) else r"(?!\w)"
    return f"{left}{re.escape(term)}{right}"


def _edit(
    text: str, mention: TermMention, terms: Sequence[str], kind: str, *, english: bool
) -> Edit | None:
    """Return the edit that puts an identity there; None if it has no such word, or several."""
    possible = {terms[form] for form in mention.forms}
    if len(possible) > 1 or "" in possible:
        return None
    (put,) = possible
    start, stop = mention.start, mention.stop
    found = text[start:stop]
    put = cased(found, mention.listed, put, opens=opens_sentence(text, start))
    if not english:
        return Edit(start, stop, put, kind, mention.side)
    return placed(text, start, stop, put, kind=kind, side=mention.side)
