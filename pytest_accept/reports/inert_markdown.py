"""Texts of unknown origin in GitHub's Markdown: shown as they are, and nothing of them works.

Outside of code, GitHub makes links of addresses and mentions of names even where every character of
them is escaped. So all such text is code, of which nothing is made.
"""

from __future__ import annotations

import html
import re

from pytest_accept.marked_text import printable

_PLAIN = " (),;=%+-?"


def inline(text: str, width: int | None = None) -> str:
    """Return the text as code for a line or for a cell of a table, cut to `width` characters.

    >>> inline("reviews[stars=1|2]")
    '<code>reviews&#91;stars=1&#124;2&#93;</code>'
    """
    said = printable(text, width)
    if not said.strip():
        return ""
    if not set("`|\\") & set(said):  # of which code spans in tables cannot show every text
        return f"`{said}`"
    return f"<code>{''.join(map(_reference, said))}</code>"


def in_html(text: str, width: int | None = None) -> str:
    """Return the text as code for the inside of an HTML block, where Markdown is not read."""
    return f"<code>{html.escape(printable(text, width))}</code>"


def block(text: str) -> str:
    """Return lines as a block of code, whatever is in them."""
    lines = [_legal(line.rstrip()) for line in text.splitlines()]
    runs = [len(run) for line in lines for run in re.findall("`+", line)]
    fence = "`" * max(3, max(runs, default=0) + 1)
    return "\n".join([f"{fence}text", *lines, fence])


def _reference(character: str) -> str:
    if character.isalnum() or character in _PLAIN:
        return character
    # An address is made of text on both sides of the @; the comment parts them.
    return f"&#{ord(character)};" + ("<!-- -->" if character == "@" else "")


def _legal(line: str) -> str:
    return "".join(each if each.isprintable() else f"\\u{ord(each):04x}" for each in line)
