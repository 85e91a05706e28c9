"""Runs of MLflow, read back from a local store: equal to the Record, each once, quiet."""

import json
import logging
import math
import os
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pytest_accept import read_record
from pytest_accept.records import Record
from pytest_accept.reports import write_report
from pytest_accept.reports.mlflow import _experiment, write
from pytest_accept.reports.mlflow.places import find_place
from pytest_accept.reports.mlflow.quiet import quietly
from tests.reports.made_records import make_record

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Any]]:
    """Return a folder with a store that has a Record, and a client of it."""
    folder = tmp_path_factory.mktemp("mlflow")
    with quietly():
        line, written = write_report(record(), "mlflow", folder / "runs", shown="runs")
        assert (line, written) == ("acceptance report written: mlflow:runs", True)
        with find_place(folder / "runs", "runs").client() as client:
            yield folder / "runs", client


def record(started: str = "2026-11-30T20:00:00+00:00") -> Record:
    """Return a Record of two models; the training is that of the second one."""
    made = make_record(started)
    models = (made.models[0], replace(made.models[1], source="cache/ef56"))
    seed = replace(made.trainings[0], name="seed 8", key="ab78", seed=8, failure="it diverged")
    return replace(made, models=models, trainings=(*made.trainings, seed))


def runs(client: Any) -> dict[str, Any]:
    experiment = client.get_experiment_by_name("acceptance")
    found = client.search_runs([experiment.experiment_id])
    assert len(found) == len({run.info.run_name for run in found})
    return {run.info.run_name: run for run in found}


def test_a_model_is_a_run_with_the_numbers_of_the_record(store: tuple[Path, Any]) -> None:
    found = runs(store[1])
    assert set(found) == {"final", "words", "seed 8"}
    final = found["final"]
    estimate = record().criteria[0].verdict.estimate
    metrics = {
        name.rpartition("/")[2]: value
        for name, value in final.data.metrics.items()
        if name.startswith("reviews/accuracy/")
    }
    assert metrics == {
        "value": estimate.value, "low": estimate.low, "high": estimate.high, "bar": 0.99,
        "margin": estimate.low - 0.99, "status": -1, "n": 120,
    }  # fmt: skip
    assert final.data.metrics["reviews source a/accuracy/status"] == 1
    assert final.data.params["bar/reviews/recall label pos"] == "0.8"
    assert final.data.params["setting/confidence"] == "0.95"
    assert "setting/device" not in final.data.params
    assert (final.info.status, final.info.start_time) == ("FINISHED", 1796068800000)
    assert final.info.end_time == 1796068803500


def test_tags_have_the_verdicts_and_say_what_was_judged(store: tuple[Path, Any]) -> None:
    tags = runs(store[1])["final"].data.tags
    assert tags["verdict/reviews/accuracy"] == "rejected"
    assert tags["verdict/reviews source a/accuracy"] == "accepted"
    assert tags["acceptance.ship"] == "no"
    reason, *caveats = tags["mlflow.note.content"].split("\n\n")
    assert reason == tags["acceptance.reason"]
    assert any(each.startswith("1 test was not judged: ") for each in caveats)
    assert tags["model.fingerprint"] == "ab12"
    assert tags["version/torch"] == "2.13"
    (given,) = runs(store[1])["final"].inputs.dataset_inputs
    assert (given.dataset.name, given.dataset.digest) == ("reviews", "cd34")
    assert json.loads(given.dataset.source) == {"uri": "reviews.csv"}


def test_the_record_and_its_page_are_artifacts(store: tuple[Path, Any], tmp_path: Path) -> None:
    run = runs(store[1])["words"]
    files = {each.path for each in store[1].list_artifacts(run.info.run_id)}
    assert files == {"acceptance.json", "acceptance.html"}
    place = store[1].download_artifacts(run.info.run_id, "acceptance.json", str(tmp_path))
    assert read_record(place).criteria == record().criteria
    assert run.info.artifact_uri.startswith((store[0] / "artifacts").as_uri())


