"""Two taggers on the same sentences: what dropped, what flipped, where they agree."""

from dataclasses import replace

import numpy as np
import pytest

import pytest_accept as pa
from pytest_accept.assertions.contributions import Sums, change_interval
from pytest_accept.metrics.entities import table
from pytest_accept.prediction.token_predictions import TokenPredictions
from pytest_accept.statistics import Interval
from tests.assertions.tagged import data_of, said_of, world
from tests.statistics.simulation import CONFIDENCE, error_rates

GOLD = data_of("Anna/B-PER Ray/I-PER saw Rome/B-LOC", "in Bonn/B-LOC", "no one", "Bo/B-PER ran")
OLD = said_of(GOLD, "B-PER I-PER O O", "O B-LOC", "O O", "B-PER O")
NEW = said_of(GOLD, "B-PER I-PER O B-LOC", "O B-ORG", "O O", "O O")


def noisy(said: TokenPredictions, *, by: float) -> TokenPredictions:
    random = np.random.default_rng(3)
    moved = [each + by * random.normal(size=each.shape) for each in said.logits]
    return replace(said, logits=moved, model=replace(said.model, name="new"))


@pytest.mark.parametrize("name", ["entity_f1", "token_accuracy", "token_cross_entropy"])
@pytest.mark.parametrize("cluster", [None, "document"])
def test_the_drop_is_the_difference_of_both_values(name: str, cluster: str | None) -> None:
    data, old, _ = world()
    new, metric = noisy(old, by=2), getattr(pa, name)
    found = pa.metric_drop(new, data, against=old, metric=metric, cluster=cluster)
    before, now = (metric(each, data).value for each in (old, new))
    worse = now - before if name == "token_cross_entropy" else before - now
    assert worse > 0
    assert found.value == pytest.approx(worse)
    assert found.low < found.value < found.high
    assert found.metric.endswith(f" of {name}")
    assert (found.n, found.clusters is None) == (len(data), cluster is None)


def test_options_are_those_of_the_metric() -> None:
    data, old, _ = world()
    new = noisy(old, by=2)
    found = pa.metric_drop(new, data, against=old, metric=pa.entity_f1, type="PER")
    before, now = (pa.entity_f1(each, data, type="PER").value for each in (old, new))
    assert found.value == pytest.approx(before - now)
    assert found.options == "type=PER, against=m"


def test_bounds_are_drawn_with_the_seed_of_the_run() -> None:
    data, old, _ = world()
    new = noisy(old, by=2)

    def high(seed: int) -> float:
        with pa.using(seed=seed):
            return pa.metric_drop(new, data, against=old, metric=pa.entity_f1).high

    assert high(0) == high(0)
    assert high(0) != high(1)
    assert high(0) == pytest.approx(high(1), abs=0.02)


def test_a_drop_is_explained() -> None:
    data, old, _ = world()
    with pytest.raises(pa.AcceptanceFailure) as failure:
        pa.assert_no_regression(noisy(old, by=5), data, against=old, metric=pa.entity_f1)
    text = str(failure.value)
    assert "drop of entity_f1(against=m) on dev: rejected, measured 0." in text
    assert "before (m), 0." in text


def test_a_sentence_flips_if_all_of_its_tags_were_right() -> None:
    found = pa.negative_flip_rate(NEW, OLD, GOLD)
    assert (found.value, found.n) == (0.5, 4)
    with pytest.raises(pa.AcceptanceFailure) as failure:
        pa.assert_negative_flip_rate_below(NEW, OLD, GOLD, 0.01)
    text = str(failure.value)
    assert "B-LOC 0.79 → B-ORG (Bonn) 0.79" in text
    assert "2 negative flips (right before, wrong now), 1 positive ones" in text


def test_agreement_is_of_whole_sentences() -> None:
    data = pa.load_data(
        [{"text": list(words)} for words in GOLD.inputs], label=None, name="unlabelled"
    )
    found = pa.agreement(NEW, OLD, data)
    assert (found.value, found.n) == (0.25, 4)
    with pytest.raises(pa.AcceptanceFailure, match="3 of 10 words are tagged differently"):
        pa.assert_agreement_above(NEW, OLD, data, 0.99)


def test_taggers_of_other_tags_cannot_be_compared() -> None:
    short = said_of(GOLD, "O O O O", "O O", "O O", "O O", labels=("O", "B-PER"))
    with pytest.raises(pa.LabelError, match="only the first has 'I-PER'"):
        pa.agreement(OLD, short, GOLD)


def test_a_tagger_and_a_classifier_cannot_be_compared() -> None:
    classifier = pa.load_predictions([[0.5, 0.5]] * 4, labels=["a", "b"])
    with pytest.raises(pa.SettingError, match="is a metric of models for token-classification"):
        pa.agreement(OLD, classifier, GOLD)


@pytest.mark.slow
def test_error_rates_of_the_drop_of_entity_f1() -> None:
    """Each sentence has some entities; each model misses some, mostly the same ones."""

    def draw(random: np.random.Generator, n: int) -> list[Sums]:
        true = random.poisson(1.5, n)
        old = random.binomial(true, 0.9)
        new = old - random.binomial(old, 0.03) + random.binomial(true - old, 0.03)
        ones = np.ones(n)
        rows = [np.stack([hits, true, hits + 0.1, ones], axis=1) for hits in (old, new)]
        return [
            Sums(rows=each, formula=_f1, bounds=(0, 1), clusters=None, possible=table(each)[0])
            for each in rows
        ]

    def _f1(sums: np.ndarray) -> np.ndarray:
        return np.asarray(2 * sums[..., 0] / np.maximum(sums[..., 1] + sums[..., 2], 1e-300))

    old, new = draw(np.random.default_rng(1), 500_000)
    truth = float(_f1(old.rows.sum(axis=0)) - _f1(new.rows.sum(axis=0)))

    def interval(generator: np.random.Generator, _: int) -> Interval:
        before, now = draw(generator, 100)
        return change_interval(before.minus(now), (-1, 1), confidence=CONFIDENCE, seed=0)

    assert truth > 0.01
    found = error_rates(interval, truth, reps=150)
    assert found.honest
    assert found.upper_width < 0.08
