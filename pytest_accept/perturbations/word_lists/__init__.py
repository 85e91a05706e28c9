"""Word lists of our own as text files: a line an entry, fields apart by tabs, `#` for comments.

The first comment of a file says where its entries come from.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def read_rows(name: str) -> tuple[tuple[str, ...], ...]:
    """Return the entries of `<name>.txt`, each as its fields."""
    text = (files(__name__) / f"{name}.txt").read_text(encoding="utf-8")
    lines = (line.rstrip() for line in text.splitlines())
    return tuple(tuple(line.split("\t")) for line in lines if line and not line.startswith("#"))


def read_words(name: str) -> tuple[str, ...]:
    """Return the entries of `<name>.txt`, which has one field a line."""
    return tuple(word for (word,) in read_rows(name))
