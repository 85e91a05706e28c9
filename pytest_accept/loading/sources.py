"""Is it a folder or a name on the hub?"""

from __future__ import annotations

import difflib
from pathlib import Path

from pytest_accept.errors import ModelError


def as_folder(source: str | Path) -> Path | None:
    """Return the local folder that a source names, None if it names a model on the hub.

    A Path, or text that begins with `./`, `../`, `/` or `~`, or whose first part is a folder here,
    names a folder. ModelError, with the nearest that exists, if there is none.
    """
    if isinstance(source, str) and not _looks_local(source):
        return None
    folder = Path(source).expanduser()
    if folder.is_dir():
        return folder
    if folder.is_file():
        raise ModelError(
            f"The model {str(source)!r} is a file. Name the folder that holds config.json, weights "
            f"and tokenizer, such as {str(folder.parent)!r}."
        )
    raise ModelError(f"There is no folder {str(source)!r}.{_nearest(folder)}")


def _looks_local(source: str) -> bool:
    if source.startswith(("./", "../", "/", "~", ".\\", "..\\")) or source in (".", ".."):
        return True
    path = Path(source)
    return path.is_absolute() or Path(path.parts[0] if path.parts else ".").is_dir()


def _nearest(folder: Path) -> str:
    missing = folder
    while not missing.parent.is_dir() and missing.parent != missing:
        missing = missing.parent
    here = sorted(each.name for each in missing.parent.iterdir() if each.is_dir())
    near = difflib.get_close_matches(missing.name, here, n=1, cutoff=0.5)
    if near:
        return f" Did you mean {str(missing.parent / near[0])!r}?"
    known = ", ".join(map(repr, here[:8])) or "no folders"
    return f" {str(missing.parent)!r} has {known}{', …' if len(here) > 8 else ''}."
