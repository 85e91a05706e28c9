"""A tiny base, a few labelled words, and a cache of its own for every test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from pytest_accept import load_data, using
from pytest_accept.data import Data
from pytest_accept.training import encoders, made
from tests import models

WORDS = {
    "good": "pos",
    "bad": "neg",
    "great": "pos",
    "awful": "neg",
    "bright": "pos",
    "dull": "neg",
}


@pytest.fixture(autouse=True)
def cache(tmp_path: Path) -> Iterator[Path]:
    """Return the folder of the cache; a test begins as a new session does."""
    made._models.clear()
    encoders._engines.clear()
    with using(cache_dir=tmp_path / "cache", progress=False):
        yield tmp_path / "cache"


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BERT that learns words in some twenty steps at a rate of 0.01; not to be changed."""
    module, tokenizer = models.make(labels=("yes", "no"))
    with torch.no_grad():
        for weight in module.parameters():
            weight.mul_(0.2 if weight.ndim > 1 else 1)
    module.config.hidden_dropout_prob = module.config.attention_probs_dropout_prob = 0.0
    folder = tmp_path_factory.mktemp("bases") / "base"
    with models.quiet():
        module.save_pretrained(folder)
        tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def words() -> Data:
    """Eighteen texts with the labels neg and pos."""
    texts = [(f"{a} {word} film", label) for word, label in WORDS.items() for a in ("a", "the", "")]
    return load_data([{"text": text, "label": label} for text, label in texts], name="words")


@pytest.fixture(scope="session")
def topics() -> Data:
    """Nine texts with three labels."""
    topics = {"film": "screen", "book": "page", "song": "ear"}
    rows = [
        {"text": f"{a} {each}", "label": t}
        for each, t in topics.items()
        for a in ("a", "the", "good")
    ]
    return load_data(rows, name="topics")
