"""Figures of a verdict: equal to what scikit-learn counts, and nothing where nothing fits."""

import numpy as np
import pytest
from sklearn import metrics as reference
from sklearn.calibration import calibration_curve

import pytest_accept as pa
from pytest_accept.assertions import figures
from pytest_accept.records import ConfusionMatrix, Curve, Figures
from tests.assertions.conftest import LABELS, World, make_world


def drawn(estimate: pa.Estimate) -> Figures:
    """Return the figures of an estimate that is judged, whatever the bar."""
    found = (estimate >= 0).figures
    assert found is not None
    return found


@pytest.mark.parametrize(
    "metric",
    [pa.accuracy, pa.f1, pa.precision, pa.recall, pa.balanced_accuracy, pa.matthews_corrcoef],
)
def test_the_confusion_matrix_is_that_of_scikit_learn(metric, world: World) -> None:
    found = drawn(metric(world.predictions, world.data))
    said = world.probabilities.argmax(axis=1)
    assert found.confusion is not None
    assert found.confusion.labels == LABELS
    expected = reference.confusion_matrix(world.labels, said)
    np.testing.assert_array_equal(found.confusion.counts, expected)
    assert found == Figures(confusion=found.confusion)
    one_cell = pa.confusion(world.predictions, world.data, true="bad", predicted="good")
    assert drawn(one_cell) == found


def test_a_slice_has_the_matrix_of_the_slice(world: World) -> None:
    found = drawn(pa.accuracy(world.predictions, world.data, where={"source": "tweets"}))
    assert found.confusion is not None
    assert np.sum(found.confusion.counts) == 200


@pytest.mark.parametrize(("bins", "binning"), [(15, "equal_width"), (7, "equal_mass")])
def test_reliability_bins_are_those_of_the_metric(bins: int, binning, binary: World) -> None:
    measured = pa.expected_calibration_error(
        binary.predictions, binary.data, bins=bins, binning=binning, label="fine"
    )
    found = drawn(measured).reliability
    strategy = {"equal_width": "uniform", "equal_mass": "quantile"}[binning]
    shares, sure = calibration_curve(
        binary.labels, binary.probabilities[:, 1], n_bins=bins, strategy=strategy
    )
    np.testing.assert_allclose([each.confidence for each in found], sure)
    np.testing.assert_allclose([each.accuracy for each in found], shares)
    n = sum(each.n for each in found)
    gap = sum(each.n * abs(each.confidence - each.accuracy) for each in found) / n
    assert n == 300
    assert gap == pytest.approx(measured.value)


@pytest.mark.parametrize("metric", [pa.brier_score, pa.cross_entropy, pa.overconfidence])
def test_losses_have_the_bins_of_the_calibration_error(metric, world: World) -> None:
    expected = drawn(pa.expected_calibration_error(world.predictions, world.data))
    assert drawn(metric(world.predictions, world.data)) == expected
    assert len(expected.reliability) > 5


def test_a_soft_label_says_in_part_that_a_prediction_is_right() -> None:
    data = pa.load_data(
        [
            {"text": "a", "label": {"neg": 0.25, "pos": 0.75}},
            {"text": "b", "label": {"neg": 0.25, "pos": 0.75}},
        ]
    )
    said = pa.load_predictions([[0.25, 0.75], [0.25, 0.75]], labels=["neg", "pos"])
    (of_loss,) = drawn(pa.brier_score(said, data)).reliability
    assert (of_loss.n, of_loss.confidence, of_loss.accuracy) == (2, 0.75, 0.75)
    (of_claims,) = drawn(pa.expected_calibration_error(said, data)).reliability
    assert of_claims.accuracy == 1


def test_a_curve_of_few_scores_is_that_of_scikit_learn() -> None:
    world = make_world(seed=3, n=90)
    found = drawn(pa.roc_auc(world.predictions, world.data, label="good")).curve
    assert found is not None
    assert found.label == "good"
    true, scores = world.labels == 2, world.probabilities[:, 2]
    precision, recall, thresholds = reference.precision_recall_curve(true, scores)
    np.testing.assert_array_equal([each.score for each in found.thresholds], thresholds)
    np.testing.assert_allclose(precision[:-1], [shares(each)[0] for each in found.thresholds])
    np.testing.assert_allclose(recall[:-1], [shares(each)[1] for each in found.thresholds])


