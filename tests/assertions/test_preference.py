"""Preference between two texts, against sums of log-probabilities."""

import numpy as np
import pytest
import torch

import pytest_accept as pa
from tests.language_models import make_causal
from tests.masked_models import make_masked
from tests.tasks.test_masked_words import plain_loop

PAIRS = [
    {"good": f"{who} {one} {what}.", "bad": f"{who} {two} {what}.", "kind": what}
    for who, one, two in (
        ("The dog", "barks", "bark"),
        ("We", "see", "sees"),
        ("They", "are", "is"),
    )
    for what in ("here", "today", "at night", "now and then")
]
OTHER_FIRST = {"good": "Dogs bark.", "bad": "Bark dogs.", "kind": "order"}


@pytest.fixture(scope="module")
def module():
    return make_causal("gpt_neox", positions=128)


@pytest.fixture(scope="module")
def model(module):
    return pa.load_model(module[0], tokenizer=module[1], name="tiny")


def load(rows) -> pa.Data:
    return pa.load_data(rows, text=("good", "bad"), label=None, name="pairs")


def likelihood(module, text: str, *, bos: bool) -> float:
    network, tokenizer = module
    ids = tokenizer(text)["input_ids"]
    ids = [tokenizer.bos_token_id, *ids] if bos else ids
    with torch.no_grad():
        logits = network(torch.tensor([ids])).logits[0].log_softmax(-1)
    return float(logits[range(len(ids) - 1), ids[1:]].sum())


@pytest.mark.parametrize("bos", ["auto", "always"])
@pytest.mark.parametrize("per_character", [False, True])
def test_is_that_of_whole_sentences(module, model, bos: str, per_character: bool) -> None:
    def score(text: str) -> float:
        total = likelihood(module, text, bos=bos == "always")
        return total / len(text) if per_character else total

    rows = [*PAIRS, OTHER_FIRST]
    normalise = "characters" if per_character else "none"
    found = pa.preference_rate(model, load(rows), bos=bos, normalise=normalise)
    assert found.value == np.mean([score(row["good"]) > score(row["bad"]) for row in rows])
    said = "1 of 13 pairs differ in their first token, which is not scored"
    assert any(said in note for note in found.notes) == (bos == "auto")


def test_columns_may_be_named_and_the_order_counts(model) -> None:
    single = pa.load_data(PAIRS, text="kind", label=None)
    good = pa.preference_rate(model, single)
    bad = pa.preference_rate(model, single, preferred="bad", other="good")
    assert good.value == pa.preference_rate(model, load(PAIRS)).value
    assert bad.value == pytest.approx(1 - good.value)


def test_a_prefix_is_not_scored(module, model) -> None:
    rows = [{"before": "Look:", "good": "a dog", "bad": "dog a"}]
    found = pa.preference_rate(model, load(rows), prefix="before")
    one, two = (likelihood(module, f"Look: {rows[0][name]}", bos=False) for name in ("good", "bad"))
    assert found.value == float(one > two)


def test_a_masked_model_is_asked_for_pseudo_likelihoods() -> None:
    network, tokenizer = make_masked()
    model = pa.load_model(network, tokenizer=tokenizer)
    rows = [
        {"good": "a good film.", "bad": "a good film film."},
        {"good": "we loved this book", "bad": "we loved this this book"},
    ]
    sums = [
        [sum(plain_loop(network, tokenizer, row[name])) for name in ("good", "bad")] for row in rows
    ]
    found = pa.preference_rate(model, load(rows))
    assert found.value == np.mean([good > bad for good, bad in sums])
    with pytest.raises(pa.SettingError, match="takes no prefix or bos"):
        pa.preference_rate(model, load(rows), bos="always")


def test_evidence_and_assertions(model) -> None:
    with pytest.raises(pa.AcceptanceFailure) as failure:
        pa.assert_preference_rate_above(model, load(PAIRS), 1.0)
    (evidence,) = failure.value.verdict.evidence
    assert evidence.title == "the pairs in which the other text leads most"
    assert all(" rather than " in line and "pairs row" in line for line in evidence.lines)
    assert pa.assert_preference_rate_below(model, load(PAIRS), 1.0).status == "accepted"
    with pytest.raises(pa.AcceptanceFailure) as failure:  # a stereotype that is preferred, say
        pa.assert_preference_rate_below(model, load(PAIRS), 0.0)
    (evidence,) = failure.value.verdict.evidence
    assert evidence.title == "the pairs in which the preferred text leads most"
    chosen = evidence.lines[0].split(" rather than ")[0]
    assert any(repr(row["good"]) in chosen for row in PAIRS)
    assert pa.preference_rate(model, load(PAIRS), cluster="kind").clusters == 4


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"good": "a", "bad": "a"}, "1 of 1 example has two equal texts"),
        ({"good": "a", "bad": " "}, "1 of 1 example has an empty text"),
        ({"text": "a", "label": "b"}, "there are no columns 'good' and 'bad'"),
    ],
)
def test_unfit_pairs_are_named(model, row, message: str) -> None:
    data = load([row]) if "good" in row else pa.load_data([row])
    with pytest.raises(pa.DataError, match=message):
        pa.preference_rate(model, data)


def test_a_text_without_a_token_to_score_is_named(model) -> None:
    with pytest.raises(pa.PredictionError, match="'a' has no token to score"):
        pa.preference_rate(model, load([{"good": "a", "bad": "bad"}]))
    assert pa.preference_rate(model, load([{"good": "a", "bad": "b"}]), bos="always").n == 1


def test_both_columns_must_be_named(model) -> None:
    with pytest.raises(pa.SettingError, match="both of `preferred` and `other`"):
        pa.preference_rate(model, load(PAIRS), preferred="good")


def test_long_pairs_are_shown_where_they_differ(model) -> None:
    start, end = (
        "It was a very long day for all of us and ",
        ", and so on until late in the evening.",
    )
    rows = [{"good": f"{start}he{end}", "bad": f"{start}she{end}"}]
    swapped = [{"good": rows[0]["bad"], "bad": rows[0]["good"]}]
    options = {"normalise": "none", "bos": "always"}
    found = [pa.preference_rate(model, load(each), **options) for each in (rows, swapped)]
    (line,) = next(each for each in found if each.value == 0).judge(1.0, "above").evidence[0].lines
    assert "…" in line
    assert " rather than " in line
    assert start not in line
