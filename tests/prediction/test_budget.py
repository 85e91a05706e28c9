"""The token budget is found by measuring; here on machines that we make up."""

from collections.abc import Callable

import numpy as np
import pytest

from pytest_accept.prediction.budget import Budget
from pytest_accept.prediction.engine import Engine
from tests.prediction.fakes import FakeBackend, texts_of


class Machine:
    """A clock that a backend moves on, by what a batch costs."""

    def __init__(self, cost: Callable[[int], float]) -> None:
        self.now = 0.0
        self.cost = cost

    def timer(self) -> float:
        return self.now

    def react(self, texts: list[str], padded: int) -> None:
        self.now += self.cost(padded)


def engine_on(cost: Callable[[int], float], start: int = 256) -> Engine:
    machine = Machine(cost)
    return Engine(FakeBackend(start=start, react=machine.react), timer=machine.timer)


def cache_of(size: int) -> Callable[[int], float]:
    """A CPU: every call costs a little, and each token double beyond what the caches hold."""
    return lambda padded: 20 + padded + max(0, padded - size)


def test_a_cpu_keeps_what_fits_its_caches() -> None:
    engine = engine_on(cache_of(512), start=256)
    engine.rows(texts_of(20_000))
    assert engine.budget.tokens == 512
    assert engine.budget.settled


def test_too_large_a_start_comes_down() -> None:
    engine = engine_on(cache_of(256), start=2048)
    engine.rows(texts_of(40_000))
    assert engine.budget.tokens in (256, 512)


def test_a_gpu_gets_far_more() -> None:
    # A call costs the same whatever is in it, up to 8,192 tokens.
    engine = engine_on(lambda padded: max(8192, padded), start=256)
    engine.rows(texts_of(60_000))
    assert engine.budget.tokens >= 4096


def test_noise_alone_changes_nothing() -> None:
    random = np.random.default_rng(0)
    engine = engine_on(lambda padded: padded * (1 + 0.01 * random.random()))
    engine.rows(texts_of(10_000))
    assert engine.budget.tokens == 256
    assert engine.budget.settled


def test_a_small_job_uses_what_there_is() -> None:
    engine = engine_on(cache_of(4096))
    engine.rows(texts_of(100))
    assert engine.budget.tokens == 256
    assert not engine.budget.settled


def test_once_settled_nothing_is_tried_any_more() -> None:
    engine = engine_on(cache_of(512))
    engine.rows(texts_of(20_000))
    engine.backend.asked.clear()
    more = texts_of(5_000, seed=1)
    engine.rows([f"{text}!" for text in more])
    padded = [max(map(len, each)) * len(each) for each in engine.backend.asked]
    assert max(padded) <= 512
    assert np.median(padded) > 400


def test_searching_costs_little() -> None:
    cost = cache_of(512)
    engine = engine_on(cost, start=512)
    texts = texts_of(2_000)
    engine.rows(texts)
    known = engine_on(cost, start=512)
    known.budget.settled = True
    known.rows(texts)
    spent, least = (each.backend.react.__self__.now for each in (engine, known))
    assert spent < 1.06 * least


def test_what_did_not_fit_is_not_tried_again() -> None:
    budget = Budget(1024)
    budget.shrink(1024)
    assert budget.tokens == 512
    for _ in range(2):
        budget.observe(None, 500, 1.0)
    tried = set()
    while (trial := budget.trial(10**6)) is not None:
        tried.add(trial.tokens)
        budget.observe(trial, trial.tokens, 1.0)
    assert max(tried) <= 1023


def test_a_trial_cut_short_decides_nothing() -> None:
    budget = Budget(256)
    for _ in range(2):
        budget.observe(None, 200, 1.0)
    trial = budget.trial(10**6)
    assert trial is not None
    budget.observe(trial, 200, 1.0)
    budget.abandon()
    assert budget.tokens == 256
    assert not budget.settled


@pytest.mark.parametrize("tokens", [1, 2, 3])
def test_shrinking_ends_at_one(tokens: int) -> None:
    budget = Budget(tokens)
    for _ in range(5):
        budget.shrink(tokens)
    assert budget.tokens == 1
