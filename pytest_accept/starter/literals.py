"""Values and calls as Python source, laid out as ruff and black lay them out."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence

WIDTH = 88


def literal(value: object) -> str:
    """Return a value as source: strings in double quotes, unless they hold some.

    Whatever a name contains, it cannot leave the literal: it is Python's own `repr`.

    >>> literal("pos"), literal('say "no"'), literal(["a", 1])
    ('"pos"', '\\'say "no"\\'', '["a", 1]')
    """
    if isinstance(value, dict):
        pairs = (f"{literal(key)}: {literal(each)}" for key, each in value.items())
        return f"{{{', '.join(pairs)}}}"
    if isinstance(value, list | tuple):
        inner = ", ".join(map(literal, value))
        if isinstance(value, tuple):
            return f"({inner},)" if len(value) == 1 else f"({inner})"
        return f"[{inner}]"
    written = ascii(value) if isinstance(value, str) and not value.isprintable() else repr(value)
    if isinstance(value, str) and written.startswith("'") and '"' not in written:
        return f'"{written[1:-1]}"'
    return written


def call(head: str, arguments: Sequence[str], *, indent: int = 4) -> list[str]:
    """Return the lines of a call: on one line if it fits, else its arguments below it."""
    space, inner = " " * indent, " " * (indent + 4)
    joined = ", ".join(arguments)
    if len(f"{space}{head}({joined})") <= WIDTH:
        return [f"{space}{head}({joined})"]
    if len(inner + joined) <= WIDTH:
        return [f"{space}{head}(", inner + joined, f"{space})"]
    return [f"{space}{head}(", *(f"{inner}{each}," for each in arguments), f"{space})"]


def comment(text: str, *, indent: int = 0, hang: int = 0) -> list[str]:
    """Return the lines of a comment; what cannot be printed is escaped, so none leaves its line."""
    lead = " " * indent + "# "
    flat = "".join(each if each.isprintable() else ascii(each)[1:-1] for each in text)
    return textwrap.wrap(
        flat,
        WIDTH,
        initial_indent=lead,
        subsequent_indent=lead + " " * hang,
        break_long_words=False,
        break_on_hyphens=False,
    )


def keywords(pairs: Iterable[tuple[str, str]]) -> list[str]:
    """Return keyword arguments as source."""
    return [f"{name}={value}" for name, value in pairs]
