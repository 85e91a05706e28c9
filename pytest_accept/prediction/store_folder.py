"""The folder of kept predictions as a whole: how large it is, what is damaged, what goes first."""

from __future__ import annotations

import contextlib
import os
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pytest_accept.prediction import segments
from pytest_accept.prediction.shelf import files_of

FORMAT = "1"
"""Of files and folders: another version of ours, with another format, has a folder of its own."""

SHELF = re.compile(r"[0-9a-f]{32}")

ABANDONED = 3600.0
"""Seconds after which a file that is still unfinished is one of a process that was killed."""


@dataclass(frozen=True)
class Stored:
    """What is kept of one model and reading. `used`: when it was last, in seconds since 1970."""

    folder: Path
    files: tuple[tuple[Path, os.stat_result], ...]

    @property
    def size(self) -> int:
        """The bytes of its files."""
        return sum(status.st_size for _, status in self.files)

    @property
    def used(self) -> float:
        """When an answer was last looked up or kept, in seconds since 1970."""
        return max((status.st_mtime for _, status in self.files), default=0.0)


def of(cache: Path) -> Path:
    """Return the folder of predictions in a cache folder."""
    return cache / "predictions" / FORMAT


def stored(root: Path) -> list[Stored]:
    """Return what is kept in a folder of predictions, by name; links are not followed."""
    return [Stored(folder, tuple(files_of(folder))) for folder in sorted(_folders(root))]


def evict(root: Path, limit: int) -> int:
    """Remove the files that were not used for longest until all take `limit` bytes; return how
    many went. What cannot be removed is left.
    """
    files = [(status, file) for each in stored(root) for file, status in each.files]
    total = sum(status.st_size for status, _ in files)
    gone = 0
    for status, file in sorted(files, key=lambda each: (each[0].st_mtime_ns, each[1].name)):
        if total <= limit:
            break
        if remove(file):
            gone += 1
            total -= status.st_size
    remove_empty(root)
    return gone


def remove_abandoned(root: Path, older: float = ABANDONED) -> int:
    """Remove what killed processes left unfinished; return how many files that were."""
    gone = 0
    for folder in _folders(root):
        for file in _unfinished(folder):
            with contextlib.suppress(OSError):
                # The file system's clock against ours, either of which may jump: both ways.
                if abs(time.time() - file.lstat().st_mtime) >= older and remove(file):
                    gone += 1
    return gone


def clear(root: Path) -> int:
    """Remove all that is kept; return how many files went. Other files are left where they are."""
    gone = sum(remove(file) for each in stored(root) for file, _ in each.files)
    remove_abandoned(root, older=0.0)
    remove_empty(root)
    return gone


def remove_empty(root: Path) -> None:
    """Remove the folders in which nothing is left."""
    for folder in _folders(root):
        with contextlib.suppress(OSError):
            folder.rmdir()  # of one that is not empty it is an OSError


def remove(file: Path) -> bool:
    """Remove a file; return whether it is gone."""
    try:
        file.unlink(missing_ok=True)
    except OSError:
        return False
    return True


def _folders(root: Path) -> Iterator[Path]:
    with contextlib.suppress(OSError):
        if root.is_symlink() or root.parent.is_symlink():
            return
        with os.scandir(root) as entries:
            found = [
                Path(entry.path)
                for entry in entries
                if SHELF.fullmatch(entry.name) and entry.is_dir(follow_symlinks=False)
            ]
        yield from found


def _unfinished(folder: Path) -> list[Path]:
    found = []
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        found = [Path(e.path) for e in entries if segments.UNFINISHED.fullmatch(e.name)]
    return found
