"""The prediction store against SQLite: writing and looking up 10,000 and 1,000,000 answers.

Ours are immutable safetensors files whose keys are searched in memory; SQLite's is one table with
the same keys (blake2b of the text) as primary key, in WAL mode, written in transactions of as many
answers as ours has a file. Each look-up begins without anything in memory, as a new process does,
with the files in the system's cache. Answers have two columns, as a sentiment model's.

A second part hashes 1.5 GB of weights: read, remembered by this process, remembered by another.
"""

from __future__ import annotations

import argparse
import os
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import results

from pytest_accept.loading import fingerprints
from pytest_accept.prediction.blocks import Blocks
from pytest_accept.prediction.shelf import ANSWERS, Shelf
from pytest_accept.prediction.store_keys import key_of
from pytest_accept.settings import using

COLUMNS = 2


def main() -> None:
    """Print both sides and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="100,000 instead of 1,000,000 answers")
    quick = parser.parse_args().quick
    sizes = (10_000, 100_000) if quick else (10_000, 1_000_000)
    numbers: dict[str, float] = {}
    print(f"{'':34}{'ours':>12}{'sqlite':>12}{'sqlite/ours':>13}")
    for size in sizes:
        keys = [key for i in range(size) if (key := key_of(f"a text with the number {i}"))]
        rows = np.random.default_rng(0).normal(size=(size, COLUMNS)).astype(np.float32)
        with tempfile.TemporaryDirectory() as folder:
            for name, ours, theirs in compared(Path(folder), keys, rows):
                numbers[f"{name}, ours"], numbers[f"{name}, sqlite"] = ours, theirs
                print(f"{name:34}{ours:>12,.4g}{theirs:>12,.4g}{theirs / ours:>13.1f}")
    numbers |= fingerprinted(100 * 10**6 if quick else 1_500 * 10**6)
    results.write("store", numbers)


def compared(
    folder: Path, keys: list[bytes], rows: np.ndarray
) -> Iterator[tuple[str, float, float]]:
    """Yield what is measured, and its seconds (or megabytes) for ours and for SQLite."""
    size = f"{len(keys):,}"
    ours, theirs = folder / "ours", folder / "theirs.sqlite"
    yield (
        f"write {size} (s)",
        timed(lambda: write_ours(ours, keys, rows)),
        timed(lambda: write_sqlite(theirs, keys, rows)),
    )
    some = [keys[i] for i in np.random.default_rng(1).permutation(len(keys))[:10_000].tolist()]
    for asked in (some,) if len(keys) <= len(some) else (some, keys):
        yield (
            f"look {len(asked):,} up in {size} (s)",
            timed(partial(look_ours, ours, asked)),
            timed(partial(look_sqlite, theirs, asked)),
        )
    shelf = new(ours)
    shelf.look(keys[:1], writes=False)
    connection = sqlite3.connect(theirs)
    yield (
        f"then 64 more of {size} (s)",
        timed(lambda: shelf.look(some[:64], writes=False), times=20),
        timed(lambda: select(connection, some[:64]), times=20),
    )
    yield (
        f"{size} on disk (MB)",
        sum(each.stat().st_size for each in ours.iterdir()) / 1e6,
        sum(each.stat().st_size for each in folder.glob("theirs*")) / 1e6,
    )


def fingerprinted(size: int) -> dict[str, float]:
    """Return the seconds that hashing a file takes the first time, and after."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "model.safetensors"
        block = os.urandom(1 << 24)
        with file.open("wb") as stream:
            for _ in range(size // len(block)):
                stream.write(block)
        time.sleep(2.1)  # what changed just now is not remembered
        with using(cache="use", cache_dir=Path(folder) / "cache"):
            first = timed(lambda: fingerprints.of_file(file))
            again = timed(lambda: fingerprints.of_file(file))
            fingerprints._remembered.clear()
            other = timed(lambda: fingerprints.of_file(file))
    what = f"hash {size / 1e9:.1f} GB"
    found = {f"{what} (s)": first, "again": again, "in another process": other}
    print("; ".join(f"{name}: {seconds:.4g}" for name, seconds in found.items()))
    return found


def new(folder: Path) -> Shelf:
    """Return a shelf that has read nothing."""
    from pytest_accept.prediction import shelf

    shelf.recent.clear()
    return Shelf(folder, COLUMNS, {}, damaged=lambda file, why: sys.exit(f"{file}: {why}"))


def write_ours(folder: Path, keys: list[bytes], rows: np.ndarray) -> None:
    """Keep answers in batches of 64."""
    shelf = new(folder)
    cut = np.zeros(64, np.bool_)
    for start in range(0, len(keys), 64):
        some = rows[start : start + 64]
        shelf.keep(keys[start : start + 64], Blocks.of(some), cut[: len(some)])
    shelf.flush()


def look_ours(folder: Path, keys: list[bytes]) -> None:
    """Look answers up."""
    found = new(folder).look(keys, writes=False)
    assert sum(len(each.places) for each in found) == len(keys)


def write_sqlite(file: Path, keys: list[bytes], rows: np.ndarray) -> None:
    """Insert answers."""
    connection = sqlite3.connect(file)
    connection.execute("pragma journal_mode=wal")
    connection.execute("pragma synchronous=normal")
    connection.execute("create table kept (key blob primary key, row blob, cut int) without rowid")
    for start in range(0, len(keys), ANSWERS):
        part = rows[start : start + ANSWERS]
        given = ((key, row.tobytes(), 0) for key, row in zip(keys[start:], part, strict=False))
        with connection:
            connection.executemany("insert or ignore into kept values (?, ?, ?)", given)
    connection.close()


def look_sqlite(file: Path, keys: list[bytes]) -> None:
    """Select answers, 500 at a time."""
    connection = sqlite3.connect(file)
    assert select(connection, keys) == len(keys)
    connection.close()


def select(connection: sqlite3.Connection, keys: list[bytes]) -> int:
    """Return how many answers were found, as arrays."""
    found = 0
    for start in range(0, len(keys), 500):
        some = keys[start : start + 500]
        marks = ",".join("?" * len(some))
        several = connection.execute(f"select key, row, cut from kept where key in ({marks})", some)
        found += len([(key, np.frombuffer(row, np.float32)) for key, row, _ in several])
    return found


def timed(act: Callable[[], object], times: int = 1) -> float:
    """Return the seconds that something takes."""
    started = time.perf_counter()
    for _ in range(times):
        act()
    return (time.perf_counter() - started) / times


if __name__ == "__main__":
    main()
