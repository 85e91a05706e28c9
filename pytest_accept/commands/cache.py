"""`cache info|verify|prune|clear`: what is kept from run to run, and how to be rid of it."""

from __future__ import annotations

import argparse
import re
import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pytest_accept.prediction.store_folder import Stored

DAMAGED = 1  # verify found something
NOT_REMOVED = 1  # clear could not

TABLES = ("fingerprints.json", "models.json")
"""What is remembered of models beside their answers; see `loading/memory_file.py`."""

_TRAINED = re.compile(r"[0-9a-f]{32}")


def add(subparsers: Any) -> None:
    """Declare the command and its actions."""
    cache: argparse.ArgumentParser = subparsers.add_parser(
        "cache",
        help="look after kept predictions and trained models: info, verify, prune, clear",
        description=(
            "Look after what is kept from run to run: what models answered (predictions), and "
            "models that suites trained."
        ),
    )
    actions = cache.add_subparsers(dest="action", metavar="ACTION", required=True)
    for name, run, words in (
        ("info", _info, "what is kept, of which models, and how much room it takes"),
        ("verify", _verify, "read all kept predictions and compare them with their checksums"),
        ("prune", _prune, "remove what was not used for longest, damaged and unfinished files"),
        ("clear", _clear, "remove all kept predictions"),
    ):
        action = actions.add_parser(name, help=words, description=f"{words.capitalize()}.")
        action.add_argument(
            "--cache-dir",
            metavar="FOLDER",
            help="the folder, as in --accept-cache-dir; default the user's cache folder",
        )
        action.set_defaults(run=run)
        if name == "prune":
            action.add_argument(
                "--size", default="10GB", help="what predictions may take, default 10GB"
            )
        if name == "clear":
            action.add_argument(
                "--trained", action="store_true", help="remove the models that suites trained, too"
            )


def _info(arguments: argparse.Namespace) -> int:
    from pytest_accept.prediction import store_folder

    cache, root = _folders(arguments)
    kept = [each for each in store_folder.stored(root) if each.files]
    trained = list(_trained(cache))
    rows = [_row(each) for each in kept]
    answers = sum(count for *_, count in rows)
    files = sum(len(each.files) for each in kept)
    size = sum(each.size for each in kept)
    _table(
        [
            ("folder", str(cache)),
            ("predictions", f"{answers:,} in {_files(files)}, {_bytes(size)}"),
            ("trained models", f"{len(trained):,}, {_bytes(sum(map(_size, trained)))}"),
        ]
    )
    if rows:
        sys.stdout.write("\n")
        heads = ("model", "reading", "predictions", "size", "last used")
        ordered = sorted(rows, key=lambda row: row[3], reverse=True)
        _table([heads, *(_shown(row) for row in ordered)], right=(2, 3))
    return 0


def _verify(arguments: argparse.Namespace) -> int:
    from pytest_accept.marked_text import printable
    from pytest_accept.prediction import segments, store_folder

    _, root = _folders(arguments)
    files = [file for each in store_folder.stored(root) for file, _ in each.files]
    damaged = []
    for file in files:
        try:
            segments.read(file, None)
        except segments.DamagedError as error:
            damaged.append((file, str(error)))
        except OSError as error:
            damaged.append((file, error.strerror or str(error)))
    for file, why in damaged:
        sys.stdout.write(f"damaged: {printable(str(file))}: {why}\n")
    if damaged:
        sys.stdout.write(
            f"{len(damaged):,} of {_files(len(files))} damaged: runs leave them out and predict "
            "again; `cache prune` removes them\n"
        )
        return DAMAGED
    sys.stdout.write(f"{_files(len(files))} read, none is damaged\n")
    return 0


def _prune(arguments: argparse.Namespace) -> int:
    from pytest_accept.prediction import segments, store_folder
    from pytest_accept.settings import bytes_of

    _, root = _folders(arguments)
    limit = bytes_of("size", arguments.size)
    damaged = 0
    for file in [file for each in store_folder.stored(root) for file, _ in each.files]:
        try:
            segments.read(file, None)
        except segments.DamagedError:
            damaged += store_folder.remove(file)
        except OSError:
            continue
    unfinished = store_folder.remove_abandoned(root)
    gone = store_folder.evict(root, limit)
    left = sum(each.size for each in store_folder.stored(root))
    went = f"{damaged:,} damaged, {unfinished:,} unfinished, {gone:,} unused for longest"
    _table(
        [
            ("removed", went),
            ("left", f"{_bytes(left)} of {_bytes(limit)}"),
        ]
    )
    return 0


