"""The default criteria of each task: which there are, and that their bars are what is trivial."""

import bz2
import json
import math
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import brier_score_loss, f1_score, log_loss

from pytest_accept import DataError, LabelError, ModelError
from pytest_accept.metrics.calibration import confidence_bins
from pytest_accept.starter import Asked, Suite, default_suite, texts
from pytest_accept.statistics import calibration_error_interval
from tests.language_models import make_causal
from tests.masked_models import make_masked
from tests.models import build, quiet
from tests.taggers import save_tagger


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("models")
    build(root / "bert")
    build(root / "nli", "nli")
    build(root / "multi", "multi_label")
    save_tagger(root / "tagger", labels=("O", "B-PER", "I-PER", "B-LOC"))
    for name, (module, tokenizer) in {"causal": make_causal(), "masked": make_masked()}.items():
        with quiet():
            module.save_pretrained(root / name)
            tokenizer.save_pretrained(root / name)
    return root


SuiteOf = Callable[..., Suite]


@pytest.fixture
def suite_of(models: Path, tmp_path: Path) -> SuiteOf:
    """Return the default criteria of a model on rows."""

    def of(model: str, rows: Sequence[dict[str, Any]], **options: Any) -> Suite:
        file = tmp_path / "rows.jsonl"
        file.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
        asked = Asked(model=str(models / model), data=str(file), root=tmp_path, **options)
        return default_suite(asked)

    return of


def bars(suite: Suite) -> dict[str, float]:
    return {f"{line.test}[{line.of}]" if line.of else line.test: line.bar for line in suite.lines}


def reviews(n: int, *, positive: int, **columns: Any) -> list[dict[str, Any]]:
    """Every `positive`-th review is positive."""
    return [
        {
            "text": f"Review {row}",
            "label": "neg" if row % positive else "pos",
            **{name: values[row % len(values)] for name, values in columns.items()},
        }
        for row in range(n)
    ]


def test_bars_of_a_classifier_are_what_the_frequencies_of_labels_get(
    suite_of: SuiteOf,
) -> None:
    found = bars(suite_of("bert", reviews(300, positive=3)))
    labels = np.array([row % 3 == 0 for row in range(300)])
    share = labels.mean()
    trivial = {
        "test_accuracy": 1 - share,
        "test_f1": 0.5,  # of saying "pos" at random, 1 time in 3
        "test_cross_entropy": log_loss(labels, np.full(300, share)),
        "test_brier_score": brier_score_loss(labels, np.full(300, share)),
        "test_roc_auc": 0.5,
        "test_recall[neg]": 1 - share,
        "test_recall[pos]": share,
    }
    for test, value in trivial.items():
        below = test in ("test_cross_entropy", "test_brier_score")
        assert 0 < (value - found[test] if below else found[test] - value) < 0.0011, test
    assert found["test_typos"] == 0.2


def test_the_bar_of_f1_is_the_best_that_can_be_had_without_reading(suite_of: SuiteOf) -> None:
    found = bars(suite_of("bert", reviews(300, positive=10)))["test_f1"]
    labels = np.array([row % 10 == 0 for row in range(300)])
    generator = np.random.default_rng(0)
    of_shares = [
        np.mean(
            [
                f1_score(labels, generator.random(300) < share, average="macro", zero_division=0)
                for _ in range(20)
            ]
        )
        for share in (0.0, 0.05, 0.1, 0.3, 0.5, 1.0)
    ]
    assert max(of_shares) < found == 0.501


def test_several_labels(suite_of: SuiteOf) -> None:
    rows = [
        {"text": f"Text {row}", "label": [["funny"], ["sad", "loud"], ["funny"]][row % 3]}
        for row in range(90)
    ]
    suite = suite_of("multi", rows)
    assert bars(suite)["test_accuracy"] == pytest.approx(2 / 3, abs=1e-3)
    assert "test_roc_auc" not in bars(suite)
    all_labels = np.mean([2 * (2 / 3) / (5 / 3), 2 * (1 / 3) / (4 / 3), 2 * (1 / 3) / (4 / 3)])
    assert 0 < bars(suite)["test_f1"] - all_labels < 0.0011
    entropy = -(2 / 3) * math.log(2 / 3) - (1 / 3) * math.log(1 / 3)
    assert bars(suite)["test_cross_entropy"] == pytest.approx(entropy, abs=1e-3)


def test_pairs_of_texts(suite_of: SuiteOf) -> None:
    names = ("entailment", "neutral", "contradiction")
    rows = [{"a": f"It rains {r}.", "b": "It is wet.", "label": names[r % 3]} for r in range(120)]
    suite = suite_of("nli", rows, text="a,b")
    assert suite.data_options == (("text", '("a", "b")'),)
    assert bars(suite)["test_accuracy"] == 0.334
    assert {"test_recall[entailment]", "test_typos"} <= bars(suite).keys()


def test_rare_labels_and_small_data_are_left_out_and_said_to_be(
    suite_of: SuiteOf,
) -> None:
    suite = suite_of("bert", reviews(100, positive=10))
    assert "test_recall[pos]" not in bars(suite)
    assert suite.left_out == (
        "recall of 'pos': 10 examples have it, and 30 are needed",
        "expected_calibration_error: of 100 examples noise alone takes half of the bar "
        "(it takes 200)",
        "weak slices: 100 examples make none that could be judged (it takes 500)",
    )
    assert {line.data for line in suite.lines} == {"examples"}


