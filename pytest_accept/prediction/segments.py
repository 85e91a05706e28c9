"""Kept answers as files: each is whole, never changed, and named by what is in it.

A file is a safetensors file, so nothing in it can be code. Its name holds two hashes: of the inputs
that were asked together, by which the answers to a part of large data are found without any others,
and of its bytes, by which damage is. Files are written beside their place and renamed, so that
writers need no lock and readers see no half of one; a killed writer leaves at most a file that
nobody takes for one of these.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import safetensors
import xxhash
from safetensors import numpy as safe

from pytest_accept.prediction.blocks import Blocks, Rows

NAME = re.compile(r"([0-9a-f]{32})-([0-9a-f]{32})\.safetensors")
KEY = 16
"""Bytes of a key."""

ALL = "0" * 32
"""The first half of the names of answers that were asked for in no particular part."""

UNFINISHED = re.compile(r"\.unfinished-[0-9a-f]{16}")
MOST = 1 << 30
"""No file of ours is larger (bytes): a larger one is not read."""

Keys = npt.NDArray[np.uint64]


class DamagedError(Exception):
    """A file is not what was written under its name."""


@dataclass(frozen=True)
class Segment:
    """Answers by key: `keys` (n, 2), ascending; which of the inputs were `cut` (n,)."""

    keys: Keys
    answers: Blocks
    cut: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, keys: Sequence[bytes], parts: Sequence[Rows], cut: Sequence[bool]) -> Segment:
        """Return the answers to inputs, a block of rows (r, columns) for each, by their keys."""
        numbers = numbers_of(keys)
        order = np.lexsort((numbers[:, 1], numbers[:, 0]))
        answers = Blocks.join([parts[i] for i in order.tolist()])
        return cls(numbers[order], answers, np.array(cut, np.bool_)[order])

    @classmethod
    def joined(cls, segments: Sequence[Segment]) -> Segment:
        """Return the answers of several as one; of a key that several have, the first's."""
        rows = np.concatenate([each.answers.rows for each in segments])
        sizes = np.concatenate([each.answers.sizes for each in segments])
        keys = np.concatenate([each.keys for each in segments])
        cut = np.concatenate([each.cut for each in segments])
        _, first = np.unique(keys, axis=0, return_index=True)
        return cls(keys[first], *cls(keys, Blocks(rows, sizes), cut).take(first))

    @cached_property
    def _starts(self) -> npt.NDArray[np.int64]:
        starts: npt.NDArray[np.int64] = np.cumsum(self.answers.sizes) - self.answers.sizes
        return starts

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def nbytes(self) -> int:
        """How much memory the answers take."""
        return self.keys.nbytes + self.answers.rows.nbytes + 9 * len(self.keys)

    def take(self, at: npt.NDArray[np.int64]) -> tuple[Blocks, npt.NDArray[np.bool_]]:
        """Return some of the answers, and which of the inputs were cut."""
        starts, sizes = self._starts[at], self.answers.sizes[at]
        before = np.cumsum(sizes) - sizes
        rows = np.repeat(starts - before, sizes) + np.arange(sizes.sum())
        return Blocks(self.answers.rows[rows], sizes), self.cut[at]


def numbers_of(keys: Sequence[bytes]) -> Keys:
    """Return keys of 16 bytes as pairs of numbers (n, 2), which sort as the bytes do."""
    return np.frombuffer(b"".join(keys), ">u8").astype(np.uint64).reshape(-1, 2)


def part_of(keys: Sequence[bytes]) -> str:
    """Return the hash of inputs that are asked together, in whatever order, by their keys."""
    return xxhash.xxh3_128_hexdigest(b"".join(sorted(keys)))


