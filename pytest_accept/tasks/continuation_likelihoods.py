"""How probable continuations of a text are, what they share being read once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt
import torch

from pytest_accept.errors import PredictionError
from pytest_accept.prediction.blocks import Blocks
from pytest_accept.prediction.encodings import IDS, MASK, Encodings
from pytest_accept.prediction.out_of_memory import is_out_of_memory
from pytest_accept.tasks.branches import Layout, mask, packed, positions, separate
from pytest_accept.tasks.continuations import Continued, Tree, trees
from pytest_accept.tasks.documents import Bos, beginning
from pytest_accept.tasks.output_head import token_losses

# Attention costs the square of what is packed: beyond this many tokens, and twice the trunk,
# further branches get a trunk of their own.
ROOM = 512

Losses = npt.NDArray[np.float64]

_can_pack: WeakKeyDictionary[torch.nn.Module, bool] = WeakKeyDictionary()


@dataclass(frozen=True)
class _Forest(Encodings):
    trees: Sequence[Tree] = field(default=())


@dataclass(frozen=True)
class ContinuationLikelihoods:
    """Texts with continuations to two numbers for each of these.

    The first is its log-likelihood in nats given the text, the sum over its tokens; the second is
    how many tokens that were. What is too long for the model is cut on the left.

    A trunk is read once, and its branches behind it in the same sequence, hidden from each other
    by a mask. Models that do not follow masks and positions (recurrent ones, ALiBi) read the trunk
    with each branch: the first batch of a model goes both ways to find out.
    """

    columns: ClassVar[int] = 2

    bos: Bos = "auto"

    def encode(
        self, tokenizer: Any, inputs: Sequence[Continued], max_length: int | None
    ) -> Encodings:
        """Return trees of tokens; PredictionError for a continuation that the model cannot take."""
        kept = 0 if beginning(tokenizer, self.bos) is None else 1
        truncated = np.zeros(len(inputs), np.bool_)
        parts: list[Tree] = []
        owners: list[int] = []
        for i, tree in enumerate(trees(tokenizer, inputs, self.bos)):
            _check_scored(inputs[i], tree)
            short = tree.cut(max_length, kept)
            if short is None:
                raise PredictionError(_too_long(inputs[i], tree, max_length))
            truncated[i] = short is not tree
            room = max(ROOM, 2 * len(short.trunk))
            found = short.split(room if max_length is None else min(room, max_length))
            parts += found
            owners += [i] * len(found)
        ids = [packed(tree).ids.tolist() for tree in parts]
        whole = Encodings.of({IDS: ids}, truncated, np.array(owners, np.int64))
        return _Forest(whole.columns, whole.offsets, truncated, whole.owners, trees=parts)

    def read(
        self,
        module: torch.nn.Module,
        tensors: dict[str, Any],
        encodings: Encodings,
        indices: npt.NDArray[np.int64],
    ) -> Blocks:
        """Return log-likelihoods and numbers of tokens (continuations, 2) of each tree."""
        assert isinstance(encodings, _Forest)
        asked = [encodings.trees[i] for i in indices.tolist()]
        branching = [i for i, tree in enumerate(asked) if len(tree.long) > 1]
        fits = bool(branching) and MASK in tensors and _fits_window(module, asked)
        if not fits or _can_pack.get(module) is False:
            return _rows(_apart(module, tensors, asked))
        if module in _can_pack:
            return _rows(_together(module, tensors, asked))
        return _rows(_first_time(module, tensors, asked, [branching[0], branching[-1]]))


def _check_scored(asked: Continued, tree: Tree) -> None:
    """Raise PredictionError if a text has no token that counts: it would be certain."""
    for text, branch in zip(asked.continuations, tree.branches, strict=True):
        if not tree.scored(branch):
            raise PredictionError(
                f"{text!r} has no token to score: a token is scored if another stands before it. "
                "With bos='always' every token is."
            )


def _too_long(asked: Continued, tree: Tree, most: int | None) -> str:
    longest = max(range(len(tree.branches)), key=lambda i: len(tree.branches[i]))
    text = asked.continuations[longest]
    shown = repr(text if len(text) <= 80 else text[:79] + "…")
    return (
        f"The model takes {most:,} tokens, but {shown} has {tree.scored(tree.branches[longest]):,} "
        "that are to be scored. Shorten it or leave it out."
    )


def _rows(found: Sequence[tuple[Losses, Losses]]) -> Blocks:
    return Blocks.join([np.stack([-losses, counts], axis=1) for losses, counts in found])


def _first_time(
    module: torch.nn.Module, tensors: dict[str, Any], asked: Sequence[Tree], few: Sequence[int]
) -> list[tuple[Losses, Losses]]:
    """Return what is asked, and find out whether packed sequences say what full passes say.

    Of a few trees, the longest and the shortest that branch, the last branch is compared: it would
    see the others, and padding.
    """
    last = [(i, asked[i].long[-1]) for i in few]
    alone = [replace(asked[i], branches=(asked[i].branches[j],)) for i, j in last]
    apart = _apart(module, tensors, alone)
    try:
        together = _together(module, tensors, asked)
    except Exception as error:
        if is_out_of_memory(error):
            raise
        _can_pack[module] = False
        return _apart(module, tensors, asked)
    narrow = next((each.dtype for each in module.parameters()), torch.float32).itemsize < 4
    allowed = 0.1 if narrow else 1e-3  # nats per token: rounding, and far less than a wrong reading
    _can_pack[module] = all(
        abs(losses[0] - together[i][0][j]) <= allowed * max(counts[0], 1)
        for (i, j), (losses, counts) in zip(last, apart, strict=True)
    )
    return together if _can_pack[module] else _apart(module, tensors, asked)


def _fits_window(module: torch.nn.Module, asked: Sequence[Tree]) -> bool:
    """Return whether no text is longer than the windows that some layers see: a mask lifts them."""
    config = getattr(module, "config", None)
    get_text = getattr(config, "get_text_config", None)
    config = get_text() if callable(get_text) else config
    names = ("sliding_window", "attention_chunk_size", "window_size", "local_window")
    sizes = [getattr(config, name, None) for name in names]
    windows = [size for size in sizes if isinstance(size, int)]
    return not windows or max(tree.longest for tree in asked) <= min(windows)


def _together(
    module: torch.nn.Module, tensors: dict[str, Any], asked: Sequence[Tree]
) -> list[tuple[Losses, Losses]]:
    layouts = [packed(tree) for tree in asked]
    ids: torch.Tensor = tensors[IDS]
    width = ids.shape[1]
    dtype = next((each.dtype for each in module.parameters()), torch.float32)
    inputs = {
        **tensors,
        MASK: mask(layouts, width, dtype).to(ids.device),
        "position_ids": positions(layouts, width).to(ids.device),
    }
    return _sums(
        asked, zip(range(len(asked)), layouts, _losses(module, inputs, layouts), strict=True)
    )


def _apart(
    module: torch.nn.Module, tensors: dict[str, Any], asked: Sequence[Tree]
) -> list[tuple[Losses, Losses]]:
    every = [(i, each) for i, tree in enumerate(asked) for each in separate(tree)]
    found: list[Losses] = []
    budget = tensors[IDS].numel() if MASK in tensors else 0
    for start, stop in _batches([len(each.ids) for _, each in every], budget):
        layouts = [each for _, each in every[start:stop]]
        found += _losses(module, _padded(tensors, layouts), layouts)
    return _sums(asked, ((i, each, losses) for (i, each), losses in zip(every, found, strict=True)))


def _batches(lengths: Sequence[int], budget: int) -> Iterator[tuple[int, int]]:
    """Yield where batches of at most `budget` tokens after padding begin and end."""
    start = 0
    longest = 0
    for i, length in enumerate(lengths):
        longest = max(longest, length)
        if i > start and longest * (i + 1 - start) > budget:
            yield start, i
            start, longest = i, length
    yield start, len(lengths)


def _padded(tensors: Mapping[str, Any], layouts: Sequence[Layout]) -> dict[str, Any]:
    """Return the model inputs of layouts, padded on the right, for others of the same kind."""
    device = tensors[IDS].device
    width = max(len(each.ids) for each in layouts)
    ids = torch.zeros(len(layouts), width, dtype=torch.int64)
    real = torch.zeros_like(ids)
    for row, each in enumerate(layouts):
        ids[row, : len(each.ids)] = torch.from_numpy(each.ids)
        real[row, : len(each.ids)] = 1
    masked = {MASK: real.to(device)} if MASK in tensors else {}
    return {**tensors, IDS: ids.to(device), **masked}


def _losses(
    module: torch.nn.Module, inputs: dict[str, Any], layouts: Sequence[Layout]
) -> list[Losses]:
    """Return the losses (s,) of what each layout reads."""
    sizes = [len(each.read) for each in layouts]
    device = inputs[IDS].device
    rows = torch.from_numpy(np.repeat(np.arange(len(layouts)), sizes)).to(device)
    columns = torch.from_numpy(np.concatenate([each.read for each in layouts])).to(device)
    targets = torch.from_numpy(np.concatenate([each.targets for each in layouts])).to(device)
    losses = token_losses(module, inputs, rows, columns, targets)
    # A sum of many is more exact than its parts.
    return np.split(losses.double().cpu().numpy(), np.cumsum(sizes)[:-1])


def _sums(
    asked: Sequence[Tree], read: Iterable[tuple[int, Layout, Losses]]
) -> list[tuple[Losses, Losses]]:
    """Return the loss and the number of scored tokens (continuations,) of each tree."""
    totals = [np.zeros((2, 1 + len(tree.branches))) for tree in asked]
    for i, layout, losses in read:
        np.add.at(totals[i][0], layout.of, losses)
        np.add.at(totals[i][1], layout.of, 1.0)
    return [(each[0, 1:] + each[0, 0], each[1, 1:] + each[1, 0]) for each in totals]
