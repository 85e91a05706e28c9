"""What two Records come to is what `metric_drop` has of the two models in one run."""

import functools
from dataclasses import replace

import numpy as np
import pytest

import pytest_accept as pa
from pytest_accept.comparison import compare
from pytest_accept.comparison.values import Paired
from pytest_accept.statistics import mean_interval
from tests.assertions import tagged
from tests.assertions.conftest import LABELS, World, make_world
from tests.comparison.made import record
from tests.language_models import DOCUMENTS, make_causal

METRICS = (
    pa.accuracy,
    pa.balanced_accuracy,
    pa.matthews_corrcoef,
    pa.f1,
    pa.precision,
    pa.recall,
    functools.partial(pa.f1, average="micro"),
    functools.partial(pa.f1, label="good"),
    functools.partial(pa.precision, label="good"),
    functools.partial(pa.recall, label="good"),
    functools.partial(pa.confusion, true="good", predicted="bad"),
    functools.partial(pa.accuracy, cluster="author"),
    functools.partial(pa.f1, cluster="author"),
    functools.partial(pa.cross_entropy, cluster="author"),
    functools.partial(pa.accuracy, where={"source": "tweets"}),
    pa.cross_entropy,
    pa.brier_score,
    pa.overconfidence,
)


def named(metric: object) -> str:
    """Return how a metric is called: the same in every worker, unlike its repr."""
    if not isinstance(metric, functools.partial):
        return metric.__name__
    chosen = ", ".join(f"{option}={value}" for option, value in metric.keywords.items())
    return f"{metric.func.__name__}({chosen})"


@pytest.fixture(scope="module")
def world() -> World:
    return make_world(n=200)


def worsened(
    world: World, *, by: float, seed: int = 5, order: list[int] | None = None
) -> pa.Predictions:
    """Predictions of a model that is like the world's, but for noise."""
    noise = np.random.default_rng(seed).normal(size=world.probabilities.shape) * by
    values = world.probabilities * np.exp(noise)
    columns = order or list(range(values.shape[1]))
    shares = values / values.sum(axis=1, keepdims=True)
    return pa.load_predictions(
        shares[:, columns], labels=[LABELS[each] for each in columns], name="new"
    )


def paired_of(before: object, now: object) -> Paired:
    comparison = compare([("a.json", record(before)), ("b.json", record(now))])
    change = comparison.lines[0].overall
    assert change.paired is not None, change.unpaired
    return change.paired


@pytest.mark.parametrize("metric", METRICS, ids=named)
def test_the_interval_is_that_of_metric_drop(world: World, metric: functools.partial) -> None:
    new = worsened(world, by=0.6)
    found = paired_of(metric(world.predictions, world.data), metric(new, world.data))
    drop = pa.metric_drop(new, world.data, against=world.predictions, metric=metric)
    sign = -1 if metric(new, world.data).higher_is_better else 1
    ends = sorted((sign * drop.low, sign * drop.high))
    assert found.value == pytest.approx(sign * drop.value, abs=1e-12)
    # What is kept under other labels has 7 digits.
    assert (found.low, found.high) == pytest.approx(ends, abs=1e-6)
    assert (found.n, found.clusters) == (drop.n, drop.clusters)
    assert found.low < found.value < found.high


def test_labels_in_another_order_are_the_same_labels(world: World) -> None:
    same, turned = (worsened(world, by=0.6, order=order) for order in (None, [2, 0, 1]))
    for metric in (pa.f1, functools.partial(pa.recall, label="good")):
        before = metric(world.predictions, world.data)
        one, other = (paired_of(before, metric(each, world.data)) for each in (same, turned))
        drop = pa.metric_drop(turned, world.data, against=world.predictions, metric=metric)
        assert one.value == pytest.approx(other.value)
        assert (-other.high, -other.low) == pytest.approx((drop.low, drop.high), abs=1e-12)