def test_of_a_calibrated_model_noise_takes_half_of_the_bar_at_the_fewest_examples() -> None:
    def noise(n: int) -> float:
        draw = np.random.default_rng(0)
        positive = draw.beta(0.35, 0.35, n)
        sure = np.maximum(positive, 1 - positive)
        assert sure.mean() == pytest.approx(0.85, abs=0.02)
        bins = confidence_bins(sure, bins=15, binning="equal_width")
        right = draw.random(n) < sure
        return calibration_error_interval(sure, right, bins, confidence=0.95)[1]

    assert noise(texts.FEWEST_FOR_CALIBRATION) == pytest.approx(texts.CALIBRATION / 2, rel=0.1)


def test_scripts_without_capitals_are_not_asked_for_casing(suite_of: SuiteOf) -> None:
    rows = [{"text": "これは映画です", "label": ("neg", "pos")[row % 2]} for row in range(80)]
    suite = suite_of("bert", rows)
    assert "test_casing" not in bars(suite)
    assert any(each.startswith("casing: ") for each in suite.left_out)


def test_much_data_is_judged_in_part(suite_of: SuiteOf) -> None:
    suite = suite_of("bert", reviews(5001, positive=2))
    assert suite.data_options == (("limit", "5000"),)
    assert suite.n == 5000
    assert "test_no_weak_slice" in bars(suite)
    assert {line.data for line in suite.lines} == {"examples", "some_examples"}


@pytest.mark.parametrize(
    ("columns", "given", "compared", "said"),
    [
        ({"gender": "fm"}, None, '"gender"', ""),
        ({"Sex": "fm"}, None, '"Sex"', ""),
        ({"source": "ab"}, None, None, ""),
        ({"source": "ab"}, "source", '"source"', ""),
        ({"source": "ab", "group": "abc"}, "source,group", '["source", "group"]', ""),
        ({"gender": "f"}, None, None, "it has 1 different values"),
        ({"gender": ["f", "m", None]}, None, None, "some examples have no value"),
        ({"gender": ["f"] * 9 + ["m"]}, None, None, "of 'm' there are 20 examples, and 30"),
        ({"gender": ["f"] * 9 + ["m"]}, "gender", '"gender"', ""),
    ],
)
def test_groups(
    suite_of: SuiteOf,
    columns: dict[str, Any],
    given: str | None,
    compared: str | None,
    said: str,
) -> None:
    suite = suite_of("bert", reviews(200, positive=2, **columns), group=given)
    gaps = [line for line in suite.lines if line.marker == "fairness"]
    assert [dict(line.options)["group"] for line in gaps] == ([compared] * 2 if compared else [])
    assert any(said in each for each in suite.left_out)


def test_a_tagger_must_beat_a_dictionary_of_the_other_half(suite_of: SuiteOf) -> None:
    sentences = [["Anna", "sleeps"], ["Bo", "sees", "Anna"], ["Anna", "reads"], ["it", "rains"]] * 5
    rows = [
        {
            "text": [*words, str(row)],
            "label": [{"Anna": "B-PER", "Bo": "B-LOC"}.get(word, "O") for word in (*words, row)],
            "document": f"d{row // 4}",
        }
        for row, words in enumerate(sentences)
    ]
    suite = suite_of("tagger", rows)
    assert suite.task == "token-classification"
    assert suite.data_options == (("cluster", '"document"'),)
    found = bars(suite)
    assert list(found) == ["test_token_accuracy", "test_entity_f1", "test_typos"]
    # Anna is in both halves, Bo only in every other sentence: 15 of 20 entities are found.
    assert found["test_entity_f1"] == pytest.approx(2 * 15 / (15 + 20), abs=1e-3)
    tags = Counter(tag for row in rows for tag in row["label"])
    assert found["test_token_accuracy"] > tags["O"] / tags.total()


def test_a_language_model_must_beat_what_compresses(suite_of: SuiteOf) -> None:
    texts = [f"Document {row} says little that is new, and says it twice." for row in range(80)]
    rows = [{"text": text, "group": "ab"[row % 2]} for row, text in enumerate(texts)]
    suite = suite_of("causal", rows)
    assert suite.data_options == (("label", "None"),)
    whole = "\n".join(texts).encode()
    compressed = 8 * len(bz2.compress(whole)) / len(whole)
    assert 0 < compressed - bars(suite)["test_bits_per_byte"] <= 0.001
    assert "test_groups_have_like_bits_per_byte" in bars(suite)


def test_a_task_without_default_criteria(suite_of: SuiteOf) -> None:
    with pytest.raises(ModelError, match=r"is one for fill-mask, for which there are no default"):
        suite_of("masked", reviews(80, positive=2))


@pytest.mark.parametrize(
    ("model", "rows", "error", "said"),
    [
        ("bert", [{"text": "a", "label": "pos"}] * 40, DataError, "are labelled 'pos': whoever"),
        ("bert", [{"text": "a", "label": "odd"}] * 40, LabelError, "--accept-label-names"),
        ("bert", [{"text": ["a"], "label": ["O"]}] * 40, DataError, "classifies whole texts"),
        ("tagger", [{"text": "a", "label": "pos"}] * 40, DataError, "no tag for each word"),
        ("tagger", [{"text": ["a"], "label": ["O"]}] * 40, DataError, "are tagged 'O'"),
        ("causal", [{"text": ["a"]}] * 40, DataError, "reads documents"),
        ("causal", [{"text": ""}] * 40, DataError, "are empty"),
    ],
)
def test_data_that_do_not_fit(
    suite_of: SuiteOf,
    model: str,
    rows: list[dict[str, Any]],
    error: type[Exception],
    said: str,
) -> None:
    with pytest.raises(error, match=said):
        suite_of(model, rows)
