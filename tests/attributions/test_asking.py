"""What attributions cost a model, and how they leave it."""

from typing import Any

import numpy as np
import pytest
import torch

import pytest_accept as pa
from pytest_accept.attributions import (
    attention_rollout,
    attribute,
    captum,
    input_x_gradient,
    integrated_gradients,
    occlusion,
    predict_edited,
    random_attributions,
    tokens_of,
)
from tests.attributions.classifiers import TEXTS, classifier, loaded
from tests.models import TEXTS as LONG

METHODS = [
    integrated_gradients(5),
    input_x_gradient(),
    occlusion(),
    attention_rollout(),
    captum("LayerGradientXActivation"),
]


def counted(module: Any) -> list[int]:
    """Return a list that will hold the rows of each forward pass from now on."""
    sizes: list[int] = []

    def count(_: Any, args: Any, kwargs: Any) -> None:
        sizes.append(len(kwargs["input_ids"] if "input_ids" in kwargs else args[0]))

    module.register_forward_pre_hook(count, with_kwargs=True)
    return sizes


@pytest.mark.parametrize("method", METHODS, ids=lambda each: each.name)
def test_each_text_is_attributed_once_and_in_batches(method: Any) -> None:
    module, tokenizer = classifier()
    model = pa.load_model(module, tokenizer=tokenizer, name="tiny")
    first = attribute(model, TEXTS, method=method)
    sizes = counted(module)
    again = attribute(model, TEXTS[::-1] + TEXTS, method=method)
    assert not sizes
    for one, other in zip(first[::-1] + first, again, strict=True):
        np.testing.assert_array_equal(one.scores, other.scores)
    attribute(model, [*TEXTS, "a new story"], method=method)
    # Its prediction; then a row for the baseline and each step, or the text and each token of it.
    assert sizes[0] == 1
    assert sum(sizes) == {"integrated gradients": 7, "occlusion": 7}.get(method.name, 2)
    assert len(sizes) == 2
    with torch.no_grad():
        module.classifier.weight.neg_()
    changed = attribute(model, TEXTS, method=method, label="pos")
    assert len(sizes) > 2
    assert changed[0].scores.any()


def test_edits_are_predicted_once() -> None:
    module, tokenizer = classifier()
    model = pa.load_model(module, tokenizer=tokenizer, name="tiny")
    sizes = counted(module)
    one = predict_edited(model, [TEXTS[0]] * 4, [[1], [2], [2, 1], [1, 2]])
    assert sum(sizes) == 3
    two = predict_edited(model, [TEXTS[0]], [[2]])
    assert sum(sizes) == 3
    np.testing.assert_array_equal(one.probabilities[1], two.probabilities[0])


def test_a_text_without_its_tokens_is_read_as_those_that_are_left() -> None:
    model = loaded("bert")
    plain = predict_edited(model, TEXTS, [[]] * len(TEXTS))
    np.testing.assert_allclose(plain.probabilities, model.probabilities(TEXTS), atol=1e-6)
    # The first and the last token of "a good film."
    cut = predict_edited(model, TEXTS[:1], [[1, 4]])
    np.testing.assert_allclose(cut.probabilities, model.probabilities(["good film"]), atol=1e-6)
    hidden = predict_edited(model, TEXTS[:1], [[1, 4]], replace="mask")
    expected = model.probabilities(["[MASK] good film [MASK]"])
    np.testing.assert_allclose(hidden.probabilities, expected, atol=1e-6)


@pytest.mark.parametrize("kind", ["bert", "gpt2"])
@pytest.mark.parametrize("replace", ["mask", "delete"])
def test_occlusion_is_what_single_edits_do(kind: str, replace: Any) -> None:
    model = loaded(kind)
    found = attribute(model, TEXTS, method=occlusion(replace), label="pos")
    for each in found:
        own = [i for i, span in enumerate(each.spans) if span is not None]
        edited = predict_edited(model, [each.text] * len(own), [[i] for i in own], replace=replace)
        whole = model.predict([each.text]).logits[0, 1]
        np.testing.assert_allclose(each.scores[own], whole - edited.logits[:, 1], atol=1e-5)


