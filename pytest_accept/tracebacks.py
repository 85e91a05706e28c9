"""A failing criterion is explained by its message: our frames and those below them are left out."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Any

import pytest

from pytest_accept.errors import AcceptanceError, AcceptanceFailure

_HERE = Path(__file__).parent
_RUNNERS = ("_pytest", "pluggy", "pytest_accept")


def hide_our_frames(call: pytest.CallInfo[Any]) -> None:
    """Cut the traceback of our own exceptions where the user's code called us."""
    error = call.excinfo.value if call.excinfo is not None else None
    if not isinstance(error, AcceptanceError | AcceptanceFailure):
        return
    kept: list[TracebackType] = []
    caller, entry = "", error.__traceback__
    while entry is not None:
        ours = _HERE in Path(entry.tb_frame.f_code.co_filename).parents
        if ours and kept and caller.partition(".")[0] not in _RUNNERS:
            break
        kept.append(entry)
        caller = entry.tb_frame.f_globals.get("__name__", "")
        entry = entry.tb_next
    if entry is None:
        return
    cut: TracebackType | None = None
    for each in reversed(kept):
        cut = TracebackType(cut, each.tb_frame, each.tb_lasti, each.tb_lineno)
    call.excinfo = pytest.ExceptionInfo.from_exception(error.with_traceback(cut))


def is_no_verdict(failure: pytest.ExceptionInfo[BaseException]) -> bool:
    """Return whether a test failed because a check could not be made: its question is open."""
    return isinstance(failure.value, AcceptanceError)
