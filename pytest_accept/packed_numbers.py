"""Arrays of numbers as a short string that JSON can hold: base64 of zlib of little-endian bytes."""

from __future__ import annotations

import base64
import binascii
import zlib
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from pytest_accept.errors import DataError

Kind = Literal["<f4", "<f8", "<u4", "<u8"]
"""numpy's name of a type: floats of 4 or 8 bytes, whole numbers of 4 or 8."""

MOST = 20_000_000
"""More numbers than this are not packed, and not read."""


def pack(numbers: NDArray[Any], kind: Kind) -> str:
    """Return numbers of any shape as a string, in the order of their rows; nothing is rounded
    beyond what `kind` rounds.
    """
    raw = np.ascontiguousarray(numbers, dtype=kind).tobytes()
    return base64.b64encode(zlib.compress(raw, 9)).decode("ascii")


def unpack(packed: str, kind: Kind, name: str, *, count: int | None = None) -> NDArray[Any]:
    """Return packed numbers (n,), read-only.

    `name` is what an error calls them, `count` how many there must be. Raises DataError for a
    string that is none of packed numbers, for another count, and for more than `MOST`.
    """
    most = MOST if count is None else min(count, MOST)
    size = np.dtype(kind).itemsize
    try:
        raw = base64.b64decode(packed, validate=True)
        # Never more than is wanted: a few bytes of zlib may claim to be gigabytes.
        unpacking = zlib.decompressobj()
        content = unpacking.decompress(raw, most * size + 1)
    except (binascii.Error, ValueError, zlib.error) as error:
        raise DataError(f"Expected `{name}` to be packed numbers, but: {error}.") from error
    if len(content) > most * size or not unpacking.eof or len(content) % size:
        raise DataError(f"Expected `{name}` to be at most {most:,} packed numbers of {size} bytes.")
    numbers: NDArray[Any] = np.frombuffer(content, dtype=kind)
    if count is not None and len(numbers) != count:
        raise DataError(f"Expected `{name}` to be {count:,} numbers, but got {len(numbers):,}.")
    return numbers
