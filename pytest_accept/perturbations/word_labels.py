"""Perturbations of word-labelled text: the tags follow the words that are edited."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pytest_accept.errors import DataError
from pytest_accept.perturbations.edits import Edit, Span, apply
from pytest_accept.perturbations.scripts import Script

OUTSIDE = "O"


def perturb_words(
    script: Script, words: Sequence[str], tags: Sequence[str], *, cross_entities: bool = False
) -> tuple[list[str], list[str]]:
    """Return the words and IOB2 tags of a sentence after a script's edits.

    The script sees the words joined by single spaces. What an edit makes of words is of the entity
    of the first of them, also where a word is split in two. A word that is put between others is
    outside, unless both are of one entity. No edit is made that crosses the edge of an entity or
    takes away the space there, unless `cross_entities`.

    Raises DataError for lists of different lengths, words with spaces, or tags that are not IOB2.

    >>> from pytest_accept.perturbations import locations
    >>> edit = locations().script((0, 0, 0))
    >>> perturb_words(edit, ["in", "Paris"], ["O", "B-LOC"])[1]
    ['O', 'B-LOC']
    """
    entities = _entities(words, tags)
    text, spans = " ".join(words), _spans(words)
    edits = script.edits(text, () if cross_entities else _extents(spans, entities))
    edited = apply(text, edits)
    owners = _owners(text, spans, edits)
    found: list[str] = []
    owned: list[int | None] = []
    for match in re.finditer(r"\S+", edited):
        of = {owner for owner in owners[match.start() : match.end()] if owner is not None}
        found.append(match.group())
        owned.append(min(of) if of else None)
    held = [None if owner is None else entities[owner] for owner in owned]
    for at, owner in enumerate(owned):
        # A word that was put there: inside if both of its neighbours are of one entity.
        if owner is None and 0 < at < len(held) - 1 and held[at - 1] == held[at + 1]:
            held[at] = held[at - 1]
    types = {entity: tag[2:] for entity, tag in zip(entities, tags, strict=True)}
    return found, [
        OUTSIDE
        if entity is None
        else f"{'I' if at and held[at - 1] == entity else 'B'}-{types[entity]}"
        for at, entity in enumerate(held)
    ]


def _entities(words: Sequence[str], tags: Sequence[str]) -> list[int | None]:
    """Return which entity each word is of, counted from 0, None outside."""
    if len(words) != len(tags):
        raise DataError(
            f"Expected as many tags as words, but got {len(words)} words and {len(tags)} tags."
        )
    odd = [word for word in words if not isinstance(word, str) or word.split() != [word]]
    if odd:
        raise DataError(f"Expected words without spaces, but got {odd[0]!r}.")
    entities: list[int | None] = []
    number = -1
    before = OUTSIDE
    for at, tag in enumerate(tags):
        prefix, dash, kind = tag.partition("-")
        if tag == OUTSIDE:
            entities.append(None)
        elif prefix == "B" and dash and kind:
            number += 1
            entities.append(number)
        elif prefix == "I" and kind and before != OUTSIDE and before[2:] == kind:
            entities.append(number)
        else:
            raise DataError(
                f"Expected IOB2 tags (O, B-TYPE, I-TYPE after one of its type), but number "
                f"{at + 1} of {list(tags)!r} is {tag!r}."
            )
        before = tag
    return entities


def _spans(words: Sequence[str]) -> list[Span]:
    spans, at = [], 0
    for word in words:
        spans.append((at, at + len(word)))
        at += len(word) + 1
    return spans


def _extents(spans: Sequence[Span], entities: Sequence[int | None]) -> list[Span]:
    """Return from where to where each entity reaches."""
    extents: dict[int, Span] = {}
    for (start, stop), entity in zip(spans, entities, strict=True):
        if entity is not None:
            extents[entity] = (extents.get(entity, (start, stop))[0], stop)
    return list(extents.values())


def _owners(text: str, spans: Sequence[Span], edits: Sequence[Edit]) -> list[int | None]:
    """Return for each character of the edited text the word that it comes from, None for none."""
    owner: list[int | None] = [None] * len(text)
    for word, (start, stop) in enumerate(spans):
        owner[start:stop] = [word] * (stop - start)
    made: list[int | None] = []
    at = 0
    for edit in edits:
        made += owner[at : edit.start]
        around = owner[edit.start : edit.stop]
        if edit.start == edit.stop and 0 < edit.start < len(text):
            before, after = owner[edit.start - 1], owner[edit.start]
            around = [before] if before == after else []
        of = [each for each in around if each is not None]
        made += [of[0] if of else None] * len(edit.replacement)
        at = edit.stop
    return made + owner[at:]
