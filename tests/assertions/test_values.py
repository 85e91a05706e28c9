"""Every public metric equals scikit-learn's to 1e-9, on all data and on slices."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from sklearn import metrics as reference

import pytest_accept as pa

from .conftest import LABELS, World, make_world

Metric = Callable[..., pa.Estimate]


def predicted(world: World) -> np.ndarray:
    return world.probabilities.argmax(axis=1)


REFERENCES: dict[str, tuple[Metric, dict[str, Any], Callable[[np.ndarray, np.ndarray], float]]] = {
    "accuracy": (pa.accuracy, {}, lambda y, p: reference.accuracy_score(y, p.argmax(1))),
    "balanced_accuracy": (
        pa.balanced_accuracy,
        {},
        lambda y, p: reference.balanced_accuracy_score(y, p.argmax(1)),
    ),
    "mcc": (
        pa.matthews_corrcoef,
        {},
        lambda y, p: reference.matthews_corrcoef(y, p.argmax(1)),
    ),
    **{
        f"{name}-{average}": (
            getattr(pa, name),
            {"average": average},
            lambda y, p, name=name, average=average: getattr(reference, f"{name}_score")(
                y, p.argmax(1), average=average
            ),
        )
        for name in ("precision", "recall", "f1")
        for average in ("macro", "micro", "weighted")
    },
    **{
        f"{name}-of-good": (
            getattr(pa, name),
            {"label": "good"},
            lambda y, p, name=name: getattr(reference, f"{name}_score")(
                y, p.argmax(1), average=None
            )[2],
        )
        for name in ("precision", "recall", "f1")
    },
    "confusion": (
        pa.confusion,
        {"true": "fine", "predicted": "good"},
        lambda y, p: reference.confusion_matrix(y, p.argmax(1), normalize="true")[1, 2],
    ),
    "roc_auc": (
        pa.roc_auc,
        {},
        lambda y, p: reference.roc_auc_score(y, p, multi_class="ovr", average="macro"),
    ),
    "roc_auc-of-good": (
        pa.roc_auc,
        {"label": "good"},
        lambda y, p: reference.roc_auc_score(y == 2, p[:, 2]),
    ),
    "cross_entropy": (pa.cross_entropy, {}, reference.log_loss),
    "brier_score": (pa.brier_score, {}, reference.brier_score_loss),
}


@pytest.mark.parametrize("name", REFERENCES)
@pytest.mark.parametrize("clustered", [False, True])
@pytest.mark.parametrize("where", [None, {"source": "tweets"}])
def test_values_equal_scikit_learn(
    world: World, name: str, clustered: bool, where: dict[str, str] | None
) -> None:
    metric, options, theirs = REFERENCES[name]
    chosen = np.arange(300) % 3 > 0 if where else np.full(300, True)
    cluster = "author" if clustered else None
    estimate = metric(world.predictions, world.data, where=where, cluster=cluster, **options)
    expected = theirs(world.labels[chosen], world.probabilities[chosen])
    assert estimate.value == pytest.approx(expected, abs=1e-9)
    assert estimate.low <= estimate.value <= estimate.high
    assert (estimate.low, estimate.high) != (estimate.value, estimate.value)


def test_two_labels_have_one_auc_and_half_a_brier_score(binary: World) -> None:
    y, p = binary.labels, binary.probabilities
    expected = reference.roc_auc_score(y, p[:, 1])
    for label in (None, *LABELS[:2]):
        estimate = pa.roc_auc(binary.predictions, binary.data, label=label)
        assert estimate.value == pytest.approx(expected, abs=1e-9)
    brier = pa.brier_score(binary.predictions, binary.data)
    assert brier.value == pytest.approx(reference.brier_score_loss(y, p[:, 1]), abs=1e-9)


def test_the_confusion_matrix_equals_scikit_learns(world: World) -> None:
    matrix = pa.confusion_matrix(world.predictions, world.data)
    expected = reference.confusion_matrix(world.labels, predicted(world))
    assert (matrix.counts == expected).all()
    assert str(matrix).splitlines()[0].split() == ["true", "\\", "said", *LABELS]


def test_soft_labels_give_the_cross_entropy_of_distributions(world: World) -> None:
    random = np.random.default_rng(5)
    soft = random.dirichlet([1, 1, 1], 300)
    rows = [
        {"text": f"text {i}", **dict(zip(LABELS, row, strict=True))}
        for i, row in enumerate(soft.tolist())
    ]
    data = pa.load_data(rows, label=LABELS)
    expected = -(soft * np.log(world.probabilities)).sum(axis=1).mean()
    assert pa.cross_entropy(world.predictions, data).value == pytest.approx(expected, abs=1e-9)
    right = (soft.argmax(axis=1) == predicted(world)).mean()
    assert pa.accuracy(world.predictions, data).value == pytest.approx(right)


@pytest.fixture(scope="session")
def several() -> tuple[pa.Predictions, pa.Data, np.ndarray, np.ndarray]:
    """Multi-label predictions with three labels."""
    random = np.random.default_rng(2)
    true = random.random((200, 3)) < 0.4
    probabilities = np.clip(random.normal(0.25 + 0.5 * true, 0.25), 0.01, 0.99)
    rows = [
        {"text": f"text {i}", "label": [x for x, has in zip(LABELS, row, strict=True) if has]}
        for i, row in enumerate(true)
    ]
    predictions = pa.load_predictions(probabilities, labels=LABELS, multi_label=True)
    return predictions, pa.load_data(rows), true, probabilities


def test_multi_label_values_equal_scikit_learn(
    several: tuple[pa.Predictions, pa.Data, np.ndarray, np.ndarray],
) -> None:
    predictions, data, true, probabilities = several
    said = probabilities > 0.5
    values = {
        pa.accuracy: reference.accuracy_score(true, said),
        pa.f1: reference.f1_score(true, said, average="macro"),
        pa.roc_auc: reference.roc_auc_score(true, probabilities, average="macro"),
        pa.brier_score: ((probabilities - true) ** 2).mean(),
        pa.cross_entropy: np.mean(
            [reference.log_loss(true[:, j], probabilities[:, j]) for j in range(3)]
        ),
    }
    for metric, expected in values.items():
        assert metric(predictions, data).value == pytest.approx(expected, abs=1e-9)
    of_one = reference.recall_score(true[:, 1], said[:, 1])
    assert pa.recall(predictions, data, label="fine").value == pytest.approx(of_one)
    verdict = pa.accuracy(predictions, data) >= 0.99
    assert "said, " in pa.explain(verdict)


@pytest.mark.parametrize("metric", [pa.balanced_accuracy, pa.matthews_corrcoef])
def test_single_label_metrics_refuse_multi_label(
    several: tuple[pa.Predictions, pa.Data, np.ndarray, np.ndarray], metric: Metric
) -> None:
    with pytest.raises(pa.SettingError, match="one label an example, but .* is multi-label"):
        metric(*several[:2])


def test_calibration_of_one_label_of_several(
    several: tuple[pa.Predictions, pa.Data, np.ndarray, np.ndarray],
) -> None:
    predictions, data, true, probabilities = several
    with pytest.raises(pa.SettingError, match="label by label. Pass label=, one of 'bad', "):
        pa.expected_calibration_error(predictions, data)
    estimate = pa.expected_calibration_error(predictions, data, label="good", bins=1)
    expected = abs(probabilities[:, 2].mean() - true[:, 2].mean())
    assert estimate.value == pytest.approx(expected, abs=1e-9)
    assert estimate.name == "expected_calibration_error(bins=1, label=good)"


@pytest.mark.slow
def test_a_calibrated_model_is_not_rejected_for_noise() -> None:
    rejected = 0
    for seed in range(40):
        world = make_world(seed, n=200, k=2)
        random = np.random.default_rng(seed)
        drawn = (random.random(200) < world.probabilities[:, 1]).astype(int)
        rows = [{"text": f"{i}", "label": LABELS[label]} for i, label in enumerate(drawn)]
        estimate = pa.expected_calibration_error(world.predictions, pa.load_data(rows))
        assert estimate.value > 0.01, "the plug-in of a calibrated model is not 0"
        rejected += (estimate <= 0.001).status == "rejected"
    assert rejected <= 6, "P(more than 6 of 40 at 5 %) is 0.003"
