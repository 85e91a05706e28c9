"""A metric over the seeds of a recipe: values, intervals, failed runs, evidence."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pytest
from sklearn import metrics

import pytest_accept as pa
from pytest_accept.assertions.judgement import ranged
from pytest_accept.assertions.question import ask
from pytest_accept.perturbations import punctuation
from pytest_accept.statistics import mean_interval, proportion_interval, seed_example_interval
from tests.assertions.recipes import LABELS, constant, model_of, recipe_of, reviews, wrong
from tests.assertions.tagged import LABELS as TAGS
from tests.assertions.tagged import data_of

N = 200
DATA = reviews(N)
GENERATOR = np.random.default_rng(0)
HARD = wrong(GENERATOR, N, 0.06)
WRONG = {seed: HARD | wrong(GENERATOR, N, 0.04) for seed in range(5)}
GOOD = {seed: model_of(DATA, errors) for seed, errors in WRONG.items()}
NAN = pa.TrainingError("the loss became NaN at step 17")
RECIPE = recipe_of(GOOD)


def said(verdict: Any) -> str:
    return str(pa.explain(verdict))


def test_the_mean_and_its_interval() -> None:
    found = pa.across_seeds(pa.accuracy, RECIPE, DATA)
    right = np.array([[i not in WRONG[seed] for i in range(N)] for seed in range(5)], float)
    plain = seed_example_interval(right, confidence=0.95)
    assert (found.value, found.low, found.high) == (plain.value, plain.low, plain.high)
    assert (found.n, found.seeds, found.metric) == (N, 5, "accuracy")
    assert found.method == "seeds × examples"
    assert found.higher_is_better
    alone = mean_interval(right.mean(axis=0), confidence=0.95, bounds=(0, 1))
    assert found.low < alone.low


@pytest.mark.parametrize(
    ("metric", "options", "reference"),
    [
        (pa.f1, {}, lambda y, p: metrics.f1_score(y, p > 0.5, average="macro")),
        (pa.f1, {"label": "pos"}, lambda y, p: metrics.f1_score(y, p > 0.5)),
        (pa.precision, {"label": "pos"}, lambda y, p: metrics.precision_score(y, p > 0.5)),
        (pa.recall, {"label": "pos"}, lambda y, p: metrics.recall_score(y, p > 0.5)),
        (pa.matthews_corrcoef, {}, lambda y, p: metrics.matthews_corrcoef(y, p > 0.5)),
        (pa.brier_score, {}, metrics.brier_score_loss),
        (pa.cross_entropy, {}, metrics.log_loss),
        (pa.roc_auc, {}, metrics.roc_auc_score),
    ],
)
def test_any_metric_is_the_mean_over_seeds(metric: Any, options: Any, reference: Any) -> None:
    found = pa.across_seeds(metric, RECIPE, DATA, seeds=3, **options)
    labels = DATA.label_ids(LABELS)
    each = [reference(labels, GOOD[seed].probabilities(DATA)[:, 1]) for seed in range(3)]
    assert found.value == pytest.approx(np.mean(each))
    assert found.low < found.value < found.high
    assert found.clusters is None
    assert found.options == ("label=pos" if options else "")
    widths = [
        (one.value - one.low, one.high - one.value)
        for one in (metric(GOOD[seed], DATA, **options) for seed in range(3))
    ]
    # Neither much narrower than one model's nor, of seeds so alike, much wider.
    assert 0.7 < (found.value - found.low) / np.mean(widths, axis=0)[0] < 1.6
    assert 0.7 < (found.high - found.value) / np.mean(widths, axis=0)[1] < 1.6


def test_options_are_those_of_the_metric() -> None:
    tweets = pa.across_seeds(pa.accuracy, RECIPE, DATA, seeds=[4, 1], where={"source": "tweets"})
    assert tweets.population == "reviews[source=tweets]"
    assert (tweets.n, tweets.seeds) == (N // 2, 2)
    usual = pa.across_seeds(pa.accuracy, RECIPE, DATA)
    surer = pa.across_seeds(pa.accuracy, RECIPE, DATA, confidence=0.99)
    clustered = pa.across_seeds(pa.accuracy, RECIPE, DATA, cluster="writer")
    assert surer.low < usual.low
    assert surer.confidence == 0.99
    assert clustered.clusters == N // 5
    point = pa.across_seeds(pa.accuracy, RECIPE, DATA, point=True)
    assert (point.low, point.method) == (point.value, "point")
    with pytest.raises(pa.SettingError, match="no option of accuracy 'averaged'"):
        pa.across_seeds(pa.accuracy, RECIPE, DATA, averaged="macro")


def test_a_metric_that_does_not_split_into_examples_is_bounded_by_each_seeds_own() -> None:
    found = pa.across_seeds(pa.flip_rate, RECIPE, DATA, seeds=2, perturbation=punctuation())
    assert found.value == 0
    each = pa.flip_rate(GOOD[0], DATA, punctuation())
    assert (found.high, found.n) == (pytest.approx(each.high), each.n)
    writers = pa.across_seeds(pa.roc_auc, RECIPE, DATA, seeds=2, cluster="writer")
    assert (writers.n, writers.clusters) == (N, N // 5)


def test_accepted_rejected_and_what_would_decide() -> None:
    assert pa.assert_recipe_above(pa.accuracy, RECIPE, DATA, 0.83).status == "accepted"
    assert pa.assert_recipe_below(pa.cross_entropy, RECIPE, DATA, 0.6).status == "accepted"
    with pytest.raises(pa.AcceptanceFailure, match="rejected, measured 0.891"):
        pa.assert_recipe_above(pa.accuracy, RECIPE, DATA, 0.98)
    unlike = recipe_of({i: model_of(DATA, set(range(4 + 8 * i))) for i in range(5)})
    verdict = pa.across_seeds(pa.accuracy, unlike, DATA) >= 0.8
    assert verdict.status == "inconclusive"
    assert verdict.needed_seeds is not None
    assert verdict.needed_seeds > 5
    assert f"about {verdict.needed_seeds} seeds would decide it (accept, 4 times" in said(verdict)
    near = pa.across_seeds(pa.accuracy, RECIPE, DATA) >= 0.865
    assert (near.status, near.needed_seeds) == ("inconclusive", None)
    assert near.needed_n is not None
    assert near.needed_n > N
    assert "examples like these and these 5 seeds would decide it" in said(near)


def test_evidence_is_the_worst_seed_and_where_seeds_disagree() -> None:
    verdict = pa.across_seeds(pa.accuracy, RECIPE, DATA) >= 0.5
    seeds, churn = verdict.evidence
    values = {seed: 1 - len(errors) / N for seed, errors in WRONG.items()}
    assert seeds.title == "accuracy by seed, the worst first (0 of 5 runs failed)"
    worst = min(values, key=lambda seed: values[seed])
    assert seeds.lines[0] == f"seed {worst}: {values[worst]:.4f}"
    pairs = [len(one ^ other) / N for one, other in combinations(WRONG.values(), 2)]
    assert churn.title.startswith(
        f"two seeds disagree on {100 * np.mean(pairs):.1f} % of the examples"
    )
    assert 'by 3, neg by 2; neg true   "1' in churn.lines[0] or "by 2; pos true" in churn.lines[0]
    assert "leaves open that up to 45 % of runs do" in said(verdict)


def test_a_run_without_a_model_counts_as_always_the_most_frequent_label() -> None:
    mostly = reviews(N, positive=0.6)
    made = {seed: model_of(mostly, errors) for seed, errors in WRONG.items()}
    broken = recipe_of({**made, 2: NAN, 3: FloatingPointError("overflow")})
    found = pa.across_seeds(pa.accuracy, broken, mostly)
    good = [1 - len(WRONG[seed]) / N for seed in (0, 1, 4)]
    assert found.value == pytest.approx((sum(good) + 2 * 0.6) / 5)
    verdict = found >= 0.8
    assert verdict.status == "inconclusive"  # on its good runs alone it would be accepted
    assert "2 of 5 runs failed, and count too: seed 2, 3" in said(verdict)
    first, second = verdict.evidence[0].lines[:2]
    assert (
        first == "seed 2: 0.6000 (counts as always 'pos'), failed: the loss became NaN at step 17"
    )
    assert second.endswith("failed: FloatingPointError: overflow")
    shares = pa.across_seeds(pa.cross_entropy, recipe_of({0: made[0], 1: NAN}), mostly, seeds=2)
    entropy = -0.6 * np.log(0.6) - 0.4 * np.log(0.4)
    own = pa.cross_entropy(made[0], mostly).value
    assert shares.value == pytest.approx((own + entropy) / 2)


def test_a_run_no_better_than_that_has_failed_too() -> None:
    mostly = reviews(N, positive=0.6)
    made = {0: model_of(mostly, HARD), 1: constant(1), 2: model_of(mostly, set(range(81)))}
    verdict = pa.across_seeds(pa.accuracy, recipe_of(made), mostly, seeds=3) >= 0.5
    lines = verdict.evidence[0].lines
    assert lines[0] == (
        "seed 2: 0.5950, failed: no better than always 'pos': right on 0.595 of the examples, "
        "which that is on 0.600"
    )
    assert lines[1].startswith("seed 1: 0.6000, failed: no better than always 'pos'")
    assert "failed" not in lines[2]


def test_a_slice_with_one_label_tells_nobody_from_always_the_same() -> None:
    mostly = reviews(N, positive=0.6)
    made = {0: model_of(mostly, HARD), 1: model_of(mostly, HARD), 2: NAN}
    for label in LABELS:
        found = pa.across_seeds(
            pa.accuracy, recipe_of(made), mostly, seeds=3, where={"label": label}
        )
        own = pa.accuracy(made[0], mostly.where(label=label)).value
        # That "always pos" is right on pos earns nothing.
        assert found.value == pytest.approx(2 * own / 3)
        loss = pa.across_seeds(
            pa.cross_entropy, recipe_of(made), mostly, seeds=3, where={"label": label}
        )
        assert (loss <= 5).status == "rejected"  # there is no worst loss to count
        recall = pa.across_seeds(pa.recall, recipe_of(made), mostly, seeds=3, label=label)
        assert recall.value == pytest.approx(found.value)
        assert "1 of 3 runs failed, and count too: seed 2" in str(found)


@pytest.mark.parametrize("made", [{0: NAN, 1: NAN, 2: NAN}, {0: NAN, 1: constant(1), 2: NAN}])
@pytest.mark.parametrize("metric", [pa.accuracy, pa.f1, pa.roc_auc])
def test_a_recipe_whose_every_seed_fails_is_rejected_at_any_bar(made: Any, metric: Any) -> None:
    mostly = reviews(N, positive=0.9)
    with pytest.raises(pa.AcceptanceFailure) as failure:
        pa.assert_recipe_above(metric, recipe_of(made), mostly, 0.1, seeds=3)
    verdict = failure.value.verdict
    assert verdict.status == "rejected"
    assert "every one of the 3 runs failed" in str(failure.value)
    assert sum("the loss became NaN at step 17" in x for x in verdict.evidence[0].lines) >= 2
    assert "below the bar" not in str(failure.value)


@ranged(0, float("inf"))
def expense(model: Any, data: Any, **options: Any) -> pa.Estimate:
    """A metric without labels or an upper end."""
    question = ask("expense", model, data, labelled=False, **options)
    values = question.predictions.probabilities[:, 1]
    interval = mean_interval(values, confidence=question.confidence, bounds=(0, None))
    return question.answer(interval, higher_is_better=False, evidence=lambda _: ())


def test_a_run_that_cannot_be_counted_is_never_accepted() -> None:
    unlabelled = pa.load_data([{"text": text} for text in DATA.inputs], label=None, name="texts")
    made = {0: GOOD[0], 1: GOOD[1], 2: NAN}
    verdict = pa.across_seeds(expense, recipe_of(made), unlabelled, seeds=3) <= 5
    assert verdict.status == "rejected"
    assert "a run without a model has no value that could be counted" in said(verdict)
    assert "seed 2: no value, failed: the loss became NaN" in said(verdict)
    for seeds in ([0, 2], [2, 3]):
        lost = pa.across_seeds(expense, recipe_of({**made, 3: NAN}), unlabelled, seeds=seeds) <= 5
        assert lost.status == "rejected"
        assert np.isfinite([lost.estimate.value, lost.estimate.low, lost.estimate.high]).all()
    flips = pa.across_seeds(
        pa.flip_rate, recipe_of(made), unlabelled, seeds=[0, 2], perturbation=punctuation()
    )
    assert flips.value == pytest.approx(0.5)  # the worst value stands for the lost run


def test_a_recipe_that_does_not_use_its_seed_is_noticed() -> None:
    same = recipe_of({seed: model_of(DATA, HARD) for seed in range(3)})
    estimate = pa.across_seeds(pa.accuracy, same, DATA, seeds=3)
    assert "all seeds gave the same predictions: does the recipe use its seed?" in str(estimate)
    assert "every example gets one answer" in said(estimate >= 0.5)
    assert "does the recipe use" not in str(pa.across_seeds(pa.accuracy, RECIPE, DATA))


def test_what_cannot_be_asked_is_refused_before_training() -> None:
    untouched = recipe_of({})
    with pytest.raises(pa.SettingError, match="Expected `seeds` to be 2 seeds or more: one says"):
        pa.across_seeds(pa.accuracy, untouched, DATA, seeds=1)
    with pytest.raises(pa.SettingError, match="between 0 and 1, the range of accuracy"):
        pa.assert_recipe_above(pa.accuracy, untouched, DATA, 85)
    with pytest.raises(pa.SettingError, match="Expected `metric` to be a metric such as"):
        pa.assert_recipe_above("accuracy", untouched, DATA, 0.85)  # type: ignore[arg-type]
    assert untouched.asked == []  # type: ignore[attr-defined]
    with pytest.raises(pa.SettingError, match="Expected `recipe` to be a function of a seed"):
        pa.across_seeds(pa.accuracy, GOOD[0], DATA)  # type: ignore[arg-type]
    with pytest.raises(pa.SettingError, match="Expected `metric` to be a metric of a model and"):
        pa.across_seeds(lambda model, data: 0.5, RECIPE, DATA)  # type: ignore[arg-type, return-value]


def test_the_rate_of_failed_runs() -> None:
    made: dict[int, Any] = {seed: model_of(DATA, HARD) for seed in range(30)}
    found = pa.failed_run_rate(recipe_of({**made, 7: NAN, 9: constant(0)}), DATA, seeds=30)
    exact = proportion_interval(2, 30, confidence=0.95)
    assert (found.value, found.low, found.high) == (exact.value, exact.low, exact.high)
    assert (found.n, found.seeds, found.method) == (N, 30, "Clopper-Pearson")
    (evidence,) = (found <= 0.5).evidence
    assert evidence.lines[0] == "seed 7: the loss became NaN at step 17"
    assert evidence.lines[1].startswith("seed 9: no better than always 'neg'")
    sound = recipe_of(made)
    assert pa.assert_failed_run_rate_below(sound, DATA, 0.1, seeds=30).status == "accepted"
    with pytest.raises(pa.AcceptanceFailure, match="about 29 seeds would decide it") as failure:
        pa.assert_failed_run_rate_below(sound, DATA, 0.1, seeds=5)
    assert (failure.value.verdict.needed_n, failure.value.verdict.needed_seeds) == (None, 29)


def test_what_failed_cannot_be_told_without_labels() -> None:
    unlabelled = pa.load_data([{"text": "a"}], label=None, name="texts")
    with pytest.raises(pa.SettingError, match="but texts has no labels"):
        pa.failed_run_rate(RECIPE, unlabelled)


def test_several_labels_at_once() -> None:
    rows = [{"text": str(i), "label": ["a"] if i % 3 else ["a", "b"]} for i in range(60)]
    data = pa.load_data(rows, name="several")

    def made(errors: int) -> pa.Model:
        def says(texts: list[str]) -> list[list[float]]:
            return [[0.9, 0.2 if (int(t) % 3) or int(t) < errors else 0.8] for t in texts]

        return pa.load_model(says, labels=["a", "b"], multi_label=True, name="m")

    recipe = recipe_of({0: made(0), 1: made(30), 2: NAN})
    verdict = pa.across_seeds(pa.accuracy, recipe, data, seeds=3) >= 0.5
    lines = verdict.evidence[0].lines
    assert lines[0].startswith("seed 2: 0.6667 (counts as always a), failed")
    assert lines[1] == "seed 1: 0.8333"
    assert "a + b by 1, a by 1" in verdict.evidence[1].lines[0]


def test_taggers_are_made_by_recipes_too() -> None:
    data = data_of(*(f"Anna/B-PER Ray/I-PER sings in Oslo/B-LOC {i}" for i in range(40)))
    gold = {"Anna": "B-PER", "Ray": "I-PER", "Oslo": "B-LOC"}

    def made(*missed: str) -> pa.Model:
        def says(sentences: list[tuple[str, ...]]) -> list[np.ndarray]:
            tags = [
                ["O" if word in missed else gold.get(word, "O") for word in sentence]
                for sentence in sentences
            ]
            return [np.eye(len(TAGS))[[TAGS.index(tag) for tag in each]] for each in tags]

        return pa.load_model(says, task="token-classification", labels=TAGS, name="tagger")

    recipe = recipe_of({0: made(), 1: made("Oslo"), 2: NAN, 3: made("Anna", "Ray", "Oslo")})
    found = pa.across_seeds(pa.entity_f1, recipe, data, seeds=4)
    assert found.value == pytest.approx((1 + 2 / 3 + 0 + 0) / 4)
    verdict = found >= 0.1
    lines = verdict.evidence[0].lines
    assert (
        lines[0] == "seed 2: 0.0000 (counts as always 'O'), failed: the loss became NaN at step 17"
    )
    assert (
        "seed 3: 0.0000, failed: no better than always 'O': right on 0.500 of the words" in lines[1]
    )
    assert verdict.evidence[1].title.startswith("two seeds disagree on 100.0 % of the examples")
    words = pa.across_seeds(pa.token_accuracy, recipe, data, seeds=4)
    assert words.value == pytest.approx((1 + 5 / 6 + 0.5 + 0.5) / 4)
