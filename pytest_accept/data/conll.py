"""A CoNLL file, one word with its tag a line -> sentences.

Sentences end at blank lines, documents begin at -DOCSTART-, "# newdoc" or "#begin document". A line
that begins with "#" may be a word of the text (tweets have hashtags) or a comment: it is a word if
it has the columns of the file's other lines and its tag is one of theirs.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from pytest_accept.data.decoding import read_text
from pytest_accept.errors import DataError, SettingError, expected

SUFFIXES = (".conll", ".conllu", ".bio", ".iob", ".iob2")
OPTIONS = ("word_column", "tag_column")

_DOCUMENT = re.compile(r"#\s*newdoc\b(?:\s+id\s*=\s*(.*\S))?|#begin document\s*(.*\S)?")
_COMMENT = re.compile(r"#(?:\s|$|begin document|end document|#)")
_NO_WORD = re.compile(r"[0-9]+[-.][0-9]+")  # of CoNLL-U: two words written as one, or one left out


@dataclass(frozen=True, kw_only=True)
class Layout:
    """How a file is written. Columns count from 0, or from the end if negative; `delimiter` None
    is a tab if most lines have one, else any spaces and tabs. `tagged`: tags are wanted.
    `numbered`: the first column counts the words, as in CoNLL-U.
    """

    word_column: int
    tag_column: int
    delimiter: str | None
    encoding: str
    tagged: bool
    numbered: bool

    def __post_init__(self) -> None:
        for name in OPTIONS:
            value = getattr(self, name)
            if not isinstance(value, int) or isinstance(value, bool):
                raise SettingError(expected(name, "a column's number, the first being 0", value))


def layout(suffix: str, given: dict[str, Any], **others: Any) -> Layout:
    """Return the layout of files with this suffix: CoNLL-U has the word second, the tag fourth."""
    usual = (1, 3) if suffix == ".conllu" else (0, -1)
    columns = {**dict(zip(OPTIONS, usual, strict=True)), **given}
    return Layout(**columns, numbered=suffix == ".conllu", **others)


@dataclass(frozen=True, eq=False, kw_only=True)
class Sentences:
    """The columns of a file, one row a sentence, and the lines on which they begin (from 1)."""

    columns: dict[str, list[Any]]
    lines: list[int]


def read_conll(path: Path, layout: Layout, shown: str) -> Sentences:
    """Return the sentences of a file: columns "text" (lists of words), "label" (lists of tags), and
    "document" if the file marks documents; they are called by their id, else "<shown> 1".
    """
    content = read_text(path, layout.encoding)
    lines = re.split(r"\r\n?|\n", content)  # not splitlines(): words may hold U+2028 and its like
    sentences = list(_File(path, tuple(lines), layout, shown).sentences())
    columns: dict[str, list[Any]] = {"text": [each.words for each in sentences]}
    if layout.tagged:
        columns["label"] = [each.tags for each in sentences]
    if any(each.document for each in sentences):
        columns["document"] = [each.document or f"{shown} 0" for each in sentences]
    return Sentences(columns=columns, lines=[each.line for each in sentences])


@dataclass(eq=False)
class _Sentence:
    line: int
    document: str | None
    words: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)


@dataclass(frozen=True, eq=False)
class _File:
    path: Path
    lines: tuple[str, ...]
    layout: Layout
    shown: str

    def sentences(self) -> Iterator[_Sentence]:
        current: _Sentence | None = None
        document: str | None = None
        documents = 0
        for number, (line, cells) in enumerate(zip(self.lines, self._rows, strict=True), 1):
            begins = self._document(line, cells, inside=current is not None)
            if current is not None and (begins is not None or not cells):
                yield current
                current = None
            if begins is not None:
                documents += 1
                document = begins or f"{self.shown} {documents}"
            elif cells and not (current is None and self._is_comment(line, cells)):
                self._check(number, line, cells)
                if not (self.layout.numbered and _NO_WORD.fullmatch(cells[0])):
                    current = current or _Sentence(number, document)
                    current.words.append(cells[self._places["word"]])
                    if self.layout.tagged:
                        current.tags.append(cells[self._places["tag"]])
        if current is not None:
            yield current

    def _document(self, line: str, cells: list[str], *, inside: bool) -> str | None:
        """Return the id of the document that begins here, "" if it has none; None if none does."""
        if line.startswith("-DOCSTART-"):
            return ""
        found = None if inside else _DOCUMENT.match(line)
        if found is None or self._is_word(line, cells):
            return None
        return next(filter(None, found.groups()), "")

    def _is_comment(self, line: str, cells: list[str]) -> bool:
        return bool(_COMMENT.match(line)) and not self._is_word(line, cells)

    def _is_word(self, line: str, cells: list[str]) -> bool:
        if len(cells) != self._width:
            return False
        if not line.startswith("#") or not self.layout.tagged:
            return True
        return cells[self._places["tag"]] in self._known_tags

    @cached_property
    def _rows(self) -> list[list[str]]:
        """The cells of each line, none for a blank one."""
        return [self._cells(line) if line.strip() else [] for line in self.lines]

    def _cells(self, line: str) -> list[str]:
        # Not split() without an argument: it would take a no-break space for the end of a column.
        if self._delimiter is None:
            return re.split(r"[ \t]+", line.strip(" \t"))
        return [cell.strip(" ") for cell in line.split(self._delimiter)]

    @cached_property
    def _plain(self) -> list[int]:
        """The lines that can only be words, from 0."""
        filled = [
            at
            for at, line in enumerate(self.lines)
            if line.strip() and not line.startswith("-DOCSTART-")
        ]
        return [at for at in filled if not self.lines[at].startswith("#")] or filled

    @cached_property
    def _delimiter(self) -> str | None:
        tabs = sum("\t" in self.lines[at] for at in self._plain)
        return self.layout.delimiter or ("\t" if 2 * tabs > len(self._plain) else None)

    @cached_property
    def _width(self) -> int:
        """The number of columns that most lines have."""
        widths = Counter(len(self._rows[at]) for at in self._plain)
        return widths.most_common(1)[0][0] if widths else 0

    @cached_property
    def _known_tags(self) -> set[str]:
        rows = (self._rows[at] for at in self._plain)
        return {row[self._places["tag"]] for row in rows if len(row) == self._width}

    @cached_property
    def _places(self) -> dict[str, int]:
        """The columns to read, by what they hold."""
        columns = _counted(self._width)
        places = {"word": self.layout.word_column}
        if self.layout.tagged:
            places["tag"] = self.layout.tag_column
        for name, column in places.items():
            if not -self._width <= column < self._width:
                message = f"The lines of {str(self.path)!r} have {columns}, so there is no"
                raise DataError(f"{message} {name}_column={column} (the first is 0, the last -1).")
        if len({column % self._width for column in places.values()}) < len(places):
            raise DataError(
                f"Expected the lines of {str(self.path)!r} to hold a word and its tag, but they "
                f"have {columns}, and column {places['word']} would be both. Name them with "
                "word_column= and tag_column=, or load the words alone with label=None."
            )
        return places

    def _check(self, number: int, line: str, cells: list[str]) -> None:
        where = f"{str(self.path)!r} line {number}"
        if len(cells) != self._width:
            parted = "tabs" if self._delimiter == "\t" else "spaces and tabs"
            raise DataError(
                f"Expected {where} to have {_counted(self._width)}, as most lines have, but "
                f"{line[:60]!r} has {len(cells)}. Columns are parted by {parted} "
                "(delimiter='\\t' allows spaces in words); a comment begins with '# ' and stands "
                "before a sentence."
            )
        for name, column in self._places.items():
            if not cells[column]:
                raise DataError(f"{where} has no {name}: column {column} is empty ({line[:60]!r}).")


def _counted(columns: int) -> str:
    return f"{columns} column" + ("" if columns == 1 else "s")
