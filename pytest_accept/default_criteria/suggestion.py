"""The file of `--accept-suggest`: whether it can be made, and its making."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_accept.options import REPLAY, option

if TYPE_CHECKING:
    from pytest_accept.starter import Suite

OPTIONS = {"model": "--accept-model MODEL", "data": "--accept-data FILE"}
"""What default criteria need, and how it is given."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A file to write: as it was `given`, and where it is."""

    given: str
    file: Path

    def write(
        self, suite: Suite, measured: Mapping[int, dict[str, Any]], model: dict[str, Any]
    ) -> str:
        """Write the criteria with the bars that a run defends; return what became of it.

        `measured` are verdicts by position in the suite, `model` the description of the model, both
        as plain dicts.
        """
        import msgspec

        from pytest_accept.records import Verdict
        from pytest_accept.starter import Measured, suggested_source
        from pytest_accept.whole_files import write_whole

        measurements = {
            place: Measured(msgspec.convert(verdict, Verdict))
            for place, verdict in measured.items()
        }
        source, kept, lost = suggested_source(
            suite, measurements, path=self.given, about=_about(suite, model)
        )
        if source is None:
            return (
                f"{self.given} NOT written: no criterion was measured to be better than its default"
            )
        try:
            if self.file.exists():
                raise FileExistsError("it has come into being meanwhile")
            write_whole(self.file, source)
        except OSError as error:
            return f"{self.given} NOT written: {error}"
        criteria = "criterion" if kept == 1 else "criteria"
        left = f", {lost} not defended and written as comments" if lost else ""
        return f"{self.given} written: {kept} {criteria}{left}. Read it before you commit it."


def suggestion(config: pytest.Config) -> Suggestion | None:
    """Return what `--accept-suggest` asks for; raises pytest.UsageError if it cannot be made."""
    given: str | None = config.getoption("accept_suggest", None)
    if given is None:
        return None
    file = config.invocation_params.dir / Path(given).expanduser()
    missing = missing_options(config)
    patterns = config.getini("python_files")
    if missing:
        problem = f"it measures a model on data: give {' and '.join(missing)} as well"
    elif config.args_source is pytest.Config.ArgsSource.ARGS:
        problem = (
            "it measures the default criteria, so it takes no test files: leave out "
            f"{' '.join(map(str, config.args))}"
        )
    elif file.exists():
        problem = "it is there already, and is not overwritten: give another name"
    elif file.suffix != ".py" or not any(fnmatch(file.name, each) for each in patterns):
        problem = f"pytest would not collect it: give a name such as test_model.py ({patterns[0]})"
    else:
        return Suggestion(given, file)
    raise pytest.UsageError(f"--accept-suggest {given}: {problem}.")


def missing_options(config: pytest.Config) -> list[str]:
    """Return how to give what is missing for default criteria. A replay has its model."""
    there = {"model"} if config.pluginmanager.has_plugin(REPLAY) else set()
    return [how for name, how in OPTIONS.items() if not option(config, name) and name not in there]


def _about(suite: Suite, model: dict[str, Any]) -> list[str]:
    """Return what the bars of a file come from."""
    from importlib.metadata import version

    from pytest_accept.starter.literals import literal

    mark = f" (fingerprint {model['fingerprint'][:12]})" if model.get("fingerprint") else ""
    return [
        f"Measured on {datetime.now(UTC):%Y-%m-%d} by pytest-model-acceptance "
        f"{version('pytest-model-acceptance')}: the model {literal(suite.model)}{mark} on "
        f"{suite.n:,} examples of {literal(suite.data)}."
    ]
