"""Where names and other things that must stay stand in a text, as far as its spelling tells."""

from __future__ import annotations

import re

_LINKS = re.compile(r"(?:https?://|www\.)\S+|[@#]\w+|\S+@\S+\.\w+")
_NAME = re.compile(r"\b[A-Z]\w*(?:[ \-.'’]+[A-Z]\w*)*")
_SENTENCE_START = re.compile(r"(?:^|[.!?:;\"“”(\n])\W*$")


def find_entities(text: str) -> list[tuple[int, int]]:
    """Return the spans of links, handles, hashtags, and capitalised words inside of sentences.

    A rule of spelling, not a tagger: it takes a title in capitals for a name and overlooks a name
    that begins a sentence, unless more of it follows. "I" is no name.
    """
    spans = [match.span() for match in _LINKS.finditer(text)]
    for match in _NAME.finditer(text):
        one_word = not re.search(r"[ \-.]", match.group())
        if match.group() in ("I", "I'm", "I've", "I'd", "I'll") or (
            one_word and _SENTENCE_START.search(text[: match.start()])
        ):
            continue
        spans.append(match.span())
    return sorted(spans)
