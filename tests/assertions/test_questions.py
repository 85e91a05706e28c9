"""Bad input to a criterion gets one clear error; options mean the same for every metric."""

from typing import Any

import numpy as np
import pytest

import pytest_accept as pa

from .conftest import LABELS, World, make_world


@pytest.mark.parametrize("bar", [-0.1, 1.1, float("nan"), True, "0.9", None])
def test_a_bar_outside_the_range_is_refused(world: World, bar: Any) -> None:
    with pytest.raises(pa.SettingError, match="Expected `bar` to be a number between 0 and 1, the"):
        pa.assert_accuracy_above(world.predictions, world.data, bar)
    with pytest.raises(pa.SettingError, match="the range of accuracy"):
        pa.accuracy(world.predictions, world.data) >= bar  # noqa: B015


def test_ranges_are_those_of_the_metric(world: World) -> None:
    assert (pa.matthews_corrcoef(world.predictions, world.data) >= -0.5).status == "accepted"
    assert (pa.cross_entropy(world.predictions, world.data) <= 7.5).status == "accepted"
    with pytest.raises(pa.SettingError, match="between -1 and 1, the range of matthews_corrcoef"):
        pa.assert_matthews_corrcoef_above(world.predictions, world.data, -2)
    with pytest.raises(pa.SettingError, match="a number of 0 or more, the range of cross_entropy"):
        pa.assert_cross_entropy_below(world.predictions, world.data, -1)
    with pytest.raises(pa.SettingError, match="a number of 0 or more.* but got inf"):
        pa.assert_cross_entropy_below(world.predictions, world.data, float("inf"))


@pytest.mark.parametrize("confidence", [95, 0.5, 0, "high", None])
def test_a_confidence_out_of_range_is_refused(world: World, confidence: Any) -> None:
    if confidence is None:
        assert pa.accuracy(world.predictions, world.data, confidence=None).confidence == 0.95
        return
    with pytest.raises(pa.SettingError, match="Expected `confidence` to be a number between 0.5"):
        pa.accuracy(world.predictions, world.data, confidence=confidence)


def test_more_confidence_is_a_wider_interval(world: World) -> None:
    usual = pa.accuracy(world.predictions, world.data)
    surer = pa.accuracy(world.predictions, world.data, confidence=0.999)
    assert surer.low < usual.low < usual.value < usual.high < surer.high


def test_what_is_no_model_is_refused(world: World) -> None:
    with pytest.raises(pa.SettingError, match="Expected `model` to be a Model or Predictions"):
        pa.accuracy("runs/reviews", world.data)  # type: ignore[arg-type]


def test_unlabelled_data_is_refused() -> None:
    data = pa.load_data([{"text": "a"}, {"text": "b"}], label=None, name="texts")
    predictions = pa.load_predictions([[0.5, 0.5]] * 2, labels=["neg", "pos"])
    with pytest.raises(pa.DataError, match="but texts has none. Name the column that holds them"):
        pa.accuracy(predictions, data)


def test_plain_rows_are_data_too() -> None:
    rows = [{"text": "a", "label": "neg"}, {"text": "b", "label": "pos"}]
    predictions = pa.load_predictions([[0.9, 0.1], [0.2, 0.8]], labels=["neg", "pos"])
    assert pa.accuracy(predictions, rows).value == 1  # type: ignore[arg-type]


def test_an_unknown_option_gets_a_hand(world: World) -> None:
    with pytest.raises(pa.SettingError, match="no option of accuracy 'confidance'. Did you mean"):
        pa.accuracy(world.predictions, world.data, confidance=0.9)  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("metric", "options", "message"),
    [
        (pa.f1, {"label": "god"}, "There is no label 'god'. Did you mean 'good'?"),
        (pa.f1, {"average": "binary"}, "Expected `average` to be 'macro', 'micro' or 'weighted'"),
        (pa.expected_calibration_error, {"bins": 0}, "Expected `bins` to be an integer of 1"),
        (pa.expected_calibration_error, {"binning": "x"}, "'equal_width' or 'equal_mass'"),
        (pa.accuracy, {"cluster": "autor"}, "There is no column 'autor'. Did you mean 'author'?"),
        (pa.accuracy, {"where": {"sauce": 1}}, "There is no column 'sauce'. Did you mean 'source'"),
        (pa.accuracy, {"where": {"source": "twets"}}, "'tweets'"),
    ],
)
def test_bad_options_teach(world: World, metric: Any, options: Any, message: str) -> None:
    with pytest.raises(pa.AcceptanceError) as caught:
        metric(world.predictions, world.data, **options)
    assert message in str(caught.value)
    assert not isinstance(caught.value, AssertionError)


def test_a_label_without_examples_is_refused_where_it_means_nothing(world: World) -> None:
    only = world.data.where(label=["bad", "fine"])
    with pytest.raises(pa.DataError, match="recall of 'good' needs examples labelled 'good'"):
        pa.recall(world.predictions, only, label="good")
    with pytest.raises(pa.DataError, match="roc_auc needs examples with and without .* 'good'"):
        pa.roc_auc(world.predictions, only)


