"""Texts of unknown origin as a page can show them, every character of them seen."""

from __future__ import annotations

import unicodedata

_SPACES = {" ": "␣", "\n": "⏎", "\t": "⇥", "\r": "␍", "\u00a0": "⍽"}
# Joiners make letters and emoji what they are; every other invisible character is written out.
_JOINERS = "\u200c\u200d"
_KEPT = " \n\t" + _JOINERS


def visible(text: str, width: int | None = None) -> str:
    """Return the text with what cannot be seen, turns text around, or is no character at all (a
    lone surrogate) as its escape, such as `\\u202e`; cut to `width` characters.
    """
    if width is not None and len(text) > width:
        text = text[: width - 2].rstrip() + " …"
    text = text.replace("\r\n", "\n")
    if text.isascii() and text.isprintable():
        return text
    return "".join(each if _is_seen(each) else escaped(each) for each in text)


def visible_change(text: str) -> str:
    """Return a text that an edit removed or added, so that a change of spaces is seen, too, and a
    letter that looks like another one is followed by its code point.
    """
    if not text.strip():
        return "".join(_SPACES.get(each) or escaped(each) for each in text)
    if len(text) == 1 and ord(text) > 127 and text.isprintable():
        return f"{text} U+{ord(text):04X}"
    return "".join(each if each.isprintable() or each in "\n\t" else escaped(each) for each in text)


def escaped(character: str) -> str:
    """Return the escape of a character, as Python writes it."""
    code = ord(character)
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _is_seen(character: str) -> bool:
    # Line and paragraph separators and unassigned or private characters are not printable either.
    return character.isprintable() or character in _KEPT or unicodedata.category(character) == "Zs"