def test_nothing_may_be_left_of_a_text() -> None:
    for kind in ("bert", "gpt2"):
        model = loaded(kind)
        everything = [np.flatnonzero(each.real) for each in tokens_of(model, TEXTS)]
        emptied = predict_edited(model, TEXTS, everything).probabilities
        np.testing.assert_allclose(emptied, emptied[:1].repeat(len(TEXTS), axis=0), atol=1e-6)
    assert attribute(model, []) == []
    (empty,) = attribute(loaded("bert"), [""])
    assert empty.scores.tolist() == [0, 0]


@pytest.mark.parametrize("method", METHODS[:4], ids=lambda each: each.name)
def test_batches_that_do_not_fit_into_memory_are_halved(
    method: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    module, tokenizer = classifier()
    expected = attribute(loaded(), LONG, method=method, label="pos")
    whole = type(module).forward

    def crowded(self: Any, *args: Any, **kwargs: Any) -> Any:
        if kwargs["input_ids"].numel() > 50:
            raise RuntimeError("DefaultCPUAllocator: can't allocate memory")
        return whole(self, *args, **kwargs)

    monkeypatch.setattr(type(module), "forward", crowded)
    model = pa.load_model(module, tokenizer=tokenizer, name="tiny")
    found = attribute(model, LONG, method=method, label="pos")
    for one, other in zip(expected, found, strict=True):
        np.testing.assert_allclose(one.scores, other.scores, rtol=1e-4, atol=1e-5)
    assert module.config._attn_implementation == "sdpa"


@pytest.mark.parametrize("method", METHODS, ids=lambda each: each.name)
def test_the_module_is_as_it_was(method: Any) -> None:
    module, tokenizer = classifier()
    expected = attribute(loaded(), TEXTS, method=method)
    module.train()
    module.bert.embeddings.requires_grad_(False)
    frozen = [each.requires_grad for each in module.parameters()]
    model = pa.load_model(module, tokenizer=tokenizer, name="tiny")
    for one, other in zip(expected, attribute(model, TEXTS, method=method), strict=True):
        np.testing.assert_array_equal(one.scores, other.scores)
    assert module.training
    assert [each.requires_grad for each in module.parameters()] == frozen
    assert all(each.grad is None for each in module.parameters())
    assert not module.get_input_embeddings()._forward_hooks
    assert module.config._attn_implementation == "sdpa"


@pytest.mark.parametrize("method", METHODS, ids=lambda each: each.name)
def test_half_precision_says_nearly_the_same(method: Any) -> None:
    module, tokenizer = classifier()
    half = pa.load_model(module.to(torch.bfloat16), tokenizer=tokenizer, name="half")
    exact = attribute(loaded(), LONG, method=method, label="pos")
    found = attribute(half, LONG, method=method, label="pos")
    scores = [np.concatenate([each.scores for each in every]) for every in (exact, found)]
    assert np.corrcoef(scores)[0, 1] > 0.98


def test_random_scores_depend_on_text_and_seed_alone() -> None:
    model = loaded()
    one, same = (attribute(model, order, method=random_attributions(3)) for order in (TEXTS, TEXTS))
    np.testing.assert_array_equal(one[1].scores, same[1].scores)
    (alone,) = attribute(model, TEXTS[1:2], method=random_attributions(3))
    np.testing.assert_array_equal(one[1].scores, alone.scores)
    (other,) = attribute(model, TEXTS[1:2], method="random_attributions")
    assert abs(other.scores - alone.scores)[1:-1].min() > 0
    assert abs(one[0].scores[1:3] - one[1].scores[1:3]).min() > 0
    assert alone.scores[0] == alone.scores[-1] == 0
