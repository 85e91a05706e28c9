"""Perturbations: Hypothesis strategies of edit scripts, with what they promise of the label."""

from __future__ import annotations

import math
import re
from abc import abstractmethod
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from itertools import accumulate
from random import Random
from typing import Any, Literal, TypedDict, TypeVar, get_args

from hypothesis import strategies as st

from pytest_accept.errors import SettingError, check_count, expected, unknown
from pytest_accept.perturbations.edits import Span
from pytest_accept.perturbations.language.entities import find_entities
from pytest_accept.perturbations.scripts import EditScript, Script, Step
from pytest_accept.perturbations.sites import Finder, Protection, Site, crosses, touches, words
from pytest_accept.prediction.predictions import Input

Promise = Literal["same", "flips", "up", "down", "unknown"]
"""What a perturbation does to the right label: nothing; turn it; make it more or less likely."""

Side = Literal["first", "second", "both"]

_PLACES = 1 << 20
_CHOICES = 1 << 16
_REMEMBERED = 512
_ATTEMPTS = 10
_HEAVIEST = (64, 16, 4)

P = TypeVar("P", bound="Perturbation")

Weigh = Callable[[int, Site], tuple[float, Sequence[str]]]

Places = tuple[str, list[tuple[int, Site]]]
"""A kind of edit, and its (side, site)s in a text."""


class Budget(TypedDict, total=False):
    """How much a perturbation may change; every kind takes these options.

    `max_edits`: at most so many edits in a text, 1 or more; default 1.
    `max_share`: at most this share of a text's words, in (0, 1], rounded up; default any.
    `protect`: words that must stay as they are, in any case, such as those the label hangs on.
    """

    max_edits: int
    max_share: float | None
    protect: Iterable[str]


class Perturbation(st.SearchStrategy[Script]):
    """A Hypothesis strategy of edit scripts: draw one and call it on a text.

    `name` is what reports call it. `promise` says what it does to the right label, `language` which
    texts it is made for: "en", or "any". Scripts are drawn without knowing the text, so a
    perturbation works in a plain `@given(edit=typos())`.

    Hypothesis asks not to subclass its strategies. A perturbation must be one to be drawn by
    `@given`, and itself to be composed; `do_draw` is what it shares with Hypothesis' inside.
    """

    name: str
    promise: Promise
    language: str

    def do_draw(self, data: Any) -> Script:
        """Draw a script; Hypothesis calls this."""
        script: Script = data.draw(self.scripts())
        # A copy, because Hypothesis shows what a map returned as the call that returned it.
        return copy(script)

    @abstractmethod
    def scripts(self) -> st.SearchStrategy[Script]:
        """Return a strategy of scripts for any text."""

    @abstractmethod
    def scripts_for(self, text: Input) -> st.SearchStrategy[Script]:
        """Return a strategy of scripts within what this text, or pair of texts, offers."""

    @abstractmethod
    def draw(self, random: Random, text: Input) -> Script:
        """Return a script drawn evenly: the number of edits, each one's kind, place and choice."""

    def draw_change(self, random: Random, text: Input) -> Script | None:
        """Return a script drawn evenly among those that change the text; None if there is none."""
        if not self.can_change(text):
            return None
        scripts = (self.draw(random, text) for _ in range(_ATTEMPTS))
        return next((script for script in scripts if script.changed(text) != text), None)

    @abstractmethod
    def can_change(self, text: Input) -> bool:
        """Return whether there is anything in the text that it can edit."""

    @abstractmethod
    def _mapped(self: P, change: Callable[[Edits], Edits], called: str) -> P:
        """Return a copy with every part changed."""

    def __or__(self, other: Any) -> Any:
        """Return the perturbation that does either the one or the other."""
        if isinstance(other, Perturbation):
            from pytest_accept.perturbations.combined import either

            return either(self, other)
        return super().__or__(other)

    def then(self, other: Perturbation) -> Perturbation:
        """Return the perturbation that does this one and then the other on its result."""
        if not isinstance(other, Perturbation):
            what = "a perturbation such as typos(), or from_function(...) of a function"
            raise SettingError(expected("other", what, other))
        from pytest_accept.perturbations.combined import Chain

        return Chain(self, other)

    def only_words(self: P, pattern: str | re.Pattern[str]) -> P:
        """Return the perturbation restricted to edits inside of words that match whole.

        >>> typos().only_words("[a-z]{5,}")  # doctest: +SKIP
        """
        try:
            regex = re.compile(pattern)
        except re.error as error:
            what = f"a regular expression ({error})"
            raise SettingError(expected("pattern", what, pattern)) from error

        def inside(text: str) -> Callable[[Site], bool]:
            spans = [word.span() for word in words(text) if regex.fullmatch(word.group())]
            return lambda site: any(a <= site.start and site.stop <= b for a, b in spans)

        return self._restricted(inside, f".only_words({regex.pattern!r})")

    def except_entities(self: P, entities: Callable[[str], Iterable[Span]] = find_entities) -> P:
        """Return the perturbation without edits that touch an entity.

        `entities` finds their spans in a text; by default capitalised words inside of sentences,
        links, handles and hashtags.
        """

        def outside(text: str) -> Callable[[Site], bool]:
            spans = list(entities(text))
            return lambda site: not touches((site.start, site.stop), spans)

        named = "" if entities is find_entities else getattr(entities, "__qualname__", "…")
        return self._restricted(outside, f".except_entities({named})")

    def on(self: P, side: Side) -> P:
        """Return the perturbation restricted to the first or the second text of pairs."""
        if side not in get_args(Side):
            raise SettingError(expected("side", "'first', 'second' or 'both'", side))
        sides = {"first": (0,), "second": (1,), "both": (0, 1)}[side]
        return self._mapped(lambda edits: edits.changed(sides=sides), f".on({side!r})")

    def focused_on(self: P, text: Input, weigh: Weigh) -> P:
        """Return the perturbation of this one text that prefers the places of large weight.

        `weigh` is asked for the weight of a side's site, and for the site's replacements, the
        heaviest first. Every fourth edit goes to the heaviest 64th of them, the heaviest 16th, the
        heaviest quarter, and to any.
        """
        return self._mapped(lambda edits: edits._focused_on(text, weigh), ".focused_on(…)")

    def _restricted(self: P, rule: Callable[[str], Callable[[Site], bool]], called: str) -> P:
        return self._mapped(lambda edits: edits.changed(rules=(*edits.rules, rule)), called)


