"""Contractions are written out, and words contracted: "do not" ↔ "don't", "it is" ↔ "it's"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Unpack

from pytest_accept.perturbations.language.plain_words import outside_links
from pytest_accept.perturbations.perturbation import Budget, Edits
from pytest_accept.perturbations.sites import Site, in_case_of, words


def contractions(**budget: Unpack[Budget]) -> Edits:
    """Write out a contraction, or contract two words; the label stays the same. English.

    A negation stays one, in its other form: "don't" ↔ "do not". A form is left alone where it could
    mean two things ("he'd", "it's finished", "John's", "let's") and where the other one would read
    wrong ("don't you?", "Yes, it is."). Source: own list.

    >>> edit = contractions().script((0, 0, 0))
    >>> edit("I don't like it")
    'I do not like it'
    """
    return Edits(
        "contractions", [("contractions", sites)], language="en", negations=False, **budget
    )


def sites(text: str) -> Iterator[Site]:
    """Return the contractions, and the neighbouring words to contract."""
    return outside_links(text, _Words(text).sites())


_NEGATED = {
    "can't": "cannot",
    "won't": "will not",
    **{
        f"{verb}n't": f"{verb} not"
        for verb in "do does did is are was were has have had could would should must need".split()
    },
}
_NEGATED_BACK = {full: short for short, full in _NEGATED.items()} | {"can not": "can't"}
_BE = frozenset("isn't aren't wasn't weren't".split())

_ENDINGS = {"am": "m", "are": "re", "is": "s", "has": "s", "have": "ve", "had": "d"} | {
    "will": "ll",
    "would": "d",
}
_PRONOUNS = {
    "am": "i",
    "are": "you we they",
    "is": "he she it that there here what who where how",
    "has": "he she it",
    "have": "i you we they",
    "had": "i you he she we they",
    "will": "i you he she it we they",
    "would": "i you he she we they",
}
_SHORT = {
    (pronoun, verb): f"{pronoun}'{_ENDINGS[verb]}"
    for verb, pronouns in _PRONOUNS.items()
    for pronoun in pronouns.split()
}
# Those whose ending stands for one word only.
_LONG = {
    short: f"{pronoun} {verb}"
    for (pronoun, verb), short in _SHORT.items()
    if _ENDINGS[verb] in ("m", "re", "ve", "ll")
} | {
    "that'll": "that will",
    "there'll": "there will",
    **{f"{verb}'ve": f"{verb} have" for verb in "could would should might must".split()},
}

_QUESTION_WORDS = frozenset("what who where how why when which".split())
_SUBJECTS = frozenset(
    "i you he she it we they there people anyone anybody everyone everybody someone "
    "somebody".split()
)
_DETERMINERS = frozenset("the a an this that these those my your his her its our their".split())
_JOINING = frozenset("and but or so because if then".split())
# What a clause may follow without a gap in it that "is" or "will" would end on.
_BEFORE_CLAUSE = frozenset(
    "and but because so if since though although while when unless until then think thinks thought "
    "know hope guess believe say says said feel sure glad".split()
)
_AFTER_GAP = frozenset(
    "and but or nor because if when than indeed either neither though not to for".split()
)
_ADVERBS = frozenset(
    "never always already also just ever so too still now then here there again only not "
    "even often soon today tomorrow maybe perhaps rather very quite".split()
)
_PARTICIPLES = frozenset(
    "been had got gotten seen done made gone taken given bought found heard lost kept known left "
    "meant paid said sent sold spent thought told tried written broken begun chosen eaten fallen "
    "felt forgotten grown become come".split()
)
_BASE_VERBS = frozenset(
    "like love be say recommend go give buy want prefer expect suggest have get think hate need "
    "try make take see know look use return feel keep find call pay wait do tell guess imagine "
    "hope appreciate rate describe consider assume add pick miss ask start stop change watch agree "
    "work help live play eat write bring leave choose spend send sell".split()
)
_AFTER_PARTICIPLE = _DETERMINERS | frozenset(
    "it them him me us you to in on at for from with by of all every some many several both about "
    "that how what".split()
)
# Words that follow "it is" and "who is" but not the possessive that "it's" is often written for.
_AFTER_BEING = _ADVERBS | frozenset(
    "a an the really all my your his her our their no been got going what how why like "
    "about in on at from with easy hard good great nice bad big cheap worth simple better "
    "amazing awesome beautiful cool fun true time me you him them us pretty more less "
    "much well almost such free okay ok possible impossible important clear definitely "
    "probably".split()
)


class _Words:
    """The words of a text, with what stands beside each."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.found = list(words(text))
        self.lower = [word.group().lower().replace("’", "'") for word in self.found]
        self.apostrophe = "’" if "’" in text and "'" not in text else "'"

    def sites(self) -> Iterator[Site]:
        """Return what can be written otherwise, from the beginning to the end."""
        for at, word in enumerate(self.lower):
            if "'" in word:
                yield from self._site(at, at, self._long(at, word))
            elif word == "cannot" and self._next(at) not in ("only", "but"):
                yield from self._site(at, at, "can't")
            elif self._gap(at + 1) == " ":
                yield from self._site(at, at + 1, self._short(at, word, self.lower[at + 1]))

    def _site(self, first: int, last: int, replacement: str) -> Iterator[Site]:
        start, stop = self.found[first].start(), self.found[last].end()
        here = self.text[start:stop]
        if self._titled(first, here):
            return
        if replacement and _even(here.replace("’", "'")):
            cased = in_case_of(here, replacement).replace("'", self.apostrophe)
            yield Site(start, stop, (cased,))

    def _titled(self, at: int, here: str) -> bool:
        """Return whether a capital inside a sentence shows a title: "Countries That Don't"."""
        capital = here[0].isupper() and not here.isupper() and not self.lower[at].startswith("i'")
        inside = self._gap(at).isspace() and "\n" not in self._gap(at)
        if not (capital and inside) or self.lower[at] == "i":
            return False
        before = self.text[: self.found[at].start()].split()[-1]
        return not (before.startswith(("@", "#")) or "://" in before)

    def _gap(self, at: int) -> str:
        """Return what stands before a word, since the word before it."""
        if not 0 < at < len(self.found):
            return ""
        return self.text[self.found[at - 1].end() : self.found[at].start()]

    def _next(self, at: int) -> str:
        """Return the word that follows, in the same clause, or nothing."""
        return self.lower[at + 1] if self._gap(at + 1).isspace() else ""

    def _previous(self, at: int) -> str:
        """Return the word before, in the same clause, or nothing."""
        return self.lower[at - 1] if self._gap(at).isspace() else ""

    def _long(self, at: int, word: str) -> str:
        if word in _NEGATED:
            return _NEGATED[word] if self._has_subject(at, word) else ""
        if word in _LONG:
            return _LONG[word]
        pronoun, _, ending = word.rpartition("'")
        if ending == "s" and (pronoun, "is") in _SHORT:
            return self._is_or_has(at, pronoun)
        if ending == "d" and (pronoun, "would") in _SHORT:
            return self._had_or_would(at, pronoun)
        return ""

    def _has_subject(self, at: int, word: str) -> bool:
        """Return whether the verb follows its subject, as it does not in "don't you?"."""
        previous, following = self._previous(at), self._next(at)
        if following in _SUBJECTS or self._hyphened(at):
            return False
        if previous in _QUESTION_WORDS - {"who", "which"}:
            return False
        if previous and previous not in _JOINING:
            return True
        if word in _BE or following in _DETERMINERS:
            return False
        return not self._asks(at)

    def _is_or_has(self, at: int, pronoun: str) -> str:
        following, after = self._ahead(at)
        if not following or self._hyphened(at):
            return ""
        if following in ("been", "got", "had") or (following == "become" and after):
            return f"{pronoun} has"
        if following.endswith("ed") or following in _PARTICIPLES or following in ("to", "up"):
            return ""
        if pronoun in ("it", "who"):
            before, beside = self._previous(at), self._next(at)
            clear = beside in _AFTER_BEING or beside.endswith("ing")
            if not clear or (before and before not in _BEFORE_CLAUSE):
                return ""
        if pronoun in ("where", "how") and following in _SUBJECTS:
            return f"{pronoun} is" if not after else ""
        return f"{pronoun} is"

    def _had_or_would(self, at: int, pronoun: str) -> str:
        following, _ = self._ahead(at)
        if self._next(at) == "rather" or following in _BASE_VERBS:
            return f"{pronoun} would"
        if self._next(at) == "better" or _is_past(following):
            return f"{pronoun} had"
        return ""

    def _short(self, at: int, word: str, following: str) -> str:
        if following == "not":
            return self._short_negation(at, word)
        short = _SHORT.get((word, following), "")
        if not short or not self._opens_clause(at, word):
            return ""
        ahead, after = self._ahead(at + 1)
        beside = self._next(at + 1)
        turned = beside == "not" and following in ("am", "are", "is")
        if not ahead or (beside in _AFTER_GAP and not turned):
            return ""
        if following in ("have", "has", "had"):
            fits = ahead in _PARTICIPLES or (_is_past(ahead) and (after in _AFTER_PARTICIPLE))
            return short if fits or (following == "had" and beside == "better") else ""
        if word in _QUESTION_WORDS and ahead in _SUBJECTS:
            return ""
        return short

    def _short_negation(self, at: int, word: str) -> str:
        following = self._next(at + 1)
        if following in ("only", "but", "just") or self._hyphened(at + 1):
            return ""
        return _NEGATED_BACK.get(f"{word} not", "")

    def _opens_clause(self, at: int, word: str) -> bool:
        previous = self._previous(at)
        if word in _QUESTION_WORDS:
            return previous in ("", "and", "but", "so")
        return not previous or previous in _BEFORE_CLAUSE

    def _ahead(self, at: int) -> tuple[str, str]:
        """Return the next word that is no adverb, and the one after it, in the same clause."""
        following = self._next(at)
        while following and (following in _ADVERBS or following.endswith("ly")):
            at += 1
            following = self._next(at)
        return following, self._next(at + 1) if following else ""

    def _hyphened(self, at: int) -> bool:
        return self.text[self.found[at].end() :][:1] in ("-", "–")

    def _asks(self, at: int) -> bool:
        """Return whether the sentence there ends with a question mark."""
        for mark in self.text[self.found[at].end() :]:
            if mark in ".!?\n":
                return mark == "?"
        return False


def _is_past(word: str) -> bool:
    known = word in _PARTICIPLES
    return known or (len(word) > 4 and word.endswith("ed") and not word.endswith("eed"))


def _even(here: str) -> bool:
    """Return whether the words are written alike: "do not", "Do Not", "DO NOT", but no "do NOT"."""
    if here.isupper() or here.islower():
        return True
    return here[0].isupper() and all(word[1:].islower() or len(word) == 1 for word in here.split())
