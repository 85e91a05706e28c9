"""Intervals with proven error rates, and power: arrays in, numbers out."""

from pytest_accept.statistics.betting import betting_interval
from pytest_accept.statistics.calibration import calibration_error_interval
from pytest_accept.statistics.clusters import clustered_interval
from pytest_accept.statistics.confidence_sequences import ConfidenceSequence
from pytest_accept.statistics.extended_bounds import COMPUTED, extended_bounds
from pytest_accept.statistics.group_correlation import group_correlation
from pytest_accept.statistics.hierarchical import (
    SeedInterval,
    Side,
    needed_examples_of_seeds,
    needed_seeds,
    over_seeds,
    seed_example_interval,
    seed_example_table_interval,
)
from pytest_accept.statistics.interval import Interval
from pytest_accept.statistics.means import (
    clustered_mean_interval,
    mean_interval,
    mean_over_clusters_interval,
)
from pytest_accept.statistics.paired import (
    McNemar,
    mcnemar,
    paired_interval,
    paired_proportion_interval,
)
from pytest_accept.statistics.power import needed_examples, smallest_shown
from pytest_accept.statistics.proportions import (
    clustered_proportion_interval,
    finite_proportion_interval,
    proportion_interval,
)
from pytest_accept.statistics.ranking import auc_interval
from pytest_accept.statistics.ratios import ratio_interval
from pytest_accept.statistics.simultaneous import (
    GroupBounds,
    largest_difference,
    needed_levels,
    smallest_ratio,
    values_by_noise,
    worst_value,
)
from pytest_accept.statistics.tables import table_interval

__all__ = [
    "COMPUTED",
    "ConfidenceSequence",
    "GroupBounds",
    "Interval",
    "McNemar",
    "SeedInterval",
    "Side",
    "auc_interval",
    "betting_interval",
    "calibration_error_interval",
    "clustered_interval",
    "clustered_mean_interval",
    "clustered_proportion_interval",
    "extended_bounds",
    "finite_proportion_interval",
    "group_correlation",
    "largest_difference",
    "mcnemar",
    "mean_interval",
    "mean_over_clusters_interval",
    "needed_examples",
    "needed_examples_of_seeds",
    "needed_levels",
    "needed_seeds",
    "over_seeds",
    "paired_interval",
    "paired_proportion_interval",
    "proportion_interval",
    "ratio_interval",
    "seed_example_interval",
    "seed_example_table_interval",
    "smallest_ratio",
    "smallest_shown",
    "table_interval",
    "values_by_noise",
    "worst_value",
]
