"""`init [FOLDER]`: a folder for acceptance tests, pytest's settings, and a first suite."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pytest_accept.starter.ini import Ini

NAME = "test_acceptance.py"

SETTINGS = {"accept_confidence": "0.95", "accept_inconclusive": "fail"}
"""What a project should decide once, at its defaults."""

_OPTIONS = ("model", "data", "text", "label", "label_names", "group", "split")


def add(subparsers: Any) -> None:
    """Declare the command and its arguments."""
    init: argparse.ArgumentParser = subparsers.add_parser(
        "init",
        help="make a folder for acceptance tests, the ini, and a first suite",
        description=(
            "Make a folder for acceptance tests with a first suite, and add to pytest's settings "
            "what is missing. With a model and data the suite has default criteria for them. "
            "Nothing that is there is overwritten, and no model is loaded."
        ),
    )
    init.add_argument("folder", nargs="?", default="acceptance", metavar="FOLDER")
    for name, what in (
        ("model", "a folder, or an id of the hub"),
        ("data", "labelled examples: a file, or an id of the hub"),
        ("text", "the column with the texts, if it is not text"),
        ("label", "the column with the labels, if it is not label"),
        ("label-names", "what labels are called by the model: DATA=MODEL,…"),
        ("group", "the column whose groups are to be compared"),
        ("split", "the split of the data, where there are several"),
    ):
        init.add_argument(f"--{name}", metavar=name.upper(), help=what)
    init.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Make what is not there, and say what was made. Raises AcceptanceError."""
    from pytest_accept.errors import SettingError
    from pytest_accept.starter.ini import find_ini

    folder = Path(arguments.folder)
    if folder.exists() and not folder.is_dir():
        raise SettingError(f"{str(folder)!r} is a file: name a folder to make, such as acceptance")
    if bool(arguments.model) != bool(arguments.data):
        there, other = ("--model", "--data") if arguments.model else ("--data", "--model")
        raise SettingError(f"{there} says half of what a suite is about: give {other} as well")
    ini = find_ini(Path.cwd())
    file = folder / NAME
    if file.exists():
        _say(f"left as it is: {file}")
    else:
        source, what = _suite(arguments, ini.file.parent)
        _write(file, source)
        _say(f"made {file}: {what}")
    for line in _set(ini):
        _say(line)
    for line in _next(arguments, file):
        _say(line)
    return 0


def _suite(arguments: argparse.Namespace, root: Path) -> tuple[str, str]:
    """Return the source of the first suite, and what it is."""
    if arguments.model is None:
        from pytest_accept.starter.first_suite import FIRST_SUITE

        shown = shlex.quote(Path(arguments.folder).as_posix())
        return FIRST_SUITE.format(folder=shown), "an example to edit, for a text classifier"
    from pytest_accept.starter import Asked, default_source, default_suite

    given = {name: getattr(arguments, name) for name in _OPTIONS}
    suite = default_suite(Asked(**given, root=root))
    return default_source(suite), f"{len(suite.lines)} default criteria for {suite.task}"


def _set(ini: Ini) -> list[str]:
    """Add the settings that are missing; return what was done."""
    shown = os.path.relpath(ini.file)
    missing = {name: value for name, value in SETTINGS.items() if name not in ini.settings}
    if not missing:
        return [f"left as it is: {shown}"]
    text = ini.with_settings(missing)
    if text is None:
        lines = [f"    {line}" for line in ini.written(missing)]
        return [f"{shown} was not changed. Add to its section [{ini.section}]:", *lines]
    made = "made" if not ini.file.exists() else "added to"
    _write(ini.file, text)
    return [f"{made} {shown}: {', '.join(missing)}"]


def _next(arguments: argparse.Namespace, file: Path) -> list[str]:
    folder = shlex.quote(file.parent.as_posix())
    if arguments.model is None:
        return [
            f"next: set the bars in {file}, then",
            f"    pytest -m acceptance {folder} --accept-model MODEL --accept-data FILE",
        ]
    own = [
        f"--accept-{name.replace('_', '-')} {shlex.quote(getattr(arguments, name))}"
        for name in _OPTIONS
        if getattr(arguments, name)
    ]
    suggested = shlex.quote((file.parent / "test_measured.py").as_posix())
    return [
        "next:",
        f"    pytest -m acceptance {folder}",
        "its bars are defaults: set them to what you need, or measure what the model defends:",
        f"    pytest {' '.join(own)} --accept-suggest {suggested}",
    ]


def _write(file: Path, text: str) -> None:
    from pytest_accept.errors import SettingError
    from pytest_accept.whole_files import write_whole

    try:
        write_whole(file, text)
    except OSError as error:
        raise SettingError(f"{str(file)!r} cannot be written: {error}") from error


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
