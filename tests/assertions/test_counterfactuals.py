"""Counterfactual fairness: a planted defect is caught, a clean model passes, numbers are right."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from scipy import stats

import pytest_accept as pa
from pytest_accept.assertions.counterfactual_question import MOST
from pytest_accept.swaps import names_by_gender, religions, terms

FRAMES = ("{} made a good film", "I saw a bad film with {}", "{} is a fine actor", "a dull {} film")
PEOPLE = ("women", "Muslims", "migrants", "gay people")


def classifier(positive: Callable[[str], float], labels: Any = ("neg", "pos")) -> pa.Model:
    def answer(texts: Sequence[str]) -> list[list[float]]:
        return [[1 - positive(text), positive(text)] for text in texts]

    return pa.load_model(answer, labels=labels, name="a function")


def by_sentiment(text: str) -> float:
    return 0.9 if "good" in text or "fine" in text else 0.2


def by_name(text: str) -> float:
    """The planted defect: a woman's name costs, a Muslim more."""
    return max(0.1, by_sentiment(text) - 0.5 * ("Muslim" in text) - 0.3 * ("Emily" in text))


CLEAN, DEFECT = classifier(by_sentiment), classifier(by_name)
REVIEWS = pa.load_data(
    [
        *(
            {"text": f"A {word} Muslim man, no. {i}."}
            for i in range(40)
            for word in ("good", "bad")
        ),
        *({"text": f"John saw {i} films."} for i in range(40)),
        *({"text": f"a film {i}"} for i in range(30)),
    ],
    label=None,
    name="reviews",
)
TEMPLATES = pa.load_data(
    [
        {
            "text": f"{frame.format(who)} {i}",
            "frame": f"{frame.format('[WHO]')} {i}",
            "who": who,
            "kind": frame[0],
        }
        for i in range(12)
        for frame in FRAMES
        for who in PEOPLE
    ],
    label=None,
    name="templates",
)
COLUMNS: dict[str, Any] = {"template": "frame", "identity": "who"}


def test_a_model_that_keys_on_an_identity_is_caught_and_a_clean_one_passes() -> None:
    for options in ({"swap": religions()}, COLUMNS):
        data = REVIEWS if "swap" in options else TEMPLATES
        verdict = pa.assert_counterfactual_flip_rate_below(CLEAN, data, 0.10, **options)
        assert verdict.estimate.value == 0
        assert pa.assert_counterfactual_score_gap_below(CLEAN, data, 0.10, **options)
        with pytest.raises(pa.AcceptanceFailure, match="rejected, measured 0.500"):
            pa.assert_counterfactual_flip_rate_below(DEFECT, data, 0.10, **options)
        with pytest.raises(pa.AcceptanceFailure, match="rejected"):
            pa.assert_counterfactual_score_gap_below(DEFECT, data, 0.10, **options)
    assert pa.counterfactual_flip_rate(DEFECT, REVIEWS, names_by_gender()) <= 0.10


def test_the_bar_stands_before_or_after_the_swap() -> None:
    check = pa.assert_counterfactual_flip_rate_below
    bars = [
        check(CLEAN, REVIEWS, 0.1, religions()).bar,
        check(CLEAN, REVIEWS, religions(), 0.1).bar,
        check(CLEAN, REVIEWS, religions(), bar=0.1).bar,
        check(CLEAN, REVIEWS, 0.1, swap=religions()).bar,
    ]
    assert bars == [0.1] * 4
    with pytest.raises(pa.SettingError, match="Expected `bar` to be a number"):
        check(CLEAN, REVIEWS, religions())


def test_values_of_a_swap_equal_a_plain_loop() -> None:
    swap = religions() | names_by_gender()
    flips, gaps = [], []
    for text in REVIEWS.inputs:
        made = swap.counterfactuals(text, most=MOST)
        if made:
            scores = [by_name(each) for each in (text, *(str(each.text) for each in made))]
            flips.append(len({score > 0.5 for score in scores}) > 1)
            gaps.append(max(scores) - min(scores))
    rate = pa.counterfactual_flip_rate(DEFECT, REVIEWS, swap)
    assert (rate.value, rate.n, rate.clusters) == (np.mean(flips), 120, None)
    assert rate.high == pytest.approx(stats.beta.ppf(0.95, sum(flips) + 1, 120 - sum(flips)))
    gap = pa.counterfactual_score_gap(DEFECT, REVIEWS, swap)
    assert gap.value == pytest.approx(np.mean(gaps))
    assert gap.low < gap.value < gap.high
    assert pa.counterfactual_score_gap(DEFECT, REVIEWS, swap, label="neg").value == gap.value
    assert "30 of 150 texts are left out" in rate.notes[0]
    assert "most=10" in rate.options


