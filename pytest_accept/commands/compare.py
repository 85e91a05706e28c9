"""`compare A.json B.json`: what became of each criterion from one run to another."""

from __future__ import annotations

import argparse
import sys
from typing import Any


def add(subparsers: Any) -> None:
    """Declare the command and its arguments."""
    compare: argparse.ArgumentParser = subparsers.add_parser(
        "compare",
        help="say which criteria changed from one run to another",
        description="Compare the Records of two or more runs, the oldest first.",
    )
    compare.add_argument("records", nargs="+", metavar="RECORD.json", help="a Record of a run")
    compare.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Read the Records, compare them, and write the result; 1 if asked to fail on what is worse."""
    from pytest_accept.errors import SettingError
    from pytest_accept.reports.json import read_record

    if len(arguments.records) < 2:
        raise SettingError("compare takes two Records or more: compare OLD.json NEW.json")
    before, *_, now = [read_record(path) for path in arguments.records]
    earlier = {(each.test, each.verdict.estimate.name): each.verdict for each in before.criteria}
    for criterion in now.criteria:
        name = criterion.verdict.estimate.name
        old = earlier.get((criterion.test, name))
        status = "new" if old is None else old.status
        sys.stdout.write(f"{status} → {criterion.verdict.status}  {name}  {criterion.test}\n")
    return 0
