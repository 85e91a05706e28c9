"""pytest's side: hooks in the order of pytest's life. Imports only the standard library and pytest.

Nothing of the product is imported until an acceptance test asks for it; each hook begins with the
cheapest reason to leave.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Generator, Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import pytest_accept
from pytest_accept import markers, options
from pytest_accept.fixtures import (  # noqa: F401 - pytest finds the fixtures in this module
    LOADED,
    Loaded,
    accept_data,
    accept_device,
    accept_model,
    assert_thresholds,
    baseline,
    fine_tune,
    load_data,
    load_model,
    probe,
    uses_accept_model_key,
)

if TYPE_CHECKING:
    from pytest_accept.records import Record
    from pytest_accept.screen import Screen

ATTRIBUTE = "accept"  # of a test report: what was judged, as plain lists and dicts
BROKEN = "accept_broken"  # of the report of a test that could not make its check
BASELINES = "accept_baselines"  # of an xdist worker's output
DESELECTED = "accept_deselected"
USES_MODEL = "accept_uses_model"
PREDICTIONS = "accept_predictions"
INTERRUPTED = "accept_interrupted"

_outer_key = pytest.StashKey[Any]()
_deselected_key = pytest.StashKey[set[str]]()
_running_key = pytest.StashKey[pytest.Item]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Register options and ini settings."""
    _refuse_other_plugin()
    options.add_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Register markers, check what was given, and say who asks for settings."""
    markers.register(config)
    options.check_settings(config)
    outer = (pytest_accept._configured, pytest_accept._terminal, pytest_accept._suite)
    config.stash[_outer_key] = outer
    pytest_accept._configured = partial(options.settings, config)
    pytest_accept._terminal = partial(_terminal, config)
    if options.keeps_or_replays(config):
        from pytest_accept import replays

        replays.register(config)
    if options.may_lack_suite(config):
        from pytest_accept.default_criteria import DefaultCriteria

        config.pluginmanager.register(DefaultCriteria(config))
    if "data" in options.typed(config):
        from pytest_accept.unused_data import UnusedData

        config.pluginmanager.register(UnusedData(config))
    planned = config.getoption("accept_plan", None) is not None
    if planned:
        from pytest_accept.plans import Plan

        config.pluginmanager.register(Plan(config))
    if hasattr(config, "workerinput") or config.getoption("tx", None):
        from pytest_accept import workers

        workers.register(config)
    if hasattr(config, "workerinput"):  # an xdist worker: the controller reports
        return
    # A plan has no verdicts, and must not take the place of a record that has.
    controller = _Controller(config, [] if planned else options.reports(config))
    config.pluginmanager.register(controller)
    if config.getoption("xmlpath", None):
        from pytest_accept.junit_properties import JunitProperties

        junit = JunitProperties(controller.judged, controller.said.append)
        config.pluginmanager.register(junit)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Give the settings back to an enclosing run (pytester runs pytest inside pytest), and end the
    workers of a cluster that this one has kept warm.
    """
    outer = config.stash.get(_outer_key, (None, None, None))
    pytest_accept._configured, pytest_accept._terminal, pytest_accept._suite = outer
    cluster = sys.modules.get("pytest_accept.loading.ray_cluster")
    if cluster is not None:
        cluster.close()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test once for every model that its marker names."""
    marker = metafunc.definition.get_closest_marker("accept_models")
    if marker is None:
        return
    if "accept_model" not in metafunc.fixturenames:
        raise pytest.UsageError(
            f"{metafunc.definition.nodeid}: @pytest.mark.accept_models gives each model to the "
            "fixture accept_model, but neither the test nor its fixtures ask for accept_model."
        )
    if not marker.args or marker.kwargs:
        raise pytest.UsageError(
            f"{metafunc.definition.nodeid}: expected @pytest.mark.accept_models to name one or "
            f"more models, but got {marker.args or marker.kwargs}."
        )
    metafunc.parametrize("accept_model", marker.args, indirect=True, scope="session")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Check our markers' arguments before anything runs."""
    for item in items:
        names = item.keywords
        if "thresholds" in names or "confidence" in names:
            markers.check(item)
        if "accept_model" in getattr(item, "fixturenames", ()):
            config.stash[uses_accept_model_key] = True


