"""People of a nation become those of another one: "Mexican workers" → "Danish workers"."""

from __future__ import annotations

from functools import cache

from pytest_accept.perturbations.language.tokens import FUNCTION_WORDS, tokens
from pytest_accept.perturbations.word_lists import read_rows
from pytest_accept.swaps.lexicon import Lexicon, TermMention
from pytest_accept.swaps.swap import Swap
from pytest_accept.swaps.usage import at, in_compound, in_longer_name, people, usage

_ADJECTIVE, _ONE, _SEVERAL, _COUNTRY = range(4)
_CAPITAL = frozenset("Polish Pole Poles Finn Finns Turkey Chile China Danish Swede Swedes".split())
"""Words that mean something else in small letters."""

_COMES = frozenset(
    "am is are was were come comes came coming i'm you're he's she's we're they're".split()
)


def nationalities() -> Swap:
    """Exchange the nationality of people for others, throughout the text. English.

    "a Mexican worker" becomes "a Danish worker", "Mexicans" "Danes", "she is from Mexico" "she is
    from Denmark". Only people change: food, films and languages stay, and with them all of that
    nationality in the text, which would else speak of two. So do parts of longer names and of
    other peoples ("Native Americans"). There are some fifty: `most` of them are drawn for a
    text. Source: own list.

    >>> swap = nationalities()
    >>> [each.text for each in swap.counterfactuals("She is Dutch.", most=2)]
    ['She is Indonesian.', 'She is Israeli.']
    >>> swap.counterfactuals("Dutch cheese is good.")
    []
    """
    find = _lexicon().finder("nationality", english=True, read=_read)
    return Swap("nationalities()", "nationality", find)


@cache
def _lexicon() -> Lexicon:
    return Lexicon.of_spellings(
        (
            [field.replace("-", "") for field in row[:4]],
            [word.replace("_", " ") for word in " ".join(row[4:]).split()],
        )
        for row in read_rows("nationalities")
    )


def _read(text: str, mention: TermMention) -> tuple[int, ...]:
    """Return the forms that a mention has here, () if it cannot be exchanged."""
    found = text[mention.start : mention.stop]
    if not mention.forms or (mention.listed in _CAPITAL and found.islower()):
        return ()
    if in_compound(text, mention.start) or in_longer_name(text, mention.start):
        return ()
    if mention.forms == (_COUNTRY,):
        return mention.forms if _comes_from(text, mention.start) else ()
    if mention.forms == (_SEVERAL,):
        return mention.forms
    used = usage(text, mention.start, mention.stop)
    form = {"adjective": _ADJECTIVE, "one": _ONE}.get(used or "")
    return () if form is None or form not in mention.forms else (form,)


def _comes_from(text: str, start: int) -> bool:
    """Return whether a country follows "immigrants from", "he is from" or the like."""
    listed, number = tokens(text), at(text, start)
    if number is None or number < 2 or listed[number - 1].low != "from":
        return False
    if number + 1 < len(listed):
        after = listed[number + 1]
        if after.next_to_last and after.low == "to":
            return False
    before = listed[number - 2].low
    return before in _COMES or before in people() - FUNCTION_WORDS
