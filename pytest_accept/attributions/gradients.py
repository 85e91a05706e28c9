"""Attributions by gradients at the input embeddings: integrated gradients, input x gradient."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import torch

from pytest_accept.attributions.explained import Explained, Explaining, explaining, label_logits
from pytest_accept.errors import ModelError
from pytest_accept.prediction.backends.input_embeddings import InputEmbeddings
from pytest_accept.prediction.blocks import Blocks, Rows
from pytest_accept.prediction.encodings import IDS, Encodings


@dataclass(frozen=True)
class ProductReading:
    """Explained texts to the score (t, 1) of each token: its embedding times the gradient there."""

    columns: ClassVar[int] = 1
    gradients: ClassVar[bool] = True
    needs_pad_token: ClassVar[bool] = True

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
        embeddings = InputEmbeddings(module, type(module).__name__)
        points = embeddings.of(ids)
        labels = encodings.labels(indices, ids.device)
        slope, _ = _gradient(embeddings, module, tensors, points, labels)
        scores = _products(points, slope) * encodings.reals(indices, ids.device)
        return encodings.answers(scores, indices, "input x gradient")


@dataclass(frozen=True)
class _Path(Explaining):
    """Each text at `times` points between a baseline and itself."""

    nodes: tuple[tuple[float, float], ...] = ()

    def places(self, indices: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        """Return how far along the path each part is, and its weight (b, 2)."""
        found: npt.NDArray[np.float64] = np.array(self.nodes)[indices % self.times]
        return found

    def whole(self, parts: Sequence[Rows]) -> Rows:
        """Return the integral: the sum over the path."""
        total: npt.NDArray[np.float64] = np.sum(parts, axis=0, dtype=np.float64)
        return total


@dataclass(frozen=True)
class PathReading:
    """Explained texts to the score of each token: the gradient's integral along a path.

    The path is straight from the baseline to the text's embeddings; the integral is that of
    Gauss and Legendre. `token`: whose embedding the baseline has at each real token, None for
    zeros. Rows (t, 2): a second column has, at the first token, the logit of the baseline.
    """

    columns: ClassVar[int] = 2
    gradients: ClassVar[bool] = True
    needs_pad_token: ClassVar[bool] = True

    steps: int
    token: int | None

    @cached_property
    def _nodes(self) -> tuple[tuple[float, float], ...]:
        places, weights = np.polynomial.legendre.leggauss(self.steps)
        nodes = zip(((places + 1) / 2).tolist(), (weights / 2).tolist(), strict=True)
        # The baseline itself adds nothing, but its logit says what the integral should come to.
        return ((0.0, 0.0), *nodes)

    def encode(
        self, tokenizer: Any, inputs: Sequence[Explained], max_length: int | None
    ) -> Explaining:
        """Tokenise the texts; each is read at all points of its path."""
        found = explaining(tokenizer, inputs, max_length, len(self._nodes))
        return _Path(**vars(found), nodes=self._nodes)

    def read(
        self,
        module: torch.nn.Module,
        tensors: dict[str, Any],
        encodings: Encodings,
        indices: npt.NDArray[np.int64],
    ) -> Blocks:
        """Return what each point of a path adds to the scores."""
        assert isinstance(encodings, _Path)
        ids = tensors[IDS]
        real = encodings.reals(indices, ids.device)
        embeddings = InputEmbeddings(module, type(module).__name__)
        own = embeddings.of(ids)
        if self.token is None:
            start = torch.where(real[..., None], torch.zeros_like(own), own)
        else:
            start = embeddings.of(torch.where(real, self.token, ids))
        wide = torch.promote_types(own.dtype, torch.float32)
        way = own.to(wide) - start.to(wide)
        places = torch.from_numpy(encodings.places(indices)).to(wide).to(ids.device)
        points = (start.to(wide) + places[:, 0, None, None] * way).to(own.dtype)
        labels = encodings.labels(indices, ids.device)
        slope, logits = _gradient(embeddings, module, tensors, points, labels)
        scores = torch.zeros((*ids.shape, 2), dtype=wide, device=ids.device)
        at_baseline = places[:, 0] == 0
        # A norm of zeros may have no slope, which is not asked for there.
        weighed = _products(way, slope) * places[:, 1, None]
        scores[..., 0] = torch.where(at_baseline[:, None], 0.0, weighed)
        scores[:, 0, 1] = torch.where(at_baseline, logits.detach().to(wide), 0.0)
        return encodings.answers(scores, indices, "integrated gradients")


def _gradient(
    embeddings: InputEmbeddings,
    module: torch.nn.Module,
    tensors: dict[str, Any],
    points: torch.Tensor,
    labels: torch.Tensor,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the gradient (b, t, d) of each text's logit with its embeddings at `points`, and that
    logit (b,).
    """
    points = points.detach().requires_grad_()
    with embeddings.replaced(tensors[IDS], points):
        logits = label_logits(module, tensors, labels)
    if logits.requires_grad:
        (slope,) = torch.autograd.grad(logits.sum(), points, allow_unused=True)
        if slope is not None:
            return slope, logits
    raise ModelError(
        f"No gradient leads from the logits of {embeddings.name!r} to its input embeddings: it "
        "computes without gradients, or its answer does not depend on the text. Use a method "
        "without gradients, such as occlusion()."
    )


def _products(one: torch.Tensor, other: torch.Tensor) -> torch.Tensor:
    """Return the sum over the dimensions of the embeddings (b, t)."""
    # A sum in half precision would lose what is left of the gradient.
    wide = torch.promote_types(other.dtype, torch.float32)
    return (one.detach().to(wide) * other.to(wide)).sum(dim=-1)
