"""Acceptance tests for transformer models: accepted, rejected or inconclusive, with evidence.

Public names resolve on first use: this file is imported in every pytest run, so it imports nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytest_accept.assertions.accuracy import accuracy as accuracy
    from pytest_accept.assertions.accuracy import assert_accuracy_above as assert_accuracy_above
    from pytest_accept.assertions.accuracy import assert_accuracy_below as assert_accuracy_below
    from pytest_accept.assertions.agreement import agreement as agreement
    from pytest_accept.assertions.agreement import assert_agreement_above as assert_agreement_above
    from pytest_accept.assertions.agreement import assert_agreement_below as assert_agreement_below
    from pytest_accept.assertions.attack_success import (
        assert_attack_success_above as assert_attack_success_above,
    )
    from pytest_accept.assertions.attack_success import (
        assert_attack_success_below as assert_attack_success_below,
    )
    from pytest_accept.assertions.attack_success import (
        assert_attack_success_rate_above as assert_attack_success_rate_above,
    )
    from pytest_accept.assertions.attack_success import (
        assert_attack_success_rate_below as assert_attack_success_rate_below,
    )
    from pytest_accept.assertions.attack_success import (
        assert_no_flip_within as assert_no_flip_within,
    )
    from pytest_accept.assertions.attack_success import attack_success_rate as attack_success_rate
    from pytest_accept.assertions.attribution_stability import (
        assert_attribution_stability_above as assert_attribution_stability_above,
    )
    from pytest_accept.assertions.attribution_stability import (
        assert_attribution_stability_below as assert_attribution_stability_below,
    )
    from pytest_accept.assertions.attribution_stability import (
        attribution_stability as attribution_stability,
    )
    from pytest_accept.assertions.calibration import (
        assert_expected_calibration_error_above as assert_expected_calibration_error_above,
    )
    from pytest_accept.assertions.calibration import (
        assert_expected_calibration_error_below as assert_expected_calibration_error_below,
    )
    from pytest_accept.assertions.calibration import (
        expected_calibration_error as expected_calibration_error,
    )
    from pytest_accept.assertions.confusion import ConfusionMatrix as ConfusionMatrix
    from pytest_accept.assertions.confusion import (
        assert_balanced_accuracy_above as assert_balanced_accuracy_above,
    )
    from pytest_accept.assertions.confusion import (
        assert_balanced_accuracy_below as assert_balanced_accuracy_below,
    )
    from pytest_accept.assertions.confusion import assert_confusion_above as assert_confusion_above
    from pytest_accept.assertions.confusion import assert_confusion_below as assert_confusion_below
    from pytest_accept.assertions.confusion import assert_f1_above as assert_f1_above
    from pytest_accept.assertions.confusion import assert_f1_below as assert_f1_below
    from pytest_accept.assertions.confusion import (
        assert_matthews_corrcoef_above as assert_matthews_corrcoef_above,
    )
    from pytest_accept.assertions.confusion import (
        assert_matthews_corrcoef_below as assert_matthews_corrcoef_below,
    )
    from pytest_accept.assertions.confusion import assert_precision_above as assert_precision_above
    from pytest_accept.assertions.confusion import assert_precision_below as assert_precision_below
    from pytest_accept.assertions.confusion import assert_recall_above as assert_recall_above
    from pytest_accept.assertions.confusion import assert_recall_below as assert_recall_below
    from pytest_accept.assertions.confusion import balanced_accuracy as balanced_accuracy
    from pytest_accept.assertions.confusion import confusion as confusion
    from pytest_accept.assertions.confusion import confusion_matrix as confusion_matrix
    from pytest_accept.assertions.confusion import f1 as f1
    from pytest_accept.assertions.confusion import matthews_corrcoef as matthews_corrcoef
    from pytest_accept.assertions.confusion import precision as precision
    from pytest_accept.assertions.confusion import recall as recall
    from pytest_accept.assertions.counterfactual_flip_rate import (
        assert_counterfactual_flip_rate_above as assert_counterfactual_flip_rate_above,
    )
    from pytest_accept.assertions.counterfactual_flip_rate import (
        assert_counterfactual_flip_rate_below as assert_counterfactual_flip_rate_below,
    )
    from pytest_accept.assertions.counterfactual_flip_rate import (
        counterfactual_flip_rate as counterfactual_flip_rate,
    )
    from pytest_accept.assertions.counterfactual_score_gap import (
        assert_counterfactual_score_gap_above as assert_counterfactual_score_gap_above,
    )
    from pytest_accept.assertions.counterfactual_score_gap import (
        assert_counterfactual_score_gap_below as assert_counterfactual_score_gap_below,
    )
    from pytest_accept.assertions.counterfactual_score_gap import (
        counterfactual_score_gap as counterfactual_score_gap,
    )
    from pytest_accept.assertions.directional import assert_directional as assert_directional
    from pytest_accept.assertions.directional import directional as directional
    from pytest_accept.assertions.entities import assert_entity_f1_above as assert_entity_f1_above
    from pytest_accept.assertions.entities import assert_entity_f1_below as assert_entity_f1_below
    from pytest_accept.assertions.entities import (
        assert_entity_precision_above as assert_entity_precision_above,
    )
    from pytest_accept.assertions.entities import (
        assert_entity_precision_below as assert_entity_precision_below,
    )
    from pytest_accept.assertions.entities import (
        assert_entity_recall_above as assert_entity_recall_above,
    )
    from pytest_accept.assertions.entities import (
        assert_entity_recall_below as assert_entity_recall_below,
    )
    from pytest_accept.assertions.entities import entity_f1 as entity_f1
    from pytest_accept.assertions.entities import entity_precision as entity_precision
    from pytest_accept.assertions.entities import entity_recall as entity_recall
    from pytest_accept.assertions.entity_flip_rate import (
        assert_entity_flip_rate_above as assert_entity_flip_rate_above,
    )
    from pytest_accept.assertions.entity_flip_rate import (
        assert_entity_flip_rate_below as assert_entity_flip_rate_below,
    )
    from pytest_accept.assertions.entity_flip_rate import entity_flip_rate as entity_flip_rate
    from pytest_accept.assertions.erasure import (
        assert_comprehensiveness_above as assert_comprehensiveness_above,
    )
    from pytest_accept.assertions.erasure import (
        assert_comprehensiveness_below as assert_comprehensiveness_below,
    )
    from pytest_accept.assertions.erasure import (
        assert_comprehensiveness_over_random_above as assert_comprehensiveness_over_random_above,
    )
    from pytest_accept.assertions.erasure import (
        assert_comprehensiveness_over_random_below as assert_comprehensiveness_over_random_below,
    )
    from pytest_accept.assertions.erasure import (
        assert_sufficiency_above as assert_sufficiency_above,
    )
    from pytest_accept.assertions.erasure import (
        assert_sufficiency_below as assert_sufficiency_below,
    )
    from pytest_accept.assertions.erasure import (
        assert_sufficiency_over_random_above as assert_sufficiency_over_random_above,
    )
    from pytest_accept.assertions.erasure import (
        assert_sufficiency_over_random_below as assert_sufficiency_over_random_below,
    )
    from pytest_accept.assertions.erasure import comprehensiveness as comprehensiveness
    from pytest_accept.assertions.erasure import (
        comprehensiveness_over_random as comprehensiveness_over_random,
    )
    from pytest_accept.assertions.erasure import sufficiency as sufficiency
    from pytest_accept.assertions.erasure import sufficiency_over_random as sufficiency_over_random
    from pytest_accept.assertions.exact_match import (
        assert_exact_match_above as assert_exact_match_above,
    )
    from pytest_accept.assertions.exact_match import (
        assert_exact_match_below as assert_exact_match_below,
    )
    from pytest_accept.assertions.exact_match import exact_match as exact_match
    from pytest_accept.assertions.failed_runs import (
        assert_failed_run_rate_above as assert_failed_run_rate_above,
    )
    from pytest_accept.assertions.failed_runs import (
        assert_failed_run_rate_below as assert_failed_run_rate_below,
    )
    from pytest_accept.assertions.failed_runs import failed_run_rate as failed_run_rate
    from pytest_accept.assertions.fairness import (
        assert_demographic_parity_difference_above as assert_demographic_parity_difference_above,
    )
    from pytest_accept.assertions.fairness import (
        assert_demographic_parity_difference_below as assert_demographic_parity_difference_below,
    )
    from pytest_accept.assertions.fairness import (
        assert_demographic_parity_ratio_above as assert_demographic_parity_ratio_above,
    )
    from pytest_accept.assertions.fairness import (
        assert_demographic_parity_ratio_below as assert_demographic_parity_ratio_below,
    )
    from pytest_accept.assertions.fairness import (
        assert_equal_opportunity_difference_above as assert_equal_opportunity_difference_above,
    )
    from pytest_accept.assertions.fairness import (
        assert_equal_opportunity_difference_below as assert_equal_opportunity_difference_below,
    )
    from pytest_accept.assertions.fairness import (
        assert_equalized_odds_difference_above as assert_equalized_odds_difference_above,
    )
    from pytest_accept.assertions.fairness import (
        assert_equalized_odds_difference_below as assert_equalized_odds_difference_below,
    )
    from pytest_accept.assertions.fairness import (
        demographic_parity_difference as demographic_parity_difference,
    )
    from pytest_accept.assertions.fairness import (
        demographic_parity_ratio as demographic_parity_ratio,
    )
    from pytest_accept.assertions.fairness import (
        equal_opportunity_difference as equal_opportunity_difference,
    )
    from pytest_accept.assertions.fairness import (
        equalized_odds_difference as equalized_odds_difference,
    )
    from pytest_accept.assertions.flip_rate import assert_flip_rate_above as assert_flip_rate_above
    from pytest_accept.assertions.flip_rate import assert_flip_rate_below as assert_flip_rate_below
    from pytest_accept.assertions.flip_rate import flip_rate as flip_rate
    from pytest_accept.assertions.for_each_example import for_each_example as for_each_example
    from pytest_accept.assertions.forgetting import (
        assert_forgetting_below as assert_forgetting_below,
    )
    from pytest_accept.assertions.forgetting import forgetting as forgetting
    from pytest_accept.assertions.functionalities import (
        assert_functionalities_above as assert_functionalities_above,
    )
    from pytest_accept.assertions.functionalities import functionality_rates as functionality_rates
    from pytest_accept.assertions.groups import assert_group_gap_above as assert_group_gap_above
    from pytest_accept.assertions.groups import assert_group_gap_below as assert_group_gap_below
    from pytest_accept.assertions.groups import assert_worst_group_above as assert_worst_group_above
    from pytest_accept.assertions.groups import assert_worst_group_below as assert_worst_group_below
    from pytest_accept.assertions.groups import group_gap as group_gap
    from pytest_accept.assertions.groups import worst_group as worst_group
    from pytest_accept.assertions.invariance import assert_invariant as assert_invariant
    from pytest_accept.assertions.invariance import invariance as invariance
    from pytest_accept.assertions.judgement import InconclusiveWarning as InconclusiveWarning
    from pytest_accept.assertions.losses import (
        assert_brier_score_above as assert_brier_score_above,
    )
    from pytest_accept.assertions.losses import (
        assert_brier_score_below as assert_brier_score_below,
    )
    from pytest_accept.assertions.losses import (
        assert_cross_entropy_above as assert_cross_entropy_above,
    )
    from pytest_accept.assertions.losses import (
        assert_cross_entropy_below as assert_cross_entropy_below,
    )
    from pytest_accept.assertions.losses import brier_score as brier_score
    from pytest_accept.assertions.losses import cross_entropy as cross_entropy
    from pytest_accept.assertions.minimum_functionality import (
        assert_minimum_functionality as assert_minimum_functionality,
    )
    from pytest_accept.assertions.minimum_functionality import (
        minimum_functionality as minimum_functionality,
    )
    from pytest_accept.assertions.multiple_choice import (
        assert_multiple_choice_accuracy_above as assert_multiple_choice_accuracy_above,
    )
    from pytest_accept.assertions.multiple_choice import (
        assert_multiple_choice_accuracy_below as assert_multiple_choice_accuracy_below,
    )
    from pytest_accept.assertions.multiple_choice import (
        multiple_choice_accuracy as multiple_choice_accuracy,
    )
    from pytest_accept.assertions.negative_flips import (
        assert_negative_flip_rate_above as assert_negative_flip_rate_above,
    )
    from pytest_accept.assertions.negative_flips import (
        assert_negative_flip_rate_below as assert_negative_flip_rate_below,
    )
    from pytest_accept.assertions.negative_flips import negative_flip_rate as negative_flip_rate
    from pytest_accept.assertions.no_weak_slice import assert_no_weak_slice as assert_no_weak_slice
    from pytest_accept.assertions.overconfidence import (
        assert_overconfidence_above as assert_overconfidence_above,
    )
    from pytest_accept.assertions.overconfidence import (
        assert_overconfidence_below as assert_overconfidence_below,
    )
    from pytest_accept.assertions.overconfidence import overconfidence as overconfidence
    from pytest_accept.assertions.perplexity import (
        assert_bits_per_byte_above as assert_bits_per_byte_above,
    )
    from pytest_accept.assertions.perplexity import (
        assert_bits_per_byte_below as assert_bits_per_byte_below,
    )
    from pytest_accept.assertions.perplexity import (
        assert_perplexity_above as assert_perplexity_above,
    )
    from pytest_accept.assertions.perplexity import (
        assert_perplexity_below as assert_perplexity_below,
    )
    from pytest_accept.assertions.perplexity import bits_per_byte as bits_per_byte
    from pytest_accept.assertions.perplexity import perplexity as perplexity
    from pytest_accept.assertions.plausibility import (
        assert_plausibility_above as assert_plausibility_above,
    )
    from pytest_accept.assertions.plausibility import (
        assert_plausibility_below as assert_plausibility_below,
    )
    from pytest_accept.assertions.plausibility import plausibility as plausibility
    from pytest_accept.assertions.preference import (
        assert_preference_rate_above as assert_preference_rate_above,
    )
    from pytest_accept.assertions.preference import (
        assert_preference_rate_below as assert_preference_rate_below,
    )
    from pytest_accept.assertions.preference import preference_rate as preference_rate
    from pytest_accept.assertions.probability_difference import (
        assert_probability_difference_above as assert_probability_difference_above,
    )
    from pytest_accept.assertions.probability_difference import (
        assert_probability_difference_below as assert_probability_difference_below,
    )
    from pytest_accept.assertions.probability_difference import (
        probability_difference as probability_difference,
    )
    from pytest_accept.assertions.probability_shift import (
        assert_probability_shift_above as assert_probability_shift_above,
    )
    from pytest_accept.assertions.probability_shift import (
        assert_probability_shift_below as assert_probability_shift_below,
    )
    from pytest_accept.assertions.probability_shift import probability_shift as probability_shift
    from pytest_accept.assertions.pseudo_perplexity import (
        assert_pseudo_perplexity_above as assert_pseudo_perplexity_above,
    )
    from pytest_accept.assertions.pseudo_perplexity import (
        assert_pseudo_perplexity_below as assert_pseudo_perplexity_below,
    )
    from pytest_accept.assertions.pseudo_perplexity import pseudo_perplexity as pseudo_perplexity
    from pytest_accept.assertions.randomization import (
        assert_randomization_sensitivity_above as assert_randomization_sensitivity_above,
    )
    from pytest_accept.assertions.randomization import (
        assert_randomization_sensitivity_below as assert_randomization_sensitivity_below,
    )
    from pytest_accept.assertions.randomization import (
        randomization_sensitivity as randomization_sensitivity,
    )
    from pytest_accept.assertions.recipe import across_seeds as across_seeds
    from pytest_accept.assertions.recipe import assert_recipe_above as assert_recipe_above
    from pytest_accept.assertions.recipe import assert_recipe_below as assert_recipe_below
    from pytest_accept.assertions.regression import assert_no_regression as assert_no_regression
    from pytest_accept.assertions.regression import metric_drop as metric_drop
    from pytest_accept.assertions.reliance import (
        assert_attribution_share_above as assert_attribution_share_above,
    )
    from pytest_accept.assertions.reliance import (
        assert_attribution_share_below as assert_attribution_share_below,
    )
    from pytest_accept.assertions.reliance import assert_ignores as assert_ignores
    from pytest_accept.assertions.reliance import assert_relies_on as assert_relies_on
    from pytest_accept.assertions.reliance import attribution_share as attribution_share
    from pytest_accept.assertions.robust_accuracy import accuracy_drop as accuracy_drop
    from pytest_accept.assertions.robust_accuracy import (
        assert_accuracy_drop_above as assert_accuracy_drop_above,
    )
    from pytest_accept.assertions.robust_accuracy import (
        assert_accuracy_drop_below as assert_accuracy_drop_below,
    )
    from pytest_accept.assertions.robust_accuracy import (
        assert_robust_accuracy_above as assert_robust_accuracy_above,
    )
    from pytest_accept.assertions.robust_accuracy import (
        assert_robust_accuracy_below as assert_robust_accuracy_below,
    )
    from pytest_accept.assertions.robust_accuracy import robust_accuracy as robust_accuracy
    from pytest_accept.assertions.roc_auc import assert_roc_auc_above as assert_roc_auc_above
    from pytest_accept.assertions.roc_auc import assert_roc_auc_below as assert_roc_auc_below
    from pytest_accept.assertions.roc_auc import roc_auc as roc_auc
    from pytest_accept.assertions.thresholds import judge_thresholds as judge_thresholds
    from pytest_accept.assertions.token_cross_entropy import (
        assert_token_cross_entropy_above as assert_token_cross_entropy_above,
    )
    from pytest_accept.assertions.token_cross_entropy import (
        assert_token_cross_entropy_below as assert_token_cross_entropy_below,
    )
    from pytest_accept.assertions.token_cross_entropy import (
        token_cross_entropy as token_cross_entropy,
    )
    from pytest_accept.assertions.tokens import (
        assert_token_accuracy_above as assert_token_accuracy_above,
    )
    from pytest_accept.assertions.tokens import (
        assert_token_accuracy_below as assert_token_accuracy_below,
    )
    from pytest_accept.assertions.tokens import token_accuracy as token_accuracy
    from pytest_accept.assertions.top_k_accuracy import (
        assert_top_k_accuracy_above as assert_top_k_accuracy_above,
    )
    from pytest_accept.assertions.top_k_accuracy import (
        assert_top_k_accuracy_below as assert_top_k_accuracy_below,
    )
    from pytest_accept.assertions.top_k_accuracy import top_k_accuracy as top_k_accuracy
    from pytest_accept.assertions.transfer import (
        assert_transfer_gain_above as assert_transfer_gain_above,
    )
    from pytest_accept.assertions.transfer import transfer_gain as transfer_gain
    from pytest_accept.assertions.weak_slices import WeakSlice as WeakSlice
    from pytest_accept.assertions.weak_slices import WeakSlices as WeakSlices
    from pytest_accept.assertions.weak_slices import find_weak_slices as find_weak_slices
    from pytest_accept.baseline import load_baseline as load_baseline
    from pytest_accept.behaviour.lexicons import lexicon as lexicon
    from pytest_accept.behaviour.suggestions import suggest as suggest
    from pytest_accept.behaviour.suites import BehaviouralSuite as BehaviouralSuite
    from pytest_accept.behaviour.suites import load_behavioural_suite as load_behavioural_suite
    from pytest_accept.behaviour.templates import template as template
    from pytest_accept.behaviour.templates import templates as templates
    from pytest_accept.data import Data as Data
    from pytest_accept.data import load_data as load_data
    from pytest_accept.errors import AcceptanceError as AcceptanceError
    from pytest_accept.errors import AcceptanceFailure as AcceptanceFailure
    from pytest_accept.errors import BackendError as BackendError
    from pytest_accept.errors import CacheError as CacheError
    from pytest_accept.errors import CacheNotWrittenWarning as CacheNotWrittenWarning
    from pytest_accept.errors import DamagedCacheWarning as DamagedCacheWarning
    from pytest_accept.errors import DataError as DataError
    from pytest_accept.errors import LabelError as LabelError
    from pytest_accept.errors import ModelError as ModelError
    from pytest_accept.errors import PredictionError as PredictionError
    from pytest_accept.errors import ReplayError as ReplayError
    from pytest_accept.errors import SettingError as SettingError
    from pytest_accept.errors import TrainingError as TrainingError
    from pytest_accept.explanation import explain as explain
    from pytest_accept.loading import Model as Model
    from pytest_accept.loading import load_model as load_model
    from pytest_accept.prediction import Predictions as Predictions
    from pytest_accept.prediction import load_predictions as load_predictions
    from pytest_accept.prediction.token_predictions import TokenPredictions as TokenPredictions
    from pytest_accept.records import Behaviour as Behaviour
    from pytest_accept.records import Estimate as Estimate
    from pytest_accept.records import Record as Record
    from pytest_accept.records import Verdict as Verdict
    from pytest_accept.reports.json import read_record as read_record
    from pytest_accept.settings import Settings
    from pytest_accept.settings import using as using
    from pytest_accept.training import fine_tune as fine_tune
    from pytest_accept.training import probe as probe

_METRICS = {
    "accuracy": "accuracy",
    "accuracy_drop": "robust_accuracy",
    "agreement": "agreement",
    "attack_success_rate": "attack_success",
    "attribution_share": "reliance",
    "attribution_stability": "attribution_stability",
    "balanced_accuracy": "confusion",
    "bits_per_byte": "perplexity",
    "brier_score": "losses",
    "comprehensiveness": "erasure",
    "comprehensiveness_over_random": "erasure",
    "confusion": "confusion",
    "counterfactual_flip_rate": "counterfactual_flip_rate",
    "counterfactual_score_gap": "counterfactual_score_gap",
    "cross_entropy": "losses",
    "demographic_parity_difference": "fairness",
    "demographic_parity_ratio": "fairness",
    "entity_f1": "entities",
    "entity_flip_rate": "entity_flip_rate",
    "entity_precision": "entities",
    "entity_recall": "entities",
    "equal_opportunity_difference": "fairness",
    "equalized_odds_difference": "fairness",
    "exact_match": "exact_match",
    "expected_calibration_error": "calibration",
    "f1": "confusion",
    "flip_rate": "flip_rate",
    "group_gap": "groups",
    "matthews_corrcoef": "confusion",
    "multiple_choice_accuracy": "multiple_choice",
    "negative_flip_rate": "negative_flips",
    "overconfidence": "overconfidence",
    "perplexity": "perplexity",
    "plausibility": "plausibility",
    "precision": "confusion",
    "preference_rate": "preference",
    "probability_difference": "probability_difference",
    "probability_shift": "probability_shift",
    "pseudo_perplexity": "pseudo_perplexity",
    "randomization_sensitivity": "randomization",
    "recall": "confusion",
    "robust_accuracy": "robust_accuracy",
    "roc_auc": "roc_auc",
    "sufficiency": "erasure",
    "sufficiency_over_random": "erasure",
    "token_accuracy": "tokens",
    "token_cross_entropy": "token_cross_entropy",
    "top_k_accuracy": "top_k_accuracy",
    "worst_group": "groups",
}

_HOMES = {
    "AcceptanceError": "errors",
    "AcceptanceFailure": "errors",
    "BackendError": "errors",
    "Behaviour": "records",
    "BehaviouralSuite": "behaviour.suites",
    "CacheError": "errors",
    "CacheNotWrittenWarning": "errors",
    "ConfusionMatrix": "assertions.confusion",
    "DamagedCacheWarning": "errors",
    "Data": "data",
    "DataError": "errors",
    "Estimate": "records",
    "InconclusiveWarning": "assertions.judgement",
    "LabelError": "errors",
    "Model": "loading",
    "ModelError": "errors",
    "PredictionError": "errors",
    "Predictions": "prediction",
    "Record": "records",
    "ReplayError": "errors",
    "SettingError": "errors",
    "TokenPredictions": "prediction.token_predictions",
    "TrainingError": "errors",
    "Verdict": "records",
    "WeakSlice": "assertions.weak_slices",
    "WeakSlices": "assertions.weak_slices",
    "across_seeds": "assertions.recipe",
    "assert_attack_success_above": "assertions.attack_success",
    "assert_attack_success_below": "assertions.attack_success",
    "assert_directional": "assertions.directional",
    "assert_failed_run_rate_above": "assertions.failed_runs",
    "assert_failed_run_rate_below": "assertions.failed_runs",
    "assert_forgetting_below": "assertions.forgetting",
    "assert_functionalities_above": "assertions.functionalities",
    "assert_ignores": "assertions.reliance",
    "assert_invariant": "assertions.invariance",
    "assert_minimum_functionality": "assertions.minimum_functionality",
    "assert_no_flip_within": "assertions.attack_success",
    "assert_no_regression": "assertions.regression",
    "assert_no_weak_slice": "assertions.no_weak_slice",
    "assert_recipe_above": "assertions.recipe",
    "assert_recipe_below": "assertions.recipe",
    "assert_relies_on": "assertions.reliance",
    "assert_transfer_gain_above": "assertions.transfer",
    "confusion_matrix": "assertions.confusion",
    "directional": "assertions.directional",
    "explain": "explanation",
    "failed_run_rate": "assertions.failed_runs",
    "find_weak_slices": "assertions.weak_slices",
    "fine_tune": "training",
    "for_each_example": "assertions.for_each_example",
    "forgetting": "assertions.forgetting",
    "functionality_rates": "assertions.functionalities",
    "invariance": "assertions.invariance",
    "judge_thresholds": "assertions.thresholds",
    "lexicon": "behaviour.lexicons",
    "load_baseline": "baseline",
    "load_behavioural_suite": "behaviour.suites",
    "load_data": "data",
    "load_model": "loading",
    "load_predictions": "prediction",
    "metric_drop": "assertions.regression",
    "minimum_functionality": "assertions.minimum_functionality",
    "probe": "training",
    "read_record": "reports.json",
    "suggest": "behaviour.suggestions",
    "template": "behaviour.templates",
    "templates": "behaviour.templates",
    "transfer_gain": "assertions.transfer",
    "using": "settings",
    **{
        name: f"assertions.{home}"
        for metric, home in _METRICS.items()
        for name in (metric, f"assert_{metric}_above", f"assert_{metric}_below")
    },
}

__all__ = sorted(_HOMES)  # noqa: PLE0605 - computed; a test compares it with reality

_DEFERRED = {"fine_tune", "load_data", "load_model", "load_predictions", "probe"}

# Set by the pytest plugin: who is asked for settings (and collects verdicts), and for the terminal
# to show progress on. None outside pytest.
_configured: Callable[[], Settings] | None = None
_terminal: Callable[[], object] | None = None

# The folder of the test that runs, set by the plugin: whose baselines are meant.
_suite: Path | None = None


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'pytest_accept' has no attribute {name!r}")
    import importlib

    def resolve() -> object:
        return getattr(importlib.import_module(f"pytest_accept.{home}"), name)

    if name in _DEFERRED and _configured is not None:
        return _deferred(name, resolve)
    value = resolve()
    globals()[name] = value
    return value


def _deferred(name: str, resolve: Callable[[], object]) -> Callable[..., object]:
    """Return a function that loads itself when called: test modules import it at collection."""

    def deferred(*arguments: object, **options: object) -> object:
        function = resolve()
        assert callable(function)
        return function(*arguments, **options)

    deferred.__name__ = deferred.__qualname__ = name
    deferred.__doc__ = f"See the help of `{name}` outside of a pytest run."
    return deferred


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
