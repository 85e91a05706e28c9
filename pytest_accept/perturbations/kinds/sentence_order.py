"""Two neighbouring sentences change places: "We ate. We paid." → "We paid. We ate."."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Unpack

from pytest_accept.perturbations.edits import Span
from pytest_accept.perturbations.language.sentences import find_sentences
from pytest_accept.perturbations.perturbation import Budget, Edits
from pytest_accept.perturbations.sites import Site


def sentence_order(**budget: Unpack[Budget]) -> Edits:
    """Let two neighbouring sentences change places, or move one to the end. English.

    The label stays the same. Only whole statements move, and none that refers to another ("But",
    "It", "also"), asks, trails off, or has an open quotation. Source: own rule.

    >>> edit = sentence_order().script((0, 0, 0))
    >>> edit("I loved the film. The cast was great.")
    'The cast was great. I loved the film.'
    """
    return Edits("sentence_order", [("sentence order", sites)], language="en", **budget)


# Words at the beginning of a sentence that tie it to another, ask, answer or command.
_UNFIT = frozenset(
    "and but or nor so yet because since as if when while until unless after before once "
    "than thus hence moreover furthermore besides next now later finally first second "
    "third last lastly still anyway plus except even only just not indeed actually well "
    "yes no yeah yep nope ok okay sure right exactly maybe perhaps most both which who "
    "whose what where how why whatever this that these those there here such same like in "
    "on at to from with without of for by rather more less sadly unfortunately luckily "
    "thankfully fortunately hopefully apparently clearly obviously oh edit update thanks "
    "thank go turn press click open enter put start stop please let lets try check make "
    "look see call buy send get never always don't can't happens time".split()
)
_VERBS = frozenset(
    "am is are was were have has had do does did can could will would should may might must "
    "isn't aren't wasn't weren't haven't hasn't hadn't don't doesn't didn't can't couldn't cannot "
    "won't wouldn't shouldn't bought got went came saw made took gave found felt thought said told "
    "kept left lost paid sent sold spent won broke ran read love like hate want need think know "
    "hope wish enjoy use recommend agree prefer loves likes hates wants needs looks works plays "
    "sounds feels takes makes comes goes gets gives".split()
)
_PRONOUNS = frozenset(
    "it its it's it'll it'd he he's he'd he'll she she's she'd she'll they they're they've they'd "
    "they'll him her hers his them their theirs himself herself itself themselves one ones".split()
)
# Words that compare a sentence with the one before it.
_TIES = frozenset(
    "also too either neither again instead another other others otherwise else especially still "
    "anymore then however therefore though although rt correct wrong".split()
)
_POINTERS = frozenset(("this", "that", "these", "those"))
_POINTING = re.compile(
    r"\b(?:this|that|these|those|there)(?:['’]\w+)?(?=[.,;:!?]|\s*$)"
    r"|\b(?:to|of|in|on|at|with|from|for|by|about|after|before|into)\s+th(?:is|at|ese|ose)\s+\w"
    r"|\b(?:the (?:former|latter|same|rest)|so (?:did|do|does|am|is|are|was))\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w+(?:['’]\w+)?")
_ADDRESS = re.compile(r"(?:RT\s+)?(?:@\w+[:,]?\s+)+")
_CLOSED = re.compile(r"(?<![.!?…])(?:\.|!+)[\"”’)\]]*$")
_INTRODUCED = re.compile(r"\b(?:an?|some)\s+(?:\w+\s+)??(\w+)", re.IGNORECASE)
_KNOWN = re.compile(r"\bthe\s+(\w+)", re.IGNORECASE)
_LINKS_ONLY = re.compile(r"(?:(?:[#@]\w+|https?://\S+)\s*)+")
_SHORTEST = 3
_PAIRS = ("()", "[]", "“”", "«»")


def sites(text: str) -> Iterator[Site]:
    """Return neighbouring sentences in the other order, and sentences moved to the end."""
    for block in _blocks(text):
        yield from _orders(text, block)


def _blocks(text: str) -> Iterator[list[Span]]:
    """Return the sentences of each line, without the handles that a text begins with."""
    block: list[Span] = []
    for start, stop in find_sentences(text):
        if block and set(text[block[-1][1] : start]) & set("\r\n\u2028\u2029"):
            yield block
            block = []
        if not block and (address := _ADDRESS.match(text, start, stop)):
            start = address.end()  # noqa: PLW2901 - the sentence begins behind its address
        block.append((start, stop))
    yield block


def _orders(text: str, block: list[Span]) -> Iterator[Site]:
    listed = [text[start:stop] for start, stop in block]
    free = [_stands_alone(each) for each in listed]
    for at, (one, other) in enumerate(pairwise(block)):
        if not all(free[at : at + 2]) or _explains(listed[at], listed[at + 1]):
            continue
        if at and _calls_for_more(listed[at - 1]):
            continue
        gap = text[one[1] : other[0]]
        after = listed[at + 2 : at + 3]
        if not after or free[at + 2] or _LINKS_ONLY.fullmatch(after[0]):
            yield Site(one[0], other[1], (listed[at + 1] + gap + listed[at],))
        if after and all(free[at + 2 :]):
            stop = block[-1][1]
            yield Site(one[0], stop, (text[other[0] : stop] + gap + listed[at],))


def _stands_alone(sentence: str) -> bool:
    """Return whether it is a whole statement in which nothing refers to an earlier one."""
    if not _CLOSED.search(sentence) or sentence.count('"') % 2 or ":" in sentence:
        return False
    if any(sentence.count(pair[0]) != sentence.count(pair[1]) for pair in _PAIRS):
        return False
    found = [word.replace("’", "'").lower() for word in _WORD.findall(sentence)]
    if (_PRONOUNS | _TIES) & set(found) or _POINTERS & set(found[:3]) or _POINTING.search(sentence):
        return False
    return _is_statement(sentence, found)


def _is_statement(sentence: str, found: list[str]) -> bool:
    if len(found) < _SHORTEST:
        return False
    first, *others = found
    if first.partition("'")[0] in _UNFIT or _is_verb(first) or not sentence[0].isalpha():
        return False
    return others[-1] not in _VERBS and ("'" in first or any(map(_is_verb, others)))


def _calls_for_more(sentence: str) -> bool:
    """Return whether the next sentence goes on with what this one asks or exclaims."""
    return sentence.endswith("?") or len(sentence.split()) < _SHORTEST


def _is_verb(word: str) -> bool:
    return word in _VERBS or (len(word) > 4 and word.endswith("ed"))


def _explains(one: str, other: str) -> bool:
    """Return whether the other speaks of "the" thing that the one has just brought up."""
    named = {word.lower() for word in _INTRODUCED.findall(one)}
    following = {word.lower() for word in _KNOWN.findall(other)}
    return bool(named & following)
