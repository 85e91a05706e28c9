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
        _remove_damaged(folder)
        return folder, _make(folder, recipe, train)


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
        if {name: of_file(folder / name) for name in files} != files:
            return None
        log = msgspec.json.decode((folder / LOG).read_bytes(), type=Training)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return replace(log, cached=True)


def _digests(folder: Path) -> dict[str, str]:
    files = sorted(each for each in folder.rglob("*") if each.is_file() and each.name != RECIPE)
    return {file.relative_to(folder).as_posix(): of_file(file) for file in files}


def _remove_damaged(folder: Path) -> None:
    if not folder.exists():
        return
    shutil.rmtree(folder)
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
        raise SettingError(
            f"Trained models are kept in {str(folder.parent)!r}, which cannot be written to "
            f"({error.strerror}). Choose another folder: --accept-cache-dir FOLDER, or "
            "using(cache_dir=…)."
        ) from error
    try:
        yield
    finally:
        lock.release()
