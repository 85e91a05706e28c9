"""Which words of a text are meant: a list of words, names, punctuation, numbers, a pattern."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from pytest_accept.errors import SettingError, expected, shown, unknown

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pytest_accept.attributions.tokens import Tokens
    from pytest_accept.prediction.predictions import Input

Finder = Callable[[str], Iterable[tuple[int, int]]]
"""From a text to the (start, stop) of the words in its characters."""

_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_MARKS = re.compile(r"[^\w\s]+")


def finder_of(tokens: Any) -> tuple[str, Finder]:
    """Return what words are called and what finds them in a text; SettingError for what is none."""
    if isinstance(tokens, str):
        if tokens not in _NAMED:
            hint = f" A word of your own goes into a list: tokens=[{tokens!r}]."
            raise SettingError(unknown("kind of tokens", tokens, _NAMED) + hint)
        return tokens, _NAMED[tokens]
    if isinstance(tokens, re.Pattern):
        return f"/{tokens.pattern}/", lambda text: _matches(tokens, text)
    if isinstance(tokens, Collection):
        return _listed(tokens)
    if callable(tokens):
        called = getattr(tokens, "__name__", repr(tokens))
        return called, lambda text: _checked(called, text, tokens(text))
    what = f"a list of words, {', '.join(map(repr, _NAMED))}, a compiled pattern, or a function"
    raise SettingError(expected("tokens", f"{what} of a text that returns spans", tokens))


def sides_of(text: Input) -> tuple[str, ...]:
    """Return a text, or both of a pair."""
    return (text,) if isinstance(text, str) else text


def tokens_on(
    tokens: Tokens, text: Input, spans: Sequence[Iterable[tuple[int, int]]]
) -> NDArray[np.bool_]:
    """Return which tokens (t,) hold a character of spans, given for each side of a text."""
    import numpy as np

    marks = [np.zeros(len(side), np.bool_) for side in sides_of(text)]
    for mark, found in zip(marks, spans, strict=True):
        for start, stop in found:
            mark[start:stop] = True
    return np.array(
        [each is not None and marks[each[0]][each[1] : each[2]].any() for each in tokens.spans],
        np.bool_,
    )


def _listed(tokens: Collection[Any]) -> tuple[str, Finder]:
    words = list(dict.fromkeys(tokens))
    if not words or not all(isinstance(each, str) and each.strip() for each in words):
        raise SettingError(expected("tokens", "a list of one or more words", tokens))
    # A longer one first, so that "New York Times" is not found as "New York".
    parts = [
        r"\s+".join(map(re.escape, each.split())) for each in sorted(words, key=len, reverse=True)
    ]
    # Whole words; what begins or ends with a sign, such as ":)", has no word's edge there.
    edged = [
        (r"(?<!\w)" if re.match(r"\w", each) else "")
        + each
        + (r"(?!\w)" if re.search(r"\w$", each) else "")
        for each in parts
    ]
    pattern = re.compile("|".join(edged), re.IGNORECASE)
    shown = "|".join(words[:3]) + (f"|… ({len(words)} words)" if len(words) > 3 else "")
    return shown, lambda text: _matches(pattern, text)


def _matches(pattern: re.Pattern[str], text: str) -> list[tuple[int, int]]:
    return [match.span() for match in pattern.finditer(text) if match.group()]


def _checked(called: str, text: str, spans: Any) -> list[tuple[int, int]]:
    """Return what a user's function found; SettingError for what are no spans of the text."""
    try:
        found = [(int(start), int(stop)) for start, stop in spans]
    except (TypeError, ValueError):
        found = [(-1, -1)]
    if all(0 <= start < stop <= len(text) for start, stop in found):
        return found
    what = f"to return (start, stop) pairs with 0 <= start < stop <= {len(text)}, the length of"
    raise SettingError(f"Expected {called} {what} {shown(text)}, but got {shown(spans)}.")


def _numbers(text: str) -> list[tuple[int, int]]:
    return _matches(_NUMBER, text)


def _punctuation(text: str) -> list[tuple[int, int]]:
    from pytest_accept.perturbations.sites import words

    inside = {at for word in words(text) for at in range(*word.span())}
    return [span for span in _matches(_MARKS, text) if span[0] not in inside]


def _names(text: str) -> list[tuple[int, int]]:
    return [(each.start, each.stop) for each in _known_names().mentions(text)]


@cache
def _known_names() -> Any:
    from pytest_accept.perturbations.language.known_names import KnownNames
    from pytest_accept.perturbations.word_lists import read_rows

    first = [(name, kind) for name, kind, *word in read_rows("first_names") if not word]
    last = [(name, "last") for name, *word in read_rows("last_names") if not word]
    return KnownNames([*first, *last])


_NAMED: dict[str, Finder] = {
    "names": _names,
    "punctuation": _punctuation,
    "numbers": _numbers,
}
