"""What a command is given: Records, and what to make of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path


def sort_given(
    given: Iterable[str], known: Collection[str], what: str
) -> tuple[list[str], list[tuple[str, str]]]:
    """Return the files of Records in their order, and kind and path of each KIND:PATH.

    `known` are the kinds, and `what` says of what. Raises SettingError for an unknown kind, and for
    one without a path.
    """
    from pytest_accept.errors import SettingError, unknown

    files: list[str] = []
    wanted: list[tuple[str, str]] = []
    for each in given:
        kind, colon, path = each.partition(":")
        # C:\runs\acceptance.json is a file, and so is whatever is there under its whole name.
        if not colon or len(kind) == 1 or (kind not in known and Path(each).exists()):
            files.append(each)
        elif kind not in known:
            raise SettingError(unknown(what, kind, known))
        elif not path:
            raise SettingError(f"expected KIND:PATH such as {kind}:FILE, got {each!r}")
        else:
            wanted.append((kind, path))
    return files, wanted
