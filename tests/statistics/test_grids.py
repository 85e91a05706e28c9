"""Means and calibration errors of values in cells: the bounds of memory, never narrower."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from pytest_accept.metrics.calibration import confidence_bins, reliability
from pytest_accept.statistics import calibration_error_interval, mean_interval
from pytest_accept.statistics.calibration_grids import (
    CalibrationGrid,
    grid_calibration_error_interval,
)
from pytest_accept.statistics.grids import CELLS, Grid, grid_mean_interval, units

HIGH = 36.05


def grid(values: np.ndarray, low: float = 0.0, high: float = HIGH, *, dense: bool = True) -> Grid:
    made = Grid(low, high, dense=dense)
    for part in np.array_split(values, 7):
        made.add(part)
    return made


@pytest.mark.parametrize("dense", [False, True])
@pytest.mark.parametrize("seed", range(3))
def test_bounds_are_those_of_memory_and_no_narrower(dense: bool, seed: int) -> None:
    values = np.random.default_rng(seed).exponential(0.3, 5000).clip(0, 36)
    made = grid(values, dense=dense)
    unseen = {"tail": 1.0, "possible": 3.0}
    exact = mean_interval(values, confidence=0.95, bounds=(0, HIGH), **unseen)
    found = grid_mean_interval(made, confidence=0.95, **unseen)
    # The width of the widest cell that holds a value.
    cell = 2 * np.sqrt(HIGH * values.max()) / CELLS if dense else HIGH / CELLS
    assert found.value == pytest.approx(exact.value, abs=1e-9)
    assert found.low <= exact.low + 1e-9
    assert found.high >= exact.high - 1e-9
    assert found.low >= exact.low - 1.01 * cell
    assert found.high <= exact.high + 1.01 * cell
    assert (found.n, found.method) == (exact.n, exact.method)


def test_a_dense_grid_is_finer_where_losses_are() -> None:
    values = np.random.default_rng(0).exponential(0.3, 20_000)
    exact = mean_interval(values, confidence=0.95, bounds=(0, HIGH), tail=1.0)
    wider = [
        grid_mean_interval(grid(values, dense=dense), confidence=0.95, tail=1.0).high - exact.high
        for dense in (True, False)
    ]
    assert wider[0] < 4e-5
    assert wider[1] > 1e-4


@pytest.mark.parametrize("value", [0.0, 0.3, 1.0])
def test_values_at_the_ends_and_all_alike(value: float) -> None:
    made = grid(np.full(50, value), 0, 1)
    lower, upper, counts = made.points()
    assert (lower <= value).all()
    assert (upper >= value).all()
    assert counts.sum() == 50
    exact = mean_interval(np.full(50, value), confidence=0.95, bounds=(0, 1))
    found = grid_mean_interval(made, confidence=0.95)
    assert found.low == pytest.approx(exact.low, abs=1e-5)
    assert found.high == pytest.approx(exact.high, abs=1e-5)


def test_examples_that_count_as_fewer_have_wider_bounds() -> None:
    made = grid(np.random.default_rng(0).random(1000), 0, 1)
    whole, half = (grid_mean_interval(made, confidence=0.95, effective=n) for n in (None, 250))
    assert half.value == whole.value
    assert half.high - half.value == pytest.approx(2 * (whole.high - whole.value), rel=0.05)


def test_sums_have_no_rounding() -> None:
    values = np.random.default_rng(0).random(1000)
    assert units(values).sum() == sum(round(each * 2**32) for each in values.tolist())


def test_what_is_no_grid() -> None:
    with pytest.raises(ValueError, match=r"Expected `values` to be in 0\.\.1, but got 1.5"):
        Grid(0, 1).add([0.5, 1.5])
    with pytest.raises(ValueError, match="Expected `low and high`"):
        Grid(1, 1)
    with pytest.raises(ValueError, match="at least one value"):
        grid_mean_interval(Grid(0, 1), confidence=0.95)
    with pytest.raises(ValueError, match="at least one claim"):
        grid_calibration_error_interval(CalibrationGrid(15), confidence=0.95)


@pytest.mark.parametrize("bins", [1, 7, 15, 50, 300, 600])
def test_the_calibration_error_is_that_of_memory(bins: int) -> None:
    generator = np.random.default_rng(bins)
    claimed = generator.beta(5, 2, 3000)
    right = (generator.random(3000) < claimed - 0.05).astype(float)
    binned = confidence_bins(claimed, bins=bins, binning="equal_width")
    made = CalibrationGrid(bins)
    for part in np.array_split(np.arange(3000), 5):
        made.add(claimed[part], right[part], binned[part])
    exact, exact_noise = calibration_error_interval(claimed, right, binned, confidence=0.95)
    found, noise = grid_calibration_error_interval(made, confidence=0.95)
    assert found.value == pytest.approx(exact.value, abs=1e-9)
    assert exact.high - 1e-9 <= found.high <= exact.high + 2e-5
    assert found.low == pytest.approx(exact.low, abs=0.002)  # noise is drawn in both
    assert noise == pytest.approx(exact_noise, rel=0.05)
    table = reliability(claimed, right, binned)
    assert np.array(made.table()) == pytest.approx(np.array(table), abs=1e-9)


def test_claims_at_the_ends_of_bins() -> None:
    claimed = np.array([0.0, 0.2, 0.4, 0.4, 1.0])
    made = CalibrationGrid(5)
    made.add(claimed, np.ones(5), confidence_bins(claimed, bins=5, binning="equal_width"))
    least, most, counts = made.signed()
    assert counts.sum() == made.n == 5
    gaps = np.sort(1 - claimed)
    order = np.argsort(np.repeat(most, counts.astype(int)))
    assert (np.repeat(least, counts.astype(int))[order] <= gaps + 1e-12).all()
    assert (np.repeat(most, counts.astype(int))[order] >= gaps - 1e-12).all()


def test_the_error_rate_at_the_bar() -> None:
    """Of 250 samples of losses of a calibrated model, no more are excluded than promised."""
    generator = np.random.default_rng(5)
    logits = np.linspace(-6, 9, 4001)
    weights = stats.norm.pdf(logits, 1.5, 1.5)
    chance = 1 / (1 + np.exp(-logits))
    entropy = -(chance * np.log(chance) + (1 - chance) * np.log1p(-chance))
    truth = float(weights @ entropy / weights.sum())
    above = below = 0
    for _ in range(250):
        drawn = generator.normal(1.5, 1.5, 150).clip(-6, 9)
        right = generator.random(150) < 1 / (1 + np.exp(-drawn))
        values = np.logaddexp(0, np.where(right, -1, 1) * drawn)
        made = Grid(0, HIGH, dense=True)
        made.add(values)
        found = grid_mean_interval(made, confidence=0.95, tail=1.0)
        above += truth > found.high
        below += truth < found.low
    assert above <= stats.binom.ppf(0.999, 250, 0.05)
    assert below <= stats.binom.ppf(0.999, 250, 0.05)
    assert above + below > 5  # and not for want of any bound