def test_a_label_never_said_has_no_precision_and_demonstrates_nothing() -> None:
    data = pa.load_data([{"text": f"{i}", "label": "neg"} for i in range(40)])
    predictions = pa.load_predictions([[0.9, 0.1]] * 40, labels=["neg", "pos"])
    estimate = pa.precision(predictions, data, label="pos")
    assert (estimate.value, estimate.low, estimate.high, estimate.n) == (0, 0, 1, 0)
    assert "the model never says 'pos'" in estimate.notes[0]
    assert (estimate >= 0.5).status == "inconclusive"


def test_repeats_are_no_further_evidence() -> None:
    rows = [{"text": f"good {i % 15}", "label": "pos"} for i in range(600)]
    predictions = pa.load_predictions([[0.1, 0.9]] * 600, labels=["neg", "pos"])
    estimate = pa.accuracy(predictions, pa.load_data(rows))
    assert (estimate.n, estimate.clusters) == (600, 15)
    once = pa.accuracy(predictions.take(range(15)), pa.load_data(rows[:15]))
    assert estimate.low == pytest.approx(once.low, abs=0.01)


def test_labels_with_hardly_any_examples_are_named(world: World) -> None:
    few = world.data.where(label=["bad", "fine"])
    for metric in (pa.f1, pa.balanced_accuracy):
        (note,) = metric(world.predictions, few).notes
        assert note.endswith("'good' (0)")
    assert pa.f1(world.predictions, world.data).notes == ()


def test_values_and_verdicts_print_as_a_person_expects(world: World) -> None:
    estimate = pa.accuracy(world.predictions, world.data)
    assert f"{estimate:.3f}" == f"{estimate.value:.3f}"
    verdict = estimate >= np.float32(0.99)
    assert str(verdict) == pa.explain(verdict)


def test_a_failure_carries_its_verdict(world: World) -> None:
    with pytest.raises(pa.AcceptanceFailure) as caught:
        pa.assert_accuracy_above(world.predictions, world.data, 0.99)
    verdict = caught.value.verdict
    assert verdict.status == "rejected"
    assert verdict.estimate == pa.accuracy(world.predictions, world.data).plain()  # type: ignore[attr-defined]
    assert len(verdict.evidence[0].examples) == 3
    assert verdict.evidence[0].examples[0].origin.startswith("reviews row ")


def test_evidence_is_the_worst_first(world: World) -> None:
    wrong = world.probabilities.argmax(axis=1) != world.labels
    surest = np.sort(world.probabilities.max(axis=1)[wrong])[::-1][:3]
    shown = (pa.accuracy(world.predictions, world.data) >= 0.99).evidence[0].examples
    assert [example.probability for example in shown] == pytest.approx(surest.tolist())
    losses = -np.log(world.probabilities[np.arange(300), world.labels])
    worst = np.argsort(-losses)[:3]
    verdict = pa.cross_entropy(world.predictions, world.data) <= 0.01
    assert [e.text for e in verdict.evidence[0].examples] == [f"text {i}" for i in worst]


@pytest.mark.slow
def test_what_would_decide_an_inconclusive_criterion_does(world: World) -> None:
    """As many examples as the verdict asks for decide it about 4 times in 5."""
    undecided = pa.accuracy(world.predictions, world.data) >= 0.72
    assert undecided.status == "inconclusive"
    assert undecided.needed_n is not None
    truth = undecided.estimate.value
    random = np.random.default_rng(0)
    decided = 0
    for _ in range(100):
        right = random.random(undecided.needed_n) < truth
        probabilities = np.where(right[:, None], [0.9, 0.1], [0.1, 0.9])
        predictions = pa.load_predictions(probabilities, labels=LABELS[:2])
        rows = [{"text": str(i), "label": "bad"} for i in range(len(right))]
        decided += (pa.accuracy(predictions, pa.load_data(rows)) >= 0.72).status != "inconclusive"
    assert 68 <= decided <= 92, "80 +- 3 standard errors"


def test_outside_of_a_run_nothing_is_kept(world: World) -> None:
    from pytest_accept import recording

    assert pa.accuracy(world.predictions, world.data) >= 0.5
    assert recording.collect() == []


def test_settings_hold_inside_a_block(world: World) -> None:
    with pa.using(confidence=0.99, inconclusive="pass"):
        assert pa.accuracy(world.predictions, world.data).confidence == 0.99
        assert pa.accuracy(world.predictions, world.data) >= 0.72
    assert pa.accuracy(world.predictions, world.data).confidence == 0.95


def test_clusters_given_to_the_data_are_used_by_default() -> None:
    world = make_world()
    rows = [
        {"text": t, "label": y, "author": a}
        for t, y, a in zip(
            world.data.inputs, world.data.column("label"), world.data.column("author"), strict=True
        )
    ]
    estimate = pa.accuracy(world.predictions, pa.load_data(rows, cluster="author"))
    assert (estimate.n, estimate.clusters) == (300, 60)
