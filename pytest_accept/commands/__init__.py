"""The command line, one subcommand a file: `add(subparsers)` declares it, `run(arguments)` is it.

A file here imports the standard library alone at its top: `--help` shall not wait for numpy.
"""

from __future__ import annotations

import argparse

from pytest_accept.commands import compare, report

COMMANDS = (compare, report)


def parser() -> argparse.ArgumentParser:
    """Return the parser of all commands; what it parses has `command` and its function `run`."""
    whole = argparse.ArgumentParser(
        prog="python -m pytest_accept",
        description="Work on the Records of acceptance runs (pytest --accept-report json:FILE).",
    )
    subparsers = whole.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for command in COMMANDS:
        command.add(subparsers)
    return whole