def test_hostile_names_and_missing_bounds(store: tuple[Path, Any]) -> None:
    words = runs(store[1])["words"]
    mine = {name for name in words.data.metrics if not name.startswith("training/")}
    population = "script alert 1 script x javascript alert 2 a b c u001b 31m"
    assert mine == {
        f"{population}/perplexity/{what}" for what in ("value", "low", "bar", "status", "n")
    }


def test_a_training_is_logged_with_the_model_that_it_made(store: tuple[Path, Any]) -> None:
    found = runs(store[1])
    assert not [name for name in found["final"].data.metrics if name.startswith("training/")]
    for name in ("words", "seed 8"):
        losses = store[1].get_metric_history(found[name].info.run_id, "training/loss")
        assert [(each.step, each.value) for each in losses[:2]] == [(1, 1), (2, 0.5)]
        assert math.isnan(losses[2].value)
    assert found["seed 8"].data.params["seed"] == "8"
    assert found["seed 8"].data.tags["training.failure"] == "it diverged"


def test_what_the_store_has_is_not_logged_again(store: tuple[Path, Any]) -> None:
    folder, client = store
    before = runs(client)
    write(record(), folder)
    assert {run.info.run_id for run in runs(client).values()} == {
        run.info.run_id for run in before.values()
    }
    newer = replace(record("2026-12-01T08:30:00+02:00"), trainings=())
    write(newer, folder, earlier=(record(),))
    experiment = client.get_experiment_by_name("acceptance")
    every = client.search_runs([experiment.experiment_id])
    assert sorted(run.info.run_name for run in every) == sorted([*before, "final", "words"])
    for run in every:
        if run.info.run_id not in {each.info.run_id for each in before.values()}:
            client.delete_run(run.info.run_id)


def test_a_run_that_fails_half_way_is_none(
    store: tuple[Path, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from pytest_accept.reports.mlflow import contents

    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(contents, "_dataset", fail)
    before = set(runs(store[1]))
    with pytest.raises(OSError, match="disk full"):
        write(record("2026-12-24T00:00:00+00:00"), store[0])
    assert set(runs(store[1])) == before


def test_nothing_of_the_process_is_changed(
    store: tuple[Path, Any], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    import mlflow
    from mlflow.telemetry.client import get_telemetry_client

    monkeypatch.delenv("MLFLOW_DISABLE_TELEMETRY")  # the store's client keeps it set
    monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", "of my own")
    calls: list[object] = []
    monkeypatch.setattr(socket.socket, "connect", lambda *given: calls.append(given))
    where = mlflow.get_tracking_uri()
    before = dict(os.environ), mlflow.active_run(), logging.getLogger("mlflow").level
    threads = set(threading.enumerate())
    write(replace(record(), trainings=()), store[0] / "second")
    assert (dict(os.environ), mlflow.active_run(), logging.getLogger("mlflow").level) == before
    assert mlflow.get_tracking_uri() == where
    assert get_telemetry_client() is None
    assert set(threading.enumerate()) == threads
    assert capfd.readouterr() == ("", "")
    assert not calls
    with find_place(store[0] / "second", "second").client() as client:
        assert client.get_experiment_by_name("of my own") is not None


def test_an_experiment_that_another_job_makes_meanwhile_is_used(store: tuple[Path, Any]) -> None:
    from mlflow.exceptions import MlflowException

    class Racing:
        known = None

        def get_experiment_by_name(self, _: str) -> Any:
            return self.known

        def create_experiment(self, name: str, artifact_location: str | None) -> str:
            self.known = store[1].get_experiment_by_name(name)
            raise MlflowException("there is one of that name")

    expected = store[1].get_experiment_by_name("acceptance").experiment_id
    assert _experiment(Racing(), None) == expected


def test_the_default_is_where_the_environment_says(
    store: tuple[Path, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{store[0]}/mlflow.db")
    monkeypatch.chdir(tmp_path)
    before = set(runs(store[1]))
    write(record(), tmp_path / "default", given="default")
    assert set(runs(store[1])) == before
    assert not list(tmp_path.iterdir())
