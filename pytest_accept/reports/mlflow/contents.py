"""What a run of MLflow holds: metrics, params, tags, data, the curves of a training, and files."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar

from mlflow.entities import Dataset, DatasetInput, InputTag, Metric, Param, RunTag

from pytest_accept.marked_text import printable
from pytest_accept.records import DataDescription, ModelDescription, Record, Training
from pytest_accept.reports.caveats import caveats
from pytest_accept.reports.decision import decide
from pytest_accept.reports.inert_markdown import inline
from pytest_accept.reports.json import write as write_json
from pytest_accept.reports.tracked import Tracked, TrackedModel, start, unlike

T = TypeVar("T")

_MOST_METRICS, _MOST_OTHERS = 900, 100  # of one request


def trainings_of(model: ModelDescription, record: Record) -> list[Training]:
    """Return the trainings that made a model: its source is named by their key."""
    return [each for each in record.trainings if each.key and each.key == Path(model.source).name]


def log_model(
    client: Any, run: str, *, record: Record, model: TrackedModel, files: list[Path]
) -> None:
    """Log what was judged of a model, its training, and the files of the Record."""
    at = int(1000 * start(record).timestamp())
    names = _names(model.criteria)
    metrics = [
        Metric(f"{name}/{what}", number, at, 0)
        for name, each in zip(names, model.criteria, strict=True)
        for what, number in each.numbers.items()
    ]
    for training in trainings_of(model.model, record):
        metrics += _curves(training, at)
    bars = {f"bar/{n}": each.bar for n, each in zip(names, model.criteria, strict=True)}
    verdicts = {
        f"verdict/{name}": each.criterion.verdict.status
        for name, each in zip(names, model.criteria, strict=True)
    }
    _log(
        client, run, metrics, _settings(record, model.model) | bars, _tags(record, model) | verdicts
    )
    used = dict.fromkeys(each.criterion.data for each in model.criteria)
    if used:
        client.log_inputs(run, [_dataset(record.data[each]) for each in used])
    for file in files:
        client.log_artifact(run, str(file))


def log_training(
    client: Any, run: str, *, record: Record, training: Training, files: list[Path]
) -> None:
    """Log a training whose model is none of the Record's, such as one of a recipe's seeds."""
    about = {"seed": training.seed, "base": training.base, "data": training.data}
    tags = {
        "acceptance.started": record.started,
        "training.key": training.key,
        "training.failure": training.failure,
    }
    _log(client, run, _curves(training, int(1000 * start(record).timestamp())), about, tags)
    for file in files:
        client.log_artifact(run, str(file))


def _log(
    client: Any, run: str, metrics: list[Metric], params: dict[str, Any], tags: dict[str, Any]
) -> None:
    said = [Param(key, str(value)) for key, value in params.items() if value not in (None, "")]
    tagged = [RunTag(key, str(value)) for key, value in tags.items() if value not in (None, "")]
    for some in _parts(metrics, _MOST_METRICS):
        client.log_batch(run, metrics=some)
    for few in _parts(said, _MOST_OTHERS):
        client.log_batch(run, params=few)
    for few_tags in _parts(tagged, _MOST_OTHERS):
        client.log_batch(run, tags=few_tags)


def _settings(record: Record, model: ModelDescription) -> dict[str, Any]:
    settings = {f"setting/{_plain(name)}": value for name, value in record.settings.items()}
    about = {name: getattr(model, name) for name in ("task", "dtype", "device", "max_length")}
    return settings | {f"model/{name}": value for name, value in about.items()}


def _tags(record: Record, model: TrackedModel) -> dict[str, Any]:
    judged = replace(record, criteria=tuple(each.criterion for each in model.criteria))
    decision = decide(judged)
    versions = {} if record.environment is None else record.environment.versions
    return {
        "mlflow.note.content": "\n\n".join([decision.reason, *_grave(judged)]),
        "acceptance.ship": decision.answer,
        "acceptance.reason": decision.reason,
        "acceptance.started": record.started,
        "acceptance.exit_status": record.exit_status,
        "model.source": printable(model.model.source),
        "model.fingerprint": model.model.fingerprint,
        **{f"version/{_plain(name)}": number for name, number in versions.items()},
    }


def _grave(record: Record) -> Iterator[str]:
    """Yield what a reader must know before trusting the answer, as inert Markdown."""
    for each in caveats(record):
        if each.grave:
            yield inline(each.text, 500) if each.text in record.notes else each.text.rstrip(":")


def _dataset(data: DataDescription) -> DatasetInput:
    known = Dataset(
        name=printable(data.name, 200) or "data",
        digest=data.fingerprint[:36],
        source_type="local",
        source=json.dumps({"uri": data.source}),
        profile=json.dumps({"num_rows": data.n}),
    )
    return DatasetInput(known, tags=[InputTag("mlflow.data.context", "acceptance")])


def _curves(training: Training, at: int) -> list[Metric]:
    losses = enumerate(training.validation_losses, start=1)
    return [
        *(Metric("training/loss", e.loss, at, e.step) for e in training.steps),
        *(Metric("training/learning_rate", e.learning_rate, at, e.step) for e in training.steps),
        *(Metric("training/validation_loss", loss, at, epoch) for epoch, loss in losses),
    ]


def write_files(record: Record, folder: Path) -> list[Path]:
    """Write the Record, and its page if there is what draws its figures."""
    files = [folder / "acceptance.json"]
    write_json(record, files[0])
    if find_spec("matplotlib") is not None:
        from pytest_accept.reports.html import write as write_html

        files.append(folder / "acceptance.html")
        write_html(record, files[1])
    return files


def _names(criteria: Sequence[Tracked]) -> list[str]:
    """Return names that MLflow allows, each once."""
    return unlike([f"{_plain(e.population)}/{_plain(e.metric)}" for e in criteria], "{} {}")


def _plain(text: str) -> str:
    """Return text without what MLflow allows in no name; a colon it allows not everywhere."""
    return " ".join(re.sub(r"[^\w.-]+", " ", text).split()).strip(".")[:110] or "unnamed"


def _parts(values: list[T], most: int) -> Iterator[list[T]]:
    for first in range(0, len(values), most):
        yield values[first : first + most]
