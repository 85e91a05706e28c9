import numpy as np
import pytest

import pytest_accept as pa
from tests.assertions.conftest import World
from tests.assertions.test_taggers_compared import GOLD, NEW, OLD


def _towards_even(world: World, by: float) -> pa.Predictions:
    """Return predictions of the same labels, less sure."""
    even = 1 / world.probabilities.shape[1]
    values = world.probabilities * (1 - by) + even * by
    return pa.load_predictions(values, labels=world.predictions.labels, name="served")


def test_it_is_the_mean_of_the_largest_difference(world: World) -> None:
    served = _towards_even(world, 0.2)
    found = pa.probability_difference(served, world.predictions, world.data)
    apart = np.abs(served.probabilities - world.probabilities).max(axis=1)
    assert found.value == pytest.approx(float(apart.mean()))
    assert found.low < found.value < found.high
    assert (found.n, found.higher_is_better) == (len(apart), False)
    # What the labels do not show.
    assert pa.agreement(served, world.predictions, world.data).value == 1


def test_of_the_same_model_it_is_nothing(world: World) -> None:
    found = pa.probability_difference(world.predictions, world.predictions, world.data)
    assert (found.value, found.low) == (0, 0)
    pa.assert_probability_difference_below(world.predictions, world.predictions, world.data, 0.05)


def test_where_they_are_farthest_apart_is_shown_first(world: World) -> None:
    served = _towards_even(world, 0.5)
    apart = np.abs(served.probabilities - world.probabilities).max(axis=1)
    with pytest.raises(pa.AcceptanceFailure) as failure:
        pa.assert_probability_difference_below(served, world.predictions, world.data, 0.01)
    farthest, in_all = failure.value.verdict.evidence
    assert farthest.examples[0].text == world.data.inputs[int(apart.argmax())]
    assert "shifts by" in in_all.lines[0]


def test_clusters_widen_it(world: World) -> None:
    served = _towards_even(world, 0.2)
    alone = pa.probability_difference(served, world.predictions, world.data)
    clustered = pa.probability_difference(served, world.predictions, world.data, cluster="author")
    assert clustered.clusters is not None
    assert clustered.high > alone.high


def test_of_taggers_it_is_the_largest_in_a_sentence() -> None:
    found = pa.probability_difference(NEW, OLD, GOLD)
    pairs = zip(NEW.probabilities, OLD.probabilities, strict=True)
    order = [OLD.labels.index(each) for each in NEW.labels]
    apart = [float(np.abs(one - other[:, order]).max()) for one, other in pairs]
    assert found.value == pytest.approx(np.mean(apart))
    assert found.n == len(apart)
