"""pytest's side of `--accept-plan`: tests run as usual, and no model is asked anything."""

from __future__ import annotations

import contextlib
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_accept import dry_run, options
from pytest_accept.dry_run import Unanswered
from pytest_accept.errors import AcceptanceError, unknown
from pytest_accept.marked_text import printable
from pytest_accept.planning import table
from pytest_accept.planning.history import find_all
from pytest_accept.planning.planner import Planner
from pytest_accept.planning.posed import PosedCriterion, Unplanned
from pytest_accept.planning.prospect import Prospect, prospect

if TYPE_CHECKING:
    from pytest_accept.records import Record

_NEED_ANSWERS = ("accept-update-baseline", "accept-suggest")
_NO_CRITERION = "it has no criterion of ours"


class Plan:
    """Lets a suite pose its criteria, and shows what the data at hand have in prospect.

    Everything happens in one process, whatever `-n` says: it takes seconds.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._record, self._from = _record(config)
        self._true = _true_values(config)
        self._planner = Planner()
        self._stopped: dict[str, str] = {}
        self._tests: dict[str, None] = {}
        self._broken: dict[str, None] = {}
        self._expected: set[str] = set()
        self._prospects: list[Prospect] = []
        for other in _NEED_ANSWERS:
            if config.getoption(other.replace("-", "_"), None):
                raise pytest.UsageError(
                    f"--accept-plan asks no model, so there are no answers for --{other}. Leave "
                    "one of them out."
                )
        if hasattr(config.option, "dist"):
            config.option.dist = "no"
        dry_run.begin(self._planner)

    def pytest_unconfigure(self) -> None:
        """Let models answer again (pytester runs pytest inside pytest)."""
        dry_run.end(self._planner)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Say whose criteria are posed."""
        self._planner.test = item.nodeid
        try:
            return (yield)
        finally:
            self._planner.test = ""

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Generator[None, object, object]:
        """Follow the fixtures of a test; one that needs an answer ends its plan."""
        self._forget(item.nodeid)
        if "acceptance" in item.keywords:
            self._tests[item.nodeid] = None
        try:
            return (yield)
        except Unanswered as reason:
            self._stopped[item.nodeid] = f"a fixture: {reason}"
            return pytest.skip(f"not planned: {reason}")

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, object, object]:
        """Follow a test up to where it needs an answer."""
        try:
            return (yield)
        except Unanswered as reason:
            self._stopped[item.nodeid] = str(reason)
            return None

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Let tests pass whose failure is expected: what fails here is broken."""
        report = yield
        posed = any(each.test == item.nodeid for each in self._planner.criteria)
        if report.when == "call" and report.failed and posed and _expects_failure(call, report):
            report.outcome, report.longrepr = "passed", None
            self._stopped[item.nodeid] = "it expects a criterion to fail, and none does in a plan"
            self._expected.add(item.nodeid)
        if report.passed and hasattr(report, "wasxfail"):
            self._expected.add(item.nodeid)
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note which tests are broken or skipped."""
        known = report.nodeid in self._tests or any(
            each.test == report.nodeid for each in self._planner.criteria
        )
        if report.failed and known:
            self._broken[report.nodeid] = None
        if report.skipped and known and not hasattr(report, "wasxfail"):
            reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else "skipped"
            self._stopped.setdefault(report.nodeid, str(reason))

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Bring plan and record together; a run fails if a criterion cannot be decided."""
        criteria = self._planner.criteria
        pasts = find_all(self._record, criteria)
        named = [each.name if past is None else past.criterion.verdict.estimate.name
                 for each, past in zip(criteria, pasts, strict=True)]  # fmt: skip
        self._prospects = [
            prospect(each, past, self._true_of(each, name))
            for each, past, name in zip(criteria, pasts, named, strict=True)
        ]
        undecided = any(
            each.decides == "no" and each.posed.test not in self._expected
            for each in self._prospects
        )
        if (undecided or self._problems()) and not session.exitstatus:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Show the plan."""
        if self._config.getoption("collectonly"):
            return
        for problem in self._problems():
            terminalreporter.line(problem, red=True)
        table.show(terminalreporter, self._prospects, self._unplanned(), totals=self._totals())

    def _forget(self, test: str) -> None:
        """Forget what a test posed before it is run again."""
        criteria = self._planner.criteria
        criteria[:] = [each for each in criteria if each.test != test]
        self._stopped.pop(test, None)
        self._broken.pop(test, None)

    def _unplanned(self) -> list[Unplanned]:
        counts = dict.fromkeys(self._tests, 0)
        for each in self._planner.criteria:
            counts[each.test] = counts.get(each.test, 0) + 1
        reasons = {
            **{test: _NO_CRITERION for test, count in counts.items() if not count},
            **self._stopped,
            **dict.fromkeys(self._broken, "it is broken, see above"),
        }
        return [
            Unplanned(test=test, reason=reason, planned_before=counts.get(test, 0))
            for test, reason in reasons.items()
        ]

    def _true_of(self, criterion: PosedCriterion, name: str) -> float | None:
        names = name, criterion.name, criterion.metric
        return next((self._true[each] for each in names if each in self._true), None)

    def _problems(self) -> list[str]:
        """Return what is wrong with the true values that were given."""
        found = [name for each in self._prospects for name in (each.name, each.posed.metric)]
        lines = [
            f"--accept-plan-true: {unknown('criterion', name, sorted(set(found)))}"
            for name in self._true
            if name not in found and not any(name == each.posed.name for each in self._prospects)
        ]
        for each in self._prospects:
            low, high = each.posed.span
            if each.given and each.true is not None and not low <= each.true <= high:
                lines.append(
                    f"--accept-plan-true: {each.true:g} is outside of the range of {each.name}, "
                    f"{low:g} to {high:g}"
                )
        return list(dict.fromkeys(lines))

    def _totals(self) -> list[str]:
        """Return what the run would cost, and where that is known from."""
        counts = [each.posed.predictions for each in self._prospects]
        count = sum(each or 0 for each in counts) + self._planner.predictions
        lines = [f"{count:,} predictions in all, each text once"]
        if None in counts:
            lines[0] += f", beside those of {counts.count(None):,} that cannot be counted (?)"
        known = [each.seconds for each in self._prospects if each.seconds is not None]
        if self._record is not None:
            lines.append(
                f"{sum(known):,.0f} s for {len(known):,} of {len(self._prospects):,} criteria, as "
                f"in {self._from} (its run took {self._record.seconds:,.0f} s)"
            )
        else:
            lines.append(
                "no record of an earlier run: true values, spreads and times are unknown. Give "
                "one: --accept-plan RECORD.json, as --accept-report json:RECORD.json writes it"
            )
        if self._planner.trainings:
            lines.append(
                f"{len(self._planner.trainings):,} models to train, unless they are in the cache"
            )
        lines += [
            f"{name} is not there yet: planned without its labels"
            for name in self._planner.missing_models
        ]
        if options.reports(self._config):
            lines.append("no reports are written: a plan has no verdicts")
        return lines