def write(folder: Path, segment: Segment, about: dict[str, str], *, part: str = ALL) -> Path:
    """Write a file into a folder, which is there; `about` says, for people, what it holds.

    Raises OSError; then nothing is left.
    """
    content = safe.save(
        {
            "keys": np.ascontiguousarray(segment.keys),
            "rows": np.ascontiguousarray(segment.answers.rows),
            "sizes": segment.answers.sizes.astype(np.int32),
            "cut": segment.cut.astype(np.uint8),
        },
        about,
    )
    name = f"{part}-{xxhash.xxh3_128_hexdigest(content)}.safetensors"
    file, temporary = folder / name, folder / f".unfinished-{secrets.token_hex(8)}"
    # Not tempfile's, which nobody else may read: folders are shared.
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
    handle = os.open(temporary, flags | getattr(os, "O_BINARY", 0), 0o666)
    try:
        with open(handle, "wb", buffering=0) as stream:
            left = memoryview(content)
            while left:
                left = left[stream.write(left) :]
        os.replace(temporary, file)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    return file


def read(file: Path, columns: int | None) -> Segment:
    """Return what a file holds; DamagedError if it is not what was written, OSError if it is gone.

    A link is no file of ours. `columns` None: whatever number of columns its answers have.
    """
    named = NAME.fullmatch(file.name)
    if named is None:
        raise DamagedError("its name is none of ours")
    content = _content(file)
    if xxhash.xxh3_128_hexdigest(content) != named[2]:
        raise DamagedError("its content does not match its checksum")
    try:
        found: dict[str, npt.NDArray[Any]] = safe.load(content)
    except (safetensors.SafetensorError, KeyError, ValueError, TypeError) as error:
        raise DamagedError(f"it is no safetensors file ({error})") from error
    return _checked(found, columns)


def described(file: Path) -> tuple[dict[str, str], int]:
    """Return what a file says of itself, which may be anything, and how many answers it has.

    ({}, 0) if it cannot be read. Its checksum is not looked at.
    """
    try:
        if not stat.S_ISREG(file.lstat().st_mode):
            return {}, 0
        with safetensors.safe_open(file, "numpy") as opened:
            return dict(opened.metadata() or {}), int(opened.get_slice("sizes").get_shape()[0])
    except (OSError, IndexError, safetensors.SafetensorError):
        return {}, 0


def _content(file: Path) -> bytes:
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    # Not waiting: what stands there may be a pipe.
    handle = os.open(file, flags | getattr(os, "O_NONBLOCK", 0))
    with open(handle, "rb", buffering=0) as stream:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode) or status.st_size > MOST:
            raise DamagedError("it is no file, or too large for one of ours")
        return stream.readall()


def _checked(found: dict[str, npt.NDArray[Any]], columns: int | None) -> Segment:
    """Return the arrays as answers, if they can be ones of so many columns."""
    if set(found) != {"keys", "rows", "sizes", "cut"}:
        raise DamagedError("it holds other arrays than answers")
    keys, rows, sizes, cut = (found[name] for name in ("keys", "rows", "sizes", "cut"))
    n = sizes.size
    columns = columns or (rows.shape[1] if rows.ndim == 2 else 1)
    shapes = (keys.shape, rows.shape[1:], sizes.shape, cut.shape)
    types = (str(keys.dtype), str(sizes.dtype), str(cut.dtype))
    if (
        shapes != ((n, 2), (columns,), (n,), (n,))
        or types != ("uint64", "int32", "uint8")
        or str(rows.dtype) not in ("float32", "float64")
    ):
        raise DamagedError("its arrays have other shapes or types than answers")
    whole = sizes.astype(np.int64)
    if (whole < 0).any() or whole.sum() != len(rows) or (cut > 1).any():
        raise DamagedError("its arrays do not fit together")
    if not np.isfinite(rows).all():
        raise DamagedError("it holds numbers that are not finite")
    high, low = keys[:, 0], keys[:, 1]
    if not ((high[1:] > high[:-1]) | ((high[1:] == high[:-1]) & (low[1:] > low[:-1]))).all():
        raise DamagedError("its keys are not in order")
    return Segment(keys, Blocks(rows, whole), cut.astype(np.bool_))