def pytest_deselected(items: list[pytest.Item]) -> None:
    """Remember which acceptance tests were left out: the run answers for a part of the suite."""
    for item in items:
        if "acceptance" in item.keywords and item.get_closest_marker("acceptance") is not None:
            item.config.stash.setdefault(_deselected_key, set()).add(item.nodeid)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Say whose baselines are meant, and skip what needs a GPU where there is none."""
    pytest_accept._suite = item.path.parent
    item.config.stash[_running_key] = item
    if "requires_gpu" not in item.keywords or item.get_closest_marker("requires_gpu") is None:
        return
    if item.config.getoption("accept_replay", None) is not None:  # no model runs
        return
    from pytest_accept.loading import best_device

    if str(best_device()) == "cpu":
        pytest.skip("needs a GPU (cuda or mps), and none is at hand")


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(
    fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest
) -> Generator[None, object, object]:
    """Tell what a fixture judges that several tests share from what is judged for one test."""
    if fixturedef.scope == "function":
        return (yield)
    recording = sys.modules.get("pytest_accept.recording")
    waiting = 0 if recording is None else recording.count()
    try:
        return (yield)
    finally:
        # The first fixture that judges may be what imports it.
        recording = sys.modules.get("pytest_accept.recording")
        if recording is not None:
            recording.share(waiting, request.node.nodeid)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Judge at the confidence that the test's marker asks for."""
    if "confidence" not in item.keywords:
        return (yield)
    from pytest_accept.settings import using

    level = markers.confidence(item)
    with using(**({} if level is None else {"confidence": level})):
        return (yield)


