"""Is this sentiment model good enough to ship?

    pytest -m acceptance example_suites/sentiment
    pytest -m acceptance example_suites/sentiment --accept-model path/to/checkpoint

Held-out movie reviews are what the model is for; Amazon reviews, tweets, and reviews on which the
people who rated them disagree are slices that it must not fail.
"""

from pathlib import Path

import pytest

from pytest_accept import (
    accuracy,
    assert_accuracy_above,
    assert_balanced_accuracy_above,
    assert_brier_score_below,
    assert_confusion_below,
    assert_cross_entropy_below,
    assert_expected_calibration_error_below,
    assert_recall_above,
    assert_roc_auc_above,
)

pytestmark = pytest.mark.acceptance

HERE = Path(__file__).parent
SHARES = ("neg", "pos")  # the columns with the share of raters who said so


@pytest.fixture(scope="session")
def model(load_model):
    return load_model(HERE / "runs" / "final", task="text-classification")


@pytest.fixture(scope="session")
def reviews(load_data):
    return load_data(HERE / "data" / "reviews.tsv")


@pytest.fixture(scope="session")
def movies(reviews):
    return reviews.where(source="movies")


@pytest.mark.thresholds(
    accuracy_above=0.82,
    f1_above=0.82,
    matthews_corrcoef_above=0.64,
    cross_entropy_below=0.42,
)
def test_movies(model, movies, assert_thresholds):
    assert_thresholds(model, movies)


def test_ranking(model, movies):
    assert_roc_auc_above(model, movies, 0.89)


def test_both_labels_are_found(model, movies):
    assert_recall_above(model, movies, 0.78, label="neg")
    assert_recall_above(model, movies, 0.78, label="pos")


def test_calibration(model, movies):
    assert_expected_calibration_error_below(model, movies, 0.08)
    assert_brier_score_below(model, movies, 0.13)


def test_as_unsure_as_people(model, load_data):
    """The cross-entropy against the shares of raters: their disagreement is part of the truth."""
    shares = load_data(HERE / "data" / "reviews.tsv", label=SHARES, name="raters")
    assert_cross_entropy_below(model, shares, 0.46, where={"source": "movies"})


def test_where_people_disagree(model, movies):
    assert_accuracy_above(model, movies.where(agreement="raters disagree"), 0.58)


def test_amazon(model, reviews):
    """Sentences of one review are not independent: they are clusters."""
    assert_accuracy_above(model, reviews, 0.70, where={"source": "amazon"}, cluster="review")


def test_tweets(model, reviews):
    """The model has seen movie reviews only: tweets must work, though not as well."""
    tweets = reviews.where(source="tweets")
    assert accuracy(model, tweets) >= 0.62
    assert_balanced_accuracy_above(model, tweets, 0.72)


def test_complaints_are_not_taken_for_praise(model, reviews):
    complaints = {"source": ["amazon", "tweets"]}
    assert_confusion_below(model, reviews, 0.10, true="neg", predicted="pos", where=complaints)
