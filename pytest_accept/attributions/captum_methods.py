"""captum's methods on token ids and their embeddings, one text at a time."""

from __future__ import annotations

import importlib
import inspect
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import torch

from pytest_accept.attributions.explained import Explained, Explaining, explaining
from pytest_accept.prediction.backends.input_embeddings import InputEmbeddings
from pytest_accept.prediction.backends.torch_module import logits_of
from pytest_accept.prediction.blocks import Blocks
from pytest_accept.prediction.encodings import IDS, Encodings


@dataclass(frozen=True)
class CaptumReading:
    """Explained texts to the score (t, 1) of each token.

    `token` stands for what is not there. A method whose name begins with "Layer" is asked about the
    input embeddings, and its answer summed over their dimensions; others about the ids.
    """

    columns: ClassVar[int] = 1
    gradients: ClassVar[bool] = True
    needs_pad_token: ClassVar[bool] = True
    # Another version of it may answer otherwise.
    packages: ClassVar[tuple[str, ...]] = ("captum",)

    method: str
    token: int
    seed: int
    options: tuple[tuple[str, Any], ...]

    def encode(
        self, tokenizer: Any, inputs: Sequence[Explained], max_length: int | None
    ) -> Explaining:
        """Tokenise the texts."""
        return explaining(tokenizer, inputs, max_length)

    def read(
        self,
        module: torch.nn.Module,
        tensors: dict[str, Any],
        encodings: Encodings,
        indices: npt.NDArray[np.int64],
    ) -> Blocks:
        """Return the scores of each text's tokens."""
        assert isinstance(encodings, Explaining)
        ids = tensors[IDS]
        real = encodings.reals(indices, ids.device)
        labels = encodings.labels(indices, ids.device)
        scores = torch.zeros(ids.shape, dtype=torch.float64)
        for row, size in enumerate(encodings.lengths[indices].tolist()):
            one = {
                name: each[row : row + 1, :size] if isinstance(each, torch.Tensor) else each
                for name, each in tensors.items()
            }
            found = self._one(module, one, real[row : row + 1, :size], int(labels[row]))
            scores[row, :size] = found.detach().double().cpu()
        return encodings.answers(scores, indices, f"captum's {self.method}")

    def _one(
        self, module: torch.nn.Module, tensors: dict[str, Any], real: torch.Tensor, label: int
    ) -> torch.Tensor:
        ids = tensors[IDS]
        names = [name for name, each in tensors.items() if isinstance(each, torch.Tensor)]
        names = [IDS, *(name for name in names if name != IDS)]
        rest = {name: each for name, each in tensors.items() if name not in names}

        def logits(*given: torch.Tensor) -> torch.Tensor:
            return logits_of(module, {**dict(zip(names, given, strict=True)), **rest})

        of_layer = self.method.startswith("Layer")
        kind = getattr(importlib.import_module("captum.attr"), self.method)
        if of_layer:
            explainer = kind(logits, InputEmbeddings(module, type(module).__name__).layer)
        else:
            explainer = kind(logits)
        # Special tokens are one feature, which the baseline leaves as it is.
        features = torch.where(real, real.long().cumsum(dim=1) - 1, int(real.sum()))
        given = {
            "baselines": torch.where(real, self.token, ids),
            "target": label,
            "additional_forward_args": tuple(tensors[name] for name in names[1:]),
            "feature_mask": features,
            **dict(self.options),
        }
        known = inspect.signature(explainer.attribute).parameters
        given = {name: each for name, each in given.items() if name in known}
        devices = [ids.device] if ids.is_cuda else []
        with warnings.catch_warnings(), torch.random.fork_rng(devices=devices):
            warnings.simplefilter("ignore")
            torch.manual_seed(self.seed)
            found: torch.Tensor = explainer.attribute(ids, **given)
        return found.sum(dim=-1)[0] if of_layer else found[0]
