"""Small tables in the cache folder of what need not be found out twice; they may be lost."""

from __future__ import annotations

import contextlib
from typing import TypeVar

import msgspec

from pytest_accept import settings
from pytest_accept.whole_files import write_whole

T = TypeVar("T")

ENTRY = 1_000
"""No entry is larger (bytes): a table that is larger than its entries may be is not read."""


def read(name: str, kind: type[T], *, most: int) -> dict[str, T]:
    """Return the entries of a table of at most so many; none if it is damaged or a link."""
    file = settings.cache_folder() / name
    try:
        if file.is_symlink() or file.stat().st_size > most * ENTRY:
            return {}
        return msgspec.json.decode(file.read_bytes(), type=dict[str, kind])  # type: ignore[valid-type]
    except (OSError, ValueError):  # msgspec's errors are ValueErrors
        return {}


def add(name: str, kind: type[T], key: str, entry: T, *, most: int) -> None:
    """Add an entry to a table, which keeps those that were added last. What cannot be written is
    left out.
    """
    file = settings.cache_folder() / name
    known = {other: each for other, each in read(name, kind, most=most).items() if other != key}
    kept = {**dict(list(known.items())[-most + 1 :]), key: entry}
    with contextlib.suppress(OSError):
        if not file.is_symlink():
            write_whole(file, msgspec.json.encode(kept))