def _clear(arguments: argparse.Namespace) -> int:
    from pytest_accept.prediction import store_folder

    cache, root = _folders(arguments)
    files = sum(len(each.files) for each in store_folder.stored(root))
    gone = store_folder.clear(root)
    sys.stdout.write(f"removed {_files(gone)} of predictions\n")
    left = max(0, files - gone)
    if left:
        sys.stderr.write(f"{_files(left)} could not be removed: may this user write there?\n")
    for name in TABLES:
        store_folder.remove(cache / name)
    trained = list(_trained(cache))
    if not arguments.trained:
        if trained:
            sys.stdout.write(f"left {len(trained):,} trained models: --trained removes them, too\n")
        return NOT_REMOVED if left else 0
    sys.stdout.write(f"removed {sum(map(_remove_trained, trained)):,} trained models\n")
    return NOT_REMOVED if left else 0


def _folders(arguments: argparse.Namespace) -> tuple[Path, Path]:
    """Return the cache folder and that of predictions; neither need exist.

    A folder that was named and is not there is said, since it may be misspelt; it is no error,
    since before the first run there is none. SettingError if a file is there instead.
    """
    from pytest_accept.errors import SettingError
    from pytest_accept.marked_text import printable
    from pytest_accept.prediction import store_folder
    from pytest_accept.settings import cache_folder

    given = arguments.cache_dir
    cache = cache_folder() if given is None else Path(given).expanduser()
    if cache.exists() and not cache.is_dir():
        raise SettingError(f"Expected --cache-dir to be a folder, but {str(cache)!r} is a file.")
    if given is not None and not cache.exists():
        sys.stderr.write(f"there is no folder {printable(repr(str(cache)))}\n")
    return cache, store_folder.of(cache)


def _trained(cache: Path) -> Iterator[Path]:
    """Yield the folders of the models that suites trained; links are not followed."""
    folder = cache / "training"
    if folder.is_dir() and not folder.is_symlink():
        for each in sorted(folder.iterdir()):
            if _TRAINED.fullmatch(each.name) and each.is_dir() and not each.is_symlink():
                yield each


def _remove_trained(folder: Path) -> bool:
    """Remove a trained model that nobody makes just now; return whether it is gone."""
    from filelock import FileLock, Timeout

    lock = folder.with_suffix(".lock")
    try:
        with FileLock(lock, timeout=0):
            shutil.rmtree(folder)
        lock.unlink(missing_ok=True)
    except (OSError, Timeout):
        return False
    return True


def _row(stored: Stored) -> tuple[str, str, int, float, int]:
    """Return model, reading, bytes, time of use and number of answers of what is kept."""
    from pytest_accept.prediction import segments

    described = [segments.described(file) for file, _ in stored.files]
    about = next((each for each, _ in described if each), {})
    count = sum(n for _, n in described)
    return about.get("model", "?"), about.get("reading", "?"), stored.size, stored.used, count


def _shown(row: tuple[str, str, int, float, int]) -> tuple[str, ...]:
    from pytest_accept.marked_text import printable

    model, reading, size, used, count = row
    try:
        when = datetime.fromtimestamp(used).strftime("%Y-%m-%d %H:%M")
    except (OverflowError, OSError, ValueError):
        when = "?"
    names = (printable(each)[:40] for each in (model, reading))
    return (*names, f"{count:,}", _bytes(size), when)


def _table(rows: Sequence[tuple[str, ...]], right: Iterable[int] = ()) -> None:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [
            cell.rjust(width) if i in right else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        sys.stdout.write("  ".join(cells).rstrip() + "\n")


def _files(count: int) -> str:
    return "1 file" if count == 1 else f"{count:,} files"


def _size(folder: Path) -> int:
    return sum(each.lstat().st_size for each in folder.rglob("*") if each.is_file())


def _bytes(size: float) -> str:
    """Return a number of bytes in the unit in which it is easy to read."""
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:,.0f} {unit}" if unit == "B" else f"{size:,.1f} {unit}"
        size /= 1000
    return f"{size:,.1f} TB"
