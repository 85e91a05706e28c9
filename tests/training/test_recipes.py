"""A recipe with several seeds: a user's own function, failed runs, what is kept."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

import pytest
import torch

from pytest_accept.errors import ModelError, SettingError, TrainingError
from pytest_accept.records import TrainingStep
from pytest_accept.training import run
from pytest_accept.training.recipes import name_of
from tests import models


def saved(seed: int, root: Path) -> Path:
    return models.build(root / str(seed), seed=seed)


def test_a_function_that_returns_a_folder(tmp_path: Path) -> None:
    runs = run(functools.partial(saved, root=tmp_path), seeds=2)
    assert [each.seed for each in runs] == [0, 1]
    assert all(each.failure is None for each in runs)
    first, second = (each.model for each in runs)
    assert first is not None
    assert second is not None
    assert first.name == "saved (seed 0)"
    assert first.fingerprint != second.fingerprint
    assert first.label("a good film.") in ("neg", "pos")


@pytest.mark.parametrize(
    "recipe",
    [
        lambda seed: models.make(seed=seed),
        lambda start: models.make(seed=start),
        lambda *, seed: models.make(seed=seed),
        lambda **options: models.make(seed=options["seed"]),
        lambda *seeds: models.make(seed=seeds[0]),
    ],
)
def test_a_module_with_its_tokenizer_and_any_way_to_take_a_seed(recipe: Any) -> None:
    (only,) = run(recipe, seeds=[7])
    assert only.seed == 7
    assert only.model is not None
    assert only.log.name == "<lambda>"


def test_a_seed_is_run_once_and_finished_ones_are_kept(tmp_path: Path) -> None:
    asked: list[int] = []

    def train(seed: int) -> Path:
        asked.append(seed)
        if len(asked) == 3:
            raise KeyboardInterrupt
        return saved(seed, tmp_path)

    with pytest.raises(KeyboardInterrupt):
        run(train, seeds=3)
    runs = run(train, seeds=3)
    assert asked == [0, 1, 2, 2]
    assert run(train, seeds=[1])[0].model is runs[1].model


def test_a_method_is_the_same_recipe_each_time(tmp_path: Path) -> None:
    class Trainer:
        trained = 0

        def train(self, seed: int) -> Path:
            self.trained += 1
            return saved(seed, tmp_path)

    trainer = Trainer()
    run(trainer.train, seeds=1)
    run(trainer.train, seeds=1)
    assert trainer.trained == 1


def test_a_run_that_fails_says_why_and_the_others_go_on(tmp_path: Path) -> None:
    def train(seed: int) -> Any:
        if seed == 0:
            raise TrainingError("the loss is NaN at step 3")
        if seed == 1:
            raise FloatingPointError("overflow")
        module, tokenizer = models.make(seed=seed)
        if seed == 2:
            with torch.no_grad():
                module.classifier.weight[0, 0] = torch.nan
        return module, tokenizer

    runs = run(train, seeds=4)
    assert [each.failure for each in runs] == [
        "the loss is NaN at step 3",
        "FloatingPointError: overflow",
        "weights are NaN or infinite: classifier.weight",
        None,
    ]
    assert [each.model is None for each in runs] == [True, True, True, False]
    assert runs[2].log.failure == runs[2].failure


def test_a_mistake_in_the_function_is_no_failed_run() -> None:
    def train(seed: int) -> Path:
        raise FileNotFoundError("data.csv")

    with pytest.raises(FileNotFoundError, match="data.csv"):
        run(train, seeds=2)
    with pytest.raises(ModelError, match="There is no folder"):
        run(lambda seed: "./nowhere", seeds=1)


def test_the_log_of_a_transformers_trainer_is_read(tmp_path: Path) -> None:
    def train(seed: int) -> Path:
        folder = saved(seed, tmp_path)
        history = [
            {"step": 10, "epoch": 0.5, "loss": 0.6, "learning_rate": 1e-5, "grad_norm": 1.0},
            {"step": 20, "epoch": 1.0, "eval_loss": 0.5},
        ]
        (folder / "trainer_state.json").write_text(json.dumps({"log_history": history}))
        return folder

    (only,) = run(train, seeds=1)
    assert only.log.steps == (TrainingStep(step=10, epoch=0.5, loss=0.6, learning_rate=1e-5),)


@pytest.mark.parametrize(
    ("recipe", "seeds", "message"),
    [
        ("runs/final", 1, "Expected `recipe` to be a function of a seed"),
        (lambda seed: None, 1, "returned None"),
        (lambda: "runs/final", 1, "cannot be called with a seed alone"),
        (lambda seed, data: "runs", 1, "cannot be called with a seed alone"),
        (lambda seed: "runs", 0, "Expected `seeds` to be a number of seeds"),
        (lambda seed: "runs", True, "Expected `seeds` to be a number of seeds"),
        (lambda seed: "runs", [], "Expected `seeds`"),
        (lambda seed: "runs", [1, 1], "different seeds"),
        (lambda seed: "runs", "5", "Expected `seeds`"),
        (lambda seed: "runs", [1.5], "Expected `seed` to be an integer"),
        (lambda seed: "runs", [-1], "Expected `seed` to be an integer"),
    ],
)
def test_what_is_no_recipe_or_no_seed(recipe: Any, seeds: Any, message: str) -> None:
    with pytest.raises(SettingError, match=message):
        run(recipe, seeds)


def test_a_recipe_is_called_by_what_tells_it_from_another() -> None:
    tuned = functools.partial(saved, root=Path("/home/me"), epochs=2, freeze="encoder", data=[1])
    assert name_of(tuned) == "saved(epochs=2, freeze=encoder)"
    assert name_of(functools.partial(tuned, epochs=3)) == "saved(epochs=3, freeze=encoder)"
    assert name_of(functools.partial(saved, root="a/b")) == name_of(saved) == "saved"
