"""pytest-xdist's side: criteria of one model go to the worker that holds it.

Each worker finds out which tests share models when it has collected them, and says so to the
controller before it says what it collected. Imported only where xdist is in use.
"""

from __future__ import annotations

import os
from typing import Any

import pytest

from pytest_accept.settings import SHARERS
from pytest_accept.workers.groups import groups_of

CHANNEL = "accept_groups"  # of a worker's input: an execnet channel to the controller
NAME = "accept_workers"  # of the plugin, on either side
BY_MODEL = "accept_by_model"  # of a worker's input: whether models decide who runs a test


class Controller:
    """Learns the groups from the workers, and gives xdist a scheduler that keeps them together."""

    def __init__(self, config: pytest.Config) -> None:
        # An explicit --dist is respected. One of "load" cannot be told from the default of -n.
        self.by_model = config.getoption("dist") == "load"
        self.groups: dict[str, str] = {}  # of acceptance tests, by node id
        self.nodes: list[Any] = []

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Give a worker a channel of its own, which needs no file that both machines see."""
        self.nodes.append(node)
        channel = node.gateway.newchannel()
        # What is sent here has arrived before the collection that is sent after it.
        channel.setcallback(self.groups.update)
        node.workerinput[CHANNEL] = channel
        node.workerinput[BY_MODEL] = self.by_model and not self._has_own_scheduler(node.config)

    def _has_own_scheduler(self, config: pytest.Config) -> bool:
        """Return whether somebody else, a conftest for example, may decide who runs what."""
        known = (self, config.pluginmanager.get_plugin("dsession"))
        found = config.hook.pytest_xdist_make_scheduler.get_hookimpls()
        return any(each.plugin not in known for each in found)

    @pytest.hookimpl(optionalhook=True, trylast=True)
    def pytest_xdist_make_scheduler(self, config: pytest.Config, log: Any) -> Any:
        """Return a scheduler by model; a project's own, or an explicit --dist, comes first."""
        if not self.by_model:
            return None
        from pytest_accept.workers.scheduling import LoadByModel

        return LoadByModel(config, log, self.groups)


class Worker:
    """Says which tests share models, and how many workers share the cores and the memory."""

    @pytest.hookimpl(tryfirst=True)  # before xdist says what was collected
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Send the groups of the tests that are left to run."""
        given: dict[str, Any] = session.config.workerinput  # type: ignore[attr-defined]
        groups = groups_of(session.items)
        if not groups:
            return
        given[CHANNEL].send(groups)
        if given[BY_MODEL]:
            busy = min(int(given["workercount"]), len(set(groups.values())))
            os.environ[SHARERS] = str(busy)


def register(config: pytest.Config) -> None:
    """Take part in a run with workers, as the controller or as one of them."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Controller(config), NAME)
    elif CHANNEL in config.workerinput:
        config.pluginmanager.register(Worker(), NAME)
