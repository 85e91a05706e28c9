"""A religion and its members become those of another one: "a Jewish man" → "a Sikh man"."""

from __future__ import annotations

from functools import cache

from pytest_accept.perturbations.word_lists import read_rows
from pytest_accept.swaps.lexicon import Lexicon, TermMention
from pytest_accept.swaps.swap import Swap
from pytest_accept.swaps.usage import in_compound, in_longer_name, usage

_ADJECTIVE, _ONE, _SEVERAL, _RELIGION = range(4)
_CAPITAL = {"Catholic"}
"""Words that mean something else in small letters."""


def religions() -> Swap:
    """Exchange a religion and its members for others, throughout the text. English.

    "a Jewish man" becomes "a Hindu man", "Jews" "Hindus", "Judaism" "Hinduism". Atheists are among
    them. Words that belong to a longer name ("Muslim Brotherhood") or may be a first name
    ("Christian") stay, and so do all of a religion where the text speaks of what only that one has
    ("mosque") or it is not clear how a word is used. Source: own list.

    >>> [each.text for each in religions().counterfactuals("A Jew and his wife.", most=2)]
    ['A Christian and his wife.', 'A Mormon and his wife.']
    """
    return Swap("religions()", "religion", _lexicon().finder("religion", english=True, read=_read))


@cache
def _lexicon() -> Lexicon:
    return Lexicon.of_spellings(
        (fields, words.split()) for *fields, words in read_rows("religions")
    )


def _read(text: str, mention: TermMention) -> tuple[int, ...]:
    """Return the forms that a mention has here, () if it cannot be exchanged."""
    found = text[mention.start : mention.stop]
    if not mention.forms or in_compound(text, mention.start):
        return ()
    if in_longer_name(text, mention.start):
        return ()
    if mention.listed in _CAPITAL and found.islower():
        return ()
    if mention.forms in ((_SEVERAL,), (_RELIGION,)):
        return mention.forms
    used = usage(text, mention.start, mention.stop, the=True)
    form = {"adjective": _ADJECTIVE, "one": _ONE}.get(used or "")
    return () if form is None or form not in mention.forms else (form,)
