"""How much worse is a model than the last accepted one, or than any other?"""

from __future__ import annotations

import functools
import numbers
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from pytest_accept import dry_run
from pytest_accept.assertions.accuracy import accuracy
from pytest_accept.assertions.judgement import declare_range, metric_range, require
from pytest_accept.assertions.pairs import Older, ask_pair, sides
from pytest_accept.errors import SettingError, expected
from pytest_accept.records import Estimate, Verdict

if TYPE_CHECKING:
    from pytest_accept.data import Data
    from pytest_accept.loading import Model
    from pytest_accept.prediction import Predictions

Metric = Callable[..., Estimate]

_LOSSES = ("cross_entropy", "brier_score")
_TABLES = ("balanced_accuracy", "f1", "matthews_corrcoef", "precision", "recall")
_LOWER_IS_BETTER = (
    *_LOSSES,
    "token_cross_entropy",
    "perplexity",
    "bits_per_byte",
    "pseudo_perplexity",
)


@dry_run.measured(lambda given: title_of_change(unwrapped(given["metric"], {})[0]))
def metric_drop(
    model: Model | Predictions | Any,
    data: Data,
    *,
    against: Older = None,
    metric: Metric = accuracy,
    allow_relabelled: bool = False,
    **options: Any,
) -> Estimate:
    """How much worse a model is by `metric` than another on the same examples; 0: not at all.

    The older value minus the newer one; of a loss (cross-entropy, perplexity) the newer minus the
    older, so that more is worse of every metric and negative is a gain. `against` is a Model,
    Predictions, or a baseline; None takes the stored baseline of the suite, which
    `--accept-update-baseline` writes. `metric` is any that says what each example adds to it: not
    roc_auc and expected_calibration_error. Options are those of the metric.

    Interval of accuracy: a Dirichlet law of the examples lost and gained, whose upper bound is at
    or below 0 exactly if McNemar's one-sided exact test rejects. Of losses: a mean of differences,
    with one unseen that is as large as these pairs of predictions could make it. Of tables (f1,
    …) and entities: test inversion of the table of (truth, old, new), or of what sentences add; of
    a macro average with a label that few examples have, it errs up to 0.08 at 0.95. Of perplexity
    and the like: Dirichlet weights of the documents, with an unseen one farther out; it errs more
    than promised if documents are few and their rises very unequal, see `clustered_interval`. With
    clusters: that of a mean over clusters, or Dirichlet weights at an effective number of examples.

    Examples that are not in the baseline are left out, with a note. If labels have changed since,
    it is a DataError that says which; with `allow_relabelled` both models are judged by today's.
    """
    from pytest_accept.assertions.drops import OF_LABELS, of_accuracy, of_any, of_loss, of_table
    from pytest_accept.baseline import Baseline

    asked, options = unwrapped(metric, options)
    title = title_of_change(asked)
    chosen = Baseline() if against is None else against
    name = asked.__name__
    if name == "token_cross_entropy" and isinstance(chosen, Baseline):
        raise SettingError(
            "A baseline keeps the tag of each word and how sure the model was of it, but not the "
            "probability of each tag. Compare token_cross_entropy with another model: "
            "against=load_model(...)."
        )
    if name not in ("accuracy", *_LOSSES, *_TABLES):
        where = options.pop("where", None)
        found = sides(model, chosen, data, where=where, allow_relabelled=allow_relabelled)
        return of_any(asked, title, found, options)
    own = {each: options.pop(each) for each in ("average", "label") if each in options}
    if own and name not in OF_LABELS:
        raise SettingError(f"{name} takes no {next(iter(own))}=.")
    options["allow_relabelled"] = allow_relabelled
    pair = ask_pair(title, model, chosen, data, labelled=True, **options)
    if name == "accuracy":
        return of_accuracy(pair)
    if name in _LOSSES:
        return of_loss(pair, name)
    return of_table(pair, name, **own)


def assert_no_regression(
    model: Model | Predictions | Any,
    data: Data,
    *,
    against: Older = None,
    metric: Metric = accuracy,
    margin: float = 0.01,
    **options: Any,
) -> Verdict:
    """Require that a model is worse by `metric` than another by at most `margin`.

    Accepted if the upper bound of `metric_drop` is at most the margin (a paired test of
    non-inferiority); at margin 0 of accuracy, if McNemar's one-sided exact test shows a gain. A
    negative margin requires a gain of that size. `against=None` takes the stored baseline, the
    predictions of the last accepted model. Options are those of `metric_drop`. Returns the Verdict;
    raises AcceptanceFailure if the criterion is rejected or (by default) inconclusive.

        def test_not_worse_than_the_last_one(model, reviews):
            assert_no_regression(model, reviews, metric=accuracy, margin=0.01)
    """
    span = metric_range(title_of_change(unwrapped(metric, options)[0]))[1]
    number = isinstance(margin, numbers.Real) and not isinstance(margin, bool)
    if not number or not abs(margin) < span:
        hint = f" Did you mean {margin / 100:g}?" if number and 1 <= margin <= 100 else ""
        what = f"a number between {-span:g} and {span:g}"
        raise SettingError(expected("margin", what, margin) + hint)
    measured: Any = metric_drop(model, data, against=against, metric=metric, **options)
    verdict: Verdict = measured.judge(float(margin), "below")
    require(verdict)
    return verdict


def unwrapped(metric: Any, options: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """Return the metric that a partial asks for, and all options for it."""
    while isinstance(metric, functools.partial):
        if metric.args:
            raise SettingError(expected("metric", "a partial of keyword arguments only", metric))
        options = {**metric.keywords, **options}
        metric = metric.func
    if not callable(metric) or not hasattr(metric, "__name__"):
        what = "a metric such as pytest_accept.accuracy or pytest_accept.f1"
        raise SettingError(expected("metric", what, metric))
    return metric, dict(options)


def title_of_change(metric: Any) -> str:
    """Return what is measured, a drop or of a loss a rise, with its range declared."""
    name = metric.__name__
    title = f"{'rise' if name in _LOWER_IS_BETTER else 'drop'} of {name}"
    low, high = metric_range(name)
    declare_range(title, low - high, high - low)
    return title
