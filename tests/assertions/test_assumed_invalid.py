"""What invalid edits, texts that cannot be edited, and `point=True` do to a rate's bounds."""

from functools import cache

import numpy as np
import pytest
from scipy import stats

import pytest_accept as pa
from pytest_accept.assertions.perturbed import Perturbed, ask_perturbed
from pytest_accept.perturbations import from_function

N = 40


def _model(flips: int) -> pa.Model:
    """A model that an edit of the first `flips` texts flips."""

    def predict(texts):
        flipped = [text.endswith("!") and int(text.split()[0]) < flips for text in texts]
        return [[0.1, 0.9] if each else [0.9, 0.1] for each in flipped]

    return pa.load_model(predict, labels=["no", "yes"])


def _data() -> pa.Data:
    return pa.load_data([{"text": f"{i} stars", "label": "no"} for i in range(N)], name="stars")


def _shout(text: str) -> str:
    return f"{text}!"


shout = from_function(_shout, name="shout")


def _rate(flips: int, **options) -> pa.Estimate:
    return pa.flip_rate(_model(flips), _data(), shout, draws=1, **options)


@cache
def _asked(draws: int, invalid: float) -> Perturbed:
    return ask_perturbed(
        "flip_rate",
        _model(0),
        _data(),
        shout,
        labelled=False,
        draws=draws,
        assumed_invalid=invalid,
    )


@pytest.mark.slow
@pytest.mark.parametrize(("draws", "worst", "spoilt"), [(1, False, 0.1), (4, True, 0.4)])
@pytest.mark.parametrize("true", [0.02, 0.3, 0.8])
def test_whatever_invalid_edits_do_the_rate_of_valid_ones_is_covered(
    draws: int, worst: bool, spoilt: float, true: float
) -> None:
    """Exact: each possible count of flips, weighted by its chance. `spoilt` examples are invalid.

    Where the worst of four draws decides, 0.1 of the draws can spoil 0.4 of the examples.
    """
    asked = _asked(draws, 0.1)
    found = [
        asked.mean(
            (np.arange(N) < k).astype(float),
            higher_is_better=False,
            evidence=lambda _: (),
            bounds=(0, 1),
            worst=worst,
        )
        for k in range(N + 1)
    ]
    for invalid_flips in (0, 1):
        seen = (1 - spoilt) * true + spoilt * invalid_flips
        chance = stats.binom.pmf(np.arange(N + 1), N, seen)
        too_high = chance[[each.low > true for each in found]].sum()
        too_low = chance[[each.high < true for each in found]].sum()
        assert max(too_high, too_low) <= 0.051
        if true == 0.3:  # the worst case is used up, not only held
            assert max(too_high, too_low) > 0.01


@pytest.mark.parametrize("invalid", [0.02, 0.2])
def test_bounds_are_widened_by_the_worst_case(invalid: float) -> None:
    plain, wide = _rate(8), _rate(8, assumed_invalid=invalid)
    assert wide.value == plain.value == 0.2
    assert wide.low == pytest.approx(max(0, (plain.low - invalid) / (1 - invalid)))
    assert wide.high == pytest.approx(plain.high / (1 - invalid))


def test_so_many_invalid_draws_that_nothing_is_known() -> None:
    options = {"draws": 4, "worst": True, "assumed_invalid": 0.3}
    estimate = pa.robust_accuracy(_model(0), _data(), shout, **options)
    assert (estimate.low, estimate.high) == (0, 1)
    verdict = estimate >= 0.5
    assert (verdict.status, verdict.needed_n) == ("inconclusive", None)


def test_examples_that_would_decide_are_counted_for_all_edited_texts() -> None:
    without = _rate(4) <= 0.15
    with_invalid = _rate(4, assumed_invalid=0.1) <= 0.15
    for_all = _rate(4) <= 0.135
    assert with_invalid.needed_n == for_all.needed_n
    assert without.needed_n is not None
    assert with_invalid.needed_n > 1.5 * without.needed_n
    assert with_invalid.smallest_shown == for_all.smallest_shown


@pytest.mark.parametrize("bar", [0.09, 0.1, 0.11])
def test_no_number_of_examples_decides_between_what_invalid_edits_may_do(bar: float) -> None:
    verdict = _rate(4, assumed_invalid=0.1) <= bar
    assert (verdict.status, verdict.needed_n) == ("inconclusive", None)
    assert "no number of examples like these" in str(verdict)


def test_too_few_changed_texts_conclude_nothing_even_as_a_point() -> None:
    def first_ten(text: str) -> str:
        return f"{text}!" if int(text.removesuffix(" stars")) < 10 else text

    for point in (False, True):
        estimate = pa.flip_rate(_model(0), _data(), first_ten, point=point, min_changed=0.3)
        assert (estimate.low, estimate.high, estimate.n) == (0, 1, 10)
        verdict = estimate <= 0.5
        assert (verdict.status, verdict.needed_n) == ("inconclusive", None)
        assert verdict.smallest_shown is None
        assert "so nothing is concluded" in str(verdict)
    assert pa.flip_rate(_model(0), _data(), first_ten, min_changed=0.1) <= 0.5


def test_a_point_estimate_says_that_it_does_not_allow_for_invalid_edits() -> None:
    estimate = _rate(8, assumed_invalid=0.2, point=True)
    assert estimate.low == estimate.value == estimate.high == 0.2
    assert estimate.notes == ("a point estimate does not allow for assumed_invalid=0.2",)


def test_an_unsigned_shift_is_planned_within_its_own_range() -> None:
    estimate = pa.probability_shift(_model(3), _data(), shout, draws=1)
    assert (estimate <= 0.03).smallest_shown is None
    assert estimate.low >= 0
