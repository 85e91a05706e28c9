"""The command line, one subcommand a file: `add(subparsers)` declares it, `run(arguments)` is it.

A file here imports the standard library alone at its top: `--help` shall not wait for numpy.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from pytest_accept.commands import cache, compare, init, report

COMMANDS = (cache, compare, init, report)


def parser() -> argparse.ArgumentParser:
    """Return the parser of all commands; what it parses has `command` and its function `run`."""
    whole = argparse.ArgumentParser(
        prog="python -m pytest_accept",
        description=(
            "Work on the Records of acceptance runs (pytest --accept-report json:FILE), begin a "
            "suite, and look after what is kept from run to run."
        ),
    )
    subparsers = whole.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for command in COMMANDS:
        command.add(subparsers)
    return whole


def parsed(whole: argparse.ArgumentParser, given: Sequence[str] | None) -> argparse.Namespace:
    """Return the arguments, with files before and after options: argparse takes the first alone."""
    arguments, left = whole.parse_known_args(given)
    taken = getattr(arguments, "given", None)
    if left and (taken is None or any(each.startswith("-") for each in left)):
        whole.error(f"unrecognized arguments: {' '.join(left)}")
    if left and taken is not None:
        taken += left
    return arguments
