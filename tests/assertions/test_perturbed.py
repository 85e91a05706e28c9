"""Rates under a perturbation: equal to a plain loop, honest about what they leave out."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

import pytest_accept as pa
from pytest_accept.assertions.perturbed import draw_scripts
from pytest_accept.perturbations.kinds.casing import casing
from pytest_accept.perturbations.kinds.contractions import contractions
from pytest_accept.perturbations.kinds.intensifiers import intensifiers
from pytest_accept.perturbations.kinds.negation import negation
from pytest_accept.perturbations.kinds.typos import typos
from pytest_accept.perturbations.made_by_users import from_function
from tests.models import make

WORDS = ("good", "bad", "fine", "slow")
ROWS = [
    {
        "text": f"The {one} film number {i} was {other} in the end",
        "label": "pos" if one in ("good", "fine") else "neg",
        "author": f"author {i // 4}",
        "source": "shops" if i % 2 else "tweets",
    }
    for i, (one, other) in enumerate((a, b) for a in WORDS for b in WORDS * 5)
]


def positive(text: str) -> float:
    """A model that reads letters: brittle enough for typos to matter."""
    return 0.9 if (text.count("o") + text.count("e")) % 3 else 0.2


def answer(texts: Sequence[str]) -> list[list[float]]:
    return [[1 - positive(text), positive(text)] for text in texts]


@pytest.fixture(scope="module")
def model() -> pa.Model:
    return pa.load_model(answer, labels=["neg", "pos"], name="letters")


@pytest.fixture(scope="module")
def data() -> pa.Data:
    return pa.load_data(ROWS, name="reviews")


def loop(perturbation: Any, draws: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities of pos for originals (n,) and edited texts (n, draws), one by one."""
    before, after = [], []
    for row in ROWS:
        scripts = draw_scripts(perturbation, row["text"], draws=draws, seed=seed)
        assert scripts is not None
        before.append(positive(row["text"]))
        after.append([positive(script.changed(row["text"])) for script in scripts])
    return np.array(before), np.array(after)


@pytest.mark.parametrize("draws", [1, 3, 8])
def test_values_equal_a_plain_loop(model: pa.Model, data: pa.Data, draws: int) -> None:
    perturbation = typos(max_edits=2)
    before, after = loop(perturbation, draws)
    true = np.array([row["label"] == "pos" for row in ROWS])
    flipped = (before > 0.5)[:, None] != (after > 0.5)
    right = (after > 0.5) == true[:, None]
    right_before = (before > 0.5) == true

    def value(metric: Any, **options: Any) -> float:
        return float(metric(model, data, perturbation, draws=draws, **options).value)

    assert value(pa.flip_rate) == pytest.approx(flipped.mean())
    assert value(pa.robust_accuracy) == pytest.approx(right.mean())
    assert value(pa.robust_accuracy, worst=True) == pytest.approx(
        (right.all(axis=1) & right_before).mean()
    )
    assert value(pa.accuracy_drop) == pytest.approx(right_before.mean() - right.mean())
    said = before > 0.5
    moved = np.where(said[:, None], after - before[:, None], before[:, None] - after)
    assert value(pa.probability_shift) == pytest.approx(np.abs(moved).mean())
    assert value(pa.probability_shift, signed=True) == pytest.approx(moved.mean())
    pos = (after - before[:, None]).mean()
    assert value(pa.probability_shift, signed=True, label="pos") == pytest.approx(pos)
    assert value(pa.probability_shift, signed=True, label="neg") == pytest.approx(-pos)


def test_a_text_has_the_same_draws_in_every_slice(model: pa.Model, data: pa.Data) -> None:
    whole = pa.flip_rate(model, data, typos(), draws=2)
    parts = [
        pa.flip_rate(model, data, typos(), draws=2, where={"source": source})
        for source in ("shops", "tweets")
    ]
    assert whole.value == pytest.approx(sum(part.value * part.n for part in parts) / whole.n)
    drawn = [draw_scripts(typos(), ROWS[0]["text"], draws=5, seed=seed) for seed in (0, 0, 1)]
    assert drawn[0] == drawn[1] != drawn[2]