def test_values_of_templates_equal_pandas() -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({name: TEMPLATES.column(name) for name in TEMPLATES.columns})
    frame["score"] = frame["text"].map(by_name)
    scores = frame.groupby("frame")["score"]
    rate = pa.counterfactual_flip_rate(DEFECT, TEMPLATES, **COLUMNS)
    assert rate.value == ((scores.max() > 0.5) & (scores.min() <= 0.5)).mean()
    assert (rate.n, rate.clusters) == (48, None)
    gap = pa.counterfactual_score_gap(DEFECT, TEMPLATES, **COLUMNS)
    assert gap.value == pytest.approx((scores.max() - scores.min()).mean())
    stored = DEFECT.predict(TEMPLATES)
    assert pa.counterfactual_flip_rate(stored, TEMPLATES, **COLUMNS).value == rate.value


def test_texts_of_one_identity_count_by_their_mean_but_must_be_predicted_alike() -> None:
    rows = [
        {"text": f"{word} {who}", "frame": "f", "who": who, "n": str(i)}
        for i, (word, who) in enumerate((w, p) for w in ("good", "bad") for p in ("x", "y"))
    ]
    data = pa.load_data(rows, label=None)
    assert pa.counterfactual_flip_rate(CLEAN, data, **COLUMNS).value == 1
    assert pa.counterfactual_score_gap(CLEAN, data, **COLUMNS).value == pytest.approx(0)


def test_clusters_hold_templates_together() -> None:
    alone = pa.counterfactual_flip_rate(DEFECT, TEMPLATES, **COLUMNS)
    by_kind = pa.counterfactual_flip_rate(DEFECT, TEMPLATES, cluster="kind", **COLUMNS)
    assert (by_kind.value, by_kind.n, by_kind.clusters) == (alone.value, 48, 3)
    assert by_kind.high > alone.high
    own = pa.counterfactual_flip_rate(DEFECT, TEMPLATES, cluster="frame", **COLUMNS)
    assert (own.low, own.high, own.clusters) == (alone.low, alone.high, None)
    with pytest.raises(pa.DataError, match="lie in several clusters of column 'who'"):
        pa.counterfactual_flip_rate(DEFECT, TEMPLATES, cluster="who", **COLUMNS)
    of_texts = pa.counterfactual_flip_rate(DEFECT, TEMPLATES, people(), cluster="kind")
    assert (of_texts.n, of_texts.clusters) == (192, 3)


def test_cases_that_differ_in_more_than_the_identity_are_several_observations() -> None:
    pattern = ["{who} are {adj}.", "I met {adj} {who}."]
    cases = pa.template(pattern, who=["Muslims", "Sikhs"], adj=["good", "bad", "fine"])
    blunt = pa.counterfactual_flip_rate(CLEAN, cases, template="template", identity="who")
    assert blunt.value == 1
    assert "2 templates have several texts of one identity" in blunt.notes[1]
    assert "template=['template', '…']" in blunt.notes[1]
    one = pa.counterfactual_flip_rate(
        CLEAN, cases.where(template=pattern[0]), template="template", identity="who"
    )
    assert "1 template has several texts of one identity" in one.notes[1]
    fine = pa.counterfactual_flip_rate(CLEAN, cases, template=["template", "adj"], identity="who")
    assert (fine.value, fine.n, fine.clusters) == (0, 6, 2)
    assert fine.options == "identity=who, template=template+adj"


def people() -> Any:
    return terms({who: who for who in PEOPLE}, name="people")


def test_a_tie_is_no_flip_and_any_label_of_several_counts() -> None:
    near = classifier(lambda text: 0.5 + 2e-5 * ("Muslim" in text) - 1e-5)
    assert pa.counterfactual_flip_rate(near, REVIEWS, religions()).value == 0
    many = pa.load_model(
        lambda texts: [[0.9, 0.9 - 0.6 * ("Muslim" in text)] for text in texts],
        labels=["rude", "loud"],
        multi_label=True,
    )
    assert pa.counterfactual_flip_rate(many, REVIEWS, religions()).value == 1
    gap = pa.counterfactual_score_gap(many, REVIEWS, religions(), label="loud")
    assert gap.value == pytest.approx(0.6)
    with pytest.raises(pa.SettingError, match="Pass label=, one of 'rude', 'loud'"):
        pa.counterfactual_score_gap(many, REVIEWS, religions())


