"""Explanations of a model that forgets its layers, and those that do not notice."""

import pytest
import torch

import pytest_accept as pa
from pytest_accept.attributions import occlusion, random_attributions
from pytest_accept.attributions.shuffled import layers, shuffled_from_top
from tests.models import TEXTS, make

LONG = [text for text in TEXTS if len(text.split()) > 6]


@pytest.fixture(scope="module")
def model() -> pa.Model:
    network, tokenizer = make("bert")
    return pa.load_model(network, tokenizer=tokenizer, name="tiny")


@pytest.fixture(scope="module")
def data() -> pa.Data:
    rows = [{"text": f"{text} {word}"} for text in LONG for word in "film book song story".split()]
    return pa.load_data(rows, label=None, name="texts")


def test_layers_are_blocks_and_what_stands_beside_them(model) -> None:
    found = layers(model.module())
    blocks = "bert.encoder.layer.0 bert.encoder.layer.1"
    assert list(found) == f"bert.embeddings {blocks} bert.pooler classifier".split()
    assert sum(map(len, found.values())) == len(list(model.module().parameters()))
    one, two, three, top = (torch.nn.Linear(2, 2) for _ in range(4))
    body = torch.nn.ModuleDict({"wte": one, "h": torch.nn.ModuleList([two]), "ln": three})
    causal = torch.nn.ModuleDict({"transformer": body, "score": top})
    assert list(layers(causal)) == "transformer.wte transformer.h.0 transformer.ln score".split()
    assert list(layers(torch.nn.Sequential(one, two))) == ["0", "1"]


def test_the_cascade_keeps_every_weight_but_not_its_place(model) -> None:
    before = {name: each.detach().clone() for name, each in model.module().named_parameters()}
    shuffled: list[str] = []
    for name, copy in shuffled_from_top(model, seed=1):
        shuffled.append(name)
        for parameter, each in copy.module().named_parameters():
            was = before[parameter].flatten()
            assert torch.equal(was.sort().values, each.flatten().sort().values)
            moved = any(parameter.startswith(f"{layer}.") for layer in shuffled)
            assert moved or torch.equal(was, each.flatten())
            many = len(was.unique()) > 10
            assert not moved or not many or not torch.equal(was, each.flatten())
    assert shuffled[0] == "classifier"
    assert shuffled[-1] == "bert.embeddings"
    assert all(torch.equal(before[n], p) for n, p in model.module().named_parameters())


def test_explanations_of_the_model_change(model, data) -> None:
    found = pa.randomization_sensitivity(model, data, method=occlusion())
    assert found.value > 0.5
    table = str(found >= 0.99)
    assert "from the top, with each further layer random:\n" in table
    assert "bert.encoder.layer.1   0." in table
    note = "explanations without anything in common would measure about 0.8"
    assert any(note in each for each in found.notes)


def test_explanations_of_the_text_alone_are_caught(model, data) -> None:
    with pytest.raises(pa.AcceptanceFailure, match=r"rejected, measured 0\.000") as failure:
        pa.assert_randomization_sensitivity_above(model, data, 0.5, method=random_attributions())
    assert "the most like those of random models (0.00, 0.00, 0.00)" in str(failure.value)


def all_alike(texts: list[str], labels: list[str]) -> list[list[float]]:
    return [[1.0] * 3 for _ in texts]


def test_an_explanation_that_says_nothing_is_not_sensitive(model) -> None:
    data = pa.load_data([{"text": "a good film"}], label=None)
    alike = pa.randomization_sensitivity(
        model, data, method=lambda texts, _: [[1] * 3 for _ in texts]
    )
    assert alike.value == 0


def test_asks_at_most_50_texts_unless_told(model, data) -> None:
    short = pa.load_data([{"text": "good"}, {"text": "a good film"}], label=None)
    found = pa.randomization_sensitivity(model, short, method=random_attributions())
    assert found.n == 1
    assert "1 of 2 texts are too short and left out" in found.notes
    many = pa.load_data([{"text": f"a good film {i}"} for i in range(60)], label=None)
    assert pa.randomization_sensitivity(model, many, method=random_attributions()).n == 50
    with pytest.raises(pa.DataError, match="has 3 tokens"):
        pa.randomization_sensitivity(model, short.where(text="good"))
