"""Report sinks, one per file, fed by Records alone and found under `pytest_accept.reports`.

A sink is a function `write(record, path)`.
"""

from __future__ import annotations

from importlib.metadata import entry_points
from pathlib import Path

from pytest_accept.records import Record

GROUP = "pytest_accept.reports"


def write_report(record: Record, kind: str, path: str | Path) -> str:
    """Write one report; return the line that says so, or why it could not be written.

    A sink that fails never changes the outcome of a run.
    """
    sink = next(iter(entry_points(group=GROUP, name=kind)))
    try:
        sink.load()(record, Path(path))
    except Exception as error:
        return f"acceptance report NOT written: {kind}:{path}: {type(error).__name__}: {error}"
    return f"acceptance report written: {kind}:{path}"
