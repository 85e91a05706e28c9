"""Which worker gets which tests, with made-up workers that run them in any order of time."""

from __future__ import annotations

import random
from types import SimpleNamespace
from typing import Any

import pytest
from xdist.scheduler import LoadScheduling

from pytest_accept.workers.scheduling import LoadByModel

UNITS = [f"test_units.py::test_{number}" for number in range(40)]
GROUPS = {
    **{f"test_{file}.py::test_one[{number}]": "one" for file in "ab" for number in range(5)},
    **{f"test_{file}.py::test_two[{number}]": "two" for file in "ab" for number in range(3)},
    "test_b.py::test_three": "three",
}
TESTS = [*sorted(GROUPS), *UNITS]


class Node:
    """A worker: what it was sent, and what it has run of that."""

    def __init__(self, number: int) -> None:
        self.gateway = SimpleNamespace(id=f"gw{number}")
        self.sent: list[int] = []
        self.ran: list[int] = []
        self.shutting_down = False

    def send_runtest_some(self, indices: list[int]) -> None:
        assert not self.shutting_down
        self.sent += indices

    def shutdown(self) -> None:
        self.shutting_down = True

    @property
    def can_run(self) -> bool:
        """Whether it knows a test and what comes after it."""
        return len(self.sent) - len(self.ran) >= (1 if self.shutting_down else 2)


class Run:
    """xdist's session, as far as a scheduler sees it: collection, reports, workers that crash."""

    def __init__(self, tests: list[str], groups: dict[str, str], workers: int) -> None:
        options = {"tx": ["popen"] * workers, "maxschedchunk": None}
        config = SimpleNamespace(getvalue=options.__getitem__, getoption=options.__getitem__)
        self.tests, self.groups = tests, groups
        self.scheduling: Any = LoadByModel(config, None, groups)  # type: ignore[arg-type]
        self.nodes: list[Node] = []
        self.crashed: list[str] = []
        for _ in range(workers):
            self.start()

    def start(self) -> None:
        node = Node(len(self.nodes))
        self.nodes.append(node)
        self.scheduling.add_node(node)
        self.scheduling.add_node_collection(node, self.tests)
        if self.scheduling.collection_is_completed:
            self.scheduling.schedule()

    def crash(self, node: Node) -> None:
        crashed = self.scheduling.remove_node(node)
        if crashed is not None:
            assert crashed == self.tests[node.sent[len(node.ran)]]
            self.crashed.append(crashed)
        node.sent, node.shutting_down = node.ran, True
        self.start()

    def finish(self, chance: random.Random, crashes: int = 0) -> None:
        while ready := [node for node in self.nodes if node.can_run]:
            node = chance.choice(ready)
            if crashes and chance.random() < 0.1:
                crashes -= 1
                self.crash(node)
                continue
            index = node.sent[len(node.ran)]
            node.ran.append(index)
            self.scheduling.mark_test_complete(node, index, 0.0)
        assert self.scheduling.tests_finished
        assert not self.scheduling.has_pending

    def ran(self) -> list[str]:
        return [self.tests[index] for node in self.nodes for index in node.ran]

    def holders(self) -> dict[str, set[str]]:
        """Return which workers ran tests of each group."""
        found: dict[str, set[str]] = {}
        for node in self.nodes:
            for index in node.ran:
                group = self.groups.get(self.tests[index])
                if group is not None:
                    found.setdefault(group, set()).add(node.gateway.id)
        return found


@pytest.mark.parametrize("workers", [1, 2, 3, 5])
def test_a_group_is_on_one_worker_and_every_test_runs_once(workers: int) -> None:
    busy = set()
    for seed in range(20):
        run = Run(TESTS, GROUPS, workers)
        run.finish(random.Random(seed))
        assert sorted(run.ran()) == sorted(TESTS)
        assert all(len(each) == 1 for each in run.holders().values())
        busy |= {len(set.union(*run.holders().values()))}
        assert all(node.ran for node in run.nodes)  # ordinary tests keep the others busy
        order = [run.tests[index] for node in run.nodes for index in node.ran]
        for group in set(GROUPS.values()):
            ran = [each for each in order if GROUPS.get(each) == group]
            assert ran == [each for each in TESTS if GROUPS.get(each) == group]
    assert max(busy) == min(workers, 3)


def test_models_begin_before_ordinary_tests_and_the_largest_first() -> None:
    run = Run([*UNITS, *GROUPS], GROUPS, 2)
    first = [GROUPS[run.tests[node.sent[0]]] for node in run.nodes]
    assert first == ["one", "two"]


def test_one_group_leaves_the_other_workers_to_others() -> None:
    alone = dict.fromkeys(GROUPS, "one")
    run = Run(list(alone), alone, 3)
    assert [len(node.sent) for node in run.nodes] == [len(alone), 0, 0]
    assert all(node.shutting_down for node in run.nodes)
    run.finish(random.Random(0))


def test_ordinary_tests_come_in_portions_of_neighbours() -> None:
    names = [f"test_units.py::test_{number}" for number in range(160)]
    run = Run([*names, "test_a.py::test_one"], {"test_a.py::test_one": "one"}, 2)
    run.finish(random.Random(1))
    portions = [names[start : start + 10] for start in range(0, 160, 10)]
    where = {run.tests[index]: node for node in run.nodes for index in node.ran}
    assert all(len({where[each] for each in portion}) == 1 for portion in portions)
    counts = [len(node.ran) for node in run.nodes]
    assert abs(counts[0] - counts[1]) <= 30


def test_without_acceptance_tests_it_is_xdists_own_scheduling() -> None:
    ours = Run(UNITS, {}, 3)
    theirs = Run(UNITS, {}, 3)
    config = ours.scheduling.config
    theirs.scheduling = LoadScheduling(config, None)
    theirs.nodes = []
    for _ in range(3):
        theirs.start()
    for run in (ours, theirs):
        run.finish(random.Random(3))
    assert [node.ran for node in ours.nodes] == [node.ran for node in theirs.nodes]


@pytest.mark.parametrize("workers", [1, 2, 4])
def test_a_crash_loses_the_test_that_crashed_and_no_other(workers: int) -> None:
    crashed = 0
    for seed in range(40):
        run = Run(TESTS, GROUPS, workers)
        run.finish(random.Random(seed), crashes=3)
        assert sorted(run.ran() + run.crashed) == sorted(TESTS)
        crashed += len(run.crashed)
    assert crashed > 60


def test_a_worker_that_dies_before_all_have_collected() -> None:
    config_of_two = Run(TESTS, GROUPS, 2).scheduling.config
    run = Run.__new__(Run)
    run.tests, run.groups, run.nodes, run.crashed = TESTS, GROUPS, [], []
    run.scheduling = LoadByModel(config_of_two, None, GROUPS)  # type: ignore[arg-type]
    run.start()
    assert run.scheduling.remove_node(run.nodes[0]) is None
    run.nodes.clear()
    run.start()
    run.start()
    run.finish(random.Random(0))
    assert sorted(run.ran()) == sorted(TESTS)


def test_a_crashed_test_runs_again_if_another_plugin_asks_for_it() -> None:
    run = Run(TESTS, GROUPS, 2)
    crashed = run.tests[run.nodes[0].sent[0]]
    assert run.scheduling.remove_node(run.nodes[0]) == crashed
    run.scheduling.mark_test_pending(crashed)  # what pytest-rerunfailures does
    run.nodes[0].sent = []
    run.start()
    run.finish(random.Random(0))
    assert sorted(run.ran()) == sorted(TESTS)