def pytest_assertrepr_compare(op: str, left: object, right: object) -> list[str] | None:
    """Explain `assert accuracy(model, data) >= 0.9` as the assertion helpers do."""
    if "pytest_accept.assertions.judgement" not in sys.modules:
        return None
    from pytest_accept.assertions.judgement import explain_comparison

    return explain_comparison(op, left, right)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Attach what was judged to the report, JSON-safe: an xdist worker's report is sent as JSON."""
    broken = False
    if "pytest_accept.errors" in sys.modules and call.excinfo is not None:
        from pytest_accept.tracebacks import hide_our_frames, is_no_verdict

        hide_our_frames(call)
        broken = is_no_verdict(call.excinfo)
    report = yield
    if broken:
        setattr(report, BROKEN, True)
    recording = sys.modules.get("pytest_accept.recording")
    if recording is None:
        return report
    judged, trainings = recording.collect(), recording.collect_trainings()
    if judged or trainings:
        from pytest_accept.collecting import attachment

        setattr(report, ATTRIBUTE, attachment(judged, trainings, item, report.outcome))
    return report


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Let an xdist worker send the baselines that its tests ask for, which the controller writes,
    what was deselected, what an interrupted test judged, whether the suite asks for
    `accept_model`, and how many predictions it found and made.
    """
    if not hasattr(session.config, "workeroutput"):
        return
    session.config.workeroutput[PREDICTIONS] = _kept_predictions()
    session.config.workeroutput[INTERRUPTED] = _interrupted(session)
    updates = sys.modules.get("pytest_accept.baseline.updates")
    if updates is not None:
        session.config.workeroutput[BASELINES] = updates.collect()
    stash = session.config.stash
    session.config.workeroutput[DESELECTED] = sorted(stash.get(_deselected_key, ()))
    session.config.workeroutput[USES_MODEL] = stash.get(uses_accept_model_key, False)


def _interrupted(session: pytest.Session) -> dict[str, Any] | None:
    """Return what the test judged in which the run was interrupted: it has no report."""
    recording = sys.modules.get("pytest_accept.recording")
    item = session.config.stash.get(_running_key, None)
    if recording is None or item is None:
        return None
    judged, trainings = recording.collect(), recording.collect_trainings()
    if not judged and not trainings:
        return None
    from pytest_accept.collecting import attachment

    return attachment(judged, trainings, item, "failed")


class _Controller:
    """Gathers what the reports of tests carry, and shows and writes it when the run ends."""

    def __init__(self, config: pytest.Config, reports: list[tuple[str, str, Path]]) -> None:
        self.config = config
        self.reports = reports
        self.started = time.time()
        # Tests that passed are then not even collected, so nobody says that they were left out.
        last_failed = getattr(config.pluginmanager.get_plugin("lfplugin"), "lastfailed", {})
        self.only_last_failed = bool(config.getoption("lf", False) and last_failed)
        self.attached: dict[tuple[str, str], dict[str, Any]] = {}
        self.trainings: list[dict[str, Any]] = []
        self.contents: dict[str, dict[str, Any]] = {}
        self.failed: set[str] = set()
        self.unasked: set[str] = config.stash.setdefault(_deselected_key, set())
        self.ended: set[str] = set()
        self.down: list[Any] = []  # xdist's workers that have ended
        self.broken: set[str] = set()
        self.loaded = Loaded()
        self.baselines: list[dict[str, dict[str, Any]] | None] = []  # None of one that crashed
        self.record: Record | None = None
        self.said: list[str] = []
        self.predictions: list[dict[str, Any]] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep what a test judged; of a test that is run again, the last time counts."""
        attached = getattr(report, ATTRIBUTE, None)
        if attached is not None:
            self._keep(attached, report.when)
        elif before := self.attached.get((report.nodeid, report.when)):
            shared = [each for each in before["criteria"] if each["shared"] is not None]
            self.attached[report.nodeid, report.when] = {**before, "criteria": shared}
            if not shared:
                del self.attached[report.nodeid, report.when]
        crashed = str(report.when) == "???"  # the report that xdist makes of a worker's end
        if crashed or report.when == "teardown":
            self.ended.add(report.nodeid)
        if getattr(report, BROKEN, False):
            self.broken.add(report.nodeid)
        elif report.when == "setup":
            self.broken.discard(report.nodeid)
        if "acceptance" in report.keywords or (crashed and report.nodeid in self._workers_tests()):
            if report.skipped and attached is None and not hasattr(report, "wasxfail"):
                self.unasked.add(report.nodeid)
            elif report.when == "setup":
                self.unasked.discard(report.nodeid)
            if report.failed and all(map(_accepted, (attached or {}).get("criteria", ()))):
                self.failed.add(report.nodeid)
            elif report.when == "setup":
                self.failed.discard(report.nodeid)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Add what an xdist worker has loaded, and the baselines that its tests ask for."""
        self.down.append(node)
        output = getattr(node, "workeroutput", None)
        self.baselines.append(None if output is None else output.get(BASELINES, {}))
        self.loaded.add((output or {}).get(LOADED, {}))
        self.predictions.append((output or {}).get(PREDICTIONS, {}))
        if interrupted := (output or {}).get(INTERRUPTED):
            self._keep(interrupted, "call")
        self.unasked.update((output or {}).get(DESELECTED, ()))
        if (output or {}).get(USES_MODEL, False):
            self.config.stash[uses_accept_model_key] = True

    def _keep(self, attached: dict[str, Any], when: str) -> None:
        """Keep what a test judged. Of a test that is run again the last time counts.

        But fixtures that it shares with others are not set up again.
        """
        # A training happens once a session, and what examples there are is sent once.
        self.trainings += attached["trainings"]
        self.contents.update(attached["contents"])
        before = self.attached.get((attached["test"], when))
        if before is not None:
            from pytest_accept.collecting import with_shared

            attached = with_shared(before, attached)
        self.attached[attached["test"], when] = attached

    def _workers_tests(self) -> Iterable[str]:
        """Return the acceptance tests that xdist's workers have collected, by node id."""
        plugin = self.config.pluginmanager.get_plugin("accept_workers")
        return () if plugin is None else plugin.groups

    def _hear_last_words(self) -> None:
        """Add what workers sent after Ctrl-C, which xdist does not wait for."""
        plugin = self.config.pluginmanager.get_plugin("accept_workers")
        for node in () if plugin is None else plugin.nodes:
            if node not in self.down and hasattr(node, "workeroutput"):
                self.pytest_testnodedown(node)

    def _not_ended(self, session: pytest.Session) -> set[str]:
        """Return the acceptance tests that did not run to their end, or not at all."""
        if self.config.option.collectonly:
            return set()
        from pytest_accept.workers.groups import is_acceptance

        here = {item.nodeid for item in session.items if is_acceptance(item)}
        return (here | set(self._workers_tests())) - self.ended

    def judged(self, session: pytest.Session) -> Record | None:
        """Return the Record of what was judged until now, None if that is nothing."""
        return self.assembled(session) if self.attached else None

    def assembled(self, session: pytest.Session) -> Record:
        """Return the Record of the run until now."""
        from pytest_accept.collecting import assemble

        return assemble(
            self.attached.values(),
            self.trainings,
            self.contents,
            config=self.config,
            started=self.started,
            exit_status=int(session.exitstatus),
            not_judged=sorted(self.failed),
            unasked=len(self.unasked),
            not_ended=len(self._not_ended(session)),
            only_last_failed=self.only_last_failed,
        )

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Assemble the Record and write the reports; nothing if no criterion ran.

        A run fails if `--accept-model` did not do what was asked, all workers together.
        """
        self._hear_last_words()
        self.predictions.append(_kept_predictions())
        if self.loaded.problem(self.config) is not None and not session.exitstatus:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        if (interrupted := _interrupted(session)) is not None:
            self._keep(interrupted, "call")
        updating = bool(self.config.getoption("accept_update_baseline", False))
        if not self.attached and not self.reports and not updating:
            return
        from pytest_accept.reports import write_report

        self.record = self.assembled(session)
        for plugin in map(self.config.pluginmanager.get_plugin, (options.KEEPING, options.REPLAY)):
            if plugin is not None:
                self.record = plugin.complete(self.record)
        for kind, shown, path in self.reports:
            self.said.append(write_report(self.record, kind, path, shown=shown)[0])
        if os.environ.get("GITHUB_ACTIONS") == "true":
            from pytest_accept.reports import github

            self.said += github.report(self.record, os.environ, self.config.rootpath)
        if updating:
            from pytest_accept.baseline import updates

            ended = session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED)
            lines, well = updates.finish(
                [*self.baselines, updates.collect()],
                self.record,
                root=self.config.rootpath,
                whole=ended and not session.shouldfail and not session.shouldstop,
                broken=sorted(self.failed | self.broken),
            )
            self.said += lines
            if not well and not session.exitstatus:
                session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Show one line a criterion, and where the reports are."""
        problem = self.loaded.problem(self.config)
        if problem is not None:
            terminalreporter.section("ERROR in acceptance options", red=True)
            terminalreporter.line(problem)
        if self.record is not None and self.record.criteria:
            from pytest_accept.reports import terminal

            terminal.show(self.record, terminalreporter)
        for line in (*self.said, *self._predicted()):
            terminalreporter.line(line)

    def _predicted(self) -> list[str]:
        """Return how many predictions of all processes came from the cache, and what went wrong."""
        parts = self.predictions
        found, made, compared = (
            sum(each.get(name, 0) for each in parts) for name in ("found", "made", "compared")
        )
        if not found + made or options.settings(self.config).cache == "off":
            return []
        problems = dict.fromkeys(each["problem"] for each in parts if each.get("problem"))
        again = f", {compared:,} compared" if compared else ""
        return [f"predictions: {found:,} from the cache, {made:,} made{again}", *problems]


