"""Multiple choice by log-likelihood, against lm-evaluation-harness' definitions."""

import numpy as np
import pytest
import torch

import pytest_accept as pa
from pytest_accept.statistics import clustered_proportion_interval, proportion_interval
from tests.language_models import make_causal, with_bos

QUESTIONS = [
    {
        "text": f"{who} {did} the {what} and",
        "choices": ["slept well", "sang", "went home late", "ate it all"][: 2 + i % 3],
        "label": i % 2,
        "author": f"author {i // 4}",
    }
    for i, (who, did, what) in enumerate(
        (who, did, what)
        for who in ("Anna", "The dog", "My old uncle")
        for did in ("saw", "bought", "lost")
        for what in ("cake", "small red ball")
    )
]


@pytest.fixture(scope="module")
def module():
    return make_causal("llama", positions=96)


@pytest.fixture(scope="module")
def model(module):
    return pa.load_model(module[0], tokenizer=module[1], name="tiny")


@pytest.fixture(scope="module")
def questions() -> pa.Data:
    return pa.load_data(QUESTIONS, name="questions")


def harness(module, row: dict, normalise: str) -> int:
    """The chosen position: `acc` and `acc_norm` of lm-evaluation-harness, and per token."""
    network, tokenizer = module
    scores = []
    for choice in row["choices"]:
        context = tokenizer(row["text"])["input_ids"]
        whole = tokenizer(f"{row['text']} {choice}")["input_ids"]
        with torch.no_grad():
            logits = network(torch.tensor([whole[:-1]])).logits[0].log_softmax(-1)
        at = range(len(context) - 1, len(whole) - 1)
        score = float(logits[at, whole[len(context) :]].sum())
        size = {"none": 1, "characters": len(choice), "tokens": len(at), "bytes": len(choice)}
        scores.append(score / size[normalise])
    return int(np.argmax(scores))


@pytest.mark.parametrize("normalise", ["none", "characters", "tokens", "bytes"])
def test_is_that_of_the_harness(module, model, questions, normalise: str) -> None:
    right = [harness(module, row, normalise) == row["label"] for row in QUESTIONS]
    found = pa.multiple_choice_accuracy(model, questions, normalise=normalise)
    interval = proportion_interval(sum(right), len(right), confidence=0.95)
    assert (found.value, found.low, found.high) == (interval.value, interval.low, interval.high)
    assert found.options == ("" if normalise == "none" else f"normalise={normalise}")
    assert found.higher_is_better


def test_the_label_may_be_the_text_of_the_choice_or_a_column_may_hold_each(model) -> None:
    rows = [
        {
            "text": row["text"],
            "label": row["choices"][row["label"]],
            "one": row["choices"][0],
            "two": row["choices"][1],
        }
        for row in QUESTIONS
    ]
    by_text = pa.multiple_choice_accuracy(model, pa.load_data(rows), choices=["one", "two"])
    two = [{**row, "choices": row["choices"][:2]} for row in QUESTIONS]
    assert by_text.value == pa.multiple_choice_accuracy(model, pa.load_data(two)).value


def test_a_number_is_a_position_and_a_string_of_it_the_choice(model) -> None:
    rows = [{"text": f"1 + {i} =", "choices": ["1", "0", "2"], "label": 1} for i in range(4)]
    as_position = pa.multiple_choice_accuracy(model, pa.load_data(rows))
    texts = pa.load_data([{**row, "label": "0"} for row in rows])
    assert pa.multiple_choice_accuracy(model, texts).value == as_position.value
    letters = pa.load_data([{**row, "label": "B"} for row in rows], label_names={"B": "1"})
    assert pa.multiple_choice_accuracy(model, letters).value == as_position.value


def test_clusters_and_slices(model, questions) -> None:
    whole = pa.multiple_choice_accuracy(model, questions, cluster="author")
    assert whole.clusters == 5
    part = pa.multiple_choice_accuracy(model, questions, where={"author": "author 1"})
    assert part.n == 4
    assert part.population == "questions[author=author 1]"


def test_equal_texts_with_other_choices_are_other_examples(model) -> None:
    rows = [{"text": "Which one?", "choices": [f"a{i}", f"b{i}"], "label": 0} for i in range(8)]
    found = pa.multiple_choice_accuracy(model, pa.load_data(rows))
    assert found.clusters is None
    again = pa.multiple_choice_accuracy(model, pa.load_data(rows[:4] * 2))
    assert again.clusters == 4


