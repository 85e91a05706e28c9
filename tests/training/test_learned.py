"""Who is judged by what it learned from is noticed, whoever is asked and however it was made."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_accept import accuracy, across_seeds, load_data
from pytest_accept.data import Data
from pytest_accept.training import fine_tune, probe

SHORT = {"epochs": 1, "learning_rate": 1e-3}


def reviews(*texts: str) -> Data:
    labels = ("neg", "pos")
    return load_data([{"text": t, "label": labels[i % 2]} for i, t in enumerate(texts)], name="new")


def noted(count: int, n: int) -> str:
    return f"{count} of {n} examples are among those that the model learned from"


def test_a_probe_and_its_predictions(base: Path, words: Data) -> None:
    model = probe(base, words)
    assert noted(18, 18) in accuracy(model, words).notes
    some = reviews("the bad film", "the best film", "no film")
    for asked in (model, model.predict(some)):
        assert noted(1, 3) in accuracy(asked, some).notes
    assert accuracy(model, reviews("another film", "a film")).notes == ()


@pytest.mark.slow
def test_what_chose_the_weights_and_what_the_base_had_learned(base: Path, words: Data) -> None:
    chosen_by = reviews("one film", "two films")
    first = fine_tune(base, words, validation=chosen_by, **SHORT)
    assert noted(2, 2) in accuracy(first, chosen_by).notes
    later = reviews("three films", "four films")
    second = fine_tune(first, later, epochs=4, learning_rate=1e-2)
    every = reviews("one film", "three films", "the bad film", "five films")
    assert noted(3, 4) in accuracy(second, every).notes
    assert noted(2, 4) in accuracy(first, every).notes


def test_a_recipe(base: Path, words: Data) -> None:
    def recipe(seed: int) -> object:
        return probe(base, words, C=1 + seed)

    assert noted(18, 18) in across_seeds(accuracy, recipe, words, seeds=2).notes
