"""Overconfidence: against its definition, and by group and slice."""

import functools

import numpy as np
import pytest

import pytest_accept as pa
from tests.assertions.conftest import World


def test_it_is_mean_confidence_less_accuracy(world: World, binary: World) -> None:
    measured = pa.overconfidence(world.predictions, world.data)
    sure, right = world.probabilities.max(axis=1), world.probabilities.argmax(1) == world.labels
    assert measured.value == pytest.approx(sure.mean() - right.mean())
    assert measured.low < measured.value < measured.high
    of_label = pa.overconfidence(world.predictions, world.data, label="good")
    assert of_label.value == pytest.approx((world.probabilities[:, 2] - (world.labels == 2)).mean())
    assert of_label.options == "label=good"
    one_bin = pa.expected_calibration_error(binary.predictions, binary.data, bins=1)
    assert abs(pa.overconfidence(binary.predictions, binary.data).value) == pytest.approx(
        one_bin.value
    )


def sure_of_tweets(n: int = 1200) -> tuple[pa.Data, pa.Predictions]:
    """A model that says 0.9 of everything, which is right of shops and too much of tweets."""
    random = np.random.default_rng(0)
    rows = [{"text": f"t {i}", "label": "pos", "source": "shops"} for i in range(n)]
    right = random.random(n) < 0.9
    for i in range(0, n, 3):
        rows[i]["source"] = "tweets"
        right[i] = random.random() < 0.65
    said = np.where(right[:, None], [0.1, 0.9], [0.9, 0.1])
    return pa.load_data(rows, name="posts"), pa.load_predictions(said, labels=["neg", "pos"])


def test_too_sure_of_one_source_is_seen_by_group_and_slice() -> None:
    data, said = sure_of_tweets()
    (found,) = pa.find_weak_slices(said, data, metric=pa.overconfidence)
    assert found.where == {"source": "tweets"}
    assert found.value == pytest.approx(pa.overconfidence(said, data, where=found.where).value)
    for metric in (
        pa.overconfidence,
        functools.partial(pa.expected_calibration_error, binning="equal_mass"),
    ):
        worst = pa.worst_group(said, data, metric=metric, group="source")
        assert worst.value == pytest.approx(0.25, abs=0.06)
        with pytest.raises(pa.AcceptanceFailure, match="tweets"):
            pa.assert_group_gap_below(said, data, 0.1, metric=metric, group="source")
    with pytest.raises(pa.AcceptanceFailure) as caught:
        pa.assert_overconfidence_below(said, data, 0.05)
    assert "on the whole:\n    said 0.90 sure, right 0.8" in str(caught.value)
    assert "(overconfident by 0.08, n = 1,200)" in str(caught.value)


def test_a_multi_label_model_needs_a_label() -> None:
    said = pa.load_predictions([[0.9, 0.2], [0.1, 0.7]], labels=["a", "b"], multi_label=True)
    data = pa.load_data([{"text": "x", "label": ["a"]}, {"text": "y", "label": ["b"]}])
    with pytest.raises(pa.SettingError, match="overconfidence of a multi-label model is defined"):
        pa.overconfidence(said, data)
    assert pa.overconfidence(said, data, label="a").value == pytest.approx(0.0)
