"""Predictions that outlive a run: what the settings say becomes of them, and the shelves in use.

    predictions/1/<hash of all that makes an answer but the input>/<part>-<checksum>.safetensors

below the cache folder. Whatever goes wrong with files is said once, and the run goes on.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import warnings
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pytest_accept import settings
from pytest_accept.errors import CacheNotWrittenWarning, DamagedCacheWarning
from pytest_accept.prediction import segments, store_folder
from pytest_accept.prediction.blocks import Blocks
from pytest_accept.prediction.shelf import Found, Shelf, recent
from pytest_accept.prediction.store_keys import key_of

# After so many bytes were written the whole is measured, and what was not used for long removed.
EVICT_AFTER = 1 << 28


@dataclass
class Count:
    """How many answers were found in the store, how many were made that could be kept, and how
    many of those found were compared with what the model answers now."""

    found: int = 0
    made: int = 0
    compared: int = 0


counted = Count()


class Kept:
    """What is kept of the answers of a model to a reading: the store's side of an engine.

    `name` is the hash of all that makes an answer but the input (`store_keys.shelf_of`); `model`
    and `reading` say it for people. `half`: the weights are in half precision.
    """

    def __init__(
        self, name: str, columns: int, *, model: str, reading: str, half: bool = False
    ) -> None:
        self.name = name
        self.columns = columns
        self.half = half
        self._about = {"model": model, "reading": reading}
        self._part: str | None = None
        self._shelf: Shelf | None = None

    def look(self, inputs: Sequence[Hashable]) -> list[Found]:
        """Return the answers that are kept, as the settings allow."""
        now = settings.current()
        self._part, self._shelf = None, None
        if now.cache == "off":
            return []
        keys = [key_of(each) for each in inputs]
        if _parts.count:
            self._part = segments.part_of([key for key in keys if key is not None])
        self._shelf = self._open()
        found = self._shelf.look(keys, writes=now.cache != "read", part=self._part)
        counted.found += sum(len(each.places) for each in found)
        return found

    def keep(self, inputs: Sequence[Hashable], answers: Blocks, cut: npt.NDArray[np.bool_]) -> None:
        """Keep answers that were made, as the settings allow."""
        if self._shelf is None:
            return
        counted.made += len(inputs)
        if settings.current().cache == "read" or _root(self._shelf) in _unwritable:
            return
        if not np.isfinite(answers.rows).all():
            return
        with _writing(self._shelf):
            keys = [key_of(each) for each in inputs]
            self._shelf.keep(keys, answers, cut, part=self._part)

    def compared(self, count: int) -> None:
        """Count answers that are kept and that the model gives now, too."""
        counted.compared += count

    def done(self, *, interrupted: bool) -> None:
        """Write what waits if there may be no later: of a run that ends, and of a part."""
        if self._shelf is not None and (interrupted or self._part is not None):
            with _writing(self._shelf):
                self._shelf.flush()

    def _open(self) -> Shelf:
        root = store_folder.of(settings.cache_folder())
        place = root / self.name
        if place not in _shelves:
            _shelves[place] = Shelf(place, self.columns, self._about, damaged=_say_damaged)
        return _shelves[place]


class _Parts:
    count = 0


_parts = _Parts()
_shelves: dict[Path, Shelf] = {}
_unwritable: set[Path] = set()
_damaged: set[Path] = set()
_measured: dict[Path, int] = {}


@contextlib.contextmanager
def in_parts() -> Iterator[None]:
    """Inside, what an engine is asked at once is looked up and kept as one part of large data.

    Its answers are found by the hash of its inputs, so memory does not grow with the store; those
    that were asked together with others are not found.
    """
    _parts.count += 1
    try:
        yield
    finally:
        _parts.count -= 1


def finish() -> dict[str, int | str | None]:
    """Write all that waits, join small files and make room, for the end of a session.

    Returns how many answers were `found`, `made` and `compared` since the last time, and what
    `problem` there was with writing, None if none. What waits is also written when Python exits.
    """
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for shelf in list(_shelves.values()):
            with _writing(shelf):
                shelf.flush()
                if shelf.written:
                    shelf.join_small()
        for root in {_root(shelf) for shelf in _shelves.values() if shelf.written}:
            store_folder.remove_abandoned(root)
            store_folder.evict(root, settings.current().cache_size)
    problem = next((str(each.message) for each in caught), None)
    count = {**asdict(counted), "problem": problem}
    counted.found = counted.made = counted.compared = 0
    return count


def forget() -> None:
    """Write what waits and forget which files were read, as the next process would."""
    finish()
    _shelves.clear()
    recent.clear()
    _unwritable.clear()
    _damaged.clear()
    _measured.clear()


def _root(shelf: Shelf) -> Path:
    return shelf.folder.parent


@contextlib.contextmanager
def _writing(shelf: Shelf) -> Iterator[None]:
    """Go on without keeping where files cannot be written, and say so once."""
    root = _root(shelf)
    before = shelf.written
    try:
        yield
    except OSError as error:
        shelf.waiting.clear()
        if root not in _unwritable:
            _unwritable.add(root)
            _say(CacheNotWrittenWarning, _not_written(root, error))
        return
    _measured[root] = _measured.get(root, 0) + shelf.written - before
    if _measured[root] > EVICT_AFTER:
        _measured[root] = 0
        store_folder.evict(root, settings.current().cache_size)


def _not_written(root: Path, error: OSError) -> str:
    return (
        f"Predictions cannot be kept in {str(root)!r} ({error.strerror or error}). The run goes on "
        "without keeping them. Choose another folder with --accept-cache-dir, or say "
        "--accept-cache=read or off."
    )


def _say_damaged(file: Path, why: str) -> None:
    root = file.parent.parent
    if root in _damaged:
        return
    _damaged.add(root)
    _say(
        DamagedCacheWarning,
        f"Kept predictions are damaged, such as {str(file)!r}: {why}. They are left out and "
        f"predicted again. `{settings.cache_command('verify')}` looks at all of them.",
    )


def _say(kind: type[Warning], message: str) -> None:
    warnings.warn(message, kind, stacklevel=2)


def _at_exit() -> None:
    with contextlib.suppress(Exception):
        finish()


def _in_copy() -> None:
    """Leave what waits to the process that this one is a copy of."""
    for shelf in _shelves.values():
        shelf.waiting.clear()


atexit.register(_at_exit)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_in_copy)
