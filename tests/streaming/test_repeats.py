"""Texts that repeat are no further evidence, in a stream either."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

import pytest_accept as accept
from pytest_accept import load_data
from pytest_accept.data.contents import hashes
from pytest_accept.data.sketches import ClusteredSums, SquaredCounts
from pytest_accept.metrics import confusion as formulas
from pytest_accept.statistics import table_interval
from pytest_accept.statistics.proportions import clopper_pearson
from tests.streaming.conftest import LABELS, Guessing, rows, write


def loaded(tmp_path: Path, examples: list[dict[str, Any]], **options: Any) -> tuple[Any, Any]:
    folder = write(tmp_path / "texts", examples)
    return load_data(folder, **options), load_data(folder, streaming=True, **options)


def test_equal_texts_count_as_clusters_where_many_repeat(tmp_path: Path, model: Any) -> None:
    memory, stream = loaded(tmp_path, rows(300) * 4)
    once = accept.accuracy(model, load_data(rows(300)))
    expected, found = (accept.accuracy(model, each) for each in (memory, stream))
    assert found.value == expected.value
    assert (found.n, found.clusters) == (1200, 300)
    # As if each text stood there once, but for the error of the sketch.
    assert found.low == pytest.approx(once.low, abs=0.002)
    assert found.high == pytest.approx(once.high, abs=0.002)
    assert "900 of 1,200 examples repeat a text" in found.notes
    assert any("equal texts count as clusters" in note for note in found.notes)
    assert found.plain().method == "Clopper-Pearson, clusters all alike"
    assert stream.describe().duplicates == memory.describe().duplicates == 900


@pytest.mark.parametrize(
    ("metric", "options"),
    [
        ("f1", {}),
        ("precision", {"label": "pos"}),
        ("cross_entropy", {}),
        ("expected_calibration_error", {}),
        ("overconfidence", {}),
    ],
    ids=["f1", "precision", "cross_entropy", "calibration", "overconfidence"],
)
def test_all_metrics_are_wider(
    metric: str, options: dict[str, Any], tmp_path: Path, model: Any
) -> None:
    _, stream = loaded(tmp_path, rows(300) * 4)
    once = getattr(accept, metric)(model, load_data(rows(300)), **options)
    found = getattr(accept, metric)(model, stream, **options)
    assert found.value == pytest.approx(once.value, abs=1e-9)
    assert found.high - found.value >= 0.97 * (once.high - once.value)
    assert found.clusters == 300


@pytest.mark.parametrize(
    ("metric", "options"),
    [
        ("precision", {"label": "pos"}),
        ("recall", {"label": "neg"}),
        ("confusion", {"true": "neg", "predicted": "pos"}),
    ],
    ids=["precision", "recall", "confusion"],
)
def test_repeats_are_counted_by_label(
    metric: str, options: dict[str, Any], tmp_path: Path, model: Any
) -> None:
    _, stream = loaded(tmp_path, rows(300) * 4)
    once = getattr(accept, metric)(model, load_data(rows(300)), **options)
    found = getattr(accept, metric)(model, stream, **options)
    assert (found.low, found.high) == pytest.approx((once.low, once.high), abs=0.005)


def repeated_mistakes() -> list[dict[str, Any]]:
    """Texts of which 1 in 20 is wrong, and 60 that all are and stand there ten times each."""
    texts = [f"text {i}" for i in range(3060)]
    said = Guessing()(texts).argmax(axis=1)
    wrong = np.random.default_rng(0).random(3060) < 0.05
    wrong[3000:] = True
    each = [
        {"text": text, "label": LABELS[(guess + off) % 3], "said": LABELS[guess]}
        for text, guess, off in zip(texts, said.tolist(), wrong.tolist(), strict=True)
    ]
    return [*each[:3000], *each[3000:] * 10]


@pytest.mark.parametrize(
    ("metric", "options", "column"),
    [
        ("recall", {"label": "neg"}, "label"),
        ("precision", {"label": "neg"}, "said"),
        ("confusion", {"true": "neg", "predicted": "neg"}, "label"),
        ("f1", {"average": "micro"}, None),
    ],
    ids=["recall", "precision", "confusion", "f1"],
)
def test_mistakes_that_repeat_count_of_a_label_as_of_all(
    metric: str, options: dict[str, Any], column: str | None, tmp_path: Path, model: Any
) -> None:
    """Each is the accuracy of a part of the data, whose bounds know which texts repeat."""
    examples = repeated_mistakes()
    part = [each for each in examples if column is None or each[column] == "neg"]
    found = getattr(accept, metric)(
        model, load_data(write(tmp_path / "all", examples), streaming=True), **options
    )
    alone = accept.accuracy(model, load_data(write(tmp_path / "part", part), streaming=True))
    assert found.value == pytest.approx(alone.value)
    assert found.value - found.low == pytest.approx(alone.value - alone.low, rel=0.12)
    assert found.high - found.value == pytest.approx(alone.high - alone.value, rel=0.12)


def test_few_repeats_are_noted_and_do_not_count(tmp_path: Path, model: Any) -> None:
    examples = rows(300)
    memory, stream = loaded(tmp_path, [*examples, *examples[:9]])
    found, expected = (accept.accuracy(model, each) for each in (stream, memory))
    assert (found.low, found.high, found.clusters) == (expected.low, expected.high, None)
    assert "9 of 309 examples repeat a text" in found.notes


def test_a_column_of_clusters_counts_at_its_worst(tmp_path: Path, model: Any) -> None:
    examples = [{**each, "author": i // 10} for i, each in enumerate(rows(600))]
    memory, stream = loaded(tmp_path, examples, cluster="author")
    found, expected = (accept.accuracy(model, each) for each in (stream, memory))
    assert found.clusters == expected.clusters == 60
    low, high = clopper_pearson(found.value * 60, 60, 0.95)
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.003)
    assert found.low < expected.low
    assert found.high > expected.high
    _, named = loaded(tmp_path, examples)
    assert accept.accuracy(model, named, cluster="author").low == found.low


def test_a_cluster_that_is_missing_is_an_error(tmp_path: Path, model: Any) -> None:
    examples = [{**each, "author": str(i)} for i, each in enumerate(rows(60))]
    examples[50]["author"] = None
    _, stream = loaded(tmp_path, examples)
    with pytest.raises(accept.DataError, match=r"no cluster in column 'author' \(first: part2"):
        accept.accuracy(model, stream, cluster="author")


def test_texts_that_repeat_and_are_least_sure_count_for_more(
    tmp_path: Path, model: Any, guessing: Any
) -> None:
    """Half of the errors may be those of one text: then little is known of their rate."""
    examples = rows(400)
    alike = [*examples, *([examples[3]] * 200)]
    memory, stream = loaded(tmp_path, alike)
    right = accept.accuracy(model, load_data(examples)).value
    wide = accept.accuracy(model, stream)
    assert wide.n == 600
    # 200 of 600 examples are one text: as for one of the bounds of a cluster of a third of all.
    assert wide.high - wide.low > 0.4
    expected = accept.accuracy(model, memory)
    assert wide.high - wide.low > 0.8 * (expected.high - expected.low)
    assert abs(wide.value - right) < 0.3


def test_the_error_rate_where_texts_that_repeat_are_unlike_others() -> None:
    """Of 400 samples, with 10 texts of 40 copies right half of the time, others nearly always."""
    generator = np.random.default_rng(0)
    codes = np.concatenate([np.arange(1600), 1600 + np.repeat(np.arange(10), 40)])
    rates = np.where(np.arange(1610) < 1600, 0.99, 0.5)
    truth = float(rates[codes].mean())
    hashed = hashes([f"text {code}" for code in codes])
    counts = SquaredCounts()
    counts.add(hashed)
    n = len(codes)
    at_worst = n**2 / float(counts.at_most()[0])
    missed, alike = np.zeros(2), np.zeros(2)
    for _ in range(400):
        right = (generator.random(1610) < rates)[codes].astype(float)
        sums = ClusteredSums()
        sums.add(hashed, right)
        share = float(right.mean())
        measured = n**2 * share * (1 - share) / sums.about(share, counts)
        for tally, effective in ((missed, min(at_worst, measured)), (alike, at_worst)):
            low, high = clopper_pearson(share * effective, effective, 0.95)
            tally[:] += (low > truth, high < truth)
    most = stats.binom.ppf(0.999, 400, 0.05)
    assert (missed <= most).all()
    assert alike.max() > most


def test_the_error_rate_where_the_texts_of_a_rare_label_repeat() -> None:
    """Balanced accuracy of 1,600 different texts of a label and 40 texts of another, ten times."""
    generator = np.random.default_rng(1)
    codes = np.concatenate([np.arange(1600), 1600 + np.repeat(np.arange(40), 10)])
    true = (codes >= 1600).astype(np.int64)
    hashed = hashes([f"text {code}" for code in codes])
    whole, by_label = SquaredCounts(), SquaredCounts(2, cells=8192)
    whole.add(hashed)
    by_label.add(hashed, true)
    n = len(codes)
    kinds = {
        "of all": n**2 / float(whole.at_most()[0]),
        "by label": n * float((by_label.sizes / by_label.at_most()).min()),
    }
    missed = dict.fromkeys(kinds, 0)
    for seed in range(120):
        right = (generator.random(1640) < 0.85)[codes]
        said = np.where(right, true, 1 - true)
        table = np.bincount(true * 2 + said, minlength=4).reshape(2, 2)
        cells, found = formulas.counted_cells(table)
        for kind, effective in kinds.items():
            interval = table_interval(
                cells,
                found * (effective / n),
                formulas.balanced_accuracy,
                confidence=0.95,
                seed=seed,
                resamples=500,
            )
            missed[kind] += interval.low > 0.85
    assert missed["by label"] <= stats.binom.ppf(0.999, 120, 0.05)
    assert missed["of all"] > missed["by label"]


def excluded(share: float, n: float) -> tuple[bool, bool]:
    """Say of each bound whether it excludes the true rate, 0.85."""
    low, high = clopper_pearson(share * n, n, 0.95)
    return low > 0.85, high < 0.85


def test_the_error_rate_where_texts_repeat() -> None:
    """Of 1,000 samples in which some texts occur often, no more are excluded than promised."""
    generator = np.random.default_rng(0)
    sizes = generator.geometric(0.25, 150)
    codes = np.repeat(np.arange(150), sizes)
    counts = SquaredCounts()
    counts.add(hashes([f"text {code}" for code in codes]))
    effective = len(codes) ** 2 / float(counts.at_most()[0])
    missed, naive = np.zeros(2), np.zeros(2)
    for _ in range(1000):
        right = (generator.random(150) < 0.85)[codes]
        share = float(right.mean())
        missed += excluded(share, effective)
        naive += excluded(share, len(codes))
    most = stats.binom.ppf(0.999, 1000, 0.05)
    assert (missed <= most).all()
    assert (naive > 2 * most).all()