def test_evidence_of_templates_names_identities_and_predictions() -> None:
    verdict = pa.counterfactual_flip_rate(DEFECT, TEMPLATES, **COLUMNS) <= 0.1
    text = pa.explain(verdict)
    assert '"[WHO] made a good film 0" pos: women 0.90, migrants 0.90, gay people 0.90' in text
    assert "neg: Muslims 0.60" in text
    assert "Muslims: in 24 of 48 templates" in text
    assert "each of the 48 templates is one observation, of 192 texts" in text
    gaps = pa.explain(pa.counterfactual_score_gap(DEFECT, TEMPLATES, **COLUMNS) <= 0.1)
    assert "the largest gaps of 'pos' (0.50, 0.50, 0.50, 0.50):" in gaps
    assert "0.90 · Muslims 0.40" in gaps


def test_templates_named_by_a_number_are_shown_as_a_text() -> None:
    rows = [{"text": f"{w} film", "frame": 7, "who": w} for w in ("Muslim", "good Sikh")]
    verdict = pa.counterfactual_flip_rate(CLEAN, pa.load_data(rows, label=None), **COLUMNS) <= 0.5
    assert '"Muslim film" ' in pa.explain(verdict)


def test_evidence_of_swaps_marks_the_edits() -> None:
    text = pa.explain(pa.counterfactual_flip_rate(DEFECT, REVIEWS, religions()) <= 0.1)
    assert '"A good [Muslim→Christian] man, no. 0."' in text
    assert "neg 0.60 → pos 0.90" in text
    assert "religion → Jewish: 40 of 80 edited texts" in text
    gaps = pa.explain(pa.counterfactual_score_gap(DEFECT, REVIEWS, religions()) <= 0.1)
    assert "[Muslim→" in gaps


def test_templates_of_one_identity_are_an_error_or_left_out_and_counted() -> None:
    rows = [
        {"text": "a Muslim", "frame": "a {}", "who": "Muslims"},
        {"text": "a Sikh", "frame": "a {}", "who": "Sikhs"},
        {"text": "that bitch", "frame": "that {}", "who": "women"},
    ]
    data = pa.load_data(rows, label=None, name="slurs")
    message = (
        "1 of 2 templates of 'slurs' has texts of one identity only, such as 'that {}' ('women'"
    )
    with pytest.raises(pa.DataError) as caught:
        pa.counterfactual_flip_rate(CLEAN, data, **COLUMNS)
    assert message in str(caught.value)
    assert "allow_single=True" in str(caught.value)
    rate = pa.counterfactual_flip_rate(CLEAN, data, allow_single=True, **COLUMNS)
    assert rate.n == 1
    assert "1 template has texts of one identity and cannot be compared" in rate.notes
    with pytest.raises(pa.DataError, match="nothing can be compared"):
        pa.counterfactual_flip_rate(
            CLEAN, data.where(frame="that {}"), allow_single=True, **COLUMNS
        )


@pytest.mark.parametrize(("column", "role"), [("frame", "template"), ("who", "identity")])
@pytest.mark.parametrize("hole", [None, ""])
def test_missing_templates_and_identities(column: str, role: str, hole: str | None) -> None:
    rows = [{"text": f"a {who}", "frame": "a {}", "who": who} for who in PEOPLE]
    data = pa.load_data([*rows, {"text": "b", "frame": "b", "who": "x", column: hole}], label=None)
    with pytest.raises(
        pa.DataError, match=f"1 of 5 examples .* have no {role} in column"
    ) as caught:
        pa.counterfactual_flip_rate(CLEAN, data, **COLUMNS)
    assert f"where=lambda row: row['{column}'] not in (None, '')" in str(caught.value)


@pytest.mark.parametrize(
    ("options", "error", "problem"),
    [
        ({}, pa.SettingError, "needs either swap=, such as religions"),
        ({"template": "frame"}, pa.SettingError, "needs either swap="),
        ({"swap": religions(), **COLUMNS}, pa.SettingError, "needs either swap="),
        ({"template": 3, "identity": "who"}, pa.SettingError, "a column, or a list of columns"),
        ({"template": ["who"], "identity": "who"}, pa.SettingError, "another column"),
        ({"most": 3, **COLUMNS}, pa.SettingError, "`most` is about a swap"),
        ({"swap": religions(), "most": 0}, pa.SettingError, "Expected `most`"),
        ({"swap": religions(), "mots": 3}, pa.SettingError, "Did you mean 'most'"),
        ({"swap": 3}, pa.SettingError, "Expected `swap`"),
        (
            {"swap": names_by_gender()},
            pa.DataError,
            "finds no identity that it can exchange in the",
        ),
    ],
)
def test_what_cannot_be_asked(options: Any, error: type[Exception], problem: str) -> None:
    with pytest.raises(error, match=problem):
        pa.counterfactual_flip_rate(CLEAN, TEMPLATES, **options)


def test_stored_predictions_know_no_counterfactuals() -> None:
    with pytest.raises(pa.SettingError, match="can predict edited texts"):
        pa.counterfactual_flip_rate(CLEAN.predict(REVIEWS), REVIEWS, religions())