def test_ties_are_wrong() -> None:
    network, tokenizer = make_causal("llama")
    with torch.no_grad():
        network.lm_head.weight.zero_()  # every token is as likely as another
    model = pa.load_model(network, tokenizer=tokenizer)
    rows = [{"text": "Go", "choices": ["on", "up"], "label": i % 2} for i in range(2)]
    assert pa.multiple_choice_accuracy(model, pa.load_data(rows)).value == 0.0


def test_evidence_shows_the_mistakes_with_the_largest_lead(model, questions) -> None:
    verdict = pa.multiple_choice_accuracy(model, questions).judge(1.0, "above")
    (mistakes,) = verdict.evidence
    assert mistakes.title == "the most confident mistakes"
    for example in mistakes.examples:
        row = next(row for row in QUESTIONS if row["text"] == example.text)
        assert example.expected == row["choices"][row["label"]]
        assert example.predicted in row["choices"]
        assert example.predicted != example.expected
        assert example.probability >= 1 / len(row["choices"])


def test_long_texts_are_cut_and_said(model) -> None:
    rows = [{"text": "word " * 40, "choices": ["yes", "no"], "label": 0}, QUESTIONS[0]]
    found = pa.multiple_choice_accuracy(model, pa.load_data(rows))
    assert "1 of 2 text was longer than the model takes and cut on the left" in found.notes


def test_asking_again_predicts_nothing(module, questions) -> None:
    model = pa.load_model(module[0], tokenizer=module[1])
    pa.multiple_choice_accuracy(model, questions)
    calls = []
    hook = module[0].register_forward_pre_hook(lambda *_: calls.append(1))
    pa.multiple_choice_accuracy(model, questions, normalise="tokens", where={"label": 1})
    hook.remove()
    assert not calls


def test_an_empty_text_needs_a_bos_token(module) -> None:
    data = pa.load_data([{"text": "", "choices": ["It is.", "Is it"], "label": 0}])
    plain = pa.load_model(module[0], tokenizer=module[1])
    with pytest.raises(pa.DataError, match="1 of 1 example has an empty text"):
        pa.multiple_choice_accuracy(plain, data)
    assert pa.multiple_choice_accuracy(plain, data, bos="always").options == "bos=always"
    network, tokenizer = make_causal("gpt2")
    begun = pa.load_model(network, tokenizer=with_bos(tokenizer))
    assert pa.multiple_choice_accuracy(begun, data).n == 1


BAD = {
    "less than two choices": ({"choices": ["a"]}, pa.DataError),
    "equal choices": ({"choices": ["a", "b", "a"]}, pa.DataError),
    "an empty choice": ({"choices": ["a", " "]}, pa.DataError),
    "a position from 0 to 1, but": ({"label": 2}, pa.LabelError),
    "hold a list of choices": ({"choices": "a, b"}, pa.DataError),
}


@pytest.mark.parametrize("message", BAD)
def test_unfit_examples_are_named(model, message: str) -> None:
    change, error = BAD[message]
    row = {"text": "Go", "choices": ["a", "b"], "label": 0, **change}
    with pytest.raises(error, match=f"(?s){message}.*data row 1|data row 1.*{message}"):
        pa.multiple_choice_accuracy(model, pa.load_data([row]))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"normalise": "length"}, "`normalise` to be 'none', 'tokens', 'characters' or 'bytes'"),
        ({"bos": True}, "`bos` to be 'auto', 'always' or 'never'"),
        ({"delimiter": None}, "`delimiter` to be a string"),
        ({"choices": ["one"]}, "`choices` to be a column of lists"),
    ],
)
def test_unfit_options_are_named(model, questions, options, message: str) -> None:
    with pytest.raises(pa.SettingError, match=message):
        pa.multiple_choice_accuracy(model, questions, **options)


def test_a_column_that_is_missing_is_named(model, questions) -> None:
    with pytest.raises(pa.DataError, match="no column 'options'"):
        pa.multiple_choice_accuracy(model, questions, choices="options")


def test_nan_is_an_error(questions) -> None:
    network, tokenizer = make_causal("gpt2", positions=96)
    with torch.no_grad():
        network.transformer.ln_f.bias.fill_(float("nan"))
    with pytest.raises(pa.PredictionError, match="NaN"):
        pa.multiple_choice_accuracy(pa.load_model(network, tokenizer=tokenizer), questions)


def test_clustered_interval_is_the_one_of_accuracy(module, model, questions) -> None:
    right = np.array([harness(module, row, "none") == row["label"] for row in QUESTIONS])
    codes = np.arange(len(right)) // 4
    expected = clustered_proportion_interval(right, codes, confidence=0.9)
    found = pa.multiple_choice_accuracy(model, questions, cluster="author", confidence=0.9)
    assert (found.low, found.high) == (expected.low, expected.high)
