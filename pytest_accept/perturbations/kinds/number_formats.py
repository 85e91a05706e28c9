"""A number is written in another common form: "1,200" ↔ "1200", "10%" ↔ "10 %", "$3" ↔ "$3.00"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Unpack

from pytest_accept.perturbations.language.plain_words import outside_links
from pytest_accept.perturbations.perturbation import Budget, Edits
from pytest_accept.perturbations.sites import Site


def number_formats(**budget: Unpack[Budget]) -> Edits:
    """Write a number in another form of the same value; the label stays the same. English.

    Commas between thousands, the per cent sign, the cents of a price, and zeros at the end of a
    measurement. Numbers that need not be quantities stay: years, versions, models, telephone
    numbers, dates, times, codes. Source: own list.

    >>> edit = number_formats().script((0, 0, 0))
    >>> edit("1,200 people came")
    '1200 people came'
    """
    return Edits("number_formats", [("number formats", sites)], language="en", **budget)


_NUMBER = re.compile(
    r"(?<![\w.,/:#@+\-–−'’^*=\\%&$€£¥])"
    r"(?P<money>[$€£] ?)?"
    r"(?P<whole>[1-9]\d{0,2}(?:,\d{3})+|[0-9]+)"
    r"(?P<decimals>\.\d+)?"
    r"(?P<share> ?%| per ?cent\b)?"
    r"(?![\w/:%‰°+\-–'’^*=&]|[.,]\d)"
    r"(?P<unit> [A-Za-z]+)?",
    re.ASCII,
)
_UNITS = frozenset(
    "people persons men women children kids users customers members fans followers "
    "friends visitors students employees workers residents votes times dollars bucks "
    "euros pounds cents miles km kilometres kilometers metres meters feet inches yards "
    "acres kg kilograms grams lbs ounces oz tons tonnes litres liters gallons watts "
    "degrees hours minutes seconds days weeks months years songs photos pictures pics "
    "files words pages tweets reviews copies units items points jobs deaths views stars".split()
)
_SCALES = frozenset(
    "k m b bn mn million millions billion billions trillion thousand hundred".split()
)


def sites(text: str) -> Iterator[Site]:
    """Return the numbers that can only be quantities, each with its other forms."""
    return outside_links(text, _numbers(text))


def _numbers(text: str) -> Iterator[Site]:
    for number in _NUMBER.finditer(text):
        forms = tuple(dict.fromkeys((*_thousands(number), *_decimals(number), *_shares(number))))
        if forms:
            yield Site(number.start(), _stop(number), forms)


def _stop(number: re.Match[str]) -> int:
    return number.start("unit") if number["unit"] else number.end()


def _with(number: re.Match[str], **changed: str) -> str:
    """Return the number with other parts."""
    parts = number.groupdict("") | changed
    return parts["money"] + parts["whole"] + parts["decimals"] + parts["share"]


def _unit(number: re.Match[str]) -> str:
    return (number["unit"] or "").strip().lower()


def _thousands(number: re.Match[str]) -> Iterator[str]:
    whole = number["whole"]
    if "," in whole:
        yield _with(number, whole=whole.replace(",", ""))
    elif len(whole) > 3 and whole[0] != "0" and _is_quantity(number):
        yield _with(number, whole=f"{int(whole):,}")


def _is_quantity(number: re.Match[str]) -> bool:
    """Return whether a long number counts or measures, not names a year, a model or a code."""
    whole = number["whole"]
    if number["money"] or (len(whole) > 4 and whole.endswith("000")):
        return True
    return _unit(number) in _UNITS and not (len(whole) == 4 and whole.startswith(("19", "20")))


def _decimals(number: re.Match[str]) -> Iterator[str]:
    decimals, unit = number["decimals"] or "", _unit(number)
    if number["money"] and unit not in _SCALES:
        if decimals in ("", ".00"):
            yield _with(number, decimals="" if decimals else ".00")
        return
    if decimals.endswith("0") and (number["share"] or unit in _UNITS):
        yield _with(number, decimals=decimals.rstrip("0").rstrip("."))


def _shares(number: re.Match[str]) -> Iterator[str]:
    share = number["share"]
    if share and not number["money"]:
        for other in ("%", " %", " percent"):
            if other != share and not (share.startswith(" per") and other == " percent"):
                yield _with(number, share=other)
