"""A Record with one of everything that a tracking tool is told: made by hand, without a run."""

import functools
import math

import numpy as np
import pytest

import pytest_accept as pa
from pytest_accept.records import (
    Criterion,
    DataDescription,
    Edited,
    Environment,
    Evidence,
    Example,
    ModelDescription,
    Record,
    TextEdit,
    Training,
    TrainingStep,
    Verdict,
)

HOSTILE = "<script>alert(1)</script> [x](javascript:alert(2)) | `a` **b**\n# c \x1b[31m"


def verdicts() -> list[Verdict]:
    """Return verdicts on predictions: rejected, accepted and inconclusive, with all figures."""
    random = np.random.default_rng(0)
    truth = random.integers(0, 2, 120)
    sure = np.clip(random.normal(np.where(truth, 0.75, 0.25), 0.2), 0.001, 0.999)
    rows = [
        {"text": f"text {i}", "label": ("neg", "pos")[label], "source": ("a", "b")[i % 2]}
        for i, label in enumerate(truth.tolist())
    ]
    data = pa.load_data(rows, name="reviews")
    said = pa.load_predictions(np.column_stack([1 - sure, sure]), labels=["neg", "pos"])
    with pytest.MonkeyPatch.context() as notebook:
        notebook.setattr(pa, "_configured", None)  # else these were criteria of the running tests
        return [
            pa.accuracy(said, data) >= 0.99,
            pa.accuracy(said, data, where={"source": "a"}) >= 0.5,
            pa.recall(said, data, label="pos") >= 0.8,
            pa.roc_auc(said, data) >= 0.5,
            pa.expected_calibration_error(said, data) <= 0.9,
        ]


def unbounded() -> Verdict:
    """Return a verdict without an upper bound, whose evidence is hostile."""
    example = Example(
        text=HOSTILE, expected="pos", predicted=HOSTILE, probability=0.9, origin="a|b.csv row 1",
        edited=Edited(
            text="x" + HOSTILE[1:], predicted="neg", probability=0.6,
            edits=(TextEdit(start=0, stop=1, replacement="x", kind="typo"),),
        ),
    )  # fmt: skip
    return Verdict(
        status="inconclusive",
        estimate=pa.Estimate(
            metric="perplexity", value=30.0, low=1.0, high=math.inf, confidence=0.95, n=3,
            method="test", higher_is_better=False, population=HOSTILE,
        ),
        bar=20.0,
        direction="below",
        population=HOSTILE,
        evidence=(Evidence(title=HOSTILE, examples=(example,), lines=(HOSTILE,)),),
        definition="How unsure it is.",
    )  # fmt: skip


@functools.cache
def make_record(started: str = "2026-11-30T20:00:00+00:00") -> Record:
    """Return a Record of two models and a training."""
    judged = [*verdicts(), unbounded()]
    criteria = [
        Criterion(
            test=f"test_{i}.py::test_it", outcome="passed" if each else "failed", verdict=each,
            model=int(i == 5), data=0, seconds=0.5,
        )
        for i, each in enumerate(judged)
    ]  # fmt: skip
    steps = tuple(
        TrainingStep(step=i, epoch=i / 2, loss=math.nan if i == 3 else 1 / i, learning_rate=i / 100)
        for i in (1, 2, 3)
    )
    return Record(
        started=started,
        seconds=3.5,
        exit_status=1,
        environment=Environment(python="3.11", platform="Linux", versions={"torch": "2.13"}),
        settings={"confidence": 0.95, "inconclusive": "fail", "seed": 0, "device": None},
        models=tuple(
            ModelDescription(
                name=name, source=f"runs/{name}", task="text-classification",
                labels=("neg", "pos"), fingerprint=fingerprint,
            )
            for name, fingerprint in (("final", "ab12"), ("words", None))
        ),
        data=(
            DataDescription(
                name="reviews", source="reviews.csv", fingerprint="cd34", n=120,
                columns=("text", "label"),
            ),
        ),
        criteria=tuple(criteria),
        trainings=(
            Training(
                name="probe", seed=7, base="tiny", data="reviews", key="ef56", steps=steps,
                validation_losses=(0.7, math.nan), seconds=2.0,
            ),
        ),
        not_judged=("test_9.py::test_broken",),
        notes=("reviews: 3 texts were cut",),
    )  # fmt: skip
