"""`compare A.json B.json`: what became of each criterion from one run to another."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Any

from pytest_accept.commands.given import sort_given

WORSE = 1  # with --fail-on-worse
_KINDS = ("html", "json", "markdown")


def add(subparsers: Any) -> None:
    """Declare the command and its arguments."""
    compare: argparse.ArgumentParser = subparsers.add_parser(
        "compare",
        help="say which criteria changed from one run to another",
        description=(
            "Compare the Records of two or more runs, the oldest first: which verdicts changed, "
            "and by how much. Of runs with --accept-keep-predictions on the same data, the changes "
            "have paired intervals."
        ),
    )
    compare.add_argument(
        "given",
        nargs="+",
        metavar="RECORD.json | KIND:PATH",
        help=f"two or more Records, and forms to write: {', '.join(f'{k}:PATH' for k in _KINDS)}",
    )
    compare.add_argument(
        "--only-changed",
        action="store_true",
        help="leave out criteria of which nothing is shown to have changed",
    )
    compare.add_argument(
        "--fail-on-worse",
        action="store_true",
        help="exit with 1 if a verdict got worse, or a criterion is gone, from first to last",
    )
    compare.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Compare the Records and write every form asked for; 1 if asked to fail on what is worse.

    Raises SettingError for fewer than two Records or an unknown form, DataError for a file that is
    no Record or damaged, and for a form that cannot be written.
    """
    from pytest_accept.comparison import compare, terminal
    from pytest_accept.errors import SettingError
    from pytest_accept.reports.json import read_record

    files, wanted = sort_given(arguments.given, _KINDS, "form of a comparison")
    if len(files) < 2:
        raise SettingError(
            "expected two Records or more, the oldest first: compare OLD.json NEW.json"
        )
    names = _names(files)
    records = [read_record(file) for file in files]
    comparison = compare(list(zip(names, records, strict=True)))
    colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    shown = terminal.lines(comparison, only_changed=arguments.only_changed, colour=colour)
    sys.stdout.write("".join(f"{line}\n" for line in shown))
    for kind, path in wanted:
        _write(kind, comparison, Path(path).expanduser())
        sys.stdout.write(f"comparison written: {kind}:{path}\n")
    return WORSE if arguments.fail_on_worse and comparison.got_worse else 0


def _write(kind: str, comparison: Any, path: Path) -> None:
    from importlib import import_module

    from pytest_accept.errors import DataError, SettingError

    try:
        import_module(f"pytest_accept.comparison.{kind}").write(comparison, path)
    except ImportError as error:
        install = "pip install 'pytest-model-acceptance[html]'"
        raise SettingError(f"{kind}:{path} needs {error.name}. Install it: {install}") from error
    except OSError as error:
        raise DataError(f"cannot write {kind}:{path}: {error}") from error


def _names(files: list[str]) -> list[str]:
    """Return the files by as little of their path as tells them apart."""
    short = [Path(each).name for each in files]
    return short if len(set(short)) == len(files) else files
