"""Metrics of streamed data are those of the same data in memory, after one pass."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import pytest_accept as accept
from pytest_accept import load_data, load_model
from pytest_accept.assertions.streamed import MEASURES
from pytest_accept.data.streamed import STREAMING_METRICS
from pytest_accept.errors import AcceptanceFailure, DataError, SettingError
from tests.streaming.conftest import LABELS, Guessing, write
from tests.streaming.conftest import rows as made

TABLES = [
    ("accuracy", {}),
    ("accuracy", {"where": {"source": "a"}}),
    ("precision", {}),
    ("precision", {"label": "pos"}),
    ("recall", {"average": "weighted"}),
    ("recall", {"label": "neutral"}),
    ("f1", {"average": "micro"}),
    ("f1", {"label": "neg", "confidence": 0.99}),
    ("balanced_accuracy", {}),
    ("matthews_corrcoef", {}),
    ("confusion", {"true": "neg", "predicted": "pos"}),
    ("accuracy", {"point": True}),
]
MEANS = [
    ("cross_entropy", {}),
    ("brier_score", {}),
    ("brier_score", {"where": {"stars": [1, 2]}}),
    ("overconfidence", {}),
    ("overconfidence", {"label": "pos"}),
    ("expected_calibration_error", {}),
    ("expected_calibration_error", {"bins": 7, "label": "neg"}),
]
IDS = [f"{name}-{i}" for i, (name, _) in enumerate(TABLES + MEANS)]


def both(folder: Path) -> tuple[Any, Any]:
    return load_data(folder), load_data(folder, streaming=True)


@pytest.mark.parametrize(("metric", "options"), TABLES, ids=IDS[: len(TABLES)])
def test_tables_are_exact(
    metric: str, options: dict[str, Any], model: Any, folder: Path, small_chunks: Any
) -> None:
    small_chunks(90)
    memory, stream = both(folder)
    expected = getattr(accept, metric)(model, memory, **options)
    found = getattr(accept, metric)(model, stream, **options)
    assert found.plain() == expected.plain()
    verdicts = [each.judge(0.3, "above") for each in (expected, found)]
    assert verdicts[1].evidence == verdicts[0].evidence
    assert verdicts[1].figures.confusion == verdicts[0].figures.confusion
    assert verdicts[1].needed_n == verdicts[0].needed_n


@pytest.mark.parametrize(("metric", "options"), MEANS, ids=IDS[len(TABLES) :])
def test_means_are_exact_and_their_bounds_no_narrower(
    metric: str, options: dict[str, Any], model: Any, folder: Path, small_chunks: Any
) -> None:
    small_chunks(90)
    memory, stream = both(folder)
    expected = getattr(accept, metric)(model, memory, **options)
    found = getattr(accept, metric)(model, stream, **options)
    assert found.value == pytest.approx(expected.value, abs=1e-9)
    assert (found.n, found.method) == (expected.n, expected.method)
    widest = 3e-4 if metric == "cross_entropy" else 4e-5
    assert expected.high <= found.high + 1e-9
    assert found.high <= expected.high + widest
    if metric == "expected_calibration_error":  # its lower bound takes noise that is drawn
        assert found.low == pytest.approx(expected.low, abs=0.005)
        return
    assert expected.low >= found.low - 1e-9
    assert found.low >= expected.low - widest
    one, other = (each.judge(0.3, "above") for each in (expected, found))
    assert other.evidence == one.evidence
    for found_bin, expected_bin in zip(
        other.figures.reliability, one.figures.reliability, strict=True
    ):
        assert found_bin.n == expected_bin.n
        assert found_bin.confidence == pytest.approx(expected_bin.confidence, abs=1e-8)
        assert found_bin.accuracy == pytest.approx(expected_bin.accuracy, abs=1e-8)


def test_the_confusion_matrix(model: Any, folder: Path) -> None:
    memory, stream = both(folder)
    expected, found = (accept.confusion_matrix(model, each) for each in (memory, stream))
    assert found.labels == expected.labels
    assert (found.counts == expected.counts).all()


def test_one_pass_answers_all_criteria(model: Any, guessing: Guessing, folder: Path) -> None:
    stream = load_data(folder, streaming=True)
    for metric in STREAMING_METRICS:
        options = {"true": "neg", "predicted": "pos"} if metric == "confusion" else {}
        getattr(accept, metric)(model, stream, **options)
    assert guessing.asked == 700
    accept.accuracy(model, stream.where(source="a"))
    assert guessing.asked == 700 + 350
    accept.f1(model, stream, where={"source": "a"})
    assert guessing.asked == 700 + 350
    accept.overconfidence(model, stream, label="pos")
    accept.expected_calibration_error(model, stream, label="pos")
    accept.expected_calibration_error(model, stream)
    assert guessing.asked == 700 + 350 + 700


def test_thresholds_and_plain_asserts(model: Any, guessing: Guessing, folder: Path) -> None:
    from pytest_accept.assertions.thresholds import judge_thresholds

    stream = load_data(folder, streaming=True)
    bars = {"accuracy_above": 0.1, "cross_entropy_below": 5, "brier_score_below": 1.5}
    assert all(judge_thresholds(model, stream, bars))
    assert accept.accuracy(model, stream) >= 0.2
    assert guessing.asked == 700
    with pytest.raises(AcceptanceFailure, match=r"accuracy on reviews.*rejected"):
        accept.assert_accuracy_above(model, stream, 0.9)


def test_the_table_of_metrics_is_the_one_that_errors_name() -> None:
    assert set(MEASURES) == set(STREAMING_METRICS)


@pytest.mark.parametrize(
    "ask",
    [
        lambda model, data: accept.roc_auc(model, data, label="pos"),
        accept.find_weak_slices,
        lambda model, data: accept.assert_flip_rate_below(model, data, str.upper, 0.1),
        lambda model, data: accept.negative_flip_rate(model, model, data),
        lambda model, data: model.predict(data),
        lambda model, data: len(data),
        lambda model, data: data.inputs,
        lambda model, data: data.label_ids(LABELS),
        lambda model, data: data.dataset,
    ],
    ids="roc_auc weak_slices flip_rate negative_flips predict len inputs labels dataset".split(),
)
def test_all_else_says_what_streams(
    ask: Callable[[Any, Any], Any], model: Any, folder: Path
) -> None:
    with pytest.raises(DataError, match=r"streamed: read in chunks.*accuracy.*limit=5000"):
        ask(model, load_data(folder, streaming=True))


def test_predictions_cannot_stand_for_a_model(model: Any, folder: Path) -> None:
    memory, stream = both(folder)
    with pytest.raises(SettingError, match="asks a Model, chunk by chunk, but got Predictions"):
        accept.accuracy(model.predict(memory), stream)


@pytest.mark.parametrize(
    ("metric", "options", "message"),
    [
        ("accuracy", {"wher": 1}, "no option of accuracy 'wher'"),
        ("accuracy", {"cluster": "sauce"}, "no column 'sauce'. Did you mean 'source'"),
        ("accuracy", {"where": {"sauce": 1}}, "no column 'sauce'"),
        ("accuracy", {"where": {"source": "z"}}, r"No example of 'reviews\[source=z\]' is left"),
        ("precision", {"label": "good"}, "no label 'good'"),
        ("f1", {"average": "mean"}, "Expected `average`"),
        ("expected_calibration_error", {"label": "good"}, "no label 'good'"),
        ("expected_calibration_error", {"bins": 0}, "Expected `bins`"),
        ("expected_calibration_error", {"binning": "equal_mass"}, "'equal_width' on streamed"),
    ],
    ids=[str(i) for i in range(9)],
)
def test_wrong_options(
    metric: str, options: dict[str, Any], message: str, model: Any, folder: Path
) -> None:
    with pytest.raises((SettingError, DataError), match=message):
        getattr(accept, metric)(model, load_data(folder, streaming=True), **options)


def test_conditions_by_function_and_text(model: Any, folder: Path) -> None:
    from pytest_accept.slices import confidence_between, has_word

    memory, stream = both(folder)
    for where in (lambda row: row["stars"] > 2, has_word("17"), {"source": "b", "stars": 3}):
        found = accept.accuracy(model, stream, where=where)
        assert found.plain() == accept.accuracy(model, memory, where=where).plain()
    with pytest.raises(SettingError, match="asks a model of all examples and keeps its answers"):
        accept.accuracy(model, stream, where=confidence_between(model, 0.5))
    with pytest.raises(DataError, match=r"condition .* failed on part0.parquet row 1.*KeyError"):
        accept.accuracy(model, stream, where=lambda row: row["star"])


def test_multi_label_models(tmp_path: Path) -> None:
    examples = [
        {"text": str(i), "joy": int(i % 2 == 0), "anger": int(i % 3 == 0)} for i in range(300)
    ]
    folder = write(tmp_path / "moods", examples)
    options: dict[str, Any] = {"text": "text", "label": ["joy", "anger"]}

    def said(texts: list[str]) -> Any:
        return Guessing(2)(texts)

    model = load_model(said, labels=["joy", "anger"], multi_label=True)
    memory, stream = load_data(folder, **options), load_data(folder, streaming=True, **options)
    for metric, own in (
        ("accuracy", {}),
        ("cross_entropy", {}),
        ("brier_score", {}),
        ("overconfidence", {"label": "joy"}),
    ):
        found = getattr(accept, metric)(model, stream, **own)
        expected = getattr(accept, metric)(model, memory, **own)
        assert found.value == pytest.approx(expected.value, abs=1e-9)
        assert found.high == pytest.approx(expected.high, abs=3e-4)
        assert found.judge(0.4, "below").evidence == expected.judge(0.4, "below").evidence
    with pytest.raises(SettingError, match="says? one label an example, but 'said' is multi"):
        accept.f1(model, stream, label="joy")
    with pytest.raises(SettingError, match="Pass label="):
        accept.expected_calibration_error(model, stream)


def test_soft_labels(tmp_path: Path) -> None:
    examples = [{"text": str(i), "no": 0.25, "yes": 0.75} for i in range(120)]
    folder = write(tmp_path / "shares", examples)
    model = load_model(Guessing(2), labels=["no", "yes"], name="two")
    options: dict[str, Any] = {"label": ["no", "yes"]}
    memory, stream = load_data(folder, **options), load_data(folder, streaming=True, **options)
    for metric in ("accuracy", "cross_entropy", "expected_calibration_error"):
        found, expected = (getattr(accept, metric)(model, each) for each in (stream, memory))
        assert found.value == pytest.approx(expected.value, abs=1e-9)
        found_bins, expected_bins = (
            [
                (each.n, round(each.accuracy, 7))
                for each in one.judge(0.4, "below").figures.reliability
            ]
            for one in (found, expected)
        )
        assert found_bins == expected_bins


def test_few_examples_are_bet_on(model: Any, tmp_path: Path) -> None:
    memory, stream = both(write(tmp_path / "few", made(20), files=1))
    found, expected = accept.brier_score(model, stream), accept.brier_score(model, memory)
    assert found.method == expected.method == "betting"
    # The gambler sees the same values in another order.
    assert found.high == pytest.approx(expected.high, abs=0.05)


def test_changed_weights_are_another_pass(
    model: Any, guessing: Guessing, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = load_data(folder, streaming=True)
    accept.accuracy(model, stream)
    monkeypatch.setattr(model, "stamp", lambda: 1)
    accept.accuracy(model, stream)
    assert guessing.asked == 2 * 700


def test_twenty_one_labels_keep_the_surest_mistakes_of_all(tmp_path: Path) -> None:
    labels = [f"label {i}" for i in range(21)]
    examples = [{"text": str(i), "label": labels[i % 21]} for i in range(200)]
    model = load_model(Guessing(21), labels=labels, name="many")
    memory, stream = both(write(tmp_path / "many", examples))
    found = accept.recall(model, stream, label="label 3").judge(0.1, "above")
    assert found.evidence == accept.accuracy(model, memory).judge(0.9, "above").evidence
