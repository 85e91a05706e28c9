"""Links, addresses, handles and hashtags in a text, whose words are not for rewriting."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pytest_accept.perturbations.edits import Span
from pytest_accept.perturbations.sites import Site

_LINK = re.compile(
    r"(?:https?://|www\.)\S+"
    r"|(?<![\w.+-])[\w.+-]++@[\w-]+(?:\.[\w-]+)*"
    r"|[@#]\w+"
    r"|(?<![\w.-])(?:[\w-]++\.)+(?:com|org|net|edu|gov|info|io|co|uk|de)\b(?:/\S*)?",
    re.IGNORECASE,
)


def find_links(text: str) -> list[Span]:
    """Return the spans of links, e-mail addresses, handles and hashtags, in order."""
    return [match.span() for match in _LINK.finditer(text)]


def outside_links(text: str, sites: Iterable[Site]) -> Iterator[Site]:
    """Return the sites that share no character with a link, address, handle or hashtag."""
    links = find_links(text)
    for site in sites:
        if not any(site.start < stop and start < site.stop for start, stop in links):
            yield site