class Edits(Perturbation):
    """A perturbation of one or several kinds of edits that share a budget."""

    def __init__(
        self,
        name: str,
        finders: Sequence[tuple[str, Finder]],
        *,
        promise: Promise = "same",
        language: str = "any",
        max_edits: int = 1,
        max_share: float | None = None,
        protect: Iterable[str] = (),
        negations: bool | None = None,
        options: Mapping[str, Any] | None = None,
        **others: Any,
    ) -> None:
        """`finders` are (kind, function from text to sites).

        Words in `protect` are never edited. `negations` says whether words that turn the meaning
        are protected too; None: if the promise is "same". `options` are those of the kind itself
        that differ from their defaults: without them a `repr` would show another perturbation.
        """
        super().__init__()
        if others:
            known = [*Budget.__annotations__, *(options or ())]
            raise SettingError(unknown(f"option of {name}", next(iter(others)), known))
        check_count("max_edits", max_edits)
        number = isinstance(max_share, int | float) and 0 < max_share <= 1
        if max_share is not None and not number:
            raise SettingError(expected("max_share", "a number in (0, 1], or None", max_share))
        # Listed before it is looked at: an iterator gives its words once.
        several = isinstance(protect, Iterable) and not isinstance(protect, str)
        listed: list[Any] = list(protect) if several else [protect]
        if not all(isinstance(each, str) for each in listed):
            raise SettingError(expected("protect", "a list of words", protect))
        if promise not in get_args(Promise):
            allowed = "'same', 'flips', 'up', 'down' or 'unknown'"
            raise SettingError(expected("promise", allowed, promise))
        protected = sorted(listed)
        self.name, self.promise, self.language = name, promise, language
        self.finders = tuple(finders)
        self.max_edits, self.max_share = max_edits, max_share
        self.sides: tuple[int, ...] = (0, 1)
        self.rules: tuple[Callable[[str], Callable[[Site], bool]], ...] = ()
        self.focused = False
        self.protection = Protection(
            protected, negations=promise == "same" if negations is None else negations
        )
        given = {"max_edits": max_edits, "max_share": max_share, "protect": protected}
        usual: dict[str, Any] = {"max_edits": 1, "max_share": None, "protect": []}
        unusual = {k: v for k, v in given.items() if v != usual[k]}
        shown = ", ".join(f"{k}={v!r}" for k, v in {**(options or {}), **unusual}.items())
        self.called = f"{name}({shown})"
        self._found: dict[Input, tuple[Places, ...]] = {}

    def __repr__(self) -> str:
        return self.called

    def changed(self, **attributes: Any) -> Edits:
        """Return a copy with other attributes."""
        other = copy(self)
        st.SearchStrategy.__init__(other)
        other.__dict__ |= {"_found": {}, **attributes}
        return other

    def _mapped(self, change: Callable[[Edits], Edits], called: str) -> Edits:
        changed = change(self)
        changed.called = self.called + called
        return changed

    def sites(self, text: Input, fences: Sequence[Span] = ()) -> tuple[Places, ...]:
        """Return where the text can be edited, by kind; kinds that find nothing are left out.

        With `fences` there are no sites that cross the edge of one of these spans.
        """
        if not fences and text in self._found:
            return self._found[text]
        parts = (text,) if isinstance(text, str) else text
        sides = self.sides if len(parts) > 1 else (0,)
        found = []
        for kind, finder in self.finders:
            places = [
                (side, site)
                for side in sides
                for site in self._kept(parts[side], finder(parts[side]), fences)
            ]
            if places:
                found.append((kind, places))
        if not fences:
            if len(self._found) >= _REMEMBERED:
                self._found.clear()
            self._found[text] = tuple(found)
        return tuple(found)

    def _kept(self, text: str, sites: Iterable[Any], fences: Sequence[Span]) -> list[Site]:
        rules = [rule(text) for rule in self.rules]
        protected = self.protection.spans(text)
        kept = []
        for start, stop, replacements in sites:
            site = Site(start, stop, replacements)
            if fences and crosses((start, stop), fences):
                continue
            if rules and not all(rule(site) for rule in rules):
                continue
            if protected and touches((start, stop), protected):
                allowed = [r for r in replacements if self.protection.allows(text, start, stop, r)]
                site = Site(start, stop, allowed)
            here = text[start:stop]
            if here in site.replacements:
                site = Site(start, stop, [each for each in site.replacements if each != here])
            if site.replacements:
                kept.append(site)
        return kept

    def limit(self, text: Input) -> int:
        """Return how many edits the budget allows in this text."""
        if self.max_share is None:
            return self.max_edits
        parts = (text,) if isinstance(text, str) else text
        count = sum(1 for part in parts for _ in words(part))
        return max(1, min(self.max_edits, math.ceil(self.max_share * count)))

    def script(self, *steps: Step) -> EditScript:
        """Return the script of these steps (kind, place, choice), as its `repr` shows them."""
        return EditScript(self, steps)

    def scripts(self) -> st.SearchStrategy[Script]:
        """Return a strategy of scripts for any text."""
        step = st.tuples(
            st.integers(0, len(self.finders) - 1),
            st.integers(0, _PLACES - 1),
            st.integers(0, _CHOICES - 1),
        )
        if self.max_edits == 1:
            return step.map(self.script)
        steps = st.lists(step, min_size=1, max_size=self.max_edits)
        return steps.map(lambda drawn: self.script(*drawn))

    def scripts_for(self, text: Input) -> st.SearchStrategy[Script]:
        """Return a strategy of scripts within what this text, or pair of texts, offers."""
        found = self.sites(text)
        if not found:
            return st.just(self.script())
        places = [
            (kind, place, len(site.replacements))
            for kind, (_, listed) in enumerate(found)
            for place, (_, site) in enumerate(listed)
        ]
        if self.focused:
            places.sort(key=lambda each: each[1])  # the heaviest of all kinds first
        ends = list(accumulate(count for _, _, count in places))

        def step(number: int) -> Step:
            at = bisect_right(ends, number)
            kind, place, count = places[at]
            return kind, place, number - ends[at] + count

        # A step is drawn as one number, because Hypothesis takes its time for every draw.
        number = st.integers(0, ends[-1] - 1)
        if self.focused:
            heaviest = [st.integers(0, (ends[-1] - 1) // share) for share in _HEAVIEST]
            number = st.one_of([*heaviest, number])
        most = min(self.limit(text), ends[-1])
        if most == 1:
            return number.map(lambda one: self.script(step(one)))
        return st.lists(number, min_size=1, max_size=most, unique=True).map(
            lambda numbers: self.script(*map(step, numbers))
        )

    def draw(self, random: Random, text: Input) -> Script:
        """Return a script drawn evenly: the number of edits, each one's kind, place and choice."""
        count = random.randint(1, self.limit(text))
        return self.script(
            *(
                (random.getrandbits(20), random.getrandbits(20), random.getrandbits(16))
                for _ in range(count)
            )
        )

    def can_change(self, text: Input) -> bool:
        """Return whether there is anything in the text that it can edit."""
        return bool(self.sites(text))

    def _focused_on(self, text: Input, weigh: Weigh) -> Edits:
        found = []
        for kind, places in self.sites(text):
            weighed = []
            for side, site in places:
                weight, replacements = weigh(side, site)
                weighed.append((weight, (side, Site(site.start, site.stop, replacements))))
            weighed.sort(key=lambda each: -each[0])
            found.append((kind, [place for _, place in weighed]))
        return self.changed(focused=True, _found={text: tuple(found)})
