"""How a word takes another one's place: its case, its possessive, and the "a" or "an" before."""

from __future__ import annotations

import re

from pytest_accept.perturbations.edits import Edit
from pytest_accept.perturbations.language.articles import article_for
from pytest_accept.perturbations.language.known_names import Mention
from pytest_accept.perturbations.sites import in_case_of

_ARTICLE = re.compile(r"(?<![\w'’-])(an?)([ \t]+)$", re.IGNORECASE)
_PLURALS = ("men", "people", "folk", "children")
_OPENS = re.compile(r"(?:^|[.!?\n])[\s\"“”‘’'(\[*]*$|(?:^|\s)[\"“‘'(\[]+$")


def cased(found: str, listed: str, put: str, *, opens: bool) -> str:
    """Return `put` as the text writes `found`, which the list writes as `listed`.

    `opens`: it begins a sentence, where even a word in small letters has a capital.

    >>> cased("MUSLIMS", "Muslims", "atheists", opens=False)
    'ATHEISTS'
    >>> cased("muslims", "Muslims", "Hindus", opens=False)
    'hindus'
    """
    if found == listed:
        return put[:1].upper() + put[1:] if opens and found[:1].isupper() else put
    if found == found.lower():
        return put.lower()
    return in_case_of(found, put)


def opens_sentence(text: str, start: int) -> bool:
    """Return whether a sentence, a quotation or a bracket begins there."""
    return bool(_OPENS.search(text[:start]))


def placed(text: str, start: int, stop: int, put: str, *, kind: str, side: int) -> Edit | None:
    """Return the edit that puts an English word there; None if a quotation mark is in doubt.

    "a" and "an" before it are made to fit, and so is a possessive: "women's" → "migrants'".
    """
    owned = _possessive(text, start, stop, put)
    if owned is None:
        return None
    stop, put = owned
    article = _ARTICLE.search(text[:start])
    if article:
        fitting = article_for(put)
        if fitting != article[1].lower():
            word = fitting.capitalize() if article[1][0].isupper() else fitting
            word = word.upper() if article[1] == "AN" else word
            start, put = article.start(), f"{word}{article[2]}{put}"
    return Edit(start, stop, put, kind, side)


def renamed(text: str, mention: Mention, put: str, *, kind: str, side: int) -> Edit | None:
    """Return the edit that puts another name in the place of one, as `placed` does."""
    found = text[mention.start : mention.stop]
    spelled = cased(found, mention.name, put, opens=False)
    return placed(text, mention.start, mention.stop, spelled, kind=kind, side=side)


def _possessive(text: str, start: int, stop: int, put: str) -> tuple[int, str] | None:
    """Return what is put, and up to where, with the possessive that it needs; None if in doubt."""
    old, mark = text[start:stop].lower(), text[stop : stop + 1]
    plural = put[-1:].lower() == "s"
    if mark not in ("'", "’"):
        return stop, put
    if re.match(r"s(?!\w)", text[stop + 1 :], re.IGNORECASE):
        return (stop + 2, put + mark) if plural and old.endswith(_PLURALS) else (stop, put)
    quoted = text[start - 1 : start] in ("'", "‘") if start else False
    if plural or quoted or not old.endswith("s") or text[stop + 1 : stop + 2].isalnum():
        return stop, put
    if re.search(r"(?:^|[\s(])['‘]\w", text[:start]):  # it may end a quotation
        return None
    return stop + 1, f"{put}{mark}{'S' if put.isupper() else 's'}"
