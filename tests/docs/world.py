"""What the pages speak of: models and data of those names, small, but real and fit to be judged."""

from __future__ import annotations

import csv
import json
import random
from pathlib import Path
from typing import Any

from pytest_accept import lexicon
from tests.docs.counting_model import save_counting_model
from tests.language_models import make_causal
from tests.masked_models import make_masked
from tests.models import build, quiet
from tests.onnx_models import export
from tests.taggers import save_tagger

GOOD, BAD = lexicon("positive_adjectives"), lexicon("negative_adjectives")
NEUTRAL = "slow quick long short loud quiet old new small large early late plain strange".split()
WORKS = "film story plot ending scene cast score script dialogue camera pace title".split()
PEOPLE = ("my wife", "my husband", "the man", "the woman", "a Muslim friend", "a Christian friend")
NEGATIONS = ("not", "isn", "wasn", "never", "hardly", "isnt", "wasnt")
LANGUAGE_MODEL = Path(__file__).parents[2] / "example_suites" / "language_model"

FIXTURES = ("model", "reviews", "tagger", "sentences", "writer", "masked", "train", "held_out")

CONFTEST = """
import pytest

BASE = "sentence-transformers/all-MiniLM-L6-v2"


@pytest.fixture(scope="session")
def model(load_model):
    return load_model("runs/reviews", task="text-classification")


@pytest.fixture(scope="session")
def reviews(load_data):
    return load_data("data/reviews.csv")


@pytest.fixture(scope="session")
def tagger(load_model):
    return load_model("runs/ner", task="token-classification")


@pytest.fixture(scope="session")
def sentences(load_data):
    return load_data("data/dev.conll")


@pytest.fixture(scope="session")
def writer(load_model):
    return load_model("runs/smollm2", task="causal-lm")


@pytest.fixture(scope="session")
def masked(load_model):
    return load_model("runs/masked", task="fill-mask")


@pytest.fixture(scope="session")
def train(load_data):
    return load_data("data/train.csv")


@pytest.fixture(scope="session")
def held_out(load_data):
    return load_data("data/held_out.csv")


@pytest.fixture(scope="session")
def old_model(fine_tune, train):
    return fine_tune(BASE, train, epochs=1)


@pytest.fixture(scope="session")
def old_task(held_out):
    return held_out
"""


SUITE = """
import pytest
from pytest_accept import assert_accuracy_above, assert_expected_calibration_error_below, recall

pytestmark = pytest.mark.acceptance


def test_good_enough(model, reviews):
    assert_accuracy_above(model, reviews, 0.90)
    assert_expected_calibration_error_below(model, reviews, 0.10)


def test_labels(model, reviews):
    assert recall(model, reviews, label="neg") >= 0.85
"""
"""The suite of pages that have none of their own."""


def make_world(folder: Path) -> Path:
    """Write every model and file that the pages name into a folder, and return it."""
    data = folder / "data"
    data.mkdir(parents=True)
    _models(folder)
    write_reviews(data / "reviews.csv", 480)
    write_reviews(data / "train.csv", 64, seed=1)
    write_reviews(data / "held_out.csv", 64, seed=2)
    _hatecheck(data / "test_suite_cases.csv")
    _conll(data / "dev.conll")
    for path in LANGUAGE_MODEL.glob("*.jsonl"):
        lines = path.read_text(encoding="utf-8").splitlines()[:24]
        (data / path.name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "conftest.py").write_text(CONFTEST, encoding="utf-8")
    return folder


def _models(folder: Path) -> None:
    scores = {
        **dict.fromkeys(NEUTRAL + WORKS + "a the was and it is found but".split(), 0.0),
        **dict.fromkeys(map(str.lower, GOOD), 1.0),
        **dict.fromkeys(map(str.lower, BAD), -1.0),
        **dict.fromkeys(NEGATIONS, -2.5),
    }
    save_counting_model(folder / "runs" / "reviews", scores, sureness=5.5)
    save_counting_model(folder / "runs" / "checkpoint-1200", scores, sureness=5.6)
    save_counting_model(folder / "runs" / "reviews-int8", scores, sureness=5.4)
    export(folder / "runs" / "reviews", folder / "runs" / "reviews-onnx")
    rushed = {word: score for at, (word, score) in enumerate(scores.items()) if at % 3}
    save_counting_model(folder / "runs" / "rushed", rushed, sureness=5.5)
    build(folder / "sentence-transformers" / "all-MiniLM-L6-v2")
    with quiet():
        save_tagger(folder / "runs" / "ner")
        for name, made in (
            ("smollm2", make_causal(positions=1024)),
            ("masked", make_masked()),
        ):
            for part in made:
                part.save_pretrained(folder / "runs" / name)


def write_reviews(path: Path, n: int, *, seed: int = 0) -> None:
    """Write labelled reviews: each says two things, and 1 in 30 has the other label."""
    draw = random.Random(seed)
    names = lexicon("first_names")
    rows: list[dict[str, Any]] = []
    for at in range(n):
        label = draw.choice(("neg", "pos"))
        first, second = draw.sample(GOOD if label == "pos" else BAD, 2)
        who = draw.choice((*PEOPLE, draw.choice(names)))
        one, two = draw.sample(WORKS, 2)
        text = f"{who} found the {one} {first} and the {two} {second}"
        if at % 3 == 0:
            text += f", but it was a {draw.choice(NEUTRAL)} {draw.choice(WORKS)}"
        start = text.index(first)
        rows.append(
            {
                "text": f"{text[0].upper()}{text[1:]}.",
                "label": label if draw.random() > 1 / 30 else {"neg": "pos", "pos": "neg"}[label],
                "source": ("shops", "tweets", "amazon")[at % 3],
                "length": "long" if at % 3 == 0 else "short",
                "author": f"author {at // 6}",
                "gender": ("f", "m")[draw.random() < 0.5],
                "age": ("young", "old")[draw.random() < 0.5],
                "spans": json.dumps([[start, start + len(first)]]),
            }
        )
    _write(path, rows)


def _hatecheck(path: Path) -> None:
    kinds = (
        ("derogation", "hateful", "I hate {who}.", "bad"),
        ("neutral mention", "non-hateful", "{who} came to see the film.", "good"),
    )
    rows = [
        {
            "functionality": kind,
            "test_case": f"{case.format(who=who)} It was {word}, number {number}.",
            "label_gold": label,
            "templ_id": 10 * at + number,
            "case_templ": f"{case.format(who='[IDENTITY]')} {number}",
            "target_ident": who,
        }
        for at, (kind, label, case, word) in enumerate(kinds)
        for number in range(8)
        for who in ("women", "Muslims", "immigrants")
    ]
    _write(path, rows)


def _conll(path: Path) -> None:
    draw = random.Random(0)
    lines = []
    for at in range(120):
        if at % 6 == 0:
            lines += ["-DOCSTART- O", ""]
        for _ in range(draw.randint(3, 9)):
            lines.append(f"{draw.choice(['saw', 'the', 'film', 'in', 'and'])} O")
        lines += [f"{draw.choice(['Anna', 'Ahmed', 'Mei'])} B-PER", "Smith I-PER", ""]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _write(path: Path, rows: list[dict[str, Any]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, list(rows[0]))
        table.writeheader()
        table.writerows(rows)
