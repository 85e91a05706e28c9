import functools

import numpy as np
import pytest
from sklearn import metrics as theirs

import pytest_accept as pa
from pytest_accept.metrics import losses
from tests.assertions.conftest import World, make_world
from tests.statistics.simulation import Rates


def moved(world: World, *, by: float, seed: int = 5, name: str = "new") -> pa.Predictions:
    """Predictions of a model that is like the world's, but for noise."""
    noise = np.random.default_rng(seed).normal(size=world.probabilities.shape) * by
    values = world.probabilities * np.exp(noise)
    return pa.load_predictions(
        values / values.sum(axis=1, keepdims=True), labels=world.predictions.labels, name=name
    )


@pytest.fixture(scope="module")
def new(world: World) -> pa.Predictions:
    return moved(world, by=0.5)


def said(predictions: pa.Predictions) -> np.ndarray:
    return predictions.probabilities.argmax(axis=1)


SKLEARN = {
    "accuracy": theirs.accuracy_score,
    "balanced_accuracy": theirs.balanced_accuracy_score,
    "matthews_corrcoef": theirs.matthews_corrcoef,
    "f1": functools.partial(theirs.f1_score, average="macro"),
    "precision": functools.partial(theirs.precision_score, average="macro"),
    "recall": functools.partial(theirs.recall_score, average="macro"),
}


@pytest.mark.parametrize("name", SKLEARN)
def test_the_drop_is_the_difference_of_both_values(
    world: World, new: pa.Predictions, name: str
) -> None:
    found = pa.metric_drop(new, world.data, against=world.predictions, metric=getattr(pa, name))
    before, now = (SKLEARN[name](world.labels, said(each)) for each in (world.predictions, new))
    assert found.value == pytest.approx(before - now)
    assert found.low < found.value < found.high
    assert found.metric == f"drop of {name}"
    assert not found.higher_is_better


@pytest.mark.parametrize("name", ["cross_entropy", "brier_score"])
def test_of_a_loss_it_is_the_rise(world: World, new: pa.Predictions, name: str) -> None:
    metric = getattr(pa, name)
    found = pa.metric_drop(new, world.data, against=world.predictions, metric=metric)
    before, now = (metric(each, world.data).value for each in (world.predictions, new))
    assert found.value == pytest.approx(now - before)
    assert found.metric == f"rise of {name}"
    assert now > before


@pytest.mark.parametrize(
    "options", [{"average": "micro"}, {"average": "weighted"}, {"label": "good"}]
)
def test_options_of_the_metric(world: World, new: pa.Predictions, options: dict) -> None:
    old = world.predictions
    found = pa.metric_drop(new, world.data, against=old, metric=pa.f1, **options)
    again = pa.metric_drop(new, world.data, against=old, metric=functools.partial(pa.f1, **options))
    before, now = (pa.f1(each, world.data, **options).value for each in (old, new))
    assert found.value == again.value == pytest.approx(before - now)
    assert str(next(iter(options.values()))) in found.options


@pytest.mark.parametrize("name", [*SKLEARN, "cross_entropy"])
def test_clusters_widen_it(world: World, new: pa.Predictions, name: str) -> None:
    metric, old = getattr(pa, name), world.predictions
    alone = pa.metric_drop(new, world.data, against=old, metric=metric)
    clustered = pa.metric_drop(new, world.data, against=old, metric=metric, cluster="author")
    assert clustered.value == pytest.approx(alone.value)
    assert clustered.clusters == 60
    assert clustered.high > alone.high


def test_of_multi_label_predictions() -> None:
    random = np.random.default_rng(0)
    true = random.random((200, 3)) < 0.4
    rows = [
        {"text": f"text {i}", "label": [n for n, yes in zip("abc", row, strict=True) if yes]}
        for i, row in enumerate(true)
    ]
    data = pa.load_data(rows)
    values = [np.clip(true * 0.6 + random.random((200, 3)) * 0.6 * s, 0, 1) for s in (0.8, 1)]
    old, new = (pa.load_predictions(v, labels=list("abc"), multi_label=True) for v in values)
    for metric in (pa.accuracy, pa.f1, pa.cross_entropy, pa.brier_score):
        found = pa.metric_drop(new, data, against=old, metric=metric)
        change = metric(old, data).value - metric(new, data).value
        assert abs(found.value) == pytest.approx(abs(change))
        assert found.value > 0
        assert found.low < found.value < found.high
    with pytest.raises(pa.SettingError, match="multi-label. Use f1"):
        pa.metric_drop(new, data, against=old, metric=pa.balanced_accuracy)


def test_a_model_against_itself_has_not_dropped(world: World) -> None:
    verdict = pa.assert_no_regression(
        world.predictions, world.data, against=world.predictions, margin=0.02
    )
    assert verdict.status == "accepted"
    assert verdict.estimate.value == 0
    assert 0 < verdict.estimate.high < 0.011


