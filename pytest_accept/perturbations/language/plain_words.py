"""Words as people read them: without links, addresses, handles, hashtags, emoticons and mark-up."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator

from pytest_accept.perturbations.sites import Site

_OTHER = r"""
    (?:https?://|www\.)\S+
  | \w++(?:[.-]\w++){0,6}\.(?:com|org|net|edu|gov|info|io|co|uk|us|de|fr|ly|tv|me)\b(?:/\S*)?
  | [\w.+-]{1,64}+@[\w-]+\.[\w.-]+
  | [@#]\w+
  | &\w+; | &\#\w+;
  | </?[A-Za-z][^<>]{0,200}>
  | [:;=8][-'^o]?[DPpOoSsXx3cbL]\b | \b[DX][-']?[:;=]
  | \b[xX][DdPp]+\b | \b[oO0][_.][oO0]\b | <3+
"""
PIECE = re.compile(rf"(?P<other>{_OTHER}) | (?P<word>\w+(?:['’]\w+)*)", re.VERBOSE)
"""A plain word (group `word`), or what only looks like words (group `other`)."""


def plain_words(text: str) -> Iterator[re.Match[str]]:
    """Return the plain words of a text, with apostrophes inside."""
    return (piece for piece in PIECE.finditer(text) if piece.lastgroup == "word")


def set_apart(text: str) -> list[tuple[int, int]]:
    """Return the spans of links, addresses, handles, hashtags, emoticons and mark-up."""
    return [piece.span() for piece in PIECE.finditer(text) if piece.lastgroup == "other"]


def outside_links(text: str, sites: Iterable[Site]) -> Iterator[Site]:
    """Return the sites that share no character with a link or anything else that is set apart."""
    spans = set_apart(text)  # ascending, and apart from each other
    stops = [stop for _, stop in spans]
    for site in sites:
        at = bisect_right(stops, site.start)
        if at == len(spans) or spans[at][0] >= site.stop:
            yield site
