"""A statement turns into its opposite: "is good" → "is not good", "don't like" → "like"."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple, Unpack

from pytest_accept.perturbations.language.sentiment import carriers, faces, gradables
from pytest_accept.perturbations.language.tokens import (
    Token,
    asked,
    in_name,
    in_phrases,
    is_negation,
    tokens,
)
from pytest_accept.perturbations.perturbation import Budget, Edits
from pytest_accept.perturbations.sites import Site, in_case_of
from pytest_accept.perturbations.word_lists import read_rows

_BE = {"is": "isn't", "are": "aren't", "was": "wasn't", "were": "weren't", "am": ""}
_SHORT_BE = frozenset("i'm it's he's she's that's we're you're they're".split())
_NO_BE = {shorter: full for full, shorter in _BE.items() if shorter}
_MODALS = {
    "will": ("will not", "won't"),
    "would": ("would not", "wouldn't"),
    "can": ("cannot", "can't"),
}
_NO_MODALS = {"won't": "will", "wouldn't": "would", "can't": "can", "cannot": "can"}
_DO = {"do": 0, "does": 1, "did": 2}
_NO_DO = {"don't": 0, "doesn't": 1, "didn't": 2, "dont": 0, "doesnt": 1, "didnt": 2}
_SUBJECTS = {
    "i": 0, "you": 0, "we": 0, "they": 0, "everyone": 1, "everybody": 1,
    "he": 1, "she": 1, "it": 1, "this": 1, "that": 1, "who": 1,
}  # fmt: skip
_OWNERS = frozenset("the my our your his her their this that".split())
_ADVERBS = frozenset("really also very so truly".split())
_DEGREES = frozenset(("very", "really", "so", "particularly", "that"))
_UNSURE = frozenset(
    "if when whether unless because since although though but however yet except while until "
    "unfortunately despite would've could should might may wish hope hoping hopes hoped than "
    "think thought thinks guess suppose expected maybe perhaps probably said says say tell told "
    "more less most sometimes why how what which whom whose where only even too ever well".split()
)
_CONTRASTS = frozenset("and or but yet nor though although if as than enough".split())
_STRONG = frozenset(("hate", "detest", "despise", "dislike"))
_ONE_OF_MANY = frozenset(("thing", "things", "part", "only"))


class _Verb(NamedTuple):
    form: int
    forms: tuple[str, str, str]


def negation(**budget: Unpack[Budget]) -> Edits:
    """Negate the statement that carries the sentiment of a text, or take its negation away; the
    label flips. English.

    "is good" → "is not good", "I loved it" → "I did not love it", "can recommend" → "cannot
    recommend", and the other way round. Only where one word carries the sentiment of the whole
    text, for else the label need not flip; not in questions, conditions and set phrases ("can't
    wait"), and not where blame is only weakened: "not awful" and "not very bad" are hardly praise.
    Source: own lists; the expectation is that of CheckList (Ribeiro et al. 2020, ACL).

    >>> negation().script((0, 0, 0))("The film is good.")
    'The film is not good.'
    >>> negation().script((0, 0, 0))("She loved it.")
    'She did not love it.'
    """
    return Edits("negation", [("negation", sites)], promise="flips", language="en", **budget)


def sites(text: str) -> Iterator[Site]:
    """Return the site that negates the statement of a text, or that takes the negation away."""
    found = carriers(text)
    if len(found) != 1 or faces(text):
        return
    at = found[0].at
    listed = tokens(text)
    negations = [i for i, token in enumerate(listed) if is_negation(token.low)]
    fits = listed[at].free and not in_name(listed, at) and at not in in_phrases(text)
    if not fits or in_phrases(text, "negation_idioms") or len(negations) > 1:
        return
    if listed[at].sentence in asked(text) or any(each.low in _UNSURE for each in listed):
        return
    typed = "’" in text
    for site in _found(listed, at, negations[0] if negations else None):
        yield site._replace(
            replacements=[each.replace("'", "’") if typed else each for each in site.replacements]
        )


def _found(listed: tuple[Token, ...], at: int, no: int | None) -> Iterator[Site]:
    verb = _verbs().get(listed[at].low)
    if verb is None and not _turns(listed, at):
        return
    if no is None:
        yield from _verb_negated(listed, at, verb) if verb else _be_negated(listed, at)
        return
    if not _corrected(listed, at):
        yield from _verb_freed(listed, at, no, verb) if verb else _be_freed(listed, at, no)


def _corrected(listed: tuple[Token, ...], at: int) -> bool:
    """Return whether the sentence goes on as in "it is not good, it's great"."""
    sentence = listed[at].sentence
    return any(each.sentence == sentence and not each.next_to_last for each in listed[at + 1 :])


@cache
def _verbs() -> dict[str, _Verb]:
    found: dict[str, _Verb] = {}
    for base, third, past, _ in read_rows("negatable_verbs"):
        for form, word in enumerate((base, third, past)):
            found[word] = _Verb(form, (base, third, past))
    return found


def _turns(listed: tuple[Token, ...], at: int) -> bool:
    """Return whether "not" turns this adjective: none that is extreme or has "un-" and the like."""
    word = gradables().get(listed[at].low)
    if word is None or word.adverb or (word.extreme and listed[at].low != "great"):
        return False
    if listed[at].low.startswith(("un", "dis", "in")) and word.sign < 0:
        return False
    after = listed[at + 1] if at + 1 < len(listed) else None
    return after is None or after.low not in _CONTRASTS


def _before(listed: tuple[Token, ...], at: int) -> int:
    """Return the number of the word before "(a) (very) good", or -1."""
    here = at - 1
    if here >= 0 and listed[here + 1].next_to_last and listed[here].low in _DEGREES:
        here -= 1
    noun = at + 1 < len(listed) and listed[at + 1].next_to_last
    if here >= 0 and noun and listed[here + 1].next_to_last and listed[here].low in ("a", "an"):
        here -= 1
    together = all(listed[i].next_to_last for i in range(here + 1, at + 1))
    return here if here >= 0 and together else -1


def _be_negated(listed: tuple[Token, ...], at: int) -> Iterator[Site]:
    be = _before(listed, at)
    if gradables()[listed[at].low].sign < 0:
        return
    if be < 0 or not listed[be].free or (listed[be].opens and listed[be].low not in _SHORT_BE):
        return
    token = listed[be]
    if token.low in _SHORT_BE:
        yield Site(token.stop, token.stop, (_shouted(token, " not"),))
        return
    if token.low in _BE and listed[be - 1].low not in ("there", "here"):
        put = [" not"] if token.low == "am" else [" not", "n't"]
        yield Site(token.stop, token.stop, [_shouted(token, each) for each in put])


def _be_freed(listed: tuple[Token, ...], at: int, no: int) -> Iterator[Site]:
    token = listed[no]
    if not token.free or _before(listed, at) != no:
        return
    if token.low == "not" and no and listed[no].next_to_last:
        if listed[no - 1].low in _BE or listed[no - 1].low in _SHORT_BE:
            yield Site(listed[no - 1].stop, token.stop, ("",))
        return
    if token.low in _NO_BE and not token.opens:
        yield Site(token.start, token.stop, (in_case_of(token.word, _NO_BE[token.low]),))


def _verb_negated(listed: tuple[Token, ...], at: int, verb: _Verb) -> Iterator[Site]:
    token = listed[at]
    before = _past_adverbs(listed, at)
    if before < 0 or verb.forms[0] in _STRONG:
        return
    if verb.form == 0 and listed[before].low in _MODALS:
        modal = listed[before]
        if _subject(listed, before - 1) is None or verb.forms[0] == "like":
            return
        put = tuple(_shouted(modal, each) for each in _MODALS[modal.low])
        yield Site(modal.start, modal.stop, put)
        return
    subject = _subject(listed, before)
    if subject is None or verb.form not in (2, subject):
        return
    do, short = (("do", "don't"), ("does", "doesn't"), ("did", "didn't"))[verb.form]
    put = tuple(_shouted(token, f"{each} {verb.forms[0]}") for each in (f"{do} not", short))
    yield Site(token.start, token.stop, put)


def _verb_freed(listed: tuple[Token, ...], at: int, no: int, verb: _Verb) -> Iterator[Site]:
    token, negation = listed[at], listed[no]
    if verb.form != 0 or not negation.free or not token.next_to_last or no != at - 1:
        return
    helper = no - 1 if negation.low == "not" else no
    if helper < 0 or (helper < no and not negation.next_to_last):
        return
    if any(each.low in _ONE_OF_MANY for each in listed[max(helper - 4, 0) : helper - 1]):
        return
    low = listed[helper].low
    form = _DO.get(low) if helper < no else _NO_DO.get(low)
    if form is not None and _subject(listed, helper - 1) is not None:
        put = in_case_of(listed[helper].word, verb.forms[form])
        yield Site(listed[helper].start, token.stop, (put,))
    modal = low if helper < no and low in _MODALS else _NO_MODALS.get(low)
    if modal is not None and verb.forms[0] != "like" and _subject(listed, helper - 1) is not None:
        stop = negation.stop
        put = in_case_of(listed[helper].word, modal)
        yield Site(listed[helper].start, stop, (put,))


def _past_adverbs(listed: tuple[Token, ...], at: int) -> int:
    """Return the number of the word before a verb and its adverb, or -1."""
    before = at - 1
    if before >= 0 and listed[at].next_to_last and listed[before].low in _ADVERBS:
        before -= 1
    together = all(listed[i].next_to_last for i in range(before + 1, at + 1))
    return before if together else -1


def _subject(listed: tuple[Token, ...], at: int) -> int | None:
    """Return the form of verb that a subject asks for: 0 as in "they", 1 as in "she"; or None."""
    if at < 0 or not listed[at].free:
        return None
    turned = at > 0 and listed[at].next_to_last and listed[at - 1].low in (*_DO, *_MODALS, *_BE)
    if listed[at].low in _SUBJECTS:
        return None if turned else _SUBJECTS[listed[at].low]
    owned = at > 0 and listed[at].next_to_last and listed[at - 1].low in _OWNERS
    first = at > 0 and listed[at - 1].opens
    if owned and first and listed[at].word.islower() and not listed[at].low.endswith("s"):
        return 1
    return None


def _shouted(token: Token, put: str) -> str:
    return put.upper() if token.shouted and token.low != "i'm" else put
