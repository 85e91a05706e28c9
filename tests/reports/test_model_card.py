"""Evaluation results in a model card, read back by huggingface_hub."""

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import EvalResult, ModelCard

from pytest_accept import DataError, SettingError
from pytest_accept.records import Record
from pytest_accept.reports.model_card import write
from tests.reports.small_records import criterion, hostile_record, record

CARD = """---
# of the team
license:   apache-2.0
tags: [a,   'b']
model-index:
- name: My Model
  results:
  - task: {type: text-classification, name: Reviews}
    dataset: {name: reviews, type: reviews}
    metrics:
    - {type: accuracy, value: 0.5, name: accuracy, verified: true, note: by hand}
library_name: transformers
---

# My  Model

Text with ---
---
and trailing spaces  \t
"""


def results(path: Path) -> list[EvalResult]:
    found: list[EvalResult] = ModelCard.load(path).data.eval_results
    return found


def written(of: Record, folder: Path, text: str | None = None) -> Path:
    path = folder / "README.md"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    write(of, path)
    return path


def test_a_card_is_made_if_there_is_none(tmp_path: Path) -> None:
    path = written(record(criterion(), criterion("rejected", population="reviews[a=1]")), tmp_path)
    first, second = results(path)
    card = ModelCard.load(path)
    assert card.text == "\n# words\n"
    assert card.data.model_name == "words"
    assert (first.task_type, first.dataset_type, first.dataset_name, first.dataset_config) == (
        "text-classification", "reviews", "reviews", None,
    )  # fmt: skip
    assert (second.dataset_name, second.dataset_config) == ("reviews[a=1]", "a=1")
    assert (first.metric_type, first.metric_name, first.metric_value, first.verified) == (
        "accuracy", "accuracy", 0.95, False,
    )  # fmt: skip
    assert first.metric_args == {
        "tool": "pytest-model-acceptance", "verdict": "accepted", "bar": 0.9, "direction": "above",
        "low": 0.92, "high": 0.95, "confidence": 0.95, "n": 400,
    }  # fmt: skip
    assert first.dataset_args == {"source": "reviews.csv", "fingerprint": "cd34"}


def test_all_else_in_the_card_is_left_alone(tmp_path: Path) -> None:
    path = written(record(criterion()), tmp_path, CARD)
    text = path.read_text(encoding="utf-8")
    start, end = CARD.index("model-index:"), CARD.index("library_name:")
    assert text.startswith(CARD[:start] + "model-index:\n- name: My Model\n")
    assert text.endswith(CARD[end:])
    theirs, ours = results(path)
    assert (theirs.metric_value, theirs.task_name, theirs.verified) == (0.5, "Reviews", True)
    assert "note: by hand" in text
    assert ours.metric_value == 0.95


def test_the_next_run_replaces_what_the_last_one_wrote_and_nothing_else(tmp_path: Path) -> None:
    tweets = criterion("inconclusive", population="reviews[source=tweets]")
    path = written(record(criterion(), tweets), tmp_path, CARD)
    once = path.read_text(encoding="utf-8")
    write(record(criterion(), tweets), path)
    assert path.read_text(encoding="utf-8") == once, "the same run changes nothing"
    write(record(criterion("rejected"), criterion(metric="f1")), path)
    said = [(each.metric_type, each.dataset_config, each.metric_value) for each in results(path)]
    assert said == [
        ("accuracy", None, 0.5),  # theirs
        ("accuracy", "source=tweets", 0.91),  # not judged this time
        ("accuracy", None, 0.7),
        ("f1", None, 0.95),
    ]


def test_bounds_never_claim_more_than_was_shown(tmp_path: Path) -> None:
    path = written(record(criterion(low=0.9000009, high=0.9000001, value=2 / 3)), tmp_path)
    (result,) = results(path)
    args: dict[str, Any] = result.metric_args or {}
    assert (args["low"], args["high"], result.metric_value) == (0.9, 0.900001, 0.666667)