def test_several_labels_an_example() -> None:
    random = np.random.default_rng(3)
    true = random.random((120, 3)) < 0.4
    rows = [
        {"text": f"text {i}", "label": [LABELS[k] for k in np.flatnonzero(row)]}
        for i, row in enumerate(true)
    ]
    data = pa.load_data(rows, name="several")
    old, new = (
        pa.load_predictions(
            np.clip(0.8 * true + 0.4 * random.random(true.shape) - noise * random.random(3), 0, 1),
            labels=LABELS,
            multi_label=True,
            name=name,
        )
        for name, noise in (("old", 0.3), ("new", 0.6))
    )
    for metric in (pa.accuracy, pa.f1):
        found = paired_of(metric(old, data), metric(new, data))
        drop = pa.metric_drop(new, data, against=old, metric=metric)
        assert (-found.high, -found.low) == pytest.approx((drop.low, drop.high), abs=1e-12)


@pytest.mark.parametrize("cluster", [None, "document"])
@pytest.mark.parametrize(
    "metric",
    [pa.entity_f1, pa.token_accuracy, functools.partial(pa.entity_recall, average="macro")],
    ids=named,
)
def test_entities(metric: functools.partial, cluster: str | None) -> None:
    data, old, _ = tagged.world(n=60)
    random = np.random.default_rng(3)
    logits = [each + 2 * random.normal(size=each.shape) for each in old.logits]
    new = replace(old, logits=logits, model=replace(old.model, name="new"))
    found = paired_of(*(metric(each, data, cluster=cluster) for each in (old, new)))
    drop = pa.metric_drop(new, data, against=old, metric=metric, cluster=cluster)
    assert found.high < 0
    assert (-found.high, -found.low) == pytest.approx((drop.low, drop.high), abs=1e-12)


def test_perplexity_of_two_language_models() -> None:
    rows = [{"text": f"{text} {i}"} for i in range(3) for text in DOCUMENTS]
    data = pa.load_data(rows, label=None, name="books")
    old, new = (
        pa.load_model(network, tokenizer=tokenizer, name=f"seed {seed}")
        for seed in (0, 1)
        for network, tokenizer in [make_causal("gpt2", seed=seed)]
    )
    for metric in (pa.perplexity, pa.bits_per_byte):
        found = paired_of(metric(old, data), metric(new, data))
        drop = pa.metric_drop(new, data, against=old, metric=metric)
        assert (found.value, found.low, found.high) == pytest.approx(
            (drop.value, drop.low, drop.high), abs=1e-9
        )


def test_edited_texts_are_paired_by_their_originals() -> None:
    """Both models are asked about the same edits, so the difference is one of each example."""
    rows = [{"text": f"{'good' if i % 2 else 'bad'} thing {i}", "label": i % 2} for i in range(80)]
    data = pa.load_data(rows, name="things", label_names=["neg", "pos"])

    def model(name: str, broken: int) -> pa.Model:
        def predict(texts: list[str]) -> list[list[float]]:
            sure = [
                0.5
                + (0.4 if "good" in text else -0.4)
                * (-1 if "!" in text and int(text.split()[2].strip("!")) % broken == 0 else 1)
                for text in texts
            ]
            return [[1 - each, each] for each in sure]

        return pa.load_model(predict, labels=["neg", "pos"], name=name)

    old, new = model("old", 16), model("new", 4)

    def shout(text: str) -> str:
        return f"{text}!"

    for metric, sign in ((pa.flip_rate, 1), (pa.robust_accuracy, -1), (pa.accuracy_drop, 1)):
        found = paired_of(metric(old, data, shout), metric(new, data, shout))
        flipped = [np.arange(80) % each == 0 for each in (4, 16)]
        wanted = mean_interval(
            flipped[0].astype(float) - flipped[1], confidence=0.95, bounds=(-1, 1)
        )
        ends = sorted((sign * wanted.low, sign * wanted.high))
        if metric is not pa.accuracy_drop:  # whose own bounds are those of a difference
            assert (found.low, found.high) == pytest.approx(ends, abs=1e-9)
        assert found.value == pytest.approx(sign * wanted.value)
        assert (found.lost, found.gained) == (15, 0)
