"""Words of an English text with what stands around them: sentences, names, links, fixed phrases."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from pytest_accept.perturbations.sites import NEGATIONS, words
from pytest_accept.perturbations.word_lists import read_words

TITLES = frozenset("mr mrs ms miss mx dr prof professor uncle aunt auntie".split())

FUNCTION_WORDS = frozenset(
    "a an the this that these those my your his her its our their some any every each all both no "
    "and or but nor so yet if when while as than because since though although after before until "
    "of in on at by for with from to into onto over under about against between through during "
    "without within near like around across behind beyond per via up down out off i you he she it "
    "we they me him us them who whom whose which what where why how is are was were be been am do "
    "does did has have had can could will would shall should may might must not also just even "
    "only then there here now today yesterday tomorrow dear hi hello hey thanks thank yes oh well "
    "ok okay i'm i've i'd i'll it's he's she's that's there's we're they're you're don't".split()
)

_ENDS = re.compile(r"[.!?…\n]")
_OPENS = re.compile(r"[.!?…:;\n\"“”(\[]")
_BEFORE = frozenset("\"“”‘'’([{—–>*…,;!?.")
_AFTER = frozenset("\"“”’'()[]{}—–<*…,;:!?.")
_QUOTED = re.compile(
    r"""(?<!")""[^"\n]{1,60}""(?!") | (?<![\w"])"(?=\w)[^"\n]{1,60}(?<!\s)"(?!\w) | “[^“”\n]{1,60}”
      | (?<![\w'])'(?=\w)(?:[^'\n]|(?<=\w)'(?=\w)){1,60}'(?!\w) | ‘[^‘\n]{1,60}?’(?!\w)""",
    re.VERBOSE,
)


class Token(NamedTuple):
    """A word, in lower case too (`low`), with straight apostrophes there.

    `gap` is what stands between it and the word before. It is `free` if no link, handle, hashtag or
    compound holds it, and `opens` a sentence, a quotation or a bracket. `sentence` counts them.
    """

    word: str
    low: str
    start: int
    stop: int
    gap: str
    free: bool
    opens: bool
    sentence: int

    @property
    def capital(self) -> bool:
        """Return whether it is written with a capital."""
        return self.word[0].isupper()

    @property
    def shouted(self) -> bool:
        """Return whether it is in capitals altogether."""
        return len(self.word) > 1 and self.word.isupper()

    @property
    def next_to_last(self) -> bool:
        """Return whether nothing but spaces parts it from the word before."""
        return bool(self.gap) and not self.gap.strip(" \t")


@lru_cache(maxsize=256)
def tokens(text: str) -> tuple[Token, ...]:
    """Return the words of a text with their surroundings."""
    found: list[Token] = []
    last, sentence = 0, 0
    for match in words(text):
        start, stop = match.span()
        gap = text[last:start]
        low = match.group().lower().replace("’", "'")
        if len(low) != stop - start:  # "İ" grows in lower case
            low = match.group()
        opens = not found or bool(_OPENS.search(gap))
        if opens and found and gap.startswith(".") and gap.strip(" ") == ".":
            opens = not _abbreviated(found[-1])
        if opens and _ENDS.search(gap):
            sentence += 1
        free = _free(text, start, stop)
        found.append(Token(match.group(), low, start, stop, gap, free, opens, sentence))
        last = stop
    return tuple(found)


def _abbreviated(token: Token) -> bool:
    return token.low in TITLES or (len(token.word) == 1 and token.capital and token.word != "I")


def _free(text: str, start: int, stop: int) -> bool:
    before = text[start - 1 : start]
    dash = text[max(start - 2, 0) : start] == "--"
    if before and not before.isspace() and before not in _BEFORE and not dash:
        return False
    if before in (".", ",") and start > 1 and text[start - 2].isalnum():
        return False
    after = text[stop : stop + 1]
    if not after or after.isspace() or text[stop : stop + 2] == "--":
        return True
    glued = text[stop + 1 : stop + 2]
    inside = glued.isalnum() or glued in ("/", "@", "_", "\\")
    return after in _AFTER and not (after in (".", ":") and inside)


def asked(text: str) -> frozenset[int]:
    """Return which sentences are questions."""
    listed = tokens(text)
    found = set()
    for at, token in enumerate(listed):
        end = listed[at + 1].gap if at + 1 < len(listed) else text[token.stop :]
        closes = at + 1 == len(listed) or listed[at + 1].sentence != token.sentence
        if closes and "?" in end:
            found.add(token.sentence)
    return frozenset(found)


def in_name(listed: Sequence[Token], at: int) -> bool:
    """Return whether a word seems to belong to a name or title, by its capital.

    A capital at the beginning of a sentence tells nothing, unless the next word has one too.
    Words in capitals altogether are taken for emphasis.
    """
    token = listed[at]
    if not token.capital or token.shouted:
        return False
    if not token.opens:
        return True
    if at + 1 == len(listed):
        return False
    following = listed[at + 1]
    return following.next_to_last and following.capital and following.low not in FUNCTION_WORDS


@cache
def _phrases(name: str) -> dict[str, tuple[tuple[str, ...], ...]]:
    by_first: dict[str, list[tuple[str, ...]]] = {}
    for phrase in read_words(name):
        parts = tuple(phrase.split(" "))
        by_first.setdefault(parts[0], []).append(parts)
    return {first: tuple(phrases) for first, phrases in by_first.items()}


def in_phrases(text: str, name: str = "fixed_expressions") -> frozenset[int]:
    """Return which words (counted) stand in a phrase of `<name>.txt`."""
    known = _phrases(name)
    listed = tokens(text)
    held: set[int] = set()
    for at, token in enumerate(listed):
        for parts in known.get(token.low, ()):
            if tuple(each.low for each in listed[at : at + len(parts)]) == parts:
                held.update(range(at, at + len(parts)))
    return frozenset(held)


def quoted(text: str) -> frozenset[int]:
    """Return which words (counted) stand in a short quotation, such as a title, inside the text."""
    spans = [match.span() for match in _QUOTED.finditer(text)]
    if not spans or spans[0] == (0, len(text)):
        return frozenset()
    inside = {at for start, stop in spans for at in range(start, stop)}
    return frozenset(at for at, token in enumerate(tokens(text)) if token.start in inside)


def is_negation(low: str) -> bool:
    """Return whether a word turns the meaning of its clause."""
    return low in NEGATIONS or low.endswith("n't")