def test_only_measurements_are_results(tmp_path: Path) -> None:
    path = written(
        record(
            criterion(),
            criterion(metric="no_flip_within", method="search"),
            criterion(metric="perplexity", value=math.inf),
            criterion(metric="f1", method="point"),
            criterion(metric="matthews_corrcoef", high=math.inf),
        ),
        tmp_path,
    )
    accuracy, f1, correlation = results(path)
    assert accuracy.metric_type == "accuracy"
    assert (f1.metric_args or {})["interval"] == "none: a point estimate"
    assert "low" not in (f1.metric_args or {})
    assert correlation.metric_type == "matthews_correlation", "the Hub's name"
    assert "high" not in (correlation.metric_args or {})
    with pytest.raises(DataError, match="nothing was measured of 'words'"):
        write(record(criterion(method="search")), tmp_path / "OTHER.md")
    assert not (tmp_path / "OTHER.md").exists()


def test_of_a_metric_judged_twice_the_worse_verdict_counts(tmp_path: Path) -> None:
    (result,) = results(written(record(criterion(), criterion("rejected")), tmp_path))
    assert (result.metric_args or {})["verdict"] == "rejected"


def test_of_several_models_the_card_is_of_the_one_in_its_folder_or_of_its_name(
    tmp_path: Path,
) -> None:
    two = record(
        criterion(), criterion("rejected", model=1), models=("words", "large")
    )  # runs/words, runs/large
    folder = tmp_path / "runs" / "large"
    folder.mkdir(parents=True)
    write(two, folder)
    (result,) = results(folder / "README.md")
    assert result.metric_value == 0.70
    (theirs, ours) = results(written(two, tmp_path, CARD.replace("My Model", "words")))
    assert (theirs.metric_value, ours.metric_value) == (0.5, 0.95)
    for text in (CARD, None):
        (tmp_path / "README.md").unlink()
        with pytest.raises(SettingError, match=r"the record is of 2: 'words', 'large'. Give the"):
            written(two, tmp_path, text)
        (tmp_path / "README.md").touch()


def test_a_card_of_several_entries_gets_one_more(tmp_path: Path) -> None:
    other = "- name: other\n  results: []\nlibrary_name:"
    path = written(record(criterion()), tmp_path, CARD.replace("library_name:", other))
    text = path.read_text(encoding="utf-8")
    assert [line for line in text.splitlines() if line.startswith("- name")] == [
        "- name: My Model", "- name: other", "- name: words",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("---\na: [1\n---\n", "its metadata is not YAML: line"),
        ("---\nmodel-index: 5\n---\n", "its model-index has not the form that the Hub reads"),
        ("---\nmodel-index:\n- name: a\n---\n", "has not the form that the Hub reads"),
        (
            "---\nmodel-index:\n- name: a\n  results:\n  - task: {}\n---\n",
            "has not the form that the Hub reads",
        ),
    ],
)
def test_a_card_that_cannot_be_read_is_refused_and_left_alone(
    text: str, said: str, tmp_path: Path
) -> None:
    with pytest.raises(DataError, match=said):
        written(record(criterion()), tmp_path, text)
    assert (tmp_path / "README.md").read_text(encoding="utf-8") == text
    (tmp_path / "README.md").write_bytes(b"\xff")
    with pytest.raises(DataError, match=r"README\.md is not UTF-8"):
        write(record(criterion()), tmp_path / "README.md")


def test_hostile_text_is_read_back_as_text(tmp_path: Path) -> None:
    path = written(hostile_record(), tmp_path)
    for result in results(path):
        assert result.dataset_name.startswith("<img src=x onerror=alert(1)> | `a`")
        assert "\\u001b[31m" in result.dataset_name


def test_a_number_without_decimals_is_written_as_it_is(tmp_path: Path) -> None:
    huge = criterion()
    estimate = replace(huge.verdict.estimate, value=3e40, high=1e300)
    path = written(
        record(replace(huge, verdict=replace(huge.verdict, estimate=estimate))), tmp_path
    )
    (found,) = results(path)
    assert (found.metric_value, found.metric_args["high"]) == (3e40, 1e300)
