"""A date is written in another form: "12 March 2021" ↔ "March 12, 2021" ↔ "2021-03-12"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Unpack

from pytest_accept.perturbations.language.plain_words import outside_links
from pytest_accept.perturbations.perturbation import Budget, Edits
from pytest_accept.perturbations.sites import Site, in_case_of


def dates(**budget: Unpack[Budget]) -> Edits:
    """Write the same date in another form; the label stays the same. English.

    The order of day and month, their names in full or abbreviated, and year-month-day in digits
    (ISO 8601). Dates such as 03/04/2021 are ambiguous and stay, as do impossible ones. Source: own
    list.

    >>> edit = dates().script((0, 0, 0))
    >>> edit("It began on 12 March 2021.")
    'It began on March 12, 2021.'
    """
    return Edits("dates", [("dates", sites)], language="en", **budget)


_MONTHS = (
    "January February March April May June July August September October November December"
).split()
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_MONTH_OF = {name[:3].lower(): at for at, name in enumerate(_MONTHS, 1)}

_NAME = (
    r"(?P<month>January|February|March|April|May|June|July|August|September|October|November"
    r"|December|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?)"
)
_DAY = r"(?P<day>0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>[12]\d{3})"
_FREE = r"(?<![\w.,/:'’–−+-])"
_DONE = r"(?![\w/:'’–−+-]|\.\d|[,&]? ?\d|,? (?:and|or|to) \d| ?[–&-] ?\d)"
_FORMS = [
    re.compile(_FREE + form + _DONE, re.ASCII | re.IGNORECASE)
    for form in (
        rf"{_DAY} {_NAME},? {_YEAR}",
        rf"{_NAME} {_DAY},? {_YEAR}",
        r"(?P<year>[12]\d{3})-(?P<month>\d\d)-(?P<day>\d\d)",
        rf"{_DAY} {_NAME}",
        rf"{_NAME} {_DAY}",
        rf"{_NAME} {_YEAR}",
    )
]
_WEEKDAY = re.compile(
    r"(?:\b(?P<before>on|this|next|last|every|by|until|till|since|from) )?"
    r"\b(?P<weekday>(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\b)"
    r"(?=(?P<date>,? (?:\d{1,2}\b|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)))"
    r"|\s*$|[.,;!?)]|"
    r" (?:at|in|and|or|to|but|with|for|from|because|morning|afternoon|evening|night|we|i|he|she)"
    r"\b)",
    re.IGNORECASE,
)


def sites(text: str) -> Iterator[Site]:
    """Return the dates, then parts of dates, that have another form."""
    taken: list[tuple[int, int]] = []
    found: list[Site] = []
    for at, form in enumerate(_FORMS):
        for match in form.finditer(text):
            if any(match.start() < stop and start < match.end() for start, stop in taken):
                continue
            taken.append(match.span())
            others = _others(match, text) if at < 3 or _is_date(match, text) else []
            if others:
                found.append(Site(*match.span(), others))
    found += _weekdays(text)
    return outside_links(text, sorted(found))


def _others(match: re.Match[str], text: str) -> list[str]:
    """Return the other ways to write the date: none if there is no such day."""
    parts = match.groupdict()
    named = not parts["month"][0].isdecimal()
    month = _MONTH_OF[parts["month"][:3].lower()] if named else int(parts["month"])
    day, year = parts.get("day"), parts.get("year")
    if not _exists(int(year or 2000), month, int(day or 1)):
        return []
    if day and text[: match.start()].lower().endswith("the "):
        return []
    name = _MONTHS[month - 1]
    forms = [form for each in (name, name[:3]) for form in _forms(day, each, year)]
    if day and year:
        forms.append(f"{year}-{month:02}-{int(day):02}")
    here = match.group()
    cased = [in_case_of(parts["month"], each) if named else each for each in forms]
    if text.islower() or (named and parts["month"].islower()):
        cased = [each.lower() for each in forms]
    return [each for each in dict.fromkeys(cased) if each != here]


def _forms(day: str | None, month: str, year: str | None) -> list[str]:
    if not day:
        return [f"{month} {year}"]
    number = int(day)
    if not year:
        return [f"{number} {month}", f"{month} {number}"]
    return [f"{number} {month} {year}", f"{month} {number}, {year}"]


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _is_date(match: re.Match[str], text: str) -> bool:
    """Return whether a month with a day or a year can be nothing else.

    "march 12 miles", "may 12 people", "In March 12 people came" are no dates.
    """
    if not match["month"][0].isupper() and match["month"].lower() in ("march", "mar", "may"):
        return False
    month_first = match.start("month") == match.start()
    in_month = month_first and text[: match.start()].lower().endswith("in ")
    return not (in_month and "day" in match.re.groupindex)


def _weekdays(text: str) -> Iterator[Site]:
    for match in _WEEKDAY.finditer(text):
        here = match["weekday"]
        if not (match["before"] or match["date"]):
            continue
        name = next(each for each in _DAYS if each[:3].lower() == here[:3].lower())
        short = len(here) == 3
        if here.islower() and (short or name[:3] in ("Wed", "Sat", "Sun")):
            continue  # "wed", "sat" and "sun" are words
        other = in_case_of(here, name if short else name[:3])
        other = other.lower() if here.islower() else other
        yield Site(match.start("weekday"), match.end("weekday"), (other,))
