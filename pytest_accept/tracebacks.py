"""A failing criterion is explained by its message: our frames and those below them are left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_accept.errors import AcceptanceError, AcceptanceFailure

_HERE = Path(__file__).parent
_RUNNERS = ("_pytest", "pluggy", "pytest_accept")


def hide_our_frames(excinfo: pytest.ExceptionInfo[BaseException]) -> None:
    """Cut the traceback of our own exceptions where the user's code called us."""
    if not isinstance(excinfo.value, AcceptanceError | AcceptanceFailure):
        return
    entries = excinfo.traceback
    for position in range(1, len(entries)):
        caller = entries[position - 1].frame.f_globals.get("__name__", "")
        called_us = _HERE in Path(entries[position].path).parents
        if called_us and caller.partition(".")[0] not in _RUNNERS:
            excinfo.traceback = entries[:position]
            return
