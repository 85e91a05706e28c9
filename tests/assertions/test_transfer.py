"""Two recipes, or models, on the same examples: what a transfer gains, what is forgotten."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest
from sklearn import metrics

import pytest_accept as pa
from tests.assertions.recipes import LABELS, constant, model_of, recipe_of, reviews, wrong

N = 300
DATA = reviews(N)
GENERATOR = np.random.default_rng(1)
HARD = wrong(GENERATOR, N, 0.05)
HARDER = HARD | wrong(GENERATOR, N, 0.08)
TUNED = {seed: HARD | wrong(GENERATOR, N, 0.01) for seed in range(3)}
BASE = {seed: HARDER | wrong(GENERATOR, N, 0.01) for seed in range(3)}
tuned = recipe_of({seed: model_of(DATA, errors, sure=0.95) for seed, errors in TUNED.items()})
base = recipe_of({seed: model_of(DATA, errors, sure=0.8) for seed, errors in BASE.items()})
probe = model_of(DATA, HARDER, sure=0.8, name="probe")
NAN = pa.TrainingError("the loss became NaN at step 17")


def accuracies(errors: Any) -> Any:
    return np.array([1 - len(each) / N for each in errors.values()])


def test_the_gain_is_paired_and_over_seeds() -> None:
    found = pa.transfer_gain(tuned, base, DATA)
    gains = accuracies(TUNED) - accuracies(BASE)
    assert found.value == pytest.approx(gains.mean())
    assert found.name == "transfer gain of accuracy(over=train)"
    assert (found.n, found.seeds, found.method) == (N, 3, "seeds × examples")
    apart = [pa.across_seeds(pa.accuracy, each, DATA, seeds=3) for each in (tuned, base)]
    unpaired = np.hypot(apart[0].value - apart[0].low, apart[1].high - apart[1].value)
    assert 0 < found.value - found.low < 0.9 * unpaired


def test_over_a_model_that_has_no_seed() -> None:
    verdict = pa.assert_transfer_gain_above(tuned, probe, DATA, 0.01)
    assert verdict.estimate.name == "transfer gain of accuracy(over=probe)"
    own = 1 - len(HARDER) / N
    assert verdict.estimate.value == pytest.approx((accuracies(TUNED) - own).mean())
    assert verdict.evidence[0].title == "train against probe"
    first = accuracies(TUNED)[0]
    assert verdict.evidence[0].lines[0] == f"seed 0: {first:.4f} against {own:.4f}"
    notes = " ".join(verdict.estimate.notes)
    assert "train: none of the 3 runs failed" in notes
    with pytest.raises(pa.AcceptanceFailure, match="seeds would decide it|rejected"):
        pa.assert_transfer_gain_above(tuned, probe, DATA, 0.07)


@pytest.mark.parametrize(
    ("metric", "options", "reference"),
    [
        (pa.f1, {}, lambda y, p: metrics.f1_score(y, p > 0.5, average="macro")),
        (pa.recall, {"label": "pos"}, lambda y, p: metrics.recall_score(y, p > 0.5)),
        (pa.cross_entropy, {}, lambda y, p: -metrics.log_loss(y, p)),
        (pa.brier_score, {}, lambda y, p: -metrics.brier_score_loss(y, p)),
        (pa.roc_auc, {}, metrics.roc_auc_score),
    ],
)
def test_more_is_better_of_every_metric(metric: Any, options: Any, reference: Any) -> None:
    found = pa.transfer_gain(tuned, base, DATA, metric=metric, **options)
    labels = DATA.label_ids(LABELS)

    def mean(recipe: Any) -> float:
        models = [recipe(seed) for seed in range(3)]
        each = [reference(labels, model.probabilities(DATA)[:, 1]) for model in models]
        return float(np.mean(each))

    assert found.value == pytest.approx(mean(tuned) - mean(base))
    assert 0 < found.low < found.value < found.high
    assert found.high - found.low < 0.25
    assert found.higher_is_better
    back = pa.forgetting(base, tuned, DATA, metric=metric, **options)
    assert back.value == pytest.approx(found.value)
    assert not back.higher_is_better


def test_forgetting_of_two_models_is_the_paired_drop() -> None:
    before, after = model_of(DATA, HARD, name="before"), model_of(DATA, HARDER, name="after")
    found = pa.forgetting(after, before, DATA)
    drop = pa.metric_drop(after, DATA, against=before)
    assert found.value == pytest.approx(drop.value)
    assert (found.low, found.high) == pytest.approx((drop.low, drop.high), abs=0.002)
    assert (found.seeds, found.method) == (None, "paired examples")
    assert found.name == "forgetting of accuracy(before=before)"
    alike = [pa.forgetting(after, before, DATA, cluster="writer")]
    alike.append(pa.metric_drop(after, DATA, against=before, cluster="writer"))
    assert alike[0].high == pytest.approx(alike[1].high)
    verdict = pa.assert_forgetting_below(after, before, DATA, 0.2)
    assert verdict.evidence[0].title == "after against before"
    assert verdict.evidence[0].lines == (
        f"{1 - len(HARDER) / N:.4f} against {1 - len(HARD) / N:.4f}",
    )
    lost = verdict.evidence[1]
    assert lost.title == f"{100 * len(HARDER - HARD) / N:.1f} % of the examples are worse, most"
    assert lost.lines[0].startswith("by 1.00: ")
    with pytest.raises(pa.AcceptanceFailure, match="examples like these would decide it|rejected"):
        pa.assert_forgetting_below(after, before, DATA, 0.05)
    assert pa.forgetting(before, after, DATA).value == pytest.approx(-drop.value)


def test_forgetting_of_a_recipe() -> None:
    found = pa.forgetting(base, probe, DATA, where={"source": "shop"})
    assert found.population == "reviews[source=shop]"
    assert (found.n, found.seeds) == (N // 2, 3)
    again = pa.forgetting(base, tuned, DATA, cluster="writer", confidence=0.9)
    assert (again.clusters, again.confidence) == (N // 5, 0.9)


def test_who_knew_nothing_has_nothing_to_forget() -> None:
    found = pa.forgetting(model_of(DATA, HARD), constant(0), DATA)
    assert found.notes == (
        "same had nothing to forget: no better than always 'neg': right on 0.500 of the examples, "
        "which that is on 0.500",
    )
    assert pa.forgetting(base, probe, DATA).notes[1:] == ()
    assert pa.transfer_gain(probe, constant(0), DATA).notes == ()


def test_what_must_be_known_of_the_examples_is_said_of_a_difference_too() -> None:
    rows = [{"text": str(i), "label": LABELS[i < N / 2]} for i in (*range(N), 7)]
    repeated = pa.load_data(rows, name="reviews")
    note = f"1 of {N + 1} examples repeat another (cluster='text' counts each text once)"
    assert pa.forgetting(probe, tuned(0), repeated).notes == (note,)
    assert pa.transfer_gain(tuned, probe, repeated).notes[-1] == note


def test_failed_runs_count_on_both_sides() -> None:
    broken = recipe_of({0: tuned(0), 1: NAN, 2: tuned(2)})
    found = pa.transfer_gain(broken, probe, DATA)
    values = [accuracies(TUNED)[0], 0.5, accuracies(TUNED)[2]]
    assert found.value == pytest.approx(np.mean(values) - (1 - len(HARDER) / N))
    assert "train: 1 of 3 runs failed, and count too: seed 1" in str(found)
    lost = recipe_of({0: NAN, 1: constant(0), 2: NAN})
    scratch = pa.transfer_gain(tuned, lost, DATA)
    assert scratch.value == pytest.approx(accuracies(TUNED).mean() - 0.5)
    assert (scratch >= 0.3).status == "accepted"
    assert "train: every one of the 3 runs failed" in str(scratch)
    nothing = pa.transfer_gain(lost, probe, DATA)
    assert (nothing >= -0.9).status == "rejected"


def test_what_cannot_be_asked_is_refused_before_training() -> None:
    untouched = recipe_of({})
    what = "between -1 and 1, the range of transfer gain of accuracy"
    with pytest.raises(pa.SettingError, match=what):
        pa.assert_transfer_gain_above(untouched, untouched, DATA, 2)
    with pytest.raises(pa.SettingError, match="the range of forgetting of f1"):
        pa.assert_forgetting_below(untouched, untouched, DATA, -3, metric=pa.f1)
    with pytest.raises(pa.SettingError, match="Expected `seeds` to be 2 seeds or more"):
        pa.transfer_gain(untouched, untouched, DATA, seeds=1)
    assert untouched.asked == []  # type: ignore[attr-defined]
    with pytest.raises(pa.SettingError, match="Expected `recipe` to be a function of a seed"):
        pa.transfer_gain("runs/tuned", probe, DATA)


def test_two_partials_of_one_function_are_told_apart() -> None:
    def fine_tune(data: pa.Data, *, seed: int, epochs: int = 1, from_scratch: bool = False) -> Any:
        return (base if from_scratch else tuned)(seed)

    whole = partial(fine_tune, DATA, epochs=2)
    found = pa.transfer_gain(whole, partial(whole, from_scratch=True), DATA)
    assert found.options == "over=fine_tune(epochs=2, from_scratch=True)"
    title = (found >= 0).evidence[0].title
    assert title == "fine_tune(epochs=2) against fine_tune(epochs=2, from_scratch=True)"
