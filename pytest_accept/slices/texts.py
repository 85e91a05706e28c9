"""Conditions on the text itself: how long it is, what words it has."""

from __future__ import annotations

import re
from typing import Any

from pytest_accept.errors import SettingError, expected
from pytest_accept.slices.condition import Condition

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


def longer_than(words: int) -> Condition:
    """Texts of more than `words` words: what stands between white space, or is given as words.

    A pair of texts is as long as both together.
    """
    count = _count("words", words)
    return _lengths(f"longer than {count} words", f"longer_than({count})", count + 1, None)


def shorter_than(words: int) -> Condition:
    """Texts of fewer than `words` words, counted as in `longer_than`."""
    count = _count("words", words)
    return _lengths(f"shorter than {count} words", f"shorter_than({count})", 0, count - 1)


def length_between(least: int, most: int) -> Condition:
    """Texts of `least` to `most` words, both included, counted as in `longer_than`."""
    low, high = _count("least", least), _count("most", most)
    if low > high:
        raise SettingError(f"Expected `least` to be at most `most`, but got {low} and {high}.")
    return _lengths(f"{low} to {high} words", f"length_between({low}, {high})", low, high)


def has_word(word: str) -> Condition:
    """Texts that have the word, whatever its case. "don't" is one word, and has neither "don" nor
    "t". Raises SettingError for what is no single word.
    """
    if not isinstance(word, str) or _WORD.fullmatch(word.strip()) is None:
        what = "one word, such as 'not' (of letters and digits; combine several with &)"
        raise SettingError(expected("word", what, word))
    key = _key(word.strip())

    def holds(data: Any) -> Any:
        import numpy as np

        return np.array([key in words_of(each) for each in data.inputs], dtype=np.bool_)

    return Condition(f"has {word.strip()!r}", f"has_word({word.strip()!r})", holds)


def words_of(text: str | tuple[str, ...]) -> set[str]:
    """Return the words of a text in lower case."""
    whole = text if isinstance(text, str) else " ".join(text)
    return {_key(each) for each in _WORD.findall(whole)}


def length_of(text: str | tuple[str, ...]) -> int:
    """Return the number of words between white space."""
    parts = (text,) if isinstance(text, str) else text
    return sum(len(part.split()) for part in parts)


def _key(word: str) -> str:
    return word.replace("’", "'").casefold()


def _lengths(name: str, expression: str, least: int, most: int | None) -> Condition:
    def holds(data: Any) -> Any:
        import numpy as np

        found = np.array([length_of(each) for each in data.inputs])
        return (found >= least) & (found <= (most if most is not None else found))

    return Condition(name, expression, holds)


def _count(name: str, value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    raise SettingError(expected(name, "a number of words, 0 or more", value))
