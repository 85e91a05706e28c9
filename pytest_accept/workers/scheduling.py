"""How tests are given to xdist's workers: those of one model together, others in small portions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from xdist.scheduler import (  # type: ignore[import-untyped]
    LoadScheduling,
    LoadScopeScheduling,
)

PORTIONS = 8  # of ordinary tests, for each worker: the last ones to finish differ by little


class LoadByModel:
    """xdist's own load scheduling, and scheduling by model once acceptance tests were collected.

    Which of the two it is cannot be known before: xdist asks for a scheduler first, and collects
    then. A project without acceptance tests is run as if we were not there.
    """

    def __init__(self, config: pytest.Config, log: Any, groups: Mapping[str, str]) -> None:
        self._made_with = (config, log, groups)
        self._scheduling: Any = LoadScheduling(config, log)

    def add_node_collection(self, node: Any, collection: Sequence[str]) -> None:
        """Add what a worker collected; when all have, it is known how to go on."""
        self._scheduling.add_node_collection(node, collection)
        plain, (config, log, groups) = self._scheduling, self._made_with
        if not isinstance(plain, LoadScheduling) or plain.collection is not None:
            return
        if not groups or not plain.collection_is_completed:
            return
        self._scheduling = ScopeOfModels(config, log, groups)
        for each in plain.nodes:
            self._scheduling.add_node(each)
            if each in plain.node2collection:  # not of one that died meanwhile
                self._scheduling.add_node_collection(each, plain.node2collection[each])

    def __getattr__(self, name: str) -> Any:
        return getattr(self._scheduling, name)


class ScopeOfModels(LoadScopeScheduling):  # type: ignore[misc]
    """Gives the tests of a group to one worker, largest groups first, and then all others.

    Ordinary tests follow in portions of neighbours of one file. A test whose worker crashed is not
    run again, unless another plugin asks for it; the rest of its group goes to another worker.
    """

    def __init__(self, config: pytest.Config, log: Any, groups: Mapping[str, str]) -> None:
        super().__init__(config, log)
        self.collection: list[str] | None = None
        self._groups = groups
        self._scopes: dict[str, str] = {}

    def _split_scope(self, nodeid: str) -> str:
        return self._scopes[nodeid]

    def schedule(self) -> None:
        """Begin, or give tests to workers that came later."""
        if self.collection is None:
            if not self._check_nodes_have_same_collection():
                self.log("**Different tests collected, aborting run**")
                return
            collection: list[str] = next(iter(self.registered_collections.values()))
            self.collection = collection
            self._scopes = self._divided(collection)
            self._fill()
        for _ in range(2):  # the second time to those whose first portion is a single test
            for node in self.nodes:
                self._reschedule(node)

    def _divided(self, collection: Sequence[str]) -> dict[str, str]:
        """Return the scope of each test: its group, or a portion of its file."""
        ordinary = sum(nodeid not in self._groups for nodeid in collection)
        size = max(1, ordinary // (PORTIONS * self.numnodes))
        scopes, seen = {}, Counter[str]()
        for nodeid in collection:
            group = self._groups.get(nodeid)
            if group is None:
                file = nodeid.partition("::")[0]
                scopes[nodeid] = f"{file} {seen[file] // size}"
                seen[file] += 1
            else:
                scopes[nodeid] = f"models {group}"
        return scopes

    def _fill(self) -> None:
        """Put all tests into the queue: whole models first, since they take longest."""
        units: dict[str, dict[str, bool]] = {}
        for nodeid, scope in self._scopes.items():
            units.setdefault(scope, {})[nodeid] = False
        of_models = [each for each in units if each.startswith("models ")]
        of_models.sort(key=lambda scope: -len(units[scope]))
        for scope in (*of_models, *(each for each in units if not each.startswith("models "))):
            self.workqueue[scope] = units[scope]

    def _reschedule(self, node: Any) -> None:
        if node.shutting_down:
            return
        if not self.workqueue:
            node.shutdown()
        # A worker begins a test when it knows the next one, so it must have two.
        elif self._pending_of(self.assigned_work[node]) < 2:
            self._assign_work_unit(node)

    def mark_test_complete(self, node: Any, item_index: int, duration: float = 0) -> None:
        """Note that a test is done; a scope that is done is forgotten."""
        nodeid = self.registered_collections[node][item_index]
        scope = self._split_scope(nodeid)
        tests = self.assigned_work[node][scope]
        tests[nodeid] = True
        if all(tests.values()):
            del self.assigned_work[node][scope]
        self._reschedule(node)

    def remove_node(self, node: Any) -> str | None:
        """Return the test that a worker was running when it went down; queue what it left."""
        left = self.assigned_work.pop(node)
        pending = (nodeid for tests in left.values() for nodeid, done in tests.items() if not done)
        crashed: str | None = next(pending, None)
        if crashed is None:
            return None
        # xdist's own scheduling by scope would run it again and again.
        left[self._split_scope(crashed)][crashed] = True
        for scope, tests in reversed(left.items()):
            if not all(tests.values()):
                self.workqueue[scope] = tests
                self.workqueue.move_to_end(scope, last=False)
        for each in self.nodes:
            self._reschedule(each)
        return crashed

    def mark_test_pending(self, item: str) -> None:
        """Run a test again, as pytest-rerunfailures asks after a crash."""
        # The rest of its scope may run elsewhere by now, under the name of the scope.
        self._scopes[item] = f"{item} again"
        self.workqueue[self._scopes[item]] = {item: False}
        self.workqueue.move_to_end(self._scopes[item], last=False)
        for each in self.nodes:
            self._reschedule(each)
