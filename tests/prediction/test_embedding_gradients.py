"""Gradients at the embeddings, against plain autograd on one text at a time."""

from typing import Any

import numpy as np
import pytest
import torch

import pytest_accept as pa
from tests.models import make

TEXTS = ["the film was good", "dull", "we loved this book because it is bright and never slow"]


def reference(module: Any, tokenizer: Any, text: Any, said: int) -> np.ndarray:
    """The gradient (t, d) of -log p(said), by transformers' own `inputs_embeds`."""
    parts = (text,) if isinstance(text, str) else text
    encoded = tokenizer(*parts, return_tensors="pt")
    embedded = module.get_input_embeddings()(encoded.pop("input_ids")).detach().requires_grad_()
    logits = module(inputs_embeds=embedded, **encoded).logits[0]
    return torch.autograd.grad(-logits.log_softmax(-1)[said], embedded)[0][0].numpy()


@pytest.mark.parametrize("pairs", [False, True])
def test_gradients_equal_autograd_text_by_text(pairs: bool) -> None:
    module, tokenizer = make("bert")
    model = pa.load_model(module, tokenizer=tokenizer, allow_untrained=True, name="tiny")
    inputs: list[Any] = [(text, "a good story") for text in TEXTS] if pairs else TEXTS
    said = model.predict(inputs).label_ids
    found = list(model.gradients().of(inputs, np.eye(2, dtype=bool)[said], multi_label=False))
    assert len(found) == len(inputs)
    for text, label, tokens in zip(inputs, said, found, strict=True):
        expected = reference(module, tokenizer, text, int(label))
        assert np.abs(expected).max() > 1e-3
        np.testing.assert_allclose(tokens.gradient, expected, rtol=1e-4, atol=1e-5)
        parts = (text,) if isinstance(text, str) else text
        for number, span in zip(tokens.ids, tokens.spans, strict=True):
            if span is not None:
                side, start, stop = span
                piece = tokenizer.convert_ids_to_tokens(int(number)).removeprefix("##")
                assert parts[side][start:stop] == piece
    assert sum(span is None for span in found[0].spans) == (3 if pairs else 2)


def test_the_module_is_as_it_was() -> None:
    module, tokenizer = make("bert")
    module.train()
    model = pa.load_model(module, tokenizer=tokenizer, allow_untrained=True, name="tiny")
    list(model.gradients().of(TEXTS, np.array([[True, False]] * 3), multi_label=False))
    assert module.training
    assert all(each.grad is None for each in module.parameters())
    assert not module.get_input_embeddings()._forward_hooks