def test_an_example_is_one_observation(model: pa.Model, data: pa.Data) -> None:
    few, many = (pa.flip_rate(model, data, typos(), draws=draws) for draws in (1, 30))
    assert few.n == many.n == len(ROWS)
    assert many.options == "typos(), draws=30"
    # More draws narrow the interval, but not as if they were examples.
    width = few.high - few.low
    assert width / 3 < many.high - many.low < width
    authors = pa.flip_rate(model, data, typos(), draws=2, cluster="author")
    assert authors.clusters == 20
    assert authors.low < pa.flip_rate(model, data, typos(), draws=2).low


def test_labels_are_not_needed_for_flips(model: pa.Model, data: pa.Data) -> None:
    bare = pa.load_data([{"text": row["text"]} for row in ROWS], label=None)
    assert pa.flip_rate(model, bare, typos()).value == pa.flip_rate(model, data, typos()).value
    with pytest.raises(pa.DataError, match="robust_accuracy compares predictions with labels"):
        pa.robust_accuracy(model, bare, typos())


def test_each_text_is_predicted_once(data: pa.Data) -> None:
    asked: list[str] = []

    def counting(texts: Sequence[str]) -> list[list[float]]:
        asked.extend(texts)
        return answer(texts)

    counted = pa.load_model(counting, labels=["neg", "pos"])
    for metric in (pa.flip_rate, pa.robust_accuracy, pa.accuracy_drop):
        metric(counted, data, typos())
    assert len(asked) == len(set(asked))


def test_texts_that_cannot_be_changed_are_counted_and_left_out(model: pa.Model) -> None:
    rows = [{"text": f"I do not like film {i}", "label": "neg"} for i in range(30)]
    rows += [{"text": f"Film {i}", "label": "neg"} for i in range(20)]
    data = pa.load_data(rows, name="films")
    found = pa.flip_rate(model, data, contractions())
    assert found.n == 30
    assert (
        "20 of 50 texts are left out: contractions() finds nothing to change in" in found.notes[0]
    )


def test_nothing_is_concluded_if_too_few_can_be_changed(model: pa.Model) -> None:
    rows = [{"text": f"Film {i}", "label": "neg"} for i in range(90)]
    rows += [{"text": f"I do not like film {i}", "label": "neg"} for i in range(10)]
    data = pa.load_data(rows, name="films")
    verdict = pa.flip_rate(model, data, contractions()) <= 0.5
    assert verdict.status == "inconclusive"
    assert verdict.needed_n is None
    assert "only 10 of 100 texts, fewer than min_changed=0.5" in str(verdict)
    allowed = pa.flip_rate(model, data, contractions(), min_changed=0.1)
    assert (allowed.n, allowed.low > 0) == (10, True)


def test_a_perturbation_that_changes_nothing_is_an_error(model: pa.Model, data: pa.Data) -> None:
    with pytest.raises(pa.DataError, match=r"contractions\(\) changes none of the 80 texts"):
        pa.flip_rate(model, data, contractions())


def test_functions_are_perturbations_too(model: pa.Model, data: pa.Data) -> None:
    found = pa.flip_rate(model, data, str.upper)
    assert found.options == "upper(), draws=1", "a function makes one text of a text"
    flipped = [
        (positive(row["text"]) > 0.5) != (positive(row["text"].upper()) > 0.5) for row in ROWS
    ]
    assert 0 < found.value == np.mean(flipped)
    assert found.value == pa.flip_rate(model, data, from_function(str.upper)).value
    with pytest.raises(pa.DataError, match="Expected broken to return a text"):
        pa.flip_rate(model, data, from_function(lambda text: None, name="broken"))  # type: ignore[arg-type,return-value]
    with pytest.raises(pa.SettingError, match="Expected `perturbation` to be a perturbation such"):
        pa.flip_rate(model, data, "typos")