def _kept_predictions() -> dict[str, Any]:
    """Write the predictions that are to be kept, and return how many were found and made."""
    store = sys.modules.get("pytest_accept.prediction.store")
    return {} if store is None else dict(store.finish())


def _accepted(criterion: dict[str, Any]) -> bool:
    return bool(criterion["verdict"]["status"] == "accepted")


def _terminal(config: pytest.Config) -> Screen | None:
    """Return what progress is shown on, None where nobody watches (a log, an xdist worker)."""
    from pytest_accept.screen import Screen

    reporter = config.pluginmanager.get_plugin("terminalreporter")
    return Screen(config) if reporter is not None and reporter.isatty else None


def _refuse_other_plugin() -> None:
    """The doctest tool `pytest-accept` installs a module of our name: say so, once, clearly."""
    here = Path(__file__).parent
    theirs = (here / "doctest_plugin.py").exists()
    if theirs or not hasattr(pytest_accept, "_configured"):
        raise pytest.UsageError(
            "Two distributions that both provide the module `pytest_accept` are installed: "
            "pytest-model-acceptance (acceptance tests of models) and pytest-accept (a doctest "
            "tool). They overwrite each other's files. Keep one: "
            "pip uninstall -y pytest-accept pytest-model-acceptance && "
            "pip install pytest-model-acceptance"
        )
