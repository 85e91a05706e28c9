"""A Record that has something in every field that a page shows."""

import math
from dataclasses import replace

from pytest_accept.records import (
    Answer,
    Behaviour,
    ConfusionMatrix,
    Criterion,
    Curve,
    Edited,
    Environment,
    Evidence,
    Example,
    Figures,
    MarkedSpan,
    Part,
    Record,
    ReliabilityBin,
    TextEdit,
    Threshold,
    TokenScore,
    Training,
    TrainingStep,
)
from tests.reports.small_records import criterion, record

TEXT = "A wonderful film by Anna Ray in Paris"

MATRIX = Figures(confusion=ConfusionMatrix(labels=("neg", "pos"), counts=((180, 20), (30, 170))))
BINS = Figures(
    reliability=tuple(
        ReliabilityBin(n=40 * rank, confidence=0.5 + 0.1 * rank, accuracy=0.45 + 0.1 * rank)
        for rank in range(1, 5)
    )
)
CURVE = Figures(
    curve=Curve(
        label="pos",
        thresholds=tuple(
            Threshold(
                score=step / 40,
                true_positives=200 - 5 * step,
                false_positives=200 - 8 * step if step < 25 else 0,
                true_negatives=8 * step if step < 25 else 200,
                false_negatives=5 * step,
            )
            for step in range(40)
        ),
    )
)


def example(**more: object) -> Example:
    """Return a mistake about `TEXT`."""
    mistake = Example(
        text=TEXT, expected="pos", predicted="neg", probability=0.91, origin="reviews.tsv row 5"
    )
    return replace(mistake, **more)  # type: ignore[arg-type]


EDITED = example(
    edited=Edited(
        text="A wondreful film by Anna Ray in Paris",
        edits=(TextEdit(start=6, stop=8, replacement="re", kind="swapped letters"),),
        predicted="pos",
        probability=0.6,
    )
)
FLIPPED = example(before=Answer(model="older", predicted="pos", probability=0.83))
SPANS = example(
    spans=(
        MarkedSpan(start=20, stop=28, expected="PER", predicted=""),
        MarkedSpan(start=32, stop=37, expected="LOC", predicted="ORG", said="in Paris"),
        MarkedSpan(start=2, stop=11, expected="", predicted="MISC"),
    )
)
SCORES = example(
    attributions=(
        TokenScore(start=2, stop=11, score=-3.0),
        TokenScore(start=12, stop=16, score=1.0),
        TokenScore(start=20, stop=24, score=0.001),
    )
)
PARTS = Evidence(
    title="accuracy by source, smallest first",
    parts=(
        Part(name="tweets", value=0.7, low=0.6, high=0.8, n=120, where="{'source': 'tweets'}"),
        Part(name="shops", value=0.9, low=0.85, high=0.94, n=280),
    ),
)


def shows(title: str, *examples: Example) -> tuple[Evidence, ...]:
    """Return evidence of examples."""
    return (Evidence(title=title, examples=examples),)


def with_verdict(judged: Criterion, **fields: object) -> Criterion:
    """Return the criterion with fields of its verdict changed."""
    return replace(judged, verdict=replace(judged.verdict, **fields))  # type: ignore[arg-type]


def rich_criteria() -> tuple[Criterion, ...]:
    """Return a criterion for each thing that a page shows."""
    mft = Behaviour(capability="negation", test_type="MFT", name="not bad")
    return (
        with_verdict(
            criterion(evidence=shows("the most confident mistakes", example())), figures=MATRIX
        ),
        with_verdict(
            criterion("rejected", metric="cross_entropy", notes=("noise alone gives 0.02",)),
            figures=BINS,
        ),
        with_verdict(
            criterion("inconclusive", metric="roc_auc", options="label=pos"),
            figures=CURVE, needed_n=10_218, smallest_shown=0.96,
        ),
        criterion(metric="flip_rate", evidence=shows("swapped letters", EDITED)),
        criterion(metric="entity_f1", evidence=shows("mistakes", SPANS)),
        criterion(metric="comprehensiveness", evidence=shows("the least", SCORES)),
        criterion(metric="negative_flip_rate", evidence=shows("flips", FLIPPED)),
        criterion(metric="worst-group accuracy", clusters=90, evidence=(PARTS,)),
        with_verdict(
            criterion(metric="minimum_functionality", method="all cases", low=0.95, high=0.95),
            behaviour=mft,
        ),
        criterion("rejected", metric="no_flip_within", method="search",
                  evidence=(Evidence(title="counts", lines=("found: 3", "- one more")),)),
        criterion(metric="brier_score", method="point", low=0.95, high=0.95),
        criterion(metric="perplexity", high=math.inf, model=1),
        with_verdict(
            criterion("inconclusive", metric="seeds_mean", seeds=3, tolerated=True), needed_seeds=7
        ),
    )  # fmt: skip


def trainings() -> tuple[Training, ...]:
    """Return two seeds of a recipe and one that gave no model."""
    steps = tuple(
        TrainingStep(step=step, epoch=step / 10, loss=2 / step, learning_rate=1e-4)
        for step in range(1, 31)
    )
    one = Training(
        name="tiny fine-tuned, seed 0", seed=0, base="tiny", data="reviews", key="ab", steps=steps,
        validation_losses=(0.5, 0.4, 0.3), seconds=12.5,
    )  # fmt: skip
    failed = replace(
        one, seed=2, key="cd", steps=steps[:3], failure="the loss is no number", cached=True
    )
    return one, replace(one, seed=1, key="ef", name="tiny fine-tuned, seed 1"), failed


def rich_record(**fields: object) -> Record:
    """Return a Record with something in every field that a page shows."""
    given: dict[str, object] = {
        "exit_status": 1,
        "environment": Environment(
            python="3.11", platform="Linux", versions={"pytest-model-acceptance": "0.1.0"}
        ),
        "trainings": trainings(),
        "not_judged": ("acceptance/test_words.py::test_broken",),
        "notes": ("reviews: noise alone gives 0.02", "the bars are defaults"),
        **fields,
    }
    return record(*rich_criteria(), models=("words", "letters"), **given)
