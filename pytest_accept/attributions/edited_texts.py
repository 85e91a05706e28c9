"""Texts of which tokens are taken away, at the level of token ids: nothing is tokenised anew."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import torch

from pytest_accept.attributions.tokens import tokenised
from pytest_accept.prediction.backends.torch_module import logits_of, numbers
from pytest_accept.prediction.blocks import Rows
from pytest_accept.prediction.encodings import IDS, MASK, Encodings
from pytest_accept.prediction.predictions import Input

Replace = Literal["delete", "mask"]


class Removal(NamedTuple):
    """A text, and which of its tokens are to go, as ascending indices; no `Edit` of characters."""

    text: Input
    positions: tuple[int, ...]


@dataclass(frozen=True)
class Removals(Encodings):
    """Sequences made when they are asked for, since there may be as many as tokens.

    Sequence i is text `which[i]` without the tokens at `gone[i]`, or with `token` in their place if
    that is not None, and has `sizes[i]` tokens. Of which nothing is left is one `last` token.
    """

    which: Any = None
    gone: Sequence[tuple[int, ...]] = ()
    sizes: Any = None
    token: int | None = None
    last: int = 0

    @classmethod
    def make(
        cls,
        texts: Encodings,
        which: npt.NDArray[np.int64],
        gone: Sequence[tuple[int, ...]],
        *,
        token: int | None,
        last: int,
        owners: npt.NDArray[np.int64] | None = None,
    ) -> Removals:
        """Return the removals from encoded texts; `owners` as in Encodings."""
        sizes = texts.lengths[which]
        if token is None:
            sizes = np.maximum(sizes - np.fromiter(map(len, gone), np.int64, len(gone)), 1)
        cut = texts.truncated if owners is not None else texts.truncated[which]
        return cls(
            texts.columns,
            texts.offsets,
            cut,
            owners,
            which=which,
            gone=gone,
            sizes=sizes,
            token=token,
            last=last,
        )

    @property
    def lengths(self) -> npt.NDArray[np.int64]:
        """The number of tokens of each sequence."""
        found: npt.NDArray[np.int64] = self.sizes
        return found

    def padded(self, indices: Iterable[int], pad_id: int) -> dict[str, npt.NDArray[np.int64]]:
        """Return the model inputs of some sequences, padded on the right."""
        at = list(indices)
        sizes = self.sizes[at]
        mask = np.arange(sizes.max()) < sizes[:, None]
        found = {
            name: np.full(mask.shape, pad_id if name == IDS else 0, np.int64)
            for name in self.columns
        }
        for row, (i, size) in enumerate(zip(at, sizes.tolist(), strict=True)):
            start, stop = self.offsets[self.which[i]], self.offsets[self.which[i] + 1]
            gone = list(self.gone[i])
            for name, flat in self.columns.items():
                values = flat[start:stop]
                if self.token is None:
                    left = np.delete(values, gone)
                    if not len(left):
                        left = np.array([self.last if name == IDS else values[0]])
                elif name == IDS:
                    left = values.copy()
                    left[gone] = self.token
                else:
                    left = values
                found[name][row, :size] = left
        return {**found, MASK: mask.astype(np.int64)}


@dataclass(frozen=True)
class EditedTexts:
    """Removals to the logits of each, as a row. `token` None: tokens are deleted."""

    needs_pad_token: ClassVar[bool] = True

    columns: int
    token: int | None

    def encode(
        self, tokenizer: Any, inputs: Sequence[Removal], max_length: int | None
    ) -> Encodings:
        """Tokenise each text once, however many removals there are of it."""
        texts = list(dict.fromkeys(each.text for each in inputs))
        index = {text: i for i, text in enumerate(texts)}
        encodings, _ = tokenised(tokenizer, texts, max_length)
        which = np.array([index[each.text] for each in inputs], np.int64)
        gone = [each.positions for each in inputs]
        return Removals.make(
            encodings, which, gone, token=self.token, last=neutral_token(tokenizer)
        )

    def read(
        self,
        module: torch.nn.Module,
        tensors: dict[str, Any],
        encodings: Encodings,
        indices: npt.NDArray[np.int64],
    ) -> Rows:
        """Return the logits, one row for each removal."""
        return numbers(logits_of(module, tensors))


@dataclass(frozen=True)
class OccludedTexts:
    """Texts to the logits (1 + real tokens, k): as they are, then without each of their tokens."""

    needs_pad_token: ClassVar[bool] = True

    columns: int
    token: int | None

    def encode(self, tokenizer: Any, inputs: Sequence[Input], max_length: int | None) -> Encodings:
        """Tokenise the texts; one sequence for each answer."""
        encodings, tokens = tokenised(tokenizer, inputs, max_length)
        gone: list[tuple[int, ...]] = []
        for each in tokens:
            gone += [(), *((i,) for i in np.flatnonzero(each.real).tolist())]
        which = np.repeat(np.arange(len(inputs)), [1 + each.real.sum() for each in tokens])
        last = neutral_token(tokenizer)
        return Removals.make(encodings, which, gone, token=self.token, last=last, owners=which)

    def read(
        self,
        module: torch.nn.Module,
        tensors: dict[str, Any],
        encodings: Encodings,
        indices: npt.NDArray[np.int64],
    ) -> Rows:
        """Return the logits, one row for each sequence."""
        return numbers(logits_of(module, tensors))


def neutral_token(tokenizer: Any, first: Literal["mask", "pad"] = "mask") -> int:
    """Return the token that says least: the mask, else unknown, padding, or end-of-text token.

    `first` "pad": the padding token before all of these.
    """
    kinds = ["mask", "unk", "pad", "eos"]
    kinds = ["pad", *kinds] if first == "pad" else kinds
    found = (getattr(tokenizer, f"{kind}_token_id", None) for kind in kinds)
    return next((int(each) for each in found if each is not None), 0)
