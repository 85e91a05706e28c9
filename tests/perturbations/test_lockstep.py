"""Functions that wait for answers share batches, whatever their order, errors or number."""

import threading

import pytest

from pytest_accept.perturbations.lockstep import in_lockstep


def asking(*rounds):
    """A function that asks for each of the rounds and returns what it was told."""

    def work(ask):
        told = []
        for questions in rounds:
            ask(questions)
            told += [ANSWERS[each] for each in questions]
        return told

    return work


ANSWERS: dict[str, str] = {}


@pytest.fixture
def batches():
    ANSWERS.clear()
    seen: list[list[str]] = []

    def answer(questions):
        seen.append(questions)
        ANSWERS.update((each, each.upper()) for each in questions)

    answer.seen = seen
    return answer


def test_questions_of_all_are_answered_together(batches) -> None:
    works = [asking(["a"], ["b"]), asking(["a", "c"]), asking(), asking(["d"], ["e"], ["f"])]
    assert in_lockstep(works, batches) == [["A", "B"], ["A", "C"], [], ["D", "E", "F"]]
    assert batches.seen == [["a", "c", "d"], ["b", "e"], ["f"]]


def test_only_one_runs_at_a_time(batches) -> None:
    running = []

    def work(ask):
        for _ in range(20):
            running.append(threading.current_thread())
            assert len(running) == 1
            running.pop()
            ask([])

    in_lockstep([work] * 10, batches)


def test_many_functions_need_few_threads(batches) -> None:
    most = 0

    def work(ask):
        nonlocal most
        most = max(most, threading.active_count())
        ask(["a"])
        return 1

    before = threading.active_count()
    assert sum(in_lockstep([work] * 300, batches, at_once=20)) == 300
    assert most - before <= 21


@pytest.mark.parametrize("error", [ValueError("no"), KeyboardInterrupt()])
def test_an_error_ends_all(batches, error: BaseException) -> None:
    ended = []

    def waits(ask):
        try:
            ask(["a"])
            ask(["b"])
        finally:
            ended.append("waits")

    def fails(ask):
        ask(["a"])
        raise error

    before = threading.active_count()
    with pytest.raises(type(error)):
        in_lockstep([waits, fails, waits], batches)
    assert ended == ["waits", "waits"]
    assert threading.active_count() == before


def test_ctrl_c_during_an_evaluation_ends_all() -> None:
    def interrupted(questions):
        raise KeyboardInterrupt

    before = threading.active_count()
    with pytest.raises(KeyboardInterrupt):
        in_lockstep([asking(["a"])] * 5, interrupted)
    assert threading.active_count() == before
