"""Runs of MLflow: `mlflow:WHERE`, one run for each model of the Record.

`WHERE` is a folder (a local store, to be seen with `mlflow ui --backend-store-uri
sqlite:///FOLDER/mlflow.db`), an address such as `sqlite:///acceptance.db`, `http://host:5000` or
`databricks`, or `default`: what MLFLOW_TRACKING_URI says, or else MLflow itself. The experiment is
MLFLOW_EXPERIMENT_NAME, or else "acceptance".
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from pytest_accept.marked_text import printable
from pytest_accept.records import Record
from pytest_accept.reports.tracked import start, tracked_models

EXPERIMENT = "acceptance"

_KEY = "acceptance.run"  # by which a run is known: which Record, and which of its models


def write(
    record: Record, path: Path, *, earlier: tuple[Record, ...] = (), given: str | None = None
) -> None:
    """Log a Record, and earlier ones, unless the store has them; each run wholly or not at all.

    `given` is the path as it was written: an address is none. Raises ImportError without mlflow,
    and whatever the store raises.
    """
    from pytest_accept.reports.mlflow.quiet import quietly

    with quietly():
        from pytest_accept.reports.mlflow.places import find_place

        place = find_place(path, str(path) if given is None else given)
        with place.client() as client:
            experiment = _experiment(client, place.artifacts)
            for each in (*earlier, record):
                _log_record(client, experiment, each)


def _experiment(client: Any, artifacts: str | None) -> str:
    """Return the id of the experiment, made if it is not there."""
    from mlflow.exceptions import MlflowException

    name = os.environ.get("MLFLOW_EXPERIMENT_NAME") or EXPERIMENT
    known = client.get_experiment_by_name(name)
    if known is not None:
        return str(known.experiment_id)
    try:
        return str(client.create_experiment(name, artifact_location=artifacts))
    except MlflowException:
        made_meanwhile = client.get_experiment_by_name(name)  # by another job
        if made_meanwhile is None:
            raise
        return str(made_meanwhile.experiment_id)


def _log_record(client: Any, experiment: str, record: Record) -> None:
    """Log a run for each model, and for each training that made none of them."""
    from pytest_accept.reports.mlflow import contents

    models = tracked_models(record)
    made = {id(each) for model in models for each in contents.trainings_of(model.model, record)}
    runs: list[tuple[str, Callable[..., None]]] = [
        (model.name, partial(contents.log_model, record=record, model=model)) for model in models
    ]
    runs += [
        (printable(each.name), partial(contents.log_training, record=record, training=each))
        for each in record.trainings
        if id(each) not in made
    ]
    content = hashlib.sha256(msgspec.json.encode(record)).hexdigest()[:32]
    keys = [f"{content} {position}" for position in range(len(runs))]
    new = [
        (key, *run)
        for key, run in zip(keys, runs, strict=True)
        if not client.search_runs([experiment], f"tags.`{_KEY}` = '{key}'", max_results=1)
    ]
    if not new:
        return
    with tempfile.TemporaryDirectory() as folder:
        files = contents.write_files(record, Path(folder))
        for key, name, log in new:
            with _run(client, experiment, record, name) as run:
                log(client, run, files=files)
                client.set_tag(run, _KEY, key)


@contextmanager
def _run(client: Any, experiment: str, record: Record, name: str) -> Iterator[str]:
    """Return the id of a new run, which is deleted if anything goes wrong."""
    started = int(1000 * start(record).timestamp())
    run = client.create_run(experiment, start_time=started, run_name=name).info.run_id
    try:
        yield run
    except BaseException:
        client.set_terminated(run, "FAILED")
        client.delete_run(run)
        raise
    client.set_terminated(run, "FINISHED", end_time=started + int(1000 * record.seconds))
