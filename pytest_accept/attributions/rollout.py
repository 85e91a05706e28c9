"""Attention rollout: how much of each token arrives where the classifier reads."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np
import numpy.typing as npt
import torch

from pytest_accept.attributions.explained import Explained, Explaining, explaining
from pytest_accept.errors import ModelError
from pytest_accept.prediction.blocks import Blocks
from pytest_accept.prediction.encodings import IDS, Encodings
from pytest_accept.prediction.predictions import Input

Row = Literal["first", "last", "mean"]


@dataclass(frozen=True)
class RolloutReading:
    """Texts to the score (t, 1) of each token. `row` None: told by the model."""

    columns: ClassVar[int] = 1
    needs_pad_token: ClassVar[bool] = True

    row: Row | None

    def encode(self, tokenizer: Any, inputs: Sequence[Input], max_length: int | None) -> Explaining:
        """Tokenise the texts."""
        return explaining(tokenizer, [Explained(text, 0) for text in inputs], max_length)

    def read(
        self,
        module: torch.nn.Module,
        tensors: dict[str, Any],
        encodings: Encodings,
        indices: npt.NDArray[np.int64],
    ) -> Blocks:
        """Return the scores of each text's tokens."""
        assert isinstance(encodings, Explaining)
        device = tensors[IDS].device
        with _eager(module):
            output = module(**tensors, output_attentions=True)
        layers = getattr(output, "attentions", None)
        square = tensors[IDS].shape + tensors[IDS].shape[1:]
        # Of some models they are missing, or are those of a window, or of pooled positions.
        if not layers or any(each is None or each[:, 0].shape != square for each in layers):
            raise ModelError(_without(module))
        sizes = torch.from_numpy(encodings.lengths[indices]).to(device)
        # What padding attends to may be no number at all.
        real = (torch.arange(square[1], device=device) < sizes[:, None])[..., None]
        means = [torch.where(real, each.float().mean(dim=1), 0.0) for each in layers]
        flow = _start(self.row or _row_of(module, means), sizes, means[0])
        for attention in reversed(means):
            flow = 0.5 * flow + 0.5 * torch.bmm(flow[:, None], attention)[:, 0]
        return encodings.answers(flow, indices, "attention rollout")


def _start(row: Row, sizes: torch.Tensor, like: torch.Tensor) -> torch.Tensor:
    """Return what the classifier reads of the last layer: a weight for each position (b, t)."""
    places = torch.arange(like.shape[1], device=sizes.device)
    if row == "mean":
        return (places < sizes[:, None]) / sizes[:, None].to(like)
    at = torch.zeros_like(sizes) if row == "first" else sizes - 1
    return (places == at[:, None]).to(like)


def _row_of(module: torch.nn.Module, means: Sequence[torch.Tensor]) -> Row:
    if getattr(getattr(module, "config", None), "classifier_pooling", None) == "mean":
        return "mean"
    # Where no token sees those behind it, only the last one has seen all.
    causal = all(not bool(torch.triu(each, diagonal=1).any()) for each in means)
    return "last" if causal else "first"


@contextlib.contextmanager
def _eager(module: torch.nn.Module) -> Iterator[None]:
    """Let a module compute its attentions in the way that can show them; restore it afterwards."""
    change: Any = getattr(module, "set_attn_implementation", None)
    if change is None:
        raise ModelError(_without(module))
    before = [(each, each._attn_implementation) for each in _configs(module)]
    if all(used in ("eager", None) for _, used in before):
        yield
        return
    try:
        change("eager")
        if any(each._attn_implementation != "eager" for each, _ in before):
            raise ModelError(
                f"attention_rollout() needs the attentions of a {type(module).__name__}, which "
                "cannot change how it computes them once it is loaded. Load it with "
                "attn_implementation='eager'."
            )
        yield
    finally:
        # From the outside in, since a config hands its own on to those inside of it.
        for config, used in before:
            config._attn_implementation = used


def _configs(module: torch.nn.Module) -> list[Any]:
    found: dict[int, Any] = {}
    waiting = [config for each in module.modules() if (config := getattr(each, "config", None))]
    while waiting:
        config = waiting.pop(0)
        if id(config) not in found and hasattr(config, "_attn_implementation"):
            found[id(config)] = config
            inner = getattr(config, "sub_configs", {})
            waiting += [each for name in inner if (each := getattr(config, name, None))]
    return list(found.values())


def _without(module: torch.nn.Module) -> str:
    return (
        f"attention_rollout() needs a transformers model that can show its attentions, but a "
        f"{type(module).__name__} cannot. Use integrated_gradients() or occlusion()."
    )
