"""What GitHub Actions shows of a run: the summary of the job, and annotations of tests' lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath

from pytest_accept.explanation import explain
from pytest_accept.marked_text import printable
from pytest_accept.records import Criterion, Record
from pytest_accept.reports.decision import is_expected_miss
from pytest_accept.reports.markdown import markdown

SUMMARY = 1024 * 1024
"""GitHub's limit for the summary of a step, in bytes; of a longer one nothing is shown."""

_SHOWN = 10  # annotations of a level that GitHub shows of a step
_LEAST = 4096  # bytes in which a summary says something


def report(record: Record, environment: Mapping[str, str], root: Path) -> list[str]:
    """Append the markdown report to the summary of the step, and return the lines for its log.

    They are annotations, and why the summary could not be written, if so: whatever goes wrong here
    changes no outcome. `environment` is that of the step, `root` pytest's root directory. Nothing
    is said of a run that judged no criterion.
    """
    if environment.get("GITHUB_ACTIONS") != "true" or not record.criteria:
        return []
    lines = []
    try:
        place = environment.get("GITHUB_STEP_SUMMARY")
        if place and not _append(record, Path(place)):
            lines.append("acceptance summary NOT written: that of this step is full (1 MiB)")
    except Exception as error:
        reason = f"{type(error).__name__}: {printable(str(error))}"
        lines.append(f"acceptance summary NOT written: {reason}")
    return lines + annotate(record, root, environment.get("GITHUB_WORKSPACE"))


def _append(record: Record, summary: Path) -> bool:
    room = SUMMARY - (summary.stat().st_size if summary.exists() else 0)
    if room < _LEAST:
        return False
    with summary.open("ab") as file:
        file.write(markdown(record, room - 2).encode() + b"\n\n")
    return True


def annotate(record: Record, root: Path, workspace: str | None) -> list[str]:
    """Return the commands that annotate rejected criteria as errors and inconclusive ones as
    warnings; at most ten of each, and how many more there are.

    Files are named from `workspace`, the checkout, if they are in it; `root` is pytest's.
    """
    lines = []
    for level, status in (("error", "rejected"), ("warning", "inconclusive")):
        found = [
            each
            for each in record.criteria
            if each.verdict.status == status and not is_expected_miss(each)
        ]
        lines += [_command(level, each, root, workspace) for each in found[:_SHOWN]]
        if len(found) > _SHOWN:
            lines.append(
                f"{len(found) - _SHOWN:,} more criteria are {status}: GitHub shows {_SHOWN} "
                f"annotations of a kind; the summary of this step has all"
            )
    return lines


def _command(level: str, criterion: Criterion, root: Path, workspace: str | None) -> str:
    verdict = criterion.verdict
    where = {}
    if (root / criterion.test.partition("::")[0]).exists():  # default criteria have no file
        where["file"] = _file(criterion.test, root, workspace)
        if criterion.line is not None:
            where["line"] = str(criterion.line)
    where["title"] = f"{verdict.estimate.name} on {verdict.population}: {verdict.status}"
    said = ",".join(f"{name}={_property(value)}" for name, value in where.items())
    return f"::{level} {said}::{_data(explain(replace(verdict, evidence=())))}"


def _file(test: str, root: Path, workspace: str | None) -> str:
    """Return the file of a test as the repository names it, as far as that is known."""
    file = test.partition("::")[0]
    if workspace is not None:
        whole = (root / file).resolve()
        if whole.is_relative_to(Path(workspace).resolve()):
            return whole.relative_to(Path(workspace).resolve()).as_posix()
    return PurePosixPath(file).as_posix()


def _data(text: str) -> str:
    lines = [printable(line) for line in text.splitlines()]
    return "\n".join(lines).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(printable(text)).replace(":", "%3A").replace(",", "%2C")
