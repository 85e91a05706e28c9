"""Entity metrics against seqeval and nervaluate, on random and on small written sentences."""

from __future__ import annotations

import random
import warnings
from functools import partial
from typing import Any, get_args

import numpy as np
import pytest
import seqeval.metrics
import seqeval.scheme
from nervaluate import Evaluator

from pytest_accept.data.tag_schemes import Span, spans, tags
from pytest_accept.metrics import confusion, entities, partial_entities
from pytest_accept.metrics.partial_entities import Counts, Match, count

TYPES = ("LOC", "ORG", "PER")
NERVALUATE = {"exact": "strict", "boundary": "exact", "partial": "partial", "type": "ent_type"}
MATCHES = get_args(Match)


def random_spans(rng: random.Random, length: int, types: tuple[str, ...]) -> list[Span]:
    found, at = [], 0
    while at < length:
        stop = min(length, at + rng.randint(1, 4))
        if rng.random() < 0.5:
            found.append(Span(at, stop, rng.choice(types)))
        at = stop
    return found


def sentences(seed: int, n: int = 60, types: tuple[str, ...] = TYPES) -> tuple[list[Any], ...]:
    """Return lengths, true and predicted spans: some copied, some moved, some of another type."""
    rng = random.Random(seed)
    lengths = [rng.randint(1, 14) for _ in range(n)]
    true = [random_spans(rng, length, types) for length in lengths]
    said = [
        gold if rng.random() < 0.4 else random_spans(rng, length, types)
        for gold, length in zip(true, lengths, strict=True)
    ]
    return lengths, true, said


def written(lengths: list[int], found: list[list[Span]], scheme: str) -> list[list[str]]:
    return [list(tags(each, length, scheme)) for each, length in zip(found, lengths, strict=True)]


def theirs(name: str, true: list[list[str]], said: list[list[str]], **options: Any) -> float:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        score: float = getattr(seqeval.metrics, f"{name}_score")(
            true, said, zero_division=0, **options
        )
    return score


@pytest.mark.parametrize("average", ["micro", "macro", "weighted"])
@pytest.mark.parametrize("metric", ["precision", "recall", "f1"])
def test_scores_are_those_of_seqeval(metric: str, average: Any) -> None:
    formula = partial(getattr(confusion, metric), average=average)
    for seed in range(12):
        # Types that are only true, only predicted, or neither.
        lengths, true, said = sentences(seed, n=1 + 4 * seed, types=TYPES[: 1 + seed % 3])
        said = (
            [[each for each in found if each.type != "LOC"] for found in said] if seed % 2 else said
        )
        rows = entities.sentence_rows(true, said, TYPES)
        pair = written(lengths, true, "IOB2"), written(lengths, said, "IOB2")
        expected = theirs(metric, *pair, average=average)
        assert formula(rows.sum(axis=0)) == pytest.approx(expected, abs=1e-12)
        if average == "micro":
            pooled = entities.pooled_rows(true, said, TYPES)
            assert formula(pooled.sum(axis=0)) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("scheme", ["IOB2", "IOBES", "BILOU"])
def test_scores_of_invalid_predictions_are_those_of_seqeval(scheme: str, strict: bool) -> None:
    rng = random.Random(3)
    letters = {"IOB2": "BI", "IOBES": "BIES", "BILOU": "BILU"}[scheme]
    known = ["O"] * 4 + [f"{letter}-{kind}" for letter in letters for kind in TYPES]
    lengths, true, _ = sentences(5)
    gold = written(lengths, true, scheme)
    said = [[rng.choice(known) if rng.random() < 0.4 else tag for tag in each] for each in gold]
    found = [spans(each, scheme, strict=strict) for each in said]
    options: dict[str, Any] = {"mode": "strict", "scheme": getattr(seqeval.scheme, scheme)}
    if not strict:
        options = {}
        gold, said = (
            [[tag.replace("L-", "E-").replace("U-", "S-") for tag in each] for each in tagged]
            for tagged in (gold, said)
        )
    sums = entities.sentence_rows(true, found, TYPES).sum(axis=0)
    for average in ("micro", "macro", "weighted"):
        expected = theirs("f1", gold, said, average=average, **options)
        assert confusion.f1(sums, average=average) == pytest.approx(expected, abs=1e-12)
    per_type = theirs("f1", gold, said, average=None, **options)
    ours = [confusion.f1_of_class(sums, index=i) for i in range(3)]
    assert ours == pytest.approx(per_type, abs=1e-12)


