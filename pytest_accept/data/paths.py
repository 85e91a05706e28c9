"""Is a source a path or a hub id, and what to say of a path that leads nowhere."""

from __future__ import annotations

import difflib
import os
import re
from pathlib import Path

from pytest_accept.data.conll import SUFFIXES as CONLL_SUFFIXES
from pytest_accept.data.text_files import SUFFIXES as TEXT_SUFFIXES

SUFFIXES = (
    ".csv",
    ".tsv",
    ".json",
    ".jsonl",
    ".parquet",
    ".arrow",
    *CONLL_SUFFIXES,
    *TEXT_SUFFIXES,
)

_FILE_NAME = re.compile(r"[^/]*\.[A-Za-z]\w{1,6}")
_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*(/[\w.-]+)?")


def is_path(source: str | Path) -> bool:
    """Say whether a source is a path and not a hub id.

    It is a path if it is a Path, starts with ./ ../ / or ~, is one name with the suffix of a file,
    has that of a data file, cannot be a hub id by its form, or exists here, itself or its first
    folder.
    """
    if isinstance(source, Path) or source.startswith(("./", "../", "/", "~")):
        return True
    path = Path(source)
    by_form = _FILE_NAME.fullmatch(source) or not _HUB_ID.fullmatch(source)
    if by_form or path.suffix.lower() in SUFFIXES:
        return True
    return path.exists() or (len(path.parts) > 1 and Path(path.parts[0]).is_dir())


def missing_path(path: Path) -> str:
    """Return the sentences for a path that does not exist: what was asked, what is near it."""
    looked = "" if path.is_absolute() else f" (looked in {Path.cwd()})"
    return f"There is no file or folder {str(path)!r}{looked}. {nearest(path)}"


def nearest(path: Path) -> str:
    """Return the sentence that names what exists nearest to a path that does not."""
    parent, wrong = _existing_parent(path)
    try:
        entries = sorted(name for name in os.listdir(parent) if not name.startswith("."))
    except OSError:
        return f"{str(parent)!r} is there, but cannot be listed."
    rest = path.parts[len((parent / wrong).parts) :] if str(parent) != "." else path.parts[1:]
    near = difflib.get_close_matches(wrong, entries, n=3, cutoff=0.5)
    for name in near:
        if rest and (parent / name).joinpath(*rest).exists():
            return f"Did you mean {str((parent / name).joinpath(*rest))!r}?"
    if near:
        return f"Did you mean {str(parent / near[0])!r}?"
    data = [name for name in entries if Path(name).suffix.lower() in SUFFIXES]
    where = "The current folder" if str(parent) == "." else f"The folder {str(parent)!r} exists and"
    if data:
        more = f" and {len(data) - 10:,} more" if len(data) > 10 else ""
        return f"{where} holds the data files {', '.join(map(repr, data[:10]))}{more}."
    return f"{where} holds no data file."


def _existing_parent(path: Path) -> tuple[Path, str]:
    wrong = path
    while not wrong.parent.exists() and wrong.parent != wrong:
        wrong = wrong.parent
    return wrong.parent, wrong.name
