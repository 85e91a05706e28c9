"""Assertions on a recipe in a suite: what is shown, what the Record keeps, the same under xdist."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pytest_accept import Record, read_record

CONFTEST = """
import pytest
from pytest_accept import TrainingError

WORDS = {"good": 0.95, "bad": 0.05, "fine": 0.7, "awful": 0.1, "odd": 0.6}

def train(seed):
    if seed == 3:
        raise TrainingError("the loss became NaN at step 17")

    def predict(texts):
        positive = [min(0.99, WORDS[text.split()[0]] + seed / 50) for text in texts]
        return [[1 - p, p] for p in positive]

    from pytest_accept import load_model
    return load_model(predict, labels=["neg", "pos"], name=f"words {seed}")

@pytest.fixture(scope="session")
def recipe():
    return train

@pytest.fixture(scope="session")
def reviews(load_data):
    return load_data("reviews.csv")
"""

SUITE = """
import pytest
from pytest_accept import (
    accuracy, across_seeds, assert_failed_run_rate_below, assert_recipe_above
)

pytestmark = pytest.mark.acceptance

def test_sound(recipe, reviews):
    assert_recipe_above(accuracy, recipe, reviews, 0.9, seeds=3)

def test_plain_assert(recipe, reviews):
    assert across_seeds(accuracy, recipe, reviews, seeds=5) >= 0.9

def test_runs(recipe, reviews):
    assert_failed_run_rate_below(recipe, reviews, 0.1)
"""


@pytest.fixture
def recipes(suite: pytest.Pytester) -> pytest.Pytester:
    suite.makeconftest(CONFTEST)
    suite.makepyfile(test_recipe=SUITE)
    return suite


def timeless(record: Record) -> Record:
    criteria = tuple(replace(criterion, seconds=0) for criterion in record.criteria)
    trainings = tuple(replace(training, seconds=0) for training in record.trainings)
    return replace(record, started="", seconds=0, criteria=criteria, trainings=trainings)


def test_it_says_what_each_seed_came_to(recipes: pytest.Pytester) -> None:
    result = recipes.runpytest("-vv", "--accept-report", "json:one.json")
    result.assert_outcomes(passed=1, failed=2)
    result.stdout.fnmatch_lines(
        [
            "*accuracy on reviews: inconclusive, measured 0.88* (n = 400, 5 seeds), required*",
            "*1 of 5 runs failed, and count too: seed 3*",
            "*accuracy by seed, the worst first (1 of 5 runs failed):*",
            "*seed 3: 0.5* (counts as always '???'), failed: the loss became NaN at step 17*",
            "*two seeds disagree on 0.0 % of the examples:*",
            "*failed_run_rate on reviews: inconclusive*(n = 400, 5 seeds)*",
        ]
    )
    record = read_record(recipes.path / "one.json")
    sound, plain, runs = (criterion.verdict for criterion in record.criteria)
    assert (sound.status, sound.estimate.seeds, sound.needed_seeds) == ("accepted", 3, None)
    assert plain.status == "inconclusive"
    assert (runs.needed_seeds is None, runs.estimate.method) == (False, "Clopper-Pearson")
    assert [model.name for model in record.models] == ["train (3 seeds)", "train (5 seeds)"]
    assert {(each.seed, each.failure) for each in record.trainings} == {
        *((seed, None) for seed in (0, 1, 2, 4)),
        (3, "the loss became NaN at step 17"),
    }


@pytest.mark.slow
def test_workers_say_the_same(recipes: pytest.Pytester, tmp_path: Path) -> None:
    pytest.importorskip("xdist")
    recipes.runpytest_subprocess("--accept-report", "json:one.json")
    recipes.runpytest_subprocess("-n", "1", "--accept-report", "json:two.json")
    one, two = (timeless(read_record(recipes.path / f"{n}.json")) for n in ("one", "two"))
    assert one == two
