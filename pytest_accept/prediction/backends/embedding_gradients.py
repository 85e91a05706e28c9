"""How much each token of a text sways a prediction: gradients at the input embeddings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from pytest_accept.errors import ModelError
from pytest_accept.prediction.backends.torch_module import TorchBackend
from pytest_accept.prediction.predictions import Input

BATCH = 16


@dataclass(frozen=True, slots=True)
class TokenGradients:
    """The tokens of one input: `ids` (t,), where each stands, and the gradient there (t, d).

    `spans` are (side, start, stop) in the characters of the text or pair, None for special tokens.
    The gradient is that of the loss of what the model predicts, so to go along it is to go against
    the prediction.
    """

    ids: npt.NDArray[np.int64]
    spans: tuple[tuple[int, int, int] | None, ...]
    gradient: npt.NDArray[np.float32]


class EmbeddingGradients:
    """Gradients of a torch backend's predictions.

    ModelError if the model has no input embeddings or its tokenizer cannot say where tokens stand.
    """

    def __init__(self, backend: Any) -> None:
        if not isinstance(backend, TorchBackend) or backend.tokenizer is None:
            kind = getattr(backend, "kind", "a function")
            raise ModelError(
                f"Gradients need a torch model with its tokenizer, but {backend.name!r} is {kind}. "
                "Search with guide='importance' instead."
            )
        module = backend.module()
        embed = getattr(module, "get_input_embeddings", lambda: None)()
        if embed is None or not getattr(backend.tokenizer, "is_fast", False):
            lacks = "a fast tokenizer" if embed is not None else "input embeddings"
            raise ModelError(
                f"Gradients need a transformers model with a fast tokenizer, but {backend.name!r} "
                f"has no {lacks}. Search with guide='importance' instead."
            )
        self._backend, self._embed = backend, embed
        self._tokenizer: Any = backend.tokenizer

    def of(
        self, inputs: Sequence[Input], said: npt.NDArray[np.bool_], *, multi_label: bool
    ) -> Iterator[TokenGradients]:
        """Yield the gradients of inputs (n) for predictions given as indicators `said` (n, k).

        A batch at a time, because gradients are large.
        """
        for start in range(0, len(inputs), BATCH):
            part = slice(start, start + BATCH)
            yield from self._batch(inputs[part], said[part], multi_label)

    def tokens(self, texts: Sequence[str]) -> list[list[int]]:
        """Return the token ids of pieces of text, without special tokens."""
        if not texts:
            return []
        encoded = self._tokenizer(list(texts), add_special_tokens=False, verbose=False)
        ids: list[list[int]] = encoded["input_ids"]
        return ids

    def mean_embedding(self, ids: Sequence[int]) -> npt.NDArray[np.float32]:
        """Return the mean embedding (d,) of some tokens of the vocabulary."""
        rows = self._embed.weight.detach()[list(ids)]
        mean: npt.NDArray[np.float32] = rows.float().mean(dim=0).cpu().numpy()
        return mean

    def _batch(
        self, inputs: Sequence[Input], said: npt.NDArray[np.bool_], multi_label: bool
    ) -> list[TokenGradients]:
        caught: list[torch.Tensor] = []

        def catch(_: Any, __: Any, output: torch.Tensor) -> torch.Tensor:
            caught.append(output.detach().requires_grad_())
            return caught[-1]

        hook = self._embed.register_forward_hook(catch)
        try:
            with self._backend.session(gradients=True):
                prepared = self._backend.prepare(inputs)
                logits = self._backend.logits(prepared, np.arange(len(inputs))).float()
                wanted = torch.from_numpy(said).to(logits)
                if multi_label:
                    loss = torch.nn.functional.binary_cross_entropy_with_logits(
                        logits, wanted, reduction="sum"
                    )
                else:
                    loss = -(torch.log_softmax(logits, dim=-1) * wanted).sum()
                (gradient,) = torch.autograd.grad(loss, caught[0])
        finally:
            hook.remove()
        return [
            TokenGradients(
                prepared.columns["input_ids"][begin:end].astype(np.int64),
                tuple(self._spans(each, end - begin)),
                gradient[i, : end - begin].float().cpu().numpy(),
            )
            for i, (each, begin, end) in enumerate(
                zip(inputs, prepared.offsets[:-1], prepared.offsets[1:], strict=True)
            )
        ]

    def _spans(self, each: Input, length: int) -> Iterator[tuple[int, int, int] | None]:
        texts = (each,) if isinstance(each, str) else each
        options = {"truncation": "longest_first", "max_length": length}
        encoded = self._tokenizer(*texts, return_offsets_mapping=True, verbose=False, **options)
        for side, (start, stop) in zip(
            encoded.sequence_ids(0), encoded["offset_mapping"], strict=True
        ):
            yield None if side is None else (side, start, stop)
