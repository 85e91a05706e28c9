"""Agreement with human rationales, against scikit-learn, however a column spells them."""

import json

import numpy as np
import pytest
from sklearn.metrics import average_precision_score

import pytest_accept as pa
from pytest_accept.attributions import input_x_gradient, random_attributions
from tests.linear_models import linear_model
from tests.models import make

WEIGHTS = {"good": 2.0, "bad": -1.5, "fine": 0.5, "film": 0.0, "long": -0.25}
OPTIONS = {"method": input_x_gradient(), "label": "pos"}


@pytest.fixture(scope="module")
def model() -> pa.Model:
    module, tokenizer = linear_model(WEIGHTS)
    return pa.load_model(module, tokenizer=tokenizer, labels=["neg", "pos"], name="linear")


def load(*rows, text="text") -> pa.Data:
    names = (text,) if isinstance(text, str) else text
    columns = (*names, *(["rationale"] if len(names) == 1 else ["first", "second"]))
    listed = [dict(zip(columns, row, strict=True)) for row in rows]
    return pa.load_data(listed, text=text, label=None, name="texts")


def random_rows(n: int = 40):
    """Return texts with the spans of random words, and their words' weights and relevance."""
    random = np.random.default_rng(0)
    rows, reference = [], []
    for _ in range(n):
        words = random.choice(list(WEIGHTS), random.integers(3, 12)).tolist()
        relevant = random.random(len(words)) < 0.4
        relevant[:2] = True, False
        starts = np.cumsum([0, *(len(each) + 1 for each in words)])[:-1].tolist()
        spans = [
            [start, start + len(each)]
            for start, each, wanted in zip(starts, words, relevant, strict=True)
            if wanted
        ]
        rows.append((" ".join(words), spans))
        reference.append((relevant, np.array([WEIGHTS[each] for each in words])))
    return rows, reference


def test_is_that_of_scikit_learn(model) -> None:
    rows, reference = random_rows()
    found = pa.plausibility(model, load(*rows), **OPTIONS)
    wanted = [average_precision_score(relevant, scores) for relevant, scores in reference]
    assert found.value == pytest.approx(np.mean(wanted), abs=1e-9)
    random, f1s = np.random.default_rng(0), []
    for relevant, scores in reference:
        # Words that occur twice have equal scores, so which is on top is chance.
        drawn = scores + 1e-6 * random.random((500, len(scores)))
        top = np.argsort(-drawn, axis=1)[:, : relevant.sum()]
        f1s.append(relevant[top].mean())
    found = pa.plausibility(model, load(*rows), measure="token_f1", **OPTIONS)
    assert found.value == pytest.approx(np.mean(f1s), abs=0.005)
    assert found.name == "plausibility(measure=token_f1, label=pos, input x gradient)"


def test_the_notes_say_what_a_random_explanation_measures(model) -> None:
    rows, _ = random_rows(150)
    for measure in ("average_precision", "token_f1"):
        found = pa.plausibility(model, load(*rows), measure=measure, method=random_attributions(2))
        (note,) = (each for each in found.notes if "random explanation" in each)
        assert found.low < float(note.rpartition(" ")[2]) < found.high


def test_every_form_of_a_rationale_is_the_same(model) -> None:
    text = "a good film, and fine"
    spans = [[2, 6], [17, 21]]
    characters = [*range(2, 6), *range(17, 21)]
    reference = pa.plausibility(model, load((text, spans)), **OPTIONS).value
    for form in (characters, json.dumps(spans), json.dumps(characters), [[3, 4], [16, 18]]):
        assert pa.plausibility(model, load((text, form)), **OPTIONS).value == reference


def test_texts_that_say_nothing_are_left_out_and_counted(model) -> None:
    long = "film " * 70 + "good"
    data = load(
        ("good film", "[[0, 4]]"), ("fine film", "[]"), ("bad", "[[0, 3]]"), (long, "[350, 351]")
    )
    found = pa.plausibility(model, data, **OPTIONS)
    assert found.n == 1
    for note in (
        "1 of 4 texts have no rationale and are left out",
        "1 of 4 texts have one for all of their tokens and are left out",
        "1 of 4 texts have one in the part that was cut and are left out",
    ):
        assert note in found.notes


def test_pairs_have_a_rationale_for_each_text() -> None:
    network, tokenizer = make("bert")
    pairs = pa.load_model(network, tokenizer=tokenizer)
    data = load(("a good film", "we loved it", "[[2, 6]]", "[[3, 8]]"), text=("one", "two"))
    found = pa.plausibility(pairs, data, rationale=("first", "second"), method=two_words)
    assert found.value == 1
    with pytest.raises(pa.SettingError, match="two columns, one for each text of a pair"):
        pa.plausibility(pairs, data, rationale="first")


def two_words(texts, labels) -> list[list[float]]:
    """Score "good" and "loved" of "a good film" and "we loved it"."""
    return [[0, 1, 0, 0, 1, 0]]


def test_a_failure_shows_texts_unlike_their_rationale(model) -> None:
    data = load(*[("a good film", "[[7, 11]]")] * 40)
    with pytest.raises(pa.AcceptanceFailure) as failure:
        pa.assert_plausibility_above(model, data, 0.9, **OPTIONS)
    assert "the least like the rationale (0.33)" in str(failure.value)
    assert '"a [good +100%] film"' in str(failure.value)


@pytest.mark.parametrize(
    ("rationale", "message"),
    [
        ([[2, 60]], r"\[2, 60\] is outside of a text of 11 characters"),
        ([[6, 2]], r"\[6, 2\] holds no character: it must start before it stops"),
        ([-1], r"\[-1, 0\] is outside of a text"),
        ("good", "'good' is none of [[start, stop], …], [character, character, …], or either"),
        ("[2.5]", "'[2.5]' is none of"),
        ([[1, 2]], "1 of 1 rationales in 'rationale' cover no token of their texts"),
        ("", "None of the 1 texts of 'texts' has a rationale for some of its tokens"),
    ],
)
def test_rationales_that_do_not_fit_are_refused(model, rationale, message: str) -> None:
    with pytest.raises(pa.DataError) as error:
        pa.plausibility(model, load(("a good film", rationale)), **OPTIONS)
    assert message.replace("\\", "") in str(error.value)


def test_bad_options_are_refused(model) -> None:
    data = load(("a good film", "[[2, 6]]"))
    with pytest.raises(pa.SettingError, match="'average_precision' or 'token_f1', but got 'f1'"):
        pa.plausibility(model, data, measure="f1")
    with pytest.raises(pa.DataError, match="spans"):
        pa.plausibility(model, data, rationale="spans")
