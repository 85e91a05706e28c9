"""Models that the user has in memory: they stay his, and may change."""

import re

import numpy as np
import pytest
import torch
import transformers

from pytest_accept.errors import ModelError, PredictionError, SettingError
from pytest_accept.loading import load_model
from tests.models import TEXTS, make


class Bag(torch.nn.Module):
    """A plain module: a mean of embeddings over what the mask shows."""

    def __init__(self) -> None:
        super().__init__()
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)
            self.embeddings = torch.nn.Embedding(500, 2)
            self.dropout = torch.nn.Dropout(0.5)

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        mask = attention_mask[..., None]
        return self.dropout((self.embeddings(input_ids) * mask).sum(1) / mask.sum(1))


class Blind(Bag):
    """A module that cannot be told what is padding."""

    def forward(self, input_ids: torch.Tensor) -> torch.Tensor:  # type: ignore[override]
        return self.embeddings(input_ids).mean(1)


@pytest.fixture
def bert():
    return make("bert")


def test_a_module_of_transformers(bert) -> None:
    module, tokenizer = bert
    model = load_model(module, tokenizer=tokenizer)
    assert model.labels == ("neg", "pos")
    assert model.name == "BertForSequenceClassification"
    assert model.max_length == 48
    assert model.fingerprint is not None


def test_a_plain_module() -> None:
    _, tokenizer = make("bert")
    model = load_model(Bag(), tokenizer=tokenizer, labels=["a", "b"], name="bag")
    assert (model.name, model.labels) == ("bag", ("a", "b"))
    alone = [model.predict([text]).probabilities[0] for text in TEXTS]
    fresh = load_model(Bag(), tokenizer=tokenizer, labels=["a", "b"])
    np.testing.assert_allclose(fresh.predict(TEXTS).probabilities, alone, atol=1e-6)
    assert fresh._engine.forwards == 1


def test_a_module_that_knows_no_mask_gets_no_padding() -> None:
    _, tokenizer = make("bert")
    model = load_model(Blind(), tokenizer=tokenizer, labels=["a", "b"])
    model.predict(TEXTS)
    assert model._engine.forwards == len(TEXTS)


def test_what_a_module_needs(bert) -> None:
    module, tokenizer = bert
    with pytest.raises(ModelError, match="does not bring its tokenizer"):
        load_model(module)
    with pytest.raises(ModelError, match=r"module Bag has no config.*pass labels="):
        load_model(Bag(), tokenizer=tokenizer)
    with pytest.raises(SettingError, match=re.escape("Move it before: module.to('meta')")):
        load_model(module, tokenizer=tokenizer, device="meta")
    with pytest.raises(SettingError, match="dtype='bfloat16' is for saved models"):
        load_model(module, tokenizer=tokenizer, dtype="bfloat16")
    with pytest.raises(SettingError, match=r"no option of a module 'label'. Did you mean 'labels'"):
        load_model(module, tokenizer=tokenizer, label=["a", "b"])


def test_a_wrong_number_of_labels_shows(bert) -> None:
    _, tokenizer = bert
    model = load_model(Bag(), tokenizer=tokenizer, labels=["a", "b", "c"])
    with pytest.raises(PredictionError, match=r"array of shape \(1, 3\).*but got \(1, 2\)"):
        model.predict(["good"])


def test_a_module_that_returns_no_logits() -> None:
    _, tokenizer = make("bert")

    class Odd(Bag):
        def forward(self, input_ids, attention_mask):
            return "positive"

    model = load_model(Odd(), tokenizer=tokenizer, labels=["a", "b"])
    with pytest.raises(PredictionError, match=r"tensor of logits .* returned str"):
        model.predict(["good"])


def test_logits_that_are_nan_name_the_texts(bert) -> None:
    module, tokenizer = bert
    with torch.no_grad():
        module.classifier.bias.fill_(float("nan"))
    with pytest.raises(PredictionError, match=r"NaN or infinite logits for 1 of 1 texts.*'good'"):
        load_model(module, tokenizer=tokenizer).predict(["good"])


def test_training_goes_on_as_it_was(bert) -> None:
    module, tokenizer = bert
    module.train()
    module.bert.embeddings.eval()
    before = [part.training for part in module.modules()]
    model = load_model(module, tokenizer=tokenizer)
    first = model.predict(TEXTS).probabilities
    assert [part.training for part in module.modules()] == before
    module.eval()
    again = load_model(module, tokenizer=tokenizer).predict(TEXTS).probabilities
    np.testing.assert_array_equal(first, again)  # no dropout
    assert torch.is_grad_enabled()
    assert not torch.is_inference_mode_enabled()


def step(module) -> None:
    optimizer = torch.optim.AdamW(module.parameters(), lr=0.05)
    module(torch.tensor([[2, 7, 3]])).logits.sum().backward()
    optimizer.step()


def load_state(module) -> None:
    module.load_state_dict({k: v * 1.5 for k, v in module.state_dict().items()})


def write_data(module) -> None:
    for parameter in module.parameters():
        parameter.data *= 1.5


def replace(module) -> None:
    module.classifier.weight = torch.nn.Parameter(module.classifier.weight.detach() * 2)