def test_slips_of_the_user_are_named(model: pa.Model, data: pa.Data) -> None:
    with pytest.raises(pa.SettingError, match=r"typos makes perturbations: call it, as in typos\("):
        pa.flip_rate(model, data, typos)
    with pytest.raises(pa.SettingError, match=r"typos makes perturbations: call it, as in typos\("):
        pa.invariance(model, data, typos)
    with pytest.raises(pa.SettingError, match="no option of typos 'max_edit'. Did you mean 'max_e"):
        typos(max_edit=2)  # type: ignore[call-arg]
    with pytest.raises(pa.SettingError, match="Expected `protect` to be a list of words"):
        typos(protect=[1])  # type: ignore[list-item]
    with pytest.raises(pa.SettingError, match="Expected `pattern` to be a regular expression"):
        typos().only_words("[")
    calls: list[int] = []

    def random(text: str) -> str:
        calls.append(1)
        return text + str(len(calls))

    with pytest.raises(pa.DataError, match="random makes different texts of 'The good film"):
        pa.flip_rate(model, data, random)


def test_an_invalid_share_widens_the_bounds(model: pa.Model, data: pa.Data) -> None:
    plain = pa.flip_rate(model, data, typos())
    wide = pa.flip_rate(model, data, typos(), assumed_invalid=0.02)
    assert wide.value == plain.value
    assert wide.low == pytest.approx(max(0, (plain.low - 0.02) / 0.98))
    assert wide.high == pytest.approx(min(1, plain.high / 0.98))
    assert any("2 % of the edited texts" in note for note in wide.notes)


@pytest.mark.parametrize("kind", [negation, intensifiers])
def test_metrics_of_labels_need_labels_that_stay(model: pa.Model, data: pa.Data, kind: Any) -> None:
    for metric in (pa.robust_accuracy, pa.accuracy_drop):
        with pytest.raises(pa.SettingError, match="needs a perturbation that promises"):
            metric(model, data, kind())


def test_flips_of_a_negation_are_wanted(model: pa.Model) -> None:
    data = pa.load_data([{"text": f"The film {i} is good.", "label": "pos"} for i in range(9)])
    assert pa.flip_rate(model, data, negation()).higher_is_better
    assert not pa.flip_rate(model, data, typos()).higher_is_better


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"draw": 3}, "There is no option of flip_rate 'draw'. Did you mean 'draws'?"),
        ({"min_changed": "x"}, "Expected `min_changed` to be a number in 0..1"),
        ({"draws": 0}, "Expected `draws` to be an integer of 1 or more"),
        ({"draws": 2.0}, "Expected `draws`"),
        ({"min_changed": 2}, "Expected `min_changed` to be a number in 0..1"),
        ({"assumed_invalid": 1}, "Expected `assumed_invalid` to be a number in [0, 1)"),
    ],
)
def test_wrong_options(model: pa.Model, data: pa.Data, options: Any, message: str) -> None:
    with pytest.raises(pa.SettingError) as caught:
        pa.flip_rate(model, data, typos(), **options)
    assert message in str(caught.value)


def test_stored_predictions_know_no_edited_text(data: pa.Data) -> None:
    stored = pa.load_predictions(np.full((80, 2), 0.5), labels=["neg", "pos"])
    with pytest.raises(pa.SettingError, match="Expected `model` to be a Model"):
        pa.flip_rate(stored, data, typos())  # type: ignore[arg-type]


def test_the_bar_follows_the_perturbation(model: pa.Model, data: pa.Data) -> None:
    assert pa.assert_flip_rate_below(model, data, typos(), 1.0).status == "accepted"
    assert pa.assert_flip_rate_below(model, data, typos(), bar=1.0, draws=1).bar == 1
    with pytest.raises(pa.SettingError, match="Expected `bar` to be a number between 0 and 1, the"):
        pa.assert_flip_rate_below(model, data, typos(), 10)
    with pytest.raises(TypeError, match="the assertion of .*: missing a required argument.*bar"):
        pa.assert_flip_rate_below(model, data, typos())  # type: ignore[call-arg]
    assert pa.assert_accuracy_drop_below(model, data, typos(), 1.0)
    assert pa.assert_robust_accuracy_above(model, data, typos(), 0.0)
    assert pa.assert_probability_shift_below(model, data, typos(), 1.0)


