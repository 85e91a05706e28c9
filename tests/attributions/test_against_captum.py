"""Methods on random BERT, GPT-2 and Llama classifiers, against captum on one text at a time."""

from collections.abc import Callable
from typing import Any

import captum.attr
import numpy as np
import pytest
import torch

from pytest_accept.attributions import (
    attribute,
    input_x_gradient,
    integrated_gradients,
    occlusion,
)
from tests.attributions.classifiers import KINDS, TEXTS, classifier, loaded

PAIR = [("a good film.", "the story is long"), ("dull", "we never loved it")]


def reference(
    kind: str, inputs: list[Any], ask: Callable[[Any, Any, Any], Any]
) -> list[np.ndarray]:
    """`ask(logits, inputs of captum, layer)` for each text, in float64."""
    module, tokenizer = classifier(kind)
    module = module.double()
    found = []
    for text in inputs:
        encoded = tokenizer(*([text] if isinstance(text, str) else text), return_tensors="pt")
        ids = encoded.pop("input_ids")
        special = torch.tensor([side is None for side in encoded.sequence_ids(0)])

        def logits(ids: Any, *rest: Any, names: Any = tuple(encoded)) -> Any:
            return module(ids, **dict(zip(names, rest, strict=True))).logits

        def baseline(token: int, ids: Any = ids, special: Any = special) -> Any:
            return torch.where(special, ids, token)

        given = {
            "inputs": ids,
            "target": int(module(ids, **encoded).logits.argmax()),
            "additional_forward_args": tuple(encoded.values()),
        }
        scores = ask(logits, given, (module.get_input_embeddings(), baseline, tokenizer))
        scores = scores.sum(-1)[0] if scores.dim() == 3 else scores[0]
        found.append(torch.where(special, 0.0, scores).detach().numpy())
    return found


def by_integrated_gradients(logits: Any, given: Any, about: Any) -> Any:
    layer, baseline, tokenizer = about
    explainer = captum.attr.LayerIntegratedGradients(logits, layer)
    return explainer.attribute(**given, baselines=baseline(tokenizer.pad_token_id), n_steps=7)


def by_gradient(logits: Any, given: Any, about: Any) -> Any:
    return captum.attr.LayerGradientXActivation(logits, about[0]).attribute(**given)


def by_ablation(logits: Any, given: Any, about: Any) -> Any:
    _, baseline, tokenizer = about
    token = tokenizer.mask_token_id or tokenizer.pad_token_id
    return captum.attr.FeatureAblation(logits).attribute(**given, baselines=baseline(token))


@pytest.mark.parametrize(
    ("method", "ask"),
    [
        (integrated_gradients(7), by_integrated_gradients),
        (input_x_gradient(), by_gradient),
        (occlusion(), by_ablation),
    ],
    ids=["integrated_gradients", "input_x_gradient", "occlusion"],
)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.filterwarnings("ignore::UserWarning:captum")
def test_equals_captum(kind: str, method: Any, ask: Any) -> None:
    for inputs in [TEXTS, PAIR] if kind == "bert" else [TEXTS]:
        expected = reference(kind, inputs, ask)
        found = attribute(loaded(kind, double=True), inputs, method=method)
        for each, own in zip(expected, found, strict=True):
            assert np.abs(each).max() > 0.01
            # captum takes its steps in float32.
            np.testing.assert_allclose(own.scores, each, atol=1e-6)
        if kind == "bert":
            close = attribute(loaded(kind), inputs, method=method)
            for each, own in zip(expected, close, strict=True):
                np.testing.assert_allclose(own.scores, each, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_integrated_gradients_sum_to_the_change_of_the_logit(kind: str) -> None:
    module, tokenizer = classifier(kind)
    module = module.double()
    found = attribute(loaded(kind, double=True), TEXTS[:2], method=integrated_gradients(250))
    for each in found:
        ids = torch.from_numpy(each.ids)[None]
        real = torch.tensor([span is not None for span in each.spans])
        embed = module.get_input_embeddings()
        start = embed(torch.where(real, tokenizer.pad_token_id, ids))
        label = ("neg", "pos").index(each.label)
        with torch.no_grad():
            # Where the last token stands is told by ids, so both are asked by embeddings.
            whole, base = (
                module(inputs_embeds=points).logits[0, label].item()
                for points in (embed(ids), start)
            )
        assert abs(whole - base) > 0.01
        assert each.scores.sum() == pytest.approx(whole - base, abs=2e-3)
        assert each.missed == pytest.approx(whole - base - each.scores.sum(), abs=1e-6)
