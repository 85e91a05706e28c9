"""Report sinks, one per file, fed by Records alone and found under `pytest_accept.reports`.

A sink is a function `write(record, path)`. It may take the keyword `earlier`: older Records, the
oldest first; and `given`: the path as it was written, for what is no path, such as the address of
a server. It raises what went wrong.
"""

from __future__ import annotations

import inspect
import re
import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

from pytest_accept.errors import AcceptanceError, SettingError, unknown
from pytest_accept.extras import install_line
from pytest_accept.marked_text import printable
from pytest_accept.records import Record

GROUP = "pytest_accept.reports"


def kinds() -> list[str]:
    """Return the kinds of report that are installed, in the order of the alphabet."""
    return sorted({entry.name for entry in entry_points(group=GROUP)})


def write_report(
    record: Record,
    kind: str,
    path: str | Path,
    *,
    earlier: Sequence[Record] = (),
    shown: str | None = None,
) -> tuple[str, bool]:
    """Write one report; return the line that says so, or says why not, and whether it was written.

    Whatever a sink does, but for an interrupt by the user, becomes that line: it changes no outcome
    of a run and stops no other sink. Warnings are no errors here. `shown` is the path as it was
    given, and how the line names it. `earlier` are older Records, the oldest first.
    """
    given = str(path) if shown is None else shown
    name = _without_password(printable(f"{kind}:{given}"))
    entry = None
    new = [each for each in (Path(path), *Path(path).parents) if not each.exists()]
    try:
        entry = _entry(kind)
        with warnings.catch_warnings():
            warnings.simplefilter("default")  # -W error is meant for the code under test
            sink = entry.load()
            if "://" not in given:
                Path(path).parent.mkdir(parents=True, exist_ok=True)
            sink(record, Path(path), **_wanted(sink, earlier=tuple(earlier), given=given))
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        for folder in new:
            with suppress(OSError):  # one that was made meanwhile, and is empty
                folder.rmdir()
        return f"acceptance report NOT written: {name}: {_reason(error, entry)}", False
    return f"acceptance report written: {name}", True


def _entry(kind: str) -> EntryPoint:
    found = entry_points(group=GROUP, name=kind)
    if not found:
        raise SettingError(unknown("kind of report", kind, kinds()))
    return next(iter(found))


def _wanted(sink: Callable[..., Any], **offered: Any) -> dict[str, Any]:
    """Return those of the keywords that the sink takes."""
    parameters = inspect.signature(sink).parameters
    everything = any(each.kind == each.VAR_KEYWORD for each in parameters.values())
    return {name: each for name, each in offered.items() if everything or name in parameters}


def _reason(error: BaseException, entry: EntryPoint | None) -> str:
    """Return on one line what went wrong, and what to do where a package is missing."""
    try:
        message = printable(str(error))
    except Exception:
        message = "(its message cannot be shown)"
    if isinstance(error, AcceptanceError):
        return message
    said = f"{type(error).__name__}: {message}" if message else type(error).__name__
    return _without_password(said) + _remedy(error, entry)


def _without_password(text: str) -> str:
    return re.sub(r"://[^/\s@]+@", "://***@", text)


def _remedy(error: BaseException, entry: EntryPoint | None) -> str:
    """Return which extra of the sink's own distribution brings the package that is missing."""
    if not isinstance(error, ImportError) or entry is None or entry.dist is None:
        return ""
    return f". {install_line(entry)}"