@pytest.mark.parametrize("metric", [pa.precision, pa.recall, pa.f1, pa.roc_auc])
def test_a_curve_of_many_scores_has_exact_points_wherever_it_moves(metric) -> None:
    world = make_world(seed=4, n=2_000)
    found = drawn(metric(world.predictions, world.data, label="bad")).curve
    assert found is not None
    assert 80 <= len(found.thresholds) <= figures.MOST_THRESHOLDS
    true, scores = world.labels == 0, world.probabilities[:, 0]
    for each in found.thresholds:
        table = reference.confusion_matrix(true, scores >= each.score)
        counts = [each.true_negatives, each.false_positives]
        counts += [each.false_negatives, each.true_positives]
        assert table.ravel().tolist() == counts
    first, last = found.thresholds[0], found.thresholds[-1]
    assert (first.score, last.score) == (scores.min(), scores.max())
    recalls = [shares(each)[1] for each in found.thresholds]
    alarms = [each.false_positives / (~true).sum() for each in found.thresholds]
    assert max(-np.diff(recalls)) < 0.03
    assert max(-np.diff(alarms)) < 0.03


def test_of_two_labels_the_curve_passes_through_what_the_model_says() -> None:
    world = make_world(seed=5, n=1_000, k=2)
    found = drawn(pa.recall(world.predictions, world.data, label="fine"))
    assert found.curve is not None
    assert found.confusion is not None
    at_half = next(each for each in found.curve.thresholds if each.score > 0.5)
    assert found.confusion.counts[1] == (at_half.false_negatives, at_half.true_positives)
    assert drawn(pa.roc_auc(world.predictions, world.data)).curve == found.curve


def test_averages_over_labels_have_no_curve(world: World) -> None:
    assert drawn(pa.roc_auc(world.predictions, world.data)) == Figures()
    assert drawn(pa.f1(world.predictions, world.data)).curve is None


def test_a_gap_or_a_drop_has_no_figure_of_one_model_on_all(world: World) -> None:
    gap = pa.group_gap(world.predictions, world.data, metric=pa.accuracy, group="source")
    assert (gap <= 0.5).figures is None
    drop = pa.metric_drop(
        world.predictions, world.data, metric=pa.overconfidence, against=world.predictions
    )
    assert (drop <= 0.5).figures is None


def test_multi_label_figures_are_of_one_label() -> None:
    rows = [("a",), ("a", "b"), (), ("b",)]
    data = pa.load_data([{"text": f"t {i}", "label": list(row)} for i, row in enumerate(rows)])
    probabilities = [[0.9, 0.2], [0.3, 0.9], [0.1, 0.4], [0.6, 0.8]]
    said = pa.load_predictions(probabilities, labels=["a", "b"], multi_label=True)
    of_one = drawn(pa.precision(said, data, label="a"))
    assert of_one.confusion == ConfusionMatrix(labels=("not a", "a"), counts=((1, 1), (1, 1)))
    assert of_one.curve is not None
    assert of_one.curve.label == "a"
    assert len(of_one.curve.thresholds) == 4
    for metric in (pa.accuracy, pa.f1, pa.brier_score, pa.cross_entropy):
        assert drawn(metric(said, data)) == Figures()
    (low, high) = drawn(pa.expected_calibration_error(said, data, bins=2, label="b")).reliability
    assert (low.n, high.n, high.accuracy) == (2, 2, 1)


def test_of_very_many_labels_only_one_is_drawn() -> None:
    names = [f"label {i}" for i in range(40)]
    data = pa.load_data([{"text": f"t {i}", "label": name} for i, name in enumerate(names)])
    said = pa.load_predictions(np.eye(40)[np.r_[1, 1:40]], labels=names)
    assert drawn(pa.accuracy(said, data)) == Figures()
    found = drawn(pa.precision(said, data, label="label 1")).confusion
    assert found == ConfusionMatrix(labels=("not label 1", "label 1"), counts=((38, 1), (0, 1)))


def test_figures_are_found_once_a_question_and_only_if_judged(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []
    counted = figures._confusion
    monkeypatch.setattr(
        figures, "_confusion", lambda *given: calls.append(given) or counted(*given)
    )
    measured = pa.accuracy(world.predictions, world.data)
    assert not calls
    above, below = measured >= 0.1, measured <= 0.9
    assert above.figures is below.figures
    assert len(calls) == 1


def shares(point) -> tuple[float, float]:
    """Return precision and recall at a threshold."""
    found = point.true_positives
    return found / (found + point.false_positives), found / (found + point.false_negatives)


def test_a_curve_can_be_of_a_label_that_is_never_given() -> None:
    data = pa.load_data([{"text": f"t {i}", "label": "neg"} for i in range(3)])
    said = pa.load_predictions([[0.9, 0.1], [0.8, 0.2], [0.4, 0.6]], labels=["neg", "pos"])
    found = drawn(pa.precision(said, data, label="pos")).curve
    assert isinstance(found, Curve)
    assert [each.false_positives for each in found.thresholds] == [3, 2, 1]
