"""Trained models on disk, by what they were made of.

An entry is a folder that is named by a hash, and complete once it is there: it is made under
another name, by one process at a time, and renamed at the end.
"""

from __future__ import annotations

import json
import shutil
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import xxhash
from filelock import FileLock

from pytest_accept import settings
from pytest_accept.errors import DamagedCacheWarning, SettingError
from pytest_accept.loading.fingerprints import of_file
from pytest_accept.records import Training

RECIPE = "recipe.json"
LOG = "log.json"


def key_of(made_of: dict[str, Any]) -> str:
    """Return the hash of what a model is made of."""
    text = json.dumps(made_of, sort_keys=True, ensure_ascii=False)
    return xxhash.xxh3_128_hexdigest(text.encode())


def get(
    key: str, recipe: dict[str, Any], train: Callable[[Path], Training]
) -> tuple[Path, Training]:
    """Return the folder of an entry, and its log: of before (`cached`), or of now.

    `train` writes a model into an empty folder and returns the log. It is called by one process at
    a time; if it is interrupted, what it wrote is removed. A log with a failure is an entry, too:
    the same recipe would fail again. `recipe` says, for people, what the entry is made of.
    """
    folder = settings.cache_folder() / "training" / key
    found = _read(folder)
    if found is not None:
        return folder, found
    with _alone(folder):
        found = _read(folder)  # while we waited for our turn
        if found is not None:
            return folder, found
        try:
            _remove_damaged(folder)
            return folder, _make(folder, recipe, train)
        except OSError as error:
            raise SettingError(_not_writable(folder, error)) from error


def _make(folder: Path, recipe: dict[str, Any], train: Callable[[Path], Training]) -> Training:
    unfinished = folder.with_suffix(".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)  # of a process that was killed
    unfinished.mkdir()
    try:
        log = train(unfinished)
        (unfinished / LOG).write_bytes(msgspec.json.format(msgspec.json.encode(log)))
        complete = {**recipe, "files": _digests(unfinished)}
        text = json.dumps(complete, indent=2, ensure_ascii=False)
        (unfinished / RECIPE).write_text(text + "\n", encoding="utf-8")
        unfinished.rename(folder)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    return log


def _read(folder: Path) -> Training | None:
    """Return the log of an entry, None if there is none that is as it was written."""
    try:
        files = json.loads((folder / RECIPE).read_text(encoding="utf-8"))["files"]
        # Names are looked up among the files that are there: a recipe may name any file at all.
        there = _digests(folder)
        if LOG not in files or any(there.get(name) != digest for name, digest in files.items()):
            return None
        log = msgspec.json.decode((folder / LOG).read_bytes(), type=Training)
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None
    return replace(log, cached=True)


def _digests(folder: Path) -> dict[str, str]:
    files = sorted(each for each in folder.rglob("*") if each.is_file() and each.name != RECIPE)
    if folder.is_symlink() or any(each.is_symlink() for each in folder.rglob("*")):
        raise OSError(f"{str(folder)!r} is or holds a link, which leads out of the cache")
    return {file.relative_to(folder).as_posix(): of_file(file) for file in files}


def _remove_damaged(folder: Path) -> None:
    if folder.is_symlink() or folder.is_file():
        folder.unlink()
    elif folder.exists():
        shutil.rmtree(folder)
    else:
        return
    warnings.warn(
        f"The cache entry {str(folder)!r} is damaged. The model is trained again.",
        DamagedCacheWarning,
        stacklevel=2,
    )


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Let one process at a time through, for each entry."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder.with_suffix(".lock"))
        lock.acquire()
    except OSError as error:
        raise SettingError(_not_writable(folder, error)) from error
    try:
        yield
    finally:
        lock.release()


def _not_writable(folder: Path, error: OSError) -> str:
    return (
        f"Trained models are kept in {str(folder.parent)!r}, which cannot be written to "
        f"({error.strerror or error}). Choose another folder: --accept-cache-dir FOLDER, or "
        "using(cache_dir=…)."
    )
