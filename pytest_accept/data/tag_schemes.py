"""How tags of words say where entities begin and end: IOB1, IOB2, BILOU, IOBES, BMES, IO.

A scheme is known by which tag may follow which: that tells schemes apart, finds what is invalid,
and reads entities. An entity is a Span of words; the same entities can be written in any scheme.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from typing import NamedTuple

from pytest_accept.errors import SettingError, unknown

OUTSIDE = "O"
UNTYPED = "_"
"""The type of entities whose tags are bare letters (B, I), as in seqeval."""

_TYPED = re.compile(r"([BIELSUM])-(.+)", re.DOTALL)
_BARE = frozenset("BIELSUM")


class Span(NamedTuple):
    """An entity: words `start` up to but not including `stop` (counted from 0), and its type."""

    start: int
    stop: int
    type: str


class _Said(NamedTuple):
    """What a tag says: B begins, I goes on, E ends, S is a single word, O is outside."""

    role: str
    type: str


_NOTHING = _Said("O", "")


@dataclass(frozen=True)
class Scheme:
    """A scheme; `letters` are what it writes for the roles B, I, E and S that it knows."""

    name: str
    letters: tuple[tuple[str, str], ...]

    def said(self, tag: str) -> _Said | None:
        """Return what a tag says in this scheme, None if it is none of the scheme's."""
        if tag == OUTSIDE:
            return _NOTHING
        if self.name == "IO":  # with or without its letter
            return _Said("I", UNTYPED if tag == "I" else tag.removeprefix("I-"))
        typed = _TYPED.fullmatch(tag)
        letter, kind = typed.groups() if typed else (tag, UNTYPED)
        role = next((role for role, written in self.letters if written == letter), None)
        return None if role is None else _Said(role, kind)

    def written(self, role: str, kind: str) -> str:
        """Return the tag of a role; one that the scheme lacks is written as I."""
        letter = dict(self.letters).get(role, "I")
        return letter if kind == UNTYPED else f"{letter}-{kind}"

    def allows(self, before: _Said, after: _Said) -> bool:
        """Say whether one tag may follow another; outside stands at both ends of a sentence."""
        same = before.type == after.type
        if (self.name, after.role) in (("IOB1", "B"), ("IOB2", "I")):
            return same
        if self.marks_ends:
            unfinished, goes_on = before.role in "BI", after.role in "IE"
            return unfinished == goes_on and (same or not goes_on)
        return True

    @property
    def marks_ends(self) -> bool:
        """Whether the last word of an entity has a letter of its own."""
        return any(role == "E" for role, _ in self.letters)


# In the order of preference of `detect`.
SCHEMES = {
    name: Scheme(name, tuple(zip(roles, letters, strict=True)))
    for name, roles, letters in (
        ("IO", "I", "I"),
        ("IOB2", "BI", "BI"),
        ("IOB1", "BI", "BI"),
        ("BILOU", "BIES", "BILU"),
        ("IOBES", "BIES", "BIES"),
        ("BMES", "BIES", "BMES"),
    )
}

RULES = {
    "IO": "only I- is written, or the bare type",
    "IOB2": "the first word of an entity is B-, and an I- follows a B- or I- of its type",
    "IOB1": "a B- only parts an entity from one of its type that touches it; all else is I-",
    "BILOU": "an entity is B-, I- in between and L- at its end, or U- if it is one word",
    "IOBES": "an entity is B-, I- in between and E- at its end, or S- if it is one word",
    "BMES": "an entity is B-, M- in between and E- at its end, or S- if it is one word",
}

_ALIASES = {"BIO": "IOB2", "BIOES": "IOBES", "BILUO": "BILOU"}


@cache
def scheme_named(name: str) -> Scheme:
    """Return a scheme by its name or alias (BIO, BIOES, BILUO); SettingError for another."""
    found = SCHEMES.get(_ALIASES.get(name, name))
    if found is None:
        raise SettingError(unknown("tag scheme", name, [*SCHEMES, *_ALIASES]))
    return found


def detect(sequences: Sequence[Sequence[str]]) -> str | None:
    """Return the name of the scheme in which the fewest tags of all sequences are out of place.

    Out of place is a tag whose letter the scheme does not write, and one that may not follow the
    tag before it (outside stands at both ends of a sentence):

    - IO writes no B; entities of one type that touch are one.
    - IOB2: an I follows a B or an I of its type.
    - IOB1: a B follows a B or an I of its type, that is, it only parts two entities that touch.
    - BILOU, IOBES, BMES: what has begun goes on with its type up to an end (L or E), and only that.

    Where there is a B, IOB1 and IOB2 cannot both fit: the first word of an entity that touches no
    other of its type is an I in one and a B in the other. Schemes that fit equally read the tags
    alike (I alone is IO, and IOB1 without entities that touch; S alone is IOBES and BMES); then it
    is the first of the order above. Nothing but O is called IOB2. A result need not fit wholly:
    see `misplaced`.

    None: the tags are no entities, such as parts of speech, since they have no letters and O is not
    among them. Names without letters beside O are IO.

    >>> detect([["I-PER", "I-PER", "B-PER"], ["O", "I-LOC"]])
    'IOB1'
    """
    seen = Counter(tag for tags in sequences for tag in tags)
    inside = seen.keys() - {OUTSIDE}
    if not inside:
        return "IOB2"
    if not is_lettered(inside):
        return "IO" if OUTSIDE in seen else None
    if all(tag == "I" or tag.startswith("I-") for tag in inside):
        return "IO"
    pairs = Counter(pair for tags in sequences for pair in _pairs(tags))

    def wrong(name: str) -> int:
        return sum(n for pair, n in pairs.items() if not _fits(*pair, name))

    return min((name for name in SCHEMES if name != "IO"), key=wrong)


