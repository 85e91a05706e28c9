"""`report RECORD.json KIND:PATH`: any report of a run that is over, without its model."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_accept.commands.given import sort_given

if TYPE_CHECKING:
    from pytest_accept.records import Record

FAILED = 1  # a report could not be written


def add(subparsers: Any) -> None:
    """Declare the command and its arguments."""
    report: argparse.ArgumentParser = subparsers.add_parser(
        "report",
        help="make reports of a Record, such as html:accept.html",
        description=(
            "Make reports of a Record, without the model. Of several Records the newest is shown, "
            "and the others are its history, for kinds of report that have one."
        ),
    )
    report.add_argument(
        "given",
        nargs="+",
        metavar="RECORD.json | KIND:PATH",
        help="one or more Records, and one or more reports to make of them",
    )
    report.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write the reports; 1 if one of them could not be written. Raises SettingError, DataError."""
    from pytest_accept.errors import SettingError
    from pytest_accept.reports import kinds, write_report
    from pytest_accept.reports.json import read_record

    files, wanted = sort_given(dict.fromkeys(arguments.given), kinds(), "kind of report")
    if not files or not wanted:
        missing = "a Record (RECORD.json)" if not files else "a report to make (KIND:PATH)"
        raise SettingError(
            f"expected {missing} too, as in: report acceptance.json html:accept.html"
        )
    records = sorted(((read_record(file), file) for file in files), key=_started)
    *earlier, shown = [record for record, _ in records]
    if earlier:
        sys.stdout.write(f"shown: {records[-1][1]}, the newest of {len(records):,} Records\n")
    failed = False
    for kind, path in wanted:
        line, written = write_report(
            shown, kind, Path(path).expanduser(), earlier=earlier, shown=path
        )
        sys.stdout.write(f"{line}\n")
        failed = failed or not written
    return FAILED if failed else 0


def _started(each: tuple[Record, str]) -> str:
    return each[0].started
