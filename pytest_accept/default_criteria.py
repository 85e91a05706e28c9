"""A run without a suite: the default criteria as test items, and the file that is made of them.

The plugin of `--accept-model MODEL --accept-data DATA` without a path. It lets pytest collect as
usual: a suite that is there is run, and nothing else happens. Only where no test asks for a model
or data do the default criteria run, in place of all that was collected.
"""

from __future__ import annotations

import linecache
import types
from collections.abc import Generator, Sequence
from datetime import UTC, datetime
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_accept import dry_run
from pytest_accept.options import option
from pytest_accept.records import DEFAULT_BAR

if TYPE_CHECKING:
    from pytest_accept.starter import Suite

FILE = "default_criteria.py"
"""What node ids call the source of the default criteria, which no file holds."""

SENT = "accept_default_criteria"  # of an xdist worker's output
ATTACHED = "accept"  # what the plugin attaches to the report of a test that judged something
PLACE = "accept_default"  # within that: the criterion's position in the suite

_OPTIONS = {"model": "--accept-model MODEL", "data": "--accept-data FILE"}
_WORDS = ("pytest_accept", "accept_model", "accept_data", "acceptance")


class DefaultCriteria:
    """Collects the default criteria where there is no suite, and writes them as a file if asked."""

    def __init__(self, config: pytest.Config) -> None:
        """Raise pytest.UsageError for what can be refused before anything is collected."""
        self.config = config
        self.file = _file_to_write(config)
        self.suite: Suite | None = None
        self.refused: str | None = None  # why there is none
        self.deselected = 0
        self.errors: list[pytest.CollectReport] = []
        self.uncollected: list[str] = []
        self.suspect = False  # one of them may be a suite
        self.measured: dict[int, dict[str, Any]] = {}
        self.model: dict[str, Any] = {}
        self.said: list[str] = []

    def pytest_collection(self, session: pytest.Session) -> None:
        """Collect nothing else where a file of default criteria is asked for."""
        if self.file is not None:
            session.config.args = []

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(
        self, collector: pytest.Collector
    ) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        """Keep errors of unrelated files back, and collect our own module in any case."""
        report = yield
        if isinstance(collector, _Module):
            if not report.result:  # `--lf` skips files that have not failed, of those that exist
                report.result = list(collector.collect())
            return report
        if not report.failed:
            return report
        self.errors.append(report)
        self.suspect = self.suspect or _mentions_us(collector.path)
        return pytest.CollectReport(report.nodeid, "passed", None, [])

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(
        self, session: pytest.Session, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        """Put the default criteria in the place of what was collected, unless that is a suite."""
        if self.suspect or _is_suite(config, items):
            for report in self.errors:
                session.ihook.pytest_collectreport(report=report)
            return
        others = list(items)
        try:
            items[:] = session.genitems(self._module(session))
        except pytest.UsageError as error:
            if not hasattr(config, "workerinput"):
                raise
            # Of an xdist worker that raises, xdist says that it crashed.
            self.refused, items[:] = str(error), []
        self.uncollected = [report.nodeid for report in self.errors]
        self.deselected = len(others)
        if others:
            config.hook.pytest_deselected(items=others)

    def _module(self, session: pytest.Session) -> _Module:
        """Return the module of the default criteria; raises pytest.UsageError if there are none."""
        from pytest_accept.errors import AcceptanceError
        from pytest_accept.starter import Asked, default_source, default_suite

        config = session.config
        missing = [how for name, how in _OPTIONS.items() if not option(config, name)]
        if missing:
            raise pytest.UsageError(_one_is_missing(config, missing))
        names = ("text", "label", "label_names", "group", "split")
        given = {name: option(config, name) for name in names}
        asked = Asked(
            model=str(option(config, "model")),
            data=str(option(config, "data")),
            root=config.rootpath,
            **given,
        )
        try:
            with dry_run.paused():  # bars are measured, of guesses
                self.suite = default_suite(asked)
        except AcceptanceError as error:
            raise pytest.UsageError(f"default criteria: {error}") from None
        path = config.rootpath / FILE
        module: _Module = _Module.from_parent(session, path=path, nodeid=FILE)
        module.source = default_source(self.suite)
        return module

    def pytest_report_collectionfinish(self) -> list[str]:
        """Say what runs, and what does not."""
        return [] if self.suite is None else [f"default criteria for {self.suite.task}"]

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Say of each criterion that its bar is a default, and where that is from."""
        report = yield
        attached = getattr(report, ATTACHED, None)
        if self.suite is None or not attached:
            return report
        name = getattr(item, "originalname", item.name)
        callspec = getattr(item, "callspec", None)
        line = self.suite.find(name, None if callspec is None else callspec.params.get("label"))
        if line is None:
            return report
        attached[PLACE] = self.suite.lines.index(line)
        for criterion in attached["criteria"]:
            estimate = criterion["verdict"]["estimate"]
            estimate["notes"] = [*estimate["notes"], f"{DEFAULT_BAR}{line.reason}"]
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep what was measured; of a test that is run again, the last time counts."""
        attached = getattr(report, ATTACHED, None)
        if attached and PLACE in attached and attached["criteria"]:
            criterion = attached["criteria"][0]
            self.measured[attached[PLACE]] = criterion["verdict"]
            self.model = criterion["model"]

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Take over what an xdist worker has collected."""
        sent = (getattr(node, "workeroutput", None) or {}).get(SENT)
        if sent is None:
            return
        self.refused = sent["refused"]
        if self.refused is not None:
            return
        import msgspec

        from pytest_accept.starter import Suite

        self.suite = msgspec.convert(sent["suite"], Suite)
        self.deselected, self.uncollected = sent["deselected"], sent["uncollected"]

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Send what was collected to the controller, or write the file that was asked for."""
        if self.refused is not None and not hasattr(self.config, "workeroutput"):
            session.exitstatus = pytest.ExitCode.USAGE_ERROR
        if self.suite is None and self.refused is None:
            return
        if hasattr(self.config, "workeroutput"):
            import msgspec

            self.config.workeroutput[SENT] = {
                "refused": self.refused,
                "suite": msgspec.to_builtins(self.suite),
                "deselected": self.deselected,
                "uncollected": self.uncollected,
            }
            return
        if self.file is not None and self.suite is not None:
            self.said.append(self._write(self.suite, self.file))

    def _write(self, suite: Suite, file: Path) -> str:
        """Write the criteria with the bars that this run defends; return what became of it."""
        import msgspec

        from pytest_accept.records import Verdict
        from pytest_accept.starter import Measured, suggested_source
        from pytest_accept.whole_files import write_whole

        given = self.config.getoption("accept_suggest")
        measurements = {
            place: Measured(msgspec.convert(verdict, Verdict))
            for place, verdict in self.measured.items()
        }
        source, kept, lost = suggested_source(
            suite, measurements, path=given, about=_about(suite, self.model)
        )
        if source is None:
            return f"{given} NOT written: no criterion was measured to be better than its default"
        try:
            if file.exists():
                raise FileExistsError("it has come into being meanwhile")
            write_whole(file, source)
        except OSError as error:
            return f"{given} NOT written: {error}"
        criteria = "criterion" if kept == 1 else "criteria"
        left = f", {lost} not defended and written as comments" if lost else ""
        return f"{given} written: {kept} {criteria}{left}. Read it before you commit it."

    @pytest.hookimpl(trylast=True)
    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say what was left alone, and what was written."""
        if self.refused is not None:
            terminalreporter.section("ERROR in acceptance options", red=True)
            terminalreporter.line(self.refused)
        if self.suite is None:
            return
        for reason in self.suite.left_out:
            terminalreporter.line(f"not asked by default: {reason}")
        if self.deselected:
            tests = "test" if self.deselected == 1 else "tests"
            terminalreporter.line(
                f"no test here asks for a model or data, so {self.deselected:,} other {tests} were "
                "deselected: name a path to run them"
            )
        if self.uncollected:
            terminalreporter.line(
                f"could not be collected, and do not speak of models: {', '.join(self.uncollected)}"
            )
        for line in self.said:
            terminalreporter.line(line)


class _Module(pytest.Module):
    """A test module whose source is in memory."""

    source: str

    def _getobj(self) -> types.ModuleType:
        name = str(self.path)
        linecache.cache[name] = (len(self.source), None, self.source.splitlines(True), name)
        module = types.ModuleType(Path(FILE).stem)
        module.__file__ = name
        exec(compile(self.source, name, "exec"), module.__dict__)
        return module

    def funcnamefilter(self, name: str) -> bool:
        """Collect our functions, whatever the user's `python_functions` says."""
        return name.startswith("test_")


def _file_to_write(config: pytest.Config) -> Path | None:
    """Return the file of `--accept-suggest`; raises pytest.UsageError if it cannot be made."""
    given: str | None = config.getoption("accept_suggest", None)
    if given is None:
        return None
    file = config.invocation_params.dir / Path(given).expanduser()
    missing = [how for name, how in _OPTIONS.items() if not option(config, name)]
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
        return file
    raise pytest.UsageError(f"--accept-suggest {given}: {problem}.")


def _one_is_missing(config: pytest.Config, missing: list[str]) -> str:
    there = [how.split()[0] for name, how in _OPTIONS.items() if option(config, name)]
    return (
        f"No test here asks for a model or data, so {there[0]} is for nothing. Give "
        f"{missing[0]} as well to judge by default criteria, or name the path of your suite."
    )


def _is_suite(config: pytest.Config, items: list[pytest.Item]) -> bool:
    """Return whether some test is an acceptance test: by its marker, or by our fixtures."""
    if any(map(_is_acceptance_test, items)):
        return True
    if not config.pluginmanager.has_plugin("lfplugin-collskip"):
        return False
    # `--lf` has skipped files, which may be a suite, unless it was us who ran last time.
    cache: Any = getattr(config, "cache", None)
    return not any(each.startswith(FILE) for each in cache.get("cache/lastfailed", {}))


def _is_acceptance_test(item: pytest.Item) -> bool:
    if item.get_closest_marker("acceptance") is not None:
        return True
    asked = getattr(getattr(item, "_fixtureinfo", None), "name2fixturedefs", {})
    return any(map(_is_ours, asked.values()))


def _is_ours(definitions: Sequence[pytest.FixtureDef[Any]]) -> bool:
    """Return whether a name leads to a fixture of ours, and not to another that hides it."""
    for definition in reversed(definitions):
        if getattr(definition.func, "__module__", None) == "pytest_accept.fixtures":
            return True
        if definition.argname not in definition.argnames:
            return False
    return False


def _mentions_us(path: Path) -> bool:
    """Return whether a file, or one in a folder, that cannot be collected may be a suite."""
    files = path.rglob("*.py") if path.is_dir() else [path]
    return any(word in _read(file) for file in files for word in _WORDS)


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


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