def scheme_of(labels: Iterable[str], said: Sequence[Sequence[str]] = ()) -> str | None:
    """Return the scheme of a tagger's labels, None if they say no entities.

    It is the one that writes the most of them; labels that it does not write (padding, say) are
    read as outside. With B and I alone it is IOB1 if that fits what the tagger has `said` better,
    else IOB2: lenient reading is the same for both.
    """
    inside = set(labels) - {OUTSIDE}
    if not is_lettered(inside):
        return "IO" if inside and OUTSIDE in labels else None
    written = [tag for tag in inside if tag in _BARE or _TYPED.fullmatch(tag)]
    if all(tag.startswith("I") for tag in written):
        return "IO"
    names = [name for name in SCHEMES if name != "IO"]
    found = max(names, key=lambda name: sum(SCHEMES[name].said(tag) is not None for tag in inside))
    if found == "IOB2" and said and detect(said) in ("IOB1", "IO"):
        return "IOB1"
    return found


def types_of(labels: Iterable[str], scheme: str) -> tuple[str, ...]:
    """Return the types of entities that labels of a scheme can say, in their order."""
    said = map(scheme_named(scheme).said, labels)
    return tuple(dict.fromkeys(each.type for each in said if each and each.role != "O"))


def is_lettered(tags: Iterable[str]) -> bool:
    """Say whether some tags (outside left out) are letters with types, or all are bare letters."""
    inside = set(tags) - {OUTSIDE}
    return inside <= _BARE or any(map(_TYPED.fullmatch, inside))


def misplaced(tags: Sequence[str], scheme: str) -> list[int]:
    """Return which tags (counted from 0) are out of place in a scheme, as `detect` counts them.

    Of an entity that has begun and does not go on, it is the tag before which it should have; the
    number of tags if the sentence ends there.
    """
    name = scheme_named(scheme).name
    return [at for at, pair in enumerate(_pairs(tags)) if not _fits(*pair, name)]


def spans(tags: Sequence[str], scheme: str, *, strict: bool = False) -> tuple[Span, ...]:
    """Return the entities that tags say, in order; they do not overlap.

    Of tags valid in the scheme there is one reading. Of others, as models predict them: every word
    that is not outside belongs to an entity, and an I or E that follows outside or another type
    begins one (conlleval, and the default of seqeval). `strict` (seqeval's strict mode) drops what
    does not begin, or does not end, as the scheme wants. Tags that are none of the scheme's are
    outside.

    >>> spans(["O", "I-PER", "I-LOC", "I-LOC"], "IOB2")
    (Span(start=1, stop=2, type='PER'), Span(start=2, stop=4, type='LOC'))
    >>> spans(["O", "I-PER", "I-LOC", "I-LOC"], "IOB2", strict=True)
    ()
    """
    known = scheme_named(scheme)
    said = [known.said(tag) or _NOTHING for tag in tags]
    found = list(_lenient(said))
    return tuple(_kept(said, found, known) if strict else found)


def tags(spans: Iterable[Span], length: int, scheme: str) -> tuple[str, ...]:
    """Return the tags of a sentence of `length` words with these entities, which do not overlap.

    IO is written with its letter, as in I-PER.

    >>> tags([Span(0, 2, "PER"), Span(2, 3, "PER")], 4, "IOB1")
    ('I-PER', 'I-PER', 'B-PER', 'O')
    """
    known = scheme_named(scheme)
    written = [OUTSIDE] * length
    before = Span(-1, -1, "")
    for span in sorted(spans):
        roles = ["I"] * (span.stop - span.start)
        if known.name != "IOB1" or (before.stop, before.type) == (span.start, span.type):
            roles[0] = "B"
        if known.marks_ends:
            roles[-1] = "E" if len(roles) > 1 else "S"
        written[span.start : span.stop] = [known.written(role, span.type) for role in roles]
        before = span
    return tuple(written)


def _pairs(tags: Sequence[str]) -> Iterator[tuple[str, str]]:
    return pairwise((OUTSIDE, *tags, OUTSIDE))


@lru_cache(maxsize=100_000)
def _fits(first: str, second: str, name: str) -> bool:
    """Say whether the second tag is the scheme's and may stand after the first."""
    scheme = SCHEMES[name]
    before, after = scheme.said(first), scheme.said(second)
    return after is not None and scheme.allows(before or _NOTHING, after)


def _lenient(said: Sequence[_Said]) -> Iterator[Span]:
    start = None
    before = _NOTHING
    for at, now in enumerate([*said, _NOTHING]):
        parted = before.role in "OES" or before.type != now.type
        if now.role in "OBS" or parted:
            if start is not None:
                yield Span(start, at, before.type)
            start = None if now.role == "O" else at
        before = now


def _kept(said: Sequence[_Said], found: Iterable[Span], scheme: Scheme) -> Iterator[Span]:
    """Yield the spans that begin and end as the scheme wants, by the rules of seqeval."""
    for span in found:
        start, stop, kind = span
        before = said[start - 1] if start else _NOTHING
        after = said[stop] if stop < len(said) else _NOTHING
        if scheme.name == "IOB1" and not scheme.allows(before, said[start]):
            start += 1  # a B that parts nothing; the I that follows it begins
        if start == stop:
            continue
        first, last = said[start].role, said[stop - 1].role
        if scheme.name == "IOB1" and last == "B" and not scheme.allows(said[stop - 1], after):
            continue
        if scheme.name == "IOB2" and first != "B":
            continue
        if scheme.marks_ends and (first not in "BS" or last not in "ES"):
            continue
        yield Span(start, stop, kind)
