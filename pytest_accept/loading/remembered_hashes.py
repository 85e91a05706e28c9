"""Hashes of large files that outlive a process, so that a gigabyte of weights is read once.

They lie in one small file of the cache folder, by the hash of a file's path; that file is taken for
the same while its inode, size and times are. What changed within the last two seconds is not
remembered: it might change again without its times telling so. Nor is a file whose status changed
at a whole second: in an image (such as squashfs) all files may be of one second, of any build.
"""

from __future__ import annotations

import os
import re
import time
from hashlib import blake2b
from pathlib import Path

import msgspec

from pytest_accept import settings
from pytest_accept.loading import memory_file

NAME = "fingerprints.json"
SMALLEST = 1 << 20
"""Smaller files are read each time, which takes a millisecond."""

MOST = 2_000
"""So many files are remembered, those that were read last."""

SETTLED = 2 * 10**9
"""Nanoseconds after which a file's times tell whether it changed again."""

_HASH = re.compile(r"[0-9a-f]{32}")


class _Entry(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    inode: int
    size: int
    changed: int
    status_changed: int
    hash: str


def recall(file: Path, status: os.stat_result) -> str | None:
    """Return the hash of a file that was read before and is unchanged, else None."""
    if status.st_size < SMALLEST or settings.current().cache in ("off", "verify"):
        return None
    found = memory_file.read(NAME, _Entry, most=MOST).get(_key(file))
    if found is None or found != _entry(status, found.hash):
        return None
    return found.hash if _HASH.fullmatch(found.hash) else None


def remember(file: Path, status: os.stat_result, digest: str) -> None:
    """Remember the hash of a large file; `status` is of before it was read."""
    if status.st_size < SMALLEST or settings.current().cache in ("off", "read"):
        return
    if status.st_ctime_ns % 10**9 == 0:
        return
    if not abs(time.time_ns() - max(status.st_mtime_ns, status.st_ctime_ns)) > SETTLED:
        return
    memory_file.add(NAME, _Entry, _key(file), _entry(status, digest), most=MOST)


def _key(file: Path) -> str:
    return blake2b(os.fsencode(file.resolve()), digest_size=16).hexdigest()


def _entry(status: os.stat_result, digest: str) -> _Entry:
    return _Entry(status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns, digest)
