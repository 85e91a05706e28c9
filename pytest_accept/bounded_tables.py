"""Columns of a file -> one Table that is sound, and no larger than this machine can hold.

A file of kilobytes may claim to be terabytes (a repeated value is stored once), and offsets that
lead out of their buffers end the process when they are followed. So both are checked first.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any

from pytest_accept.errors import DataError

SLICE = 4096
"""How many rows are unfolded at a time: few, because each of them may be a long text."""


def bounded(
    batches: Iterable[Any], schema: Any, called: str, *, plain: Callable[[Any], Any] = lambda t: t
) -> Any:
    """Return record batches as one Table of `plain` columns; DataError if they do not fit.

    Raises pyarrow's ArrowInvalid for batches whose values lie outside of them, or are no Unicode.
    """
    import pyarrow as pa

    most = largest()
    parts: list[Any] = []
    size = 0
    for batch in batches:
        batch.validate(full=True)
        for start in range(0, batch.num_rows, SLICE):
            part = plain(pa.Table.from_batches([batch.slice(start, SLICE)]))
            size += part.nbytes
            if size > most:
                raise DataError(
                    f"{called} holds more than {most / 2**30:.3g} GiB when it is unfolded, half of "
                    "this machine's memory. Stream it, or split it into several files."
                )
            parts.append(part)
    return pa.concat_tables(parts) if parts else plain(schema.empty_table())


def largest() -> int:
    """Return how many bytes a Table may have: half of the memory of this machine."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2
    except (AttributeError, ValueError, OSError):  # a system that does not say
        return 8 << 30
