"""`--accept-model MODEL --accept-data DATA` without a path, as a plugin of its own.

It lets pytest collect as usual: a suite that is there is run, and nothing else happens. Only where
no test asks for a model or data do the default criteria run, in place of all that was collected.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import pytest

from pytest_accept import dry_run
from pytest_accept.default_criteria.source_module import FILE, SourceModule
from pytest_accept.default_criteria.suggestion import OPTIONS, missing_options, suggestion
from pytest_accept.default_criteria.suites import is_suite, mentions_us
from pytest_accept.options import REPLAY, option
from pytest_accept.records import DEFAULT_BAR

if TYPE_CHECKING:
    from pytest_accept.starter import Suite

SENT = "accept_default_criteria"  # of an xdist worker's output
ATTACHED = "accept"  # what the plugin attaches to the report of a test that judged something
PLACE = "accept_default"  # within that: the criterion's position in the suite


class DefaultCriteria:
    """Collects the default criteria where there is no suite, and writes them as a file if asked."""

    def __init__(self, config: pytest.Config) -> None:
        """Raise pytest.UsageError for what can be refused before anything is collected."""
        self.config = config
        self.suggestion = suggestion(config)
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
        if self.suggestion is not None:
            session.config.args = []

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(
        self, collector: pytest.Collector
    ) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        """Keep errors of unrelated files back, and collect our own module in any case."""
        report = yield
        if isinstance(collector, SourceModule):
            if not report.result:  # `--lf` skips files that have not failed, of those that exist
                report.result = list(collector.collect())
            return report
        if not report.failed:
            return report
        self.errors.append(report)
        self.suspect = self.suspect or mentions_us(collector.path)
        return pytest.CollectReport(report.nodeid, "passed", None, [])

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(
        self, session: pytest.Session, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        """Put the default criteria in the place of what was collected, unless that is a suite."""
        if self.suspect or is_suite(config, items):
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

    def _module(self, session: pytest.Session) -> SourceModule:
        """Return the module of the default criteria; raises pytest.UsageError if there are none."""
        from pytest_accept.errors import AcceptanceError
        from pytest_accept.settings import using
        from pytest_accept.starter import Asked, default_source, default_suite

        config = session.config
        missing = missing_options(config)
        if missing:
            raise pytest.UsageError(_one_is_missing(config, missing))
        names = ("text", "label", "label_names", "group", "split")
        given = {name: option(config, name) for name in names}
        replay = config.pluginmanager.get_plugin(REPLAY)
        try:
            model, seen = str(option(config, "model")), None
            if replay is not None:
                model, seen = replay.only_model
            asked = Asked(
                model=model, data=str(option(config, "data")), root=config.rootpath, **given
            )
            with dry_run.paused(), using(replay=None):  # bars are measured, of guesses
                self.suite = default_suite(asked, seen)
        except AcceptanceError as error:
            raise pytest.UsageError(f"default criteria: {error}") from None
        path = config.rootpath / FILE
        module: SourceModule = SourceModule.from_parent(session, path=path, nodeid=FILE)
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
        import msgspec

        from pytest_accept.starter import Suite

        self.refused, self.said = sent["refused"], sent["said"]
        self.suite = msgspec.convert(sent["suite"], Suite | None)
        self.deselected, self.uncollected = sent["deselected"], sent["uncollected"]

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Send what was collected to the controller, or write the file that was asked for."""
        if hasattr(self.config, "workeroutput"):
            import msgspec

            self.config.workeroutput[SENT] = {
                "refused": self.refused,
                "suite": msgspec.to_builtins(self.suite),
                "deselected": self.deselected,
                "uncollected": self.uncollected,
                "said": self.said,
            }
            return
        if self.refused is not None:
            session.exitstatus = pytest.ExitCode.USAGE_ERROR
        if self.suggestion is not None and self.suite is not None:
            self.said.append(self.suggestion.write(self.suite, self.measured, self.model))

    @pytest.hookimpl(trylast=True)
    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say what was left alone, and what was written."""
        if self.refused is not None:
            terminalreporter.section("ERROR in acceptance options", red=True)
            terminalreporter.line(self.refused)
        for reason in () if self.suite is None else self.suite.left_out:
            terminalreporter.line(f"not asked by default: {reason}")
        if self.deselected and self.suite is not None:
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


def _one_is_missing(config: pytest.Config, missing: list[str]) -> str:
    there = [how.split()[0] for name, how in OPTIONS.items() if option(config, name)]
    return (
        f"No test here asks for a model or data, so {there[0]} is for nothing. Give "
        f"{missing[0]} as well to judge by default criteria, or name the path of your suite."
    )