def test_evidence_shows_the_smallest_edits_by_kind(model: pa.Model, data: pa.Data) -> None:
    with pytest.raises(pa.AcceptanceFailure) as caught:
        pa.assert_flip_rate_below(model, data, typos(max_edits=3) | casing(), 0.01)
    verdict = caught.value.verdict
    kinds = [evidence.title.partition(":")[0] for evidence in verdict.evidence]
    assert len(kinds) >= 2
    counts = [
        int(evidence.title.split(": ")[1].split()[0].replace(",", ""))
        for evidence in verdict.evidence
        if evidence.examples
    ]
    assert counts == sorted(counts, reverse=True)
    for evidence in verdict.evidence:
        for example in evidence.examples:
            assert example.edited is not None
            assert len(example.edited.edits) == 1, "edits that are not needed are dropped"
            (edit,) = example.edited.edits
            text = example.text
            assert text[: edit.start] + edit.replacement + text[edit.stop :] == example.edited.text
            assert (positive(text) > 0.5) != (positive(example.edited.text) > 0.5)
            assert example.predicted != example.edited.predicted
    assert "→" in str(verdict)


def test_evidence_of_robust_accuracy_was_right_before(model: pa.Model, data: pa.Data) -> None:
    verdict = pa.robust_accuracy(model, data, typos()) >= 0.99
    examples = [example for evidence in verdict.evidence for example in evidence.examples]
    assert examples
    assert all(e.predicted == e.expected != e.edited.predicted for e in examples if e.edited)


def test_pairs() -> None:
    module, tokenizer = make("nli", labels=("entailment", "neutral", "contradiction"))
    model = pa.load_model(module, tokenizer=tokenizer, name="nli", allow_untrained=True)
    rows = [
        {"a": f"the film number {i} is good", "b": "a dull story", "label": "neutral"}
        for i in range(12)
    ]
    data = pa.load_data(rows, text=("a", "b"))
    both = pa.probability_shift(model, data, typos())
    first = pa.probability_shift(model, data, typos().on("first"))
    assert both.value > 0
    assert first.options == "typos().on('first'), draws=3"
    shown = (first <= 0.0).evidence[0].examples[0]
    assert " / " in shown.text
    assert shown.edited is not None
    assert shown.edited.edits[0].stop <= shown.text.index(" / ")


def test_multi_label_flips() -> None:
    def several(texts: Sequence[str]) -> list[list[float]]:
        return [[0.9 if "o" in text else 0.1, 0.8] for text in texts]

    model = pa.load_model(several, labels=["has o", "any"], multi_label=True)
    data = pa.load_data(
        [{"text": "go", "label": ["has o", "any"]}, {"text": "hi", "label": ["any"]}]
    )
    flip = from_function(lambda text: text.replace("o", "0"))
    found = pa.flip_rate(model, data, flip)
    assert (found.value, found.n) == (1, 1)
    assert pa.robust_accuracy(model, data, flip).value == 0
    with pytest.raises(pa.SettingError, match="defined label by label"):
        pa.probability_shift(model, data, flip)
    assert pa.probability_shift(model, data, flip, label="has o").value == pytest.approx(0.8)


def test_a_tie_is_no_flip() -> None:
    def tied(texts: Sequence[str]) -> list[list[float]]:
        return [[0.49998, 0.50002] if "X" in text else [0.50002, 0.49998] for text in texts]

    model = pa.load_model(tied, labels=["neg", "pos"])
    data = pa.load_data([{"text": f"film {i}", "label": "neg"} for i in range(40)])
    assert pa.flip_rate(model, data, lambda text: text + "X").value == 0
