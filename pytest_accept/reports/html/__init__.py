"""The page on which people decide whether a model ships: one file that needs nothing else."""

from __future__ import annotations

from pathlib import Path

from pytest_accept.records import Record
from pytest_accept.reports.html.page import page
from pytest_accept.whole_files import write_whole


def write(record: Record, path: Path, *, earlier: tuple[Record, ...] = ()) -> None:
    """Write the page of a Record; `earlier` ones, oldest first, are shown as its past."""
    write_whole(path, page(record, earlier))
