import numpy as np
import pytest

import pytest_accept as pa
from tests.assertions.conftest import World
from tests.assertions.test_regression import moved


def test_negative_flips_are_right_before_and_wrong_now(world: World) -> None:
    new = moved(world, by=1)
    found = pa.negative_flip_rate(new, world.predictions, world.data)
    right, before = (
        each.probabilities.argmax(axis=1) == world.labels for each in (new, world.predictions)
    )
    assert found.value == pytest.approx(float((before & ~right).mean()))
    assert found.method == "Clopper-Pearson"
    assert not found.higher_is_better


def test_a_model_does_not_flip_against_itself(world: World) -> None:
    verdict = pa.assert_negative_flip_rate_below(
        world.predictions, world.predictions, world.data, 0.01
    )
    assert verdict.estimate.value == 0
    assert len(verdict.evidence) == 1


def test_flips_are_shown_most_confident_first_and_by_slice(world: World) -> None:
    values = world.probabilities.copy()
    tweets = np.array(world.data.column("source")) == "tweets"
    values[tweets] = values[tweets][:, [1, 2, 0]]
    new = pa.load_predictions(values, labels=world.predictions.labels, name="new")
    with pytest.raises(pa.AcceptanceFailure) as failure:
        pa.assert_negative_flip_rate_below(new, world.predictions, world.data, 0.05)
    worst, slices, in_all = failure.value.verdict.evidence
    sure = [each.probability for each in worst.examples]
    assert sure == sorted(sure, reverse=True)
    assert sure[0] > 0.9
    assert slices.title.startswith("where there are more negative flips than by chance, of 5 ")
    assert slices.lines[0].startswith("source=tweets: ")
    assert "in 67 % of the examples (n = 200)" in slices.lines[0]
    assert "positive ones" in in_all.lines[0]


def test_slices_by_chance_alone_are_not_shown(world: World) -> None:
    with pytest.raises(pa.AcceptanceFailure) as failure:
        pa.assert_negative_flip_rate_below(moved(world, by=1), world.predictions, world.data, 0)
    assert not [e for e in failure.value.verdict.evidence if "slices" in e.title]


def test_clusters_count(world: World) -> None:
    new = moved(world, by=1)
    alone = pa.negative_flip_rate(new, world.predictions, world.data)
    clustered = pa.negative_flip_rate(new, world.predictions, world.data, cluster="author")
    assert (clustered.value, clustered.clusters) == (pytest.approx(alone.value), 60)
    assert clustered.high > alone.high


def test_agreement_needs_no_labels(world: World) -> None:
    new = moved(world, by=0.5)
    data = pa.load_data([{"text": text} for text in world.data.inputs], label=None, name="reviews")
    found = pa.agreement(new, world.predictions, data)
    same = new.probabilities.argmax(axis=1) == world.probabilities.argmax(axis=1)
    assert found.value == pytest.approx(float(same.mean()))
    assert 0.7 < found.value < 1
    assert found.higher_is_better
    with pytest.raises(pa.DataError, match="has none"):
        pa.negative_flip_rate(new, world.predictions, data)


def test_disagreements_are_shown_with_how_far_probabilities_moved(world: World) -> None:
    new = moved(world, by=0.5)
    with pytest.raises(pa.AcceptanceFailure) as failure:
        pa.assert_agreement_above(new, world.predictions, world.data, 0.999)
    text = str(failure.value)
    shift = np.abs(new.probabilities - world.probabilities).max(axis=1)
    assert f"shifts by {shift.mean():.2g} on average" in text
    assert f"at most by {shift.max():.2g}" in text
    assert "predictions is less than 0.6 sure" in text
    first = failure.value.verdict.evidence[0].examples[0]
    assert first.before is not None
    assert first.before.predicted != first.predicted


def test_agreement_of_several_labels_is_of_all_of_them() -> None:
    values = np.array([[0.9, 0.9], [0.9, 0.1]])
    old = pa.load_predictions(values, labels=["a", "b"], multi_label=True)
    new = pa.load_predictions(values * [1, 0.5], labels=["a", "b"], multi_label=True)
    data = pa.load_data([{"text": "one"}, {"text": "two"}], label=None)
    assert pa.agreement(new, old, data).value == 0.5


def test_one_label_and_several_cannot_be_compared() -> None:
    one = pa.load_predictions([[0.9, 0.1]], labels=["a", "b"], name="single")
    several = pa.load_predictions([[0.9, 0.1]], labels=["a", "b"], name="many", multi_label=True)
    data = pa.load_data([{"text": "one"}], label=None)
    with pytest.raises(pa.LabelError, match="'many' says several labels an example and 'single'"):
        pa.agreement(several, one, data)


def test_the_bar_comes_after_both_models_and_the_data(world: World) -> None:
    with pytest.raises(pa.SettingError, match="`bar`"):
        pa.assert_agreement_above(world.predictions, world.predictions, world.data, 99)
