"""Answers of a language model against the accepted ones."""

import pytest

import pytest_accept as pa
from pytest_accept.assertions.exact_match import squad
from tests.language_models import make_causal

PROMPTS = ("The cat", "a", "Long ago there was a", "x y z")


@pytest.fixture(scope="module")
def model():
    network, tokenizer = make_causal("gpt2")
    return pa.load_model(network, tokenizer=tokenizer, name="tiny")


def said(model, prompt: str, new: int = 6) -> str:
    """What `generate` says of one prompt."""
    return str(model.tokenizer.decode(_ids(model, prompt, new), skip_special_tokens=True))


def _ids(model, prompt: str, new: int):
    module = model._backing._weights()
    ids = model.tokenizer(prompt, return_tensors="pt")["input_ids"]
    return module.generate(ids, max_new_tokens=new, do_sample=False)[0, ids.shape[1] :]


def test_an_answer_that_is_accepted_counts(model) -> None:
    rows = [{"text": prompt, "label": said(model, prompt)} for prompt in PROMPTS]
    rows[1]["label"] = "something else"
    data = pa.load_data(rows)
    found = pa.exact_match(model, data, max_new_tokens=6, stop=(), normalise=False)
    assert found.value == 0.75
    assert found.options == "max_new_tokens=6, stop=(), normalise=False"
    verdict = found.judge(1.0, "above")
    (evidence,) = verdict.evidence
    assert evidence.title == "the first wrong answers"
    assert "'something else' true: 'a' (data row 2)" in evidence.lines[0]


def test_several_answers_may_be_accepted(model) -> None:
    answer = said(model, "a")
    rows = [{"text": "a", "label": ["nothing", answer]}, {"text": "x y z", "label": ["no"]}]
    options = {"max_new_tokens": 6, "stop": (), "normalise": False}
    assert pa.exact_match(model, pa.load_data(rows), **options).value == 0.5
    column = pa.load_data([{"text": "a", "accepted": ["nothing", answer]}], label=None)
    assert pa.exact_match(model, column, answers="accepted", **options).value == 1.0


def test_an_answer_ends_at_the_first_stop_string(model) -> None:
    answer = said(model, "The cat")
    data = pa.load_data([{"text": "The cat", "label": answer[:2]}])
    stop = [answer[2], "never there"]
    options = {"max_new_tokens": 6, "normalise": False}
    assert pa.exact_match(model, data, stop=stop, **options).value == 1.0


def test_a_function_may_normalise(model) -> None:
    data = pa.load_data([{"text": "a", "label": "anything"}])
    found = pa.exact_match(model, data, max_new_tokens=2, normalise=len)
    assert found.value == float(len(said(model, "a", 2)) == 8)
    assert "normalise=len" in found.options
    assert pa.exact_match(model, data, normalise=lambda _: "same").value == 1.0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" The Eiffel Tower. ", "eiffel tower"),
        ("an apple,  a day", "apple day"),
        ("A", "a"),
        ("the", "the"),
        ("$5.00!", "$500"),
        ("“Émile”", "émile"),
        ("!?", "!?"),
    ],
)
def test_squad(text: str, expected: str) -> None:
    assert squad(text) == expected


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"max_new_tokens": 0}, "`max_new_tokens` to be an integer of 1 or more"),
        ({"stop": [""]}, "`stop` to be a string, or a list of strings, none empty"),
        ({"normalise": "squad"}, "`normalise` to be True, False or a function"),
        ({"bos": None}, "`bos` to be"),
        ({"maximum": 3}, "no option of exact_match 'maximum'"),
    ],
)
def test_unfit_options_are_named(model, options, message: str) -> None:
    data = pa.load_data([{"text": "a", "label": "b"}])
    with pytest.raises(pa.SettingError, match=message):
        pa.exact_match(model, data, **options)


def test_unfit_data_are_named(model) -> None:
    pairs = pa.load_data([{"a": "x", "b": "y", "label": "z"}], text=("a", "b"))
    with pytest.raises(pa.DataError, match="goes on with one text"):
        pa.exact_match(model, pairs)
    with pytest.raises(pa.DataError, match="compares predictions with labels"):
        pa.exact_match(model, pa.load_data([{"text": "a"}], label=None))
    wide = pa.load_data([{"text": "a", "x": 1, "y": 0}], label=["x", "y"])
    with pytest.raises(pa.LabelError, match="needs one column with answers"):
        pa.exact_match(model, wide)
