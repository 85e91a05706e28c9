"""What is remembered of a checkpoint: a model of which all answers are kept is not loaded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from pytest_accept import AcceptanceError, load_model, settings
from pytest_accept.errors import CacheError
from pytest_accept.loading import checkpoint, known, memory_file
from pytest_accept.prediction import store
from tests import language_models, models

TEXTS = ["a good film", "a bad film", "a film"]


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Return a list that notes which folders' weights are loaded."""
    load, found = checkpoint.load_module, []

    def noted(folder: Path, *arguments: Any, **options: Any) -> Any:
        found.append(folder)
        return load(folder, *arguments, **options)

    monkeypatch.setattr(checkpoint, "load_module", noted)
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    models.build(tmp_path / "model")
    store.forget()
    with settings.using(cache="use", cache_dir=tmp_path / "cache"):
        yield tmp_path / "model"
        store.forget()


def predicted(folder: Path, texts: list[str], **options: Any) -> tuple[Any, list[list[float]]]:
    """Return the description and the answers of a model, as another process would find them."""
    model = load_model(folder, **options)
    found = model.predict(texts).probabilities.tolist()
    store.forget()
    return model.describe(), found


def test_weights_are_loaded_when_something_new_is_asked(folder: Path, loads: list[Path]) -> None:
    cold = predicted(folder, TEXTS)
    assert loads == [folder]
    assert predicted(folder, TEXTS) == cold
    assert loads == [folder]
    _, further = predicted(folder, [*TEXTS, "one more film"])
    assert further[:3] == cold[1]
    assert loads == [folder, folder]
    with settings.using(cache="verify"):
        assert predicted(folder, TEXTS) == cold
    assert loads == [folder, folder, folder]


@pytest.mark.parametrize(
    "options",
    [{"max_length": 6}, {"dtype": "float64"}, {"allow_untrained": True}, {"task": "fill-mask"}],
    ids=lambda options: next(iter(options)),
)
def test_what_is_asked_otherwise_is_loaded(
    options: dict[str, Any], folder: Path, loads: list[Path]
) -> None:
    load_model(folder)
    # Whatever comes of it: a classifier has no head for masked words.
    try:
        load_model(folder, **options)
    except AcceptanceError:
        assert "task" in options
    assert len(loads) == 2


@pytest.mark.parametrize(
    "options", [{"attn_implementation": "eager"}, {"labels": ["bad", "good"]}], ids=["made", "said"]
)
def test_options_hold(options: dict[str, Any], folder: Path, loads: list[Path]) -> None:
    first = predicted(folder, TEXTS, **options)
    assert predicted(folder, TEXTS, **options) == first
    # How a model is made of its files can be anything; labels are names.
    assert len(loads) == (1 if "labels" in options else 2)


def test_off_and_read_remember_nothing(folder: Path, loads: list[Path]) -> None:
    for policy in ("off", "read"):
        with settings.using(cache=policy):
            predicted(folder, TEXTS)
    assert not (settings.cache_folder() / known.NAME).exists()
    predicted(folder, TEXTS)
    with settings.using(cache="read"):
        predicted(folder, TEXTS)
    assert len(loads) == 3
    with settings.using(cache="off"):
        predicted(folder, TEXTS)
    assert len(loads) == 4


def test_a_language_model_is_known_too(tmp_path: Path, loads: list[Path]) -> None:
    for each in language_models.make_causal():
        each.save_pretrained(tmp_path / "lm")
    with settings.using(cache="use", cache_dir=tmp_path / "cache"):
        first = load_model(tmp_path / "lm").describe()
        assert load_model(tmp_path / "lm").describe() == first
    assert first.task == "causal-lm"
    assert len(loads) == 1


def test_a_table_that_is_damaged_is_none(folder: Path, loads: list[Path]) -> None:
    cold = predicted(folder, TEXTS)
    table = settings.cache_folder() / known.NAME
    for content in (b"", b"[]", b'{"a": 1}', table.read_bytes()[:-9], b"\xff" * 9):
        table.write_bytes(content)
        assert predicted(folder, TEXTS) == cold
    assert len(loads) == 6


def test_a_model_that_is_not_as_remembered_ends_the_run(folder: Path) -> None:
    cold = predicted(folder, TEXTS)
    table = settings.cache_folder() / known.NAME
    entries = msgspec.json.decode(table.read_bytes(), type=dict[str, known.Known])
    forged = {key: msgspec.structs.replace(each, pad_token=7) for key, each in entries.items()}
    table.write_bytes(msgspec.json.encode(forged))
    with pytest.raises(CacheError, match="pad_token is 0 and was 7.*run it again"):
        predicted(folder, ["a new film"])
    assert memory_file.read(known.NAME, known.Known, most=known.MOST) == entries
    assert predicted(folder, TEXTS) == cold
