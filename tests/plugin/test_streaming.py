"""Suites on streamed data: what a run records of them, and what cannot be done with them."""

import pytest

from pytest_accept import load_data, read_record

CONFTEST = """
import pytest

def predict(texts):
    return [[0.1, 0.9] if "good" in text else [0.8, 0.2] for text in texts]

@pytest.fixture(scope="session")
def model(load_model):
    return load_model(predict, labels=["neg", "pos"], name="words")

@pytest.fixture(scope="session")
def reviews(load_data):
    return load_data("reviews.csv", streaming=True)
"""
TESTS = """
import pytest
from pytest_accept import accuracy, assert_recall_above

def test_plain(model, reviews):
    assert accuracy(model, reviews) >= 0.3

def test_helper(model, reviews):
    assert_recall_above(model, reviews, 0.1, label="pos")

@pytest.mark.thresholds(accuracy_above=0.3, brier_score_below=0.9, cross_entropy_below=9)
def test_marked(model, reviews, assert_thresholds):
    assert_thresholds(model, reviews)
"""


@pytest.fixture
def streamed(suite: pytest.Pytester) -> pytest.Pytester:
    suite.makeconftest(CONFTEST)
    suite.makepyfile(TESTS)
    return suite


def test_a_record_holds_them_as_any_data(streamed: pytest.Pytester) -> None:
    result = streamed.runpytest("--accept-report", "json:run.json", "--accept-keep-predictions")
    result.assert_outcomes(passed=3)
    record = read_record(streamed.path / "run.json")
    (data,) = record.data
    memory = load_data(streamed.path / "reviews.csv").describe()
    assert (data.fingerprint, data.n, data.columns) == (
        memory.fingerprint,
        memory.n,
        memory.columns,
    )
    assert len(record.criteria) == 5
    # Examples that are forgotten cannot be kept for a comparison.
    assert all(each.each is None for each in record.criteria)
    assert record.criteria[0].verdict.figures.confusion.labels == ("neg", "pos")


def test_a_failure_shows_where_mistakes_stand(streamed: pytest.Pytester) -> None:
    result = streamed.runpytest("-k", "plain", "--accept-report", "markdown:report.md")
    failing = TESTS.replace(">= 0.3", ">= 0.999")
    streamed.makepyfile(failing)
    result = streamed.runpytest("-k", "plain")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["*accuracy on reviews: *required >= 0.999*", "*most confident*", "*reviews.csv row *"]
    )


def test_a_plan_says_that_it_cannot_count_them(streamed: pytest.Pytester) -> None:
    result = streamed.runpytest("--accept-plan")
    result.stdout.fnmatch_lines(["*A plan counts examples, which of streamed data takes a pass.*"])


def test_a_replay_says_that_it_has_no_answers(streamed: pytest.Pytester) -> None:
    streamed.runpytest("--accept-report", "json:run.json", "--accept-keep-predictions")
    result = streamed.runpytest("--accept-replay", "run.json", "-k", "plain")
    result.stdout.fnmatch_lines(["*This cannot be replayed: it reads streamed data*"])


def test_sequential_evaluation_leaves_them_alone(streamed: pytest.Pytester) -> None:
    result = streamed.runpytest("--accept-sequential", "-k", "plain")
    result.assert_outcomes(passed=1)


def test_recipes_say_what_streams(streamed: pytest.Pytester) -> None:
    streamed.makepyfile(
        """
        import functools
        from pytest_accept import accuracy, assert_recipe_above

        def test_recipe(fine_tune, reviews):
            recipe = functools.partial(fine_tune, "base", reviews)
            assert_recipe_above(accuracy, recipe, reviews, 0.5)
        """
    )
    result = streamed.runpytest()
    result.stdout.fnmatch_lines(["*are streamed: read in chunks and forgotten*"])