def as_dicts(found: list[list[Span]]) -> list[list[dict[str, Any]]]:
    return [
        [{"label": each.type, "start": each.start, "end": each.stop - 1} for each in spans]
        for spans in found
    ]


@pytest.mark.parametrize("match", MATCHES)
def test_partial_matches_are_those_of_nervaluate(match: Match) -> None:
    for seed in range(5):
        _, true, said = sentences(seed + 20)
        result = Evaluator(as_dicts(true), as_dicts(said), list(TYPES), loader="dict").evaluate()
        overall = result["overall"][NERVALUATE[match]]
        counts = np.sum(
            [count(*pair, match=match) for pair in zip(true, said, strict=True)], axis=0
        )
        names = ("correct", "incorrect", "partial", "missed", "spurious")
        assert counts.tolist() == [getattr(overall, name) for name in names]
        pooled = entities.pooled_rows(true, said, TYPES, match=match).sum(axis=0)
        per_type = entities.sentence_rows(true, said, TYPES, match=match).sum(axis=0)
        for metric in ("precision", "recall", "f1"):
            ours = getattr(confusion, metric)(pooled, average="micro")
            assert ours == pytest.approx(getattr(overall, metric), abs=1e-12)
        for index, name in enumerate(TYPES):
            expected = result["entities"][name][NERVALUATE[match]].f1
            assert confusion.f1_of_class(per_type, index=index) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("said", "match", "counts"),
    [
        ((0, 2, "PER"), "exact", Counts(1, 0, 0, 0, 0)),
        ((0, 2, "LOC"), "exact", Counts(0, 1, 0, 0, 0)),
        ((0, 2, "LOC"), "boundary", Counts(1, 0, 0, 0, 0)),
        ((1, 2, "PER"), "boundary", Counts(0, 1, 0, 0, 0)),
        ((1, 3, "LOC"), "partial", Counts(0, 0, 1, 0, 0)),
        ((1, 3, "PER"), "type", Counts(1, 0, 0, 0, 0)),
        ((1, 3, "LOC"), "type", Counts(0, 1, 0, 0, 0)),
        ((2, 3, "PER"), "partial", Counts(0, 0, 0, 1, 1)),
    ],
)
def test_what_a_match_is(said: tuple[int, int, str], match: Match, counts: Counts) -> None:
    assert count([(0, 2, "PER")], [said], match=match) == counts
    assert partial_entities.credit([(0, 2, "PER")], [said], match=match) == (
        counts.correct + counts.partial / 2
    )


def test_types_that_are_not_asked_for_are_left_out() -> None:
    true, said = [[(0, 1, "PER"), (1, 2, "LOC")]], [[(0, 1, "PER"), (2, 3, "ORG")]]
    assert entities.sentence_rows(true, said, ["PER"]).tolist() == [[1, 1, 1, 1]]
    assert entities.pooled_rows(true, said, ["PER", "LOC"]).tolist() == [[1, 2, 1, 1]]


def test_an_entity_counts_once_a_sentence() -> None:
    rows = entities.sentence_rows([[(0, 1, "PER"), (2, 3, "PER")]], [[(2, 3, "PER")]], TYPES)
    assert rows.tolist() == [[0, 0, 1, 0, 0, 2, 0, 0, 1, 1]]