@pytest.mark.parametrize("change", [step, load_state, write_data, replace])
def test_changed_weights_are_noticed(bert, change) -> None:
    module, tokenizer = bert
    model = load_model(module, tokenizer=tokenizer)
    first, fingerprint = model.predict(TEXTS), model.fingerprint
    change(module)
    second = model.predict(TEXTS)
    assert not np.allclose(first.logits, second.logits)
    assert first.model.fingerprint == fingerprint
    assert second.model.fingerprint == model.fingerprint != fingerprint
    fresh = load_model(module, tokenizer=tokenizer).predict(TEXTS)
    np.testing.assert_array_equal(second.logits, fresh.logits)


def test_a_pipeline(bert) -> None:
    module, tokenizer = bert
    pipe = transformers.pipeline("text-classification", model=module, tokenizer=tokenizer)
    model = load_model(pipe)
    texts = [text for text in TEXTS if len(text) < 100]
    theirs = pipe(texts, top_k=None)
    for text, answer in zip(texts, theirs, strict=True):
        scores = {each["label"]: each["score"] for each in answer}
        mine = model.probabilities([text])[0]
        np.testing.assert_allclose(mine, [scores["neg"], scores["pos"]], atol=1e-5)
    assert load_model(pipe, name="mine").name == "mine"


def test_a_pipeline_of_another_task() -> None:
    module, tokenizer = make("bert")
    pipe = transformers.pipeline("feature-extraction", model=module.bert, tokenizer=tokenizer)
    with pytest.raises(ModelError, match=r"'feature-extraction'.*Known: 'text-classification'"):
        load_model(pipe)
    masked = transformers.BertForMaskedLM(module.config)
    pipe = transformers.pipeline("fill-mask", model=masked, tokenizer=tokenizer)
    assert load_model(pipe).task == "fill-mask"


def lengths(texts: list[str]) -> list[list[float]]:
    positive = [min(1.0, len(text) / 100) for text in texts]
    return [[1 - p, p] for p in positive]


def test_a_function() -> None:
    asked: list[list[str]] = []

    def function(texts: list[str]) -> list[list[float]]:
        asked.append(texts)
        return lengths(texts)

    model = load_model(function, labels=["short", "long"], batch_size=5)
    texts = [f"text {i}" * i for i in range(12)]
    found = model.predict(texts + texts)
    np.testing.assert_allclose(found.probabilities, lengths(texts + texts))
    assert found.logits is None
    assert [len(each) for each in asked] == [5, 5, 2]
    assert asked[0] == texts[:5]
    assert model.label("x" * 90) == "long"
    assert (model.fingerprint, model.device, model.dtype) == (None, None, None)
    assert model.name == "function"


def test_a_function_of_pairs_and_several_labels() -> None:
    model = load_model(
        lambda pairs: [[len(a) / 10, len(b) / 10] for a, b in pairs],
        labels=["first", "second"],
        multi_label=True,
    )
    found = model.predict([("aaa", "b"), ("a", "bbbb")])
    np.testing.assert_allclose(found.probabilities, [[0.3, 0.1], [0.1, 0.4]])
    assert found.multi_label


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (lambda n: [[2.0, -1.0]] * n, "These look like logits: pass softmax'ed values"),
        (lambda n: [[0.5, 0.5]], "Expected 'odd' to return 3 rows.*but got 1"),
        (lambda n: [[0.2, 0.3, 0.5]] * n, r"of shape \(3, 2\).*got shape \(3, 3\)"),
        (lambda n: None, "to be numbers|of shape"),
        (lambda n: [[float("nan"), 1.0]] * n, "finite, but 3 of 3 rows are not"),
    ],
)
def test_a_function_that_answers_wrongly(answer, message: str) -> None:
    model = load_model(lambda texts: answer(len(texts)), labels=["a", "b"], name="odd")
    with pytest.raises(PredictionError, match=message):
        model.predict(["one", "two", "three"])


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({}, ModelError, "does not say what its columns mean: pass labels="),
        ({"labels": ["a"]}, ModelError, "single label 'a'.*multi_label=True"),
        ({"labels": ["a", "b"], "batch_size": 0}, SettingError, "`batch_size` to be an integer"),
        ({"labels": ["a", "b"], "batchsize": 3}, SettingError, "Did you mean 'batch_size'"),
        ({"labels": ["a", "b"], "task": "fill-mask"}, ModelError, "to be for fill-mask. Load the"),
    ],
)
def test_what_a_function_needs(options: dict, error: type, message: str) -> None:
    with pytest.raises(error, match=message):
        load_model(lengths, **options)


def test_what_is_no_model() -> None:
    with pytest.raises(SettingError, match=r"`source` to be a folder.*got 3 \(int\)"):
        load_model(3)


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ("good", "`data` to be a Data or a list of texts, but got 'good'"),
        (3, "`data` to be a Data or a list of texts"),
        (["good", 3], r"number 2 of 2 is 3 \(int\)"),
        (["good", ("a", "b")], r"number 1 of 2 is 'good'"),
        ([("a", "b"), ("a",)], r"number 2 of 2 is \('a',\)"),
        ([None], r"number 1 of 1 is None"),
    ],
)
def test_what_is_no_text(inputs, message: str) -> None:
    with pytest.raises(PredictionError, match=message):
        load_model(lengths, labels=["a", "b"]).predict(inputs)


def test_forms_of_texts() -> None:
    model = load_model(lengths, labels=["a", "b"])
    assert len(model.predict([])) == 0
    assert len(model.predict(np.array(["a", "bb"]))) == 2
    assert len(model.predict(text for text in "abc")) == 3
    with pytest.raises(PredictionError, match="`text` to be a text"):
        model.label(["a"])
