"""A column with a list of tags for each sentence -> Tags."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pytest_accept.data.labels import canonical, is_missing, number_of
from pytest_accept.data.options import CONLLEVAL, LabelNames
from pytest_accept.data.origins import Origins
from pytest_accept.data.tag_schemes import (
    OUTSIDE,
    RULES,
    SCHEMES,
    Span,
    detect,
    is_lettered,
    misplaced,
    scheme_named,
    spans,
    tags,
    types_of,
)
from pytest_accept.data.tags import Tags, Words
from pytest_accept.errors import DataError, LabelError

Sequences = list[tuple[str, ...]]

_SHOWN = 3
_OTHER_FORM = re.compile(r"[BIELSU][_:./].+|.+[-_:/.][BIELSU]")


@dataclass(frozen=True, eq=False, kw_only=True)
class TagReader:
    """Reads a column of tags: `called` is the data's name, `class_names` those of a ClassLabel,
    `scheme` what the caller says of the tags.
    """

    called: str
    origins: Origins
    label_names: LabelNames | None
    class_names: Sequence[str] | None
    scheme: str | None

    def read(self, column: str, values: Sequence[Any], words: Sequence[Words]) -> Tags:
        """Return the tags of all sentences.

        Raises LabelError if a sentence has not as many tags as words, or a tag is missing or has no
        name; DataError if tags are out of place in their scheme.
        """
        self._check_lengths(column, values, words)
        names = {value: self._name(value) for value in {tag for each in values for tag in each}}
        sequences = [tuple(names[value] for value in each) for each in values]
        scheme = self._scheme(set(names.values()), sequences)
        notes = self._unused(names.keys(), sequences, scheme)
        notes += () if scheme is None else self._checked(sequences, words, scheme)
        renamed = self._types
        if scheme is None:
            sequences = [tuple(renamed.get(tag, tag) for tag in each) for each in sequences]
            found: list[tuple[Span, ...]] = [() for _ in sequences]
        else:
            found = [spans(each, scheme) for each in sequences]
        if scheme is not None and renamed:
            found = [tuple(_renamed(each, renamed)) for each in found]
            pairs = zip(found, words, strict=True)
            sequences = [tags(each, len(sentence), scheme) for each, sentence in pairs]
        kinds = sequences if scheme is None else [[span.type for span in each] for each in found]
        return Tags(
            words=words,
            sequences=sequences,
            scheme=scheme,
            spans=found,
            names=tuple(dict.fromkeys(kind for each in kinds for kind in each)),
            notes=notes,
        )

    def _check_lengths(self, column: str, values: Sequence[Any], words: Sequence[Words]) -> None:
        total = f"{len(values):,} sentences of {self.called}"
        missing = [
            row
            for row, each in enumerate(values)
            if each is None or any(is_missing(tag) or tag in (-1, -100) for tag in each)
        ]
        if missing:
            raise LabelError(
                f"{len(missing):,} of {total} lack tags in column {column!r} "
                f"({self.origins.first(missing)}). Drop those rows or fill them in before loading, "
                "or load the words alone with label=None."
            )
        odd = [row for row, each in enumerate(values) if len(each) != len(words[row])]
        if odd:
            first = odd[0]
            raise LabelError(
                f"{len(odd):,} of {total} have not as many tags as words (first: "
                f"{self.origins.origin(first)} has {_counted(words[first], 'word')} "
                f"({_short(words[first])}) and {_counted(values[first], 'tag')} "
                f"({_short(values[first])})). Give each word one tag."
            )

    def _name(self, value: object) -> str:
        raw = canonical(value)
        number = number_of(raw)
        if self.class_names is not None:
            if number is None or not 0 <= number < len(self.class_names):
                message = f"{self.called} has the tag number {raw}, but its ClassLabel has only"
                raise LabelError(f"{message} {len(self.class_names)} names.")
            raw = self.class_names[number]
        if self.label_names is None:
            return raw
        given = self._whole_tags
        if raw in given or str(number) in given:
            return given.get(raw) or given[str(number)]
        if number_of(raw) is None:
            return raw
        raise LabelError(
            f"{self.called} has the tag {value!r}, which `label_names` does not cover: "
            f"{self.label_names!r}. Add it there."
        )

    @cached_property
    def _whole_tags(self) -> dict[str, str]:
        """What `label_names` says of whole tags: B-PER, O, or a number."""
        return {key: name for key, name in self._given.items() if _is_tag(key)}

    @cached_property
    def _types(self) -> dict[str, str]:
        """What `label_names` says of types of entities."""
        return {key: name for key, name in self._given.items() if not _is_tag(key)}

    @cached_property
    def _given(self) -> dict[str, str]:
        if isinstance(self.label_names, Mapping):
            return {canonical(key): name for key, name in self.label_names.items()}
        return {str(number): name for number, name in enumerate(self.label_names or ())}

    def _unused(
        self, raw: Iterable[Any], sequences: Sequences, scheme: str | None
    ) -> tuple[str, ...]:
        """Return a note of what `label_names` renames and no tag has."""
        if not isinstance(self.label_names, Mapping):
            return ()
        there = {canonical(value) for value in raw} | set(self.class_names or ())
        if scheme is None:
            there.update(tag for each in sequences for tag in each)
        else:
            there.update(types_of({tag for each in sequences for tag in each}, scheme))
        unused = ", ".join(repr(key) for key in self._given if key not in there)
        return (f"label_names names {unused}, which no tag has",) if unused else ()

    def _scheme(self, distinct: set[str], sequences: Sequences) -> str | None:
        inside = sorted(distinct - {OUTSIDE})
        if self.scheme not in (None, CONLLEVAL):
            name = scheme_named(str(self.scheme)).name
            begun = [tag for tag in inside if tag.startswith("B-") and f"I-{tag[2:]}" in distinct]
            if name == "IO" and begun:
                raise DataError(
                    f"With scheme='IO' the tags of {self.called} are names of types, but "
                    f"{begun[0]!r} and 'I-{begun[0][2:]}' are two tags of one type. Leave scheme= "
                    "out, or name the one that they are in."
                )
            return name
        if inside and not is_lettered(inside) and all(map(_OTHER_FORM.fullmatch, inside)):
            raise DataError(
                f"The tags of {self.called} look like entities, but not in the form B-TYPE: "
                f"{', '.join(map(repr, inside[:5]))}. Rename them when loading, for example "
                f"load_data(..., label_names={{{inside[0]!r}: 'B-TYPE', …}}), or say scheme='IO' "
                "if these are the names of types."
            )
        return detect(sequences)

    def _checked(
        self, sequences: Sequences, words: Sequence[Words], scheme: str
    ) -> tuple[str, ...]:
        """Raise DataError if tags are out of place; with scheme="conlleval" return a note."""
        wrong = {row: misplaced(each, scheme) for row, each in enumerate(sequences)}
        wrong = {row: places for row, places in wrong.items() if places}
        if not wrong:
            return ()
        share = f"{len(wrong):,} of {len(sequences):,} sentences"
        if self.scheme == CONLLEVAL:
            return (f"{share} have tags out of place in {scheme}, read as conlleval reads them",)
        why = "as was asked for" if self.scheme else "the scheme that fits best"
        places = [
            f"{self.origins.origin(row)}, {_place(sequences[row], words[row], at[0])}"
            for row, at in list(wrong.items())[:_SHOWN]
        ]
        raise DataError(
            f"{share} of {self.called} have tags that are out of place in {scheme}, {why}: there "
            f"{RULES[scheme]}. {'; '.join(places)}{'; …' if len(wrong) > _SHOWN else ''}. "
            f"{_others(sequences, scheme)} Correct the tags; or name the scheme, scheme='…'; or "
            f"load them with scheme={CONLLEVAL!r}, which lets any such tag begin an entity."
        )


def _renamed(found: Sequence[Span], names: Mapping[str, str]) -> Iterator[Span]:
    for span in found:
        name = names.get(span.type, span.type)
        if name != OUTSIDE:
            yield span._replace(type=name)


def _is_tag(key: str) -> bool:
    """Say whether a key of `label_names` is a whole tag, such as B-PER, O or a number."""
    return key == OUTSIDE or number_of(key) is not None or is_lettered([key])


def _place(said: Sequence[str], words: Words, at: int) -> str:
    before = said[at - 1] if at else "the beginning"
    start = max(0, at - 3)
    around = f"{'… ' if start else ''}{_short(words[start : at + 3])}"
    if at == len(said):
        return f"the end of {around!r} after {before}"
    return f"word {at + 1} of {around!r}: {words[at]!r} is {said[at]} after {before}"


def _others(sequences: Sequences, scheme: str) -> str:
    counts = {
        name: sum(bool(misplaced(each, name)) for each in sequences)
        for name in SCHEMES
        if name not in ("IO", scheme)
    }
    name, count = min(counts.items(), key=lambda pair: pair[1])
    return f"(In {name} it would be {count:,} sentences.)"


def _counted(values: Sequence[Any], noun: str) -> str:
    return f"{len(values):,} {noun}" + ("" if len(values) == 1 else "s")


def _short(values: Sequence[Any]) -> str:
    shown = " ".join(map(str, values[:8]))
    return shown + (" …" if len(values) > 8 else "")
