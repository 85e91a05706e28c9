"""Results as evaluation results of a Hugging Face model card: the `model-index` of a README.md."""

from __future__ import annotations

import math
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from pathlib import Path
from typing import Any

from pytest_accept.errors import DataError, SettingError
from pytest_accept.explanation import SEARCH
from pytest_accept.marked_text import printable
from pytest_accept.records import Criterion, ModelDescription, Record
from pytest_accept.reports.front_matter import FrontMatter
from pytest_accept.whole_files import write_whole

TOOL = "pytest-model-acceptance"
"""Marks the results that are ours, in `args.tool` of a metric: others are left alone."""

MOST = 1_000
"""More results than these no card has."""

_KEY = "model-index"
_HUB_NAMES = {"matthews_corrcoef": "matthews_correlation"}
_ORDER = ("rejected", "inconclusive", "accepted")


def write(record: Record, path: Path) -> None:
    """Merge what was measured into the metadata of a card, which is made if there is none.

    The card of a folder is its README.md. Only the block `model-index` is written anew: what we
    wrote before for the same task, data and metric is replaced, other results are kept. Searches
    are no measurements and are left out.

    Raises SettingError if the record is of several models and it does not show which one the card
    is of; DataError if the card's metadata cannot be read.
    """
    path = path / "README.md" if path.is_dir() else path
    text = ""
    if path.exists():
        try:
            text = path.read_bytes().decode()
        except UnicodeDecodeError as error:
            raise DataError(f"{path} is not UTF-8: {error}") from error
    if not record.criteria:
        raise DataError("no criterion was judged: there is nothing to write")
    card = FrontMatter(text, path.name)
    index = _checked(card.metadata.get(_KEY), path)
    model = _chosen(record, path, [str(entry["name"]) for entry in index])
    results = _results(record, model)
    if not results:
        raise DataError(f"nothing was measured of {model.name!r}: there is nothing to write")
    if len(results) > MOST:
        raise DataError(
            f"a card is read by people: it has room for {MOST:,} results, but {len(results):,} "
            "were measured. The record has them all: json:FILE"
        )
    merged = _merged(index, model.name, results)
    written = card.with_value(_KEY, merged)
    if not text.strip():
        written += f"\n# {printable(model.name)}\n"
    write_whole(path, written)


def _chosen(record: Record, path: Path, named: list[str]) -> ModelDescription:
    """Return the model that the card is of: the only one, the one in its folder, or of its name."""
    if len(record.models) == 1:
        return record.models[0]
    folder = path.resolve().parent.parts
    for model in record.models:
        place = Path(model.source).parts
        if place and folder[-len(place) :] == place:
            return model
    of_name = [model for model in record.models if model.name in named]
    if len(of_name) == 1:
        return of_name[0]
    names = ", ".join(repr(model.name) for model in record.models) or "none"
    raise SettingError(
        f"a card is of one model, and the record is of {len(record.models):,}: {names}. Give the "
        "README.md in the folder of the model that is meant, or one whose model-index names it."
    )


def _results(record: Record, model: ModelDescription) -> list[dict[str, Any]]:
    """Return our results in the Hub's form: of each metric on the same data the worst verdict."""
    from huggingface_hub import EvalResult
    from huggingface_hub.repocard_data import eval_results_to_model_index

    criteria = [
        each
        for each in record.criteria
        if record.models[each.model] == model
        and each.verdict.estimate.method != SEARCH
        and math.isfinite(each.verdict.estimate.value)
    ]
    worst: dict[tuple[str, int, str], Criterion] = {}
    for each in criteria:
        key = (each.verdict.estimate.name, each.data, each.verdict.population)
        known = worst.setdefault(key, each)
        if _ORDER.index(each.verdict.status) < _ORDER.index(known.verdict.status):
            worst[key] = each
    if not worst:
        return []
    flat = [EvalResult(**_fields(record, model, each)) for each in worst.values()]
    results: list[dict[str, Any]] = eval_results_to_model_index(model.name, flat)[0]["results"]
    return results


def _fields(record: Record, model: ModelDescription, criterion: Criterion) -> dict[str, Any]:
    verdict, estimate = criterion.verdict, criterion.verdict.estimate
    data = record.data[criterion.data]
    population = printable(verdict.population)
    part = population.removeprefix(printable(data.name))
    said: dict[str, Any] = {
        "tool": TOOL,
        "verdict": verdict.status,
        "bar": verdict.bar,
        "direction": verdict.direction,
        "low": _rounded(estimate.low, ROUND_FLOOR),
        "high": _rounded(estimate.high, ROUND_CEILING),
        "confidence": estimate.confidence,
        "n": estimate.n,
    }
    if estimate.method == "point":
        said["interval"] = "none: a point estimate"
        del said["low"], said["high"]
    return {
        "task_type": model.task,
        "dataset_type": printable(data.name),
        "dataset_name": population,
        "dataset_config": part.removeprefix("[").removesuffix("]") or None,
        "dataset_args": {"source": printable(data.source), "fingerprint": data.fingerprint},
        "metric_type": _HUB_NAMES.get(estimate.metric, estimate.metric),
        "metric_name": printable(estimate.name),
        "metric_value": _rounded(estimate.value, ROUND_HALF_EVEN),
        "metric_args": {name: value for name, value in said.items() if value is not None},
        "verified": False,
    }


def _merged(index: list[Any], name: str, ours: list[dict[str, Any]]) -> list[Any]:
    """Return the index with our results in the entry of the model, instead of what they repeat."""
    entry = next((each for each in index if each["name"] == name), None)
    if entry is None and len(index) == 1:
        entry = index[0]  # the card's own name for the model
    if entry is None:
        return [*index, {"name": name, "results": ours}]
    new = {_key(result, metric) for result in ours for metric in result["metrics"]}
    kept = []
    for result in entry["results"]:
        metrics = [
            metric
            for metric in result["metrics"]
            if not (_is_ours(metric) and _key(result, metric) in new)
        ]
        if metrics or not result["metrics"]:
            kept.append({**result, "metrics": metrics})
    changed = {**entry, "results": [*kept, *ours]}
    return [changed if each is entry else each for each in index]


def _key(result: dict[str, Any], metric: dict[str, Any]) -> tuple[Any, ...]:
    task, data = result["task"], result["dataset"]
    return (
        task.get("type"), data.get("type"), data.get("config"), metric.get("type"),
        metric.get("name"),
    )  # fmt: skip


def _is_ours(metric: dict[str, Any]) -> bool:
    args = metric.get("args")
    return isinstance(args, dict) and args.get("tool") == TOOL


def _checked(index: Any, path: Path) -> list[Any]:
    """Return the index that a card has, if it has the form that the Hub reads."""
    if index is None:
        return []
    try:
        for entry in index:
            str(entry["name"])
            for result in entry["results"]:
                dict(result["task"]), dict(result["dataset"])
                [dict(metric) for metric in result["metrics"]]
    except (TypeError, KeyError, ValueError) as error:
        raise DataError(
            f"{path.name}: its model-index has not the form that the Hub reads (a list of entries "
            f"with name and results, each with task, dataset and metrics): {error!r}"
        ) from error
    return list(index)


def _rounded(number: float, towards: str) -> float | None:
    """Return six decimals, of a bound rounded towards claiming less; None if it is none."""
    if not math.isfinite(number):
        return None
    if abs(number) >= 1e15:  # has no decimals to round
        return number
    # 0.95 - 0.03 is 0.9199…: bounds that are exact decimals must not lose a digit to that.
    exact = Decimal(repr(round(number, 12)))
    return float(exact.quantize(Decimal("1e-6"), towards))
