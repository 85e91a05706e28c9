"""What stands for a model in a dry run."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from pytest_accept import dry_run
from pytest_accept.dry_run import Unanswered
from pytest_accept.errors import ModelError
from pytest_accept.loading import load_model
from pytest_accept.loading.stand_ins import is_stand_in


class Notes:
    """A dry run that keeps what models are asked to read."""

    def __init__(self) -> None:
        self.inputs: list[Any] = []
        self.gone: list[str] = []

    def read(self, model: Any, reading: Any, inputs: Sequence[Any]) -> None:
        self.inputs += inputs

    def missing(self, model: str) -> None:
        self.gone.append(model)


@pytest.fixture
def notes() -> Iterator[Notes]:
    run: Any = Notes()
    dry_run.begin(run)
    yield run
    dry_run.end(run)


def folder(place: Path, **config: Any) -> Path:
    architecture = {"architectures": ["BertForSequenceClassification"], "model_type": "bert"}
    (place / "config.json").write_text(json.dumps({**architecture, **config}))
    return place


def test_a_config_says_task_labels_and_length(tmp_path: Path, notes: Notes) -> None:
    labels = {"0": "neg", "1": "pos"}
    model = load_model(folder(tmp_path, id2label=labels, max_position_embeddings=64))
    assert is_stand_in(model)
    assert (model.task, model.labels, model.max_length) == (
        "text-classification", ("neg", "pos"), 64,
    )  # fmt: skip
    several = load_model(folder(tmp_path, id2label=labels,
                                problem_type="multi_label_classification"))  # fmt: skip
    assert several.multi_label
    assert load_model(folder(tmp_path, id2label=labels), labels=["bad", "good"]).labels == (
        "bad", "good",
    )  # fmt: skip


def test_who_looks_at_its_predictions_gets_no_answer(tmp_path: Path, notes: Notes) -> None:
    model = load_model(folder(tmp_path))
    said = model.predict(["one", "two", "three"])
    assert (len(said), len(said.take([0, 2])), notes.inputs) == (3, 2, ["one", "two", "three"])
    assert said.labels == ("LABEL_0", "LABEL_1")
    for look in (
        lambda: said.probabilities,
        lambda: said.label_ids,
        lambda: model.label("one"),
        lambda: model.tokenizer,
        model.module,
        model.gradients,
        lambda: model.read("how likely", ["four"]),
        lambda: model.engine("how likely", object).blocks(["five"]),
    ):
        with pytest.raises(Unanswered, match=re_name(tmp_path)):
            look()
    assert notes.inputs[-2:] == ["four", "five"]


def re_name(place: Path) -> str:
    return f"needs .*'{place.name}'"


def test_functions_are_not_called(notes: Notes) -> None:
    def predict(texts: list[Any]) -> Any:
        raise AssertionError

    model = load_model(predict, labels=["neg", "pos"])
    assert is_stand_in(model)
    assert len(model.predict(["one"])) == 1


def test_a_model_that_is_not_there_needs_a_task(tmp_path: Path, notes: Notes) -> None:
    missing = tmp_path / "runs"
    with pytest.raises(ModelError, match="There is no folder"):
        load_model(missing)
    model = load_model(missing, task="text-classification")
    assert (model.name, model.task, notes.gone) == ("runs", "text-classification", [str(missing)])
    with pytest.raises(Unanswered, match="labels of 'runs'"):
        _ = model.labels


def test_outside_of_a_dry_run_models_are_loaded(tmp_path: Path, notes: Notes) -> None:
    with dry_run.paused(), pytest.raises(ModelError, match="weights"):
        load_model(folder(tmp_path))
