"""Frozen encoders: what they make of texts, pooled to one vector each, once a session."""

from __future__ import annotations

import inspect
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from pytest_accept.errors import ModelError
from pytest_accept.loading import identity
from pytest_accept.loading.backing import TorchBacking
from pytest_accept.loading.memory import Weights
from pytest_accept.loading.quiet import quiet
from pytest_accept.prediction.backends.torch_module import numbers
from pytest_accept.prediction.blocks import Rows
from pytest_accept.prediction.encodings import MASK, Encodings
from pytest_accept.prediction.engine import Engine
from pytest_accept.prediction.predictions import Input
from pytest_accept.records import ModelDescription
from pytest_accept.tasks import TextClassification
from pytest_accept.training.bases import Base, reason

POOLINGS = ("mean", "cls", "last")

_weights: dict[Hashable, Weights] = {}
_engines: dict[Hashable, Engine] = {}


@dataclass(frozen=True)
class Pooled:
    """Reads one vector of a text from an encoder: of its hidden states the mean, first or last."""

    columns: int
    pooling: str

    def encode(self, tokenizer: Any, inputs: Sequence[Input], max_length: int | None) -> Encodings:
        """Tokenise texts, or pairs of texts, as for text classification."""
        return TextClassification(("",)).encode(tokenizer, inputs, max_length)

    def read(
        self,
        module: Any,
        tensors: dict[str, Any],
        encodings: Encodings,
        indices: npt.NDArray[np.int64],
    ) -> Rows:
        """Return the vectors, one row for each text."""
        hidden = module(**tensors).last_hidden_state
        return numbers(pooled(hidden, tensors.get(MASK), self.pooling))


def pooled(hidden: torch.Tensor, mask: torch.Tensor | None, pooling: str) -> torch.Tensor:
    """Return (n, d) of hidden states (n, tokens, d), padding left out."""
    if pooling == "cls":
        return hidden[:, 0]
    if mask is None:
        mask = torch.ones(hidden.shape[:2], device=hidden.device)
    if pooling == "last":
        return hidden[torch.arange(len(hidden), device=hidden.device), mask.sum(1).long() - 1]
    shares = mask.to(hidden.dtype).unsqueeze(-1)
    return (hidden * shares).sum(1) / shares.sum(1)


def features(
    base: Base,
    inputs: Sequence[Input],
    *,
    pooling: str,
    max_length: int | None,
    device: torch.device,
) -> npt.NDArray[np.float64]:
    """Return (n, d): the pooled vector of each text, computed once however often it is asked."""
    key = (base.fingerprint, pooling, max_length, str(device))
    if key not in _engines:
        weights = weights_of(base, device)
        backing = TorchBacking(
            base.name,
            weights,
            tokenizer=base.tokenizer,
            max_length=max_length,
            identity=_identity(base, weights(), max_length, device),
        )
        _engines[key] = backing.engine(Pooled(size_of(weights()), pooling))
    vectors, _ = _engines[key].rows(inputs)
    return vectors


def _identity(
    base: Base, module: torch.nn.Module, max_length: int | None, device: torch.device
) -> identity.Identity | None:
    about = ModelDescription(
        name=base.name,
        source=str(base.folder),
        task="feature-extraction",
        labels=(),
        fingerprint=base.fingerprint,
        dtype="float32",
        device=str(device),
        max_length=max_length,
    )
    return identity.of_files(about, module, base.tokenizer)


def weights_of(base: Base, device: torch.device) -> Weights:
    """Return the weights of a base's encoder, which all probes on it share."""
    key = (base.fingerprint, str(device))
    if key not in _weights:
        size = sum(each.stat().st_size for each in base.folder.glob("*.safetensors"))
        _weights[key] = Weights(lambda: _load(base).to(device), device, size)
    return _weights[key]


def size_of(encoder: Any) -> int:
    """Return how many numbers an encoder's vectors have."""
    config = encoder.config.get_text_config()
    return int(config.hidden_size)


class Probe(torch.nn.Module):
    """An encoder with a linear head on its pooled output."""

    def __init__(self, encoder: Any, head: torch.nn.Linear, pooling: str) -> None:
        super().__init__()
        self.encoder, self.head, self.pooling = encoder, head, pooling
        self.config = encoder.config
        self._takes = set(inspect.signature(encoder.forward).parameters)

    def get_input_embeddings(self) -> Any:
        """Return the module that embeds token ids."""
        return self.encoder.get_input_embeddings()

    def forward(self, **tensors: Any) -> torch.Tensor:
        """Return logits (n, labels)."""
        taken = {name: each for name, each in tensors.items() if name in self._takes}
        hidden = self.encoder(**taken).last_hidden_state
        logits: torch.Tensor = self.head(pooled(hidden, tensors.get(MASK), self.pooling))
        return logits


def _load(base: Base) -> Any:
    import transformers

    try:
        with quiet():
            module, info = transformers.AutoModel.from_pretrained(
                str(base.folder),
                dtype=torch.float32,
                use_safetensors=base.safe,
                output_loading_info=True,
                trust_remote_code=base.trust_remote_code,
            )
    except Exception as error:
        raise ModelError(
            f"transformers cannot load an encoder from {str(base.folder)!r}: {reason(error)}"
        ) from error
    base.check_unchanged()
    lost = sorted(name for name in info["missing_keys"] if "pooler" not in name)
    if lost:
        raise ModelError(
            f"The base {str(base.folder)!r} lacks weights of its encoder; they would be random: "
            f"{', '.join(lost[:4])}. Choose a whole checkpoint."
        )
    takes = inspect.signature(module.forward).parameters
    if module.config.is_encoder_decoder or "input_ids" not in takes:
        raise ModelError(
            f"The base {str(base.folder)!r} is a {type(module).__name__}, which is no encoder of "
            "texts. Choose one such as BERT or RoBERTa, or a decoder such as GPT-2."
        )
    return module.eval()