def _expects_failure(call: pytest.CallInfo[None], report: pytest.TestReport) -> bool:
    """Return whether a test fails because a criterion did not: xfail(strict), pytest.raises."""
    if call.excinfo is None:
        return "[XPASS(strict)]" in str(report.longrepr)
    said = str(call.excinfo.value)
    return said.startswith("DID NOT RAISE") and "AcceptanceFailure" in said


def _record(config: pytest.Config) -> tuple[Record | None, str]:
    """Return the Record to plan with and its name; UsageError for a file that is none."""
    given: str = config.getoption("accept_plan")
    if given and not given.endswith(".json"):
        raise pytest.UsageError(
            f"--accept-plan: expected a Record, RECORD.json, but got {given!r}. If these are "
            f"tests, name them before the option: pytest {given} --accept-plan"
        )
    from pytest_accept.reports.json import read_record

    if given:
        try:
            return read_record(config.invocation_params.dir / given), given
        except AcceptanceError as error:
            raise pytest.UsageError(f"--accept-plan: {printable(str(error))}") from None
    for kind, shown, path in options.reports(config):
        if kind == "json" and Path(path).is_file():
            with contextlib.suppress(AcceptanceError):
                return read_record(path), shown
    return None, ""


def _true_values(config: pytest.Config) -> dict[str, float]:
    found: dict[str, float] = {}
    given: list[Any] = config.getoption("accept_plan_true", [])
    for each in given:
        name, equals, value = each.rpartition("=")
        try:
            found[name] = float(value)
        except ValueError:
            equals = ""
        if not equals or not name:
            raise pytest.UsageError(
                f"--accept-plan-true: expected METRIC=VALUE such as accuracy=0.93, got {each!r}"
            )
    return found
