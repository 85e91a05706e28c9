"""`--accept-data` typed on the command line for a run that has no use for it: the run fails.

Of `--accept-model`, where it replaced no model that a suite loads, see `Loaded` in `fixtures.py`.
"""

from __future__ import annotations

from typing import Any

import pytest

from pytest_accept.default_criteria.source_module import FILE
from pytest_accept.default_criteria.suites import is_acceptance_test
from pytest_accept.fixtures import uses_accept_data_key
from pytest_accept.options import typed

SENT = "accept_unused_data"  # of an xdist worker's output
ATTACHED = "accept"  # what the plugin attaches to the report of a test that judged something


class UnusedData:
    """Looks for who asks for the data that were typed.

    They are used if a test asks for the fixture `accept_data`, deselected or not. Each xdist worker
    collects; the controller hears of it.
    """

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.suite: str | None = None  # the file of the first acceptance test
        self.uses_data = False
        self.partial = False  # `--lf` leaves files uncollected
        self.ran = False
        self.judged = False

    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        """Look at the tests before any is deselected, the default criteria among them."""
        suites = (each.nodeid.partition("::")[0] for each in items if is_acceptance_test(each))
        self.suite = next(suites, None)
        asked = any("accept_data" in getattr(each, "fixturenames", ()) for each in items)
        ours = any(each.nodeid.startswith(f"{FILE}::") for each in items)
        self.uses_data = asked or ours
        self.partial = config.pluginmanager.has_plugin("lfplugin-collskip")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Remember that tests ran, and whether one judged something."""
        self.ran = True
        self.judged = self.judged or bool(getattr(report, ATTACHED, None))

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Take over what an xdist worker has collected."""
        sent = (getattr(node, "workeroutput", None) or {}).get(SENT)
        if sent is None:
            return
        self.suite = self.suite or sent["suite"]
        self.uses_data = self.uses_data or sent["uses_data"]
        self.partial = self.partial or sent["partial"]

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Send what was collected to the controller, or fail the run."""
        self.uses_data = self.uses_data or self.config.stash.get(uses_accept_data_key, False)
        if hasattr(self.config, "workeroutput"):
            self.config.workeroutput[SENT] = {
                "suite": self.suite,
                "uses_data": self.uses_data,
                "partial": self.partial,
            }
            return
        if self.problem() is not None and not session.exitstatus:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def problem(self) -> str | None:
        """Return which option did nothing and what to do, None if all is well."""
        if self.uses_data or self.partial or not self.ran:
            return None
        data = f"--accept-data {self.config.getoption('accept_data')}"
        if self.suite is not None or self.judged:
            return (
                f"{data} replaced nothing: {self.suite or 'the suite'} loads its data by name, and "
                "no test asks for the fixture accept_data. Use that fixture for the data that "
                "changes: load_data(accept_data)."
            )
        if "model" not in typed(self.config):
            return None
        return (
            f"--accept-model {self.config.getoption('accept_model')} and {data} judged nothing: no "
            "test here asks for a model or data, and default criteria run only where no path is "
            "given. Give the path of your suite, with the fixture accept_data for the data that "
            "changes, or give no path."
        )

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say what did nothing."""
        problem = self.problem()
        if problem is not None:
            terminalreporter.section("ERROR in acceptance options", red=True)
            terminalreporter.line(problem)