def test_a_worse_model_is_rejected_and_the_lost_are_shown(world: World) -> None:
    with pytest.raises(pa.AcceptanceFailure) as failure:
        pa.assert_no_regression(moved(world, by=3), world.data, against=world.predictions)
    text = str(failure.value)
    assert failure.value.verdict.status == "rejected"
    assert "drop of accuracy(against=predictions) on reviews: rejected, measured 0.2" in text
    assert "McNemar's exact test, two-sided: p = " in text
    (lost,) = [e for e in failure.value.verdict.evidence if "lost" in e.title and e.examples]
    first = lost.examples[0]
    assert first.before is not None
    assert first.before.predicted == first.expected != first.predicted
    assert first.probability == max(each.probability for each in lost.examples)
    assert f"{first.before.predicted} {first.before.probability:.2f} → {first.predicted}" in text


def test_a_lower_loss_is_no_regression(world: World) -> None:
    old = moved(world, by=2, name="old")
    verdict = pa.assert_no_regression(
        world.predictions, world.data, against=old, metric=pa.cross_entropy, margin=0
    )
    assert verdict.estimate.high < 0
    with pytest.raises(pa.AcceptanceFailure, match="rise of cross_entropy.*rejected"):
        pa.assert_no_regression(old, world.data, against=world.predictions, metric=pa.cross_entropy)


def test_a_negative_margin_requires_a_gain(world: World) -> None:
    old = moved(world, by=3, name="old")
    pa.assert_no_regression(world.predictions, world.data, against=old, margin=-0.1)
    with pytest.raises(pa.AcceptanceFailure, match="inconclusive"):
        pa.assert_no_regression(world.predictions, world.data, against=old, margin=-0.25)


def test_a_slice_is_judged_alone(world: World, new: pa.Predictions) -> None:
    found = pa.metric_drop(
        new, world.data, against=world.predictions, where={"source": "shops"}, confidence=0.9
    )
    assert found.population == "reviews[source=shops]"
    assert (found.n, found.confidence) == (100, 0.9)


def test_two_models_may_order_their_labels_differently(world: World, new: pa.Predictions) -> None:
    turned = pa.load_predictions(
        world.probabilities[:, ::-1], labels=world.predictions.labels[::-1], name="turned"
    )
    found = pa.metric_drop(new, world.data, against=turned)
    assert found.value == pa.metric_drop(new, world.data, against=world.predictions).value


@pytest.mark.parametrize(
    ("options", "what"),
    [
        ({"margin": 1}, "Did you mean 0.01"),
        ({"margin": True}, "`margin`"),
        ({"margin": "0.1"}, "`margin`"),
        ({"metric": pa.roc_auc}, "roc_auc does not say what each example adds to it"),
        ({"metric": "accuracy"}, "`metric`"),
        ({"metric": functools.partial(pa.f1, None)}, "`metric`"),
        ({"metric": functools.partial(pa.f1, averages="micro")}, "option of drop of f1"),
        ({"average": "macro"}, "takes no average"),
        ({"metric": pa.f1, "average": "mean"}, "`average`"),
        ({"metric": pa.f1, "label": "dire"}, "no label 'dire'"),
        ({"against": "runs/old"}, "`against`"),
        ({"clusters": "author"}, "Did you mean 'cluster'"),
    ],
)
def test_bad_arguments(world: World, new: pa.Predictions, options: dict, what: str) -> None:
    with pytest.raises(pa.SettingError, match=what):
        pa.assert_no_regression(new, world.data, **{"against": world.predictions, **options})


def test_models_of_other_labels_cannot_be_compared(world: World) -> None:
    other = make_world(k=2).predictions
    with pytest.raises(pa.LabelError, match="only the first has 'good', only the second none"):
        pa.metric_drop(world.predictions, world.data, against=other)


def test_outside_of_a_suite_there_is_no_baseline(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pa, "_suite", None)
    with pytest.raises(pa.SettingError, match="load_baseline"):
        pa.assert_no_regression(world.predictions, world.data)


@pytest.mark.slow
def test_error_rates_of_the_rise_of_a_loss() -> None:
    """Two calibrated models that differ a little, on samples from a large population."""
    random = np.random.default_rng(0)
    logits = random.normal(size=(50_000, 2)) * 2.5
    values = [np.exp(logits + random.normal(size=logits.shape) * noise) for noise in (0.0, 0.2)]
    old, new = (each / each.sum(axis=1, keepdims=True) for each in values)
    true = (random.random(len(old)) < old[:, 1]).astype(int)
    reps, errors = 200, np.zeros(2)
    targets = np.eye(2)[true]
    after, before = (losses.cross_entropy(each, targets) for each in (new, old))
    truth = float((after - before).mean())
    for _ in range(reps):
        drawn = random.integers(0, len(old), 300)
        data = pa.load_data(
            [{"text": f"{i}", "label": "ab"[true[at]]} for i, at in enumerate(drawn)]
        )
        two = (pa.load_predictions(each[drawn], labels=["a", "b"]) for each in (new, old))
        found = pa.metric_drop(next(two), data, against=next(two), metric=pa.cross_entropy)
        errors += [found.high < truth, found.low > truth]
    assert truth > 0
    assert max(errors / reps) <= Rates(0, 0, 0, 0, reps).allowed
