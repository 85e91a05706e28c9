"""A model that forgets what it learned, layer after layer from the top down."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import TYPE_CHECKING

import torch

from pytest_accept.loading import load_model

if TYPE_CHECKING:
    from pytest_accept.loading import Model


def shuffled_from_top(model: Model, *, seed: int = 0) -> Iterator[tuple[str, Model]]:
    """Yield each layer's name and a copy of the model of which that and all above are random.

    The cascade of Adebayo et al. (2018, arXiv:1810.03292). A layer is made random by shuffling the
    values of each of its weights among themselves, so that their scale stays and no part of the
    network dies. It is the same copy each time: use one before taking the next. ModelError for a
    function, which has no weights.
    """
    module = deepcopy(model.module()).requires_grad_(False)
    copy = load_model(
        module,
        task=model.task,
        tokenizer=model.tokenizer,
        labels=model.labels,
        max_length=model.max_length,
        multi_label=model.multi_label,
        name=f"{model.name}, shuffled",
    )
    random = torch.Generator().manual_seed(seed)
    for name, tensors in reversed(layers(module).items()):
        with torch.no_grad():
            for each in tensors:
                order = torch.randperm(each.numel(), generator=random).to(each.device)
                each.copy_(each.flatten()[order].view_as(each))
        yield name, copy


def layers(module: torch.nn.Module) -> dict[str, list[torch.nn.Parameter]]:
    """Return the weights of each layer, from the bottom to the top, by its name.

    A layer is a member of a list of modules, such as a transformer's blocks, or what stands beside
    the innermost module that such a list shares with it: embeddings, a pooler, a classifier.
    """
    lists = [
        name.split(".")
        for name, part in module.named_modules()
        if isinstance(part, torch.nn.ModuleList | torch.nn.Sequential) and name
    ]
    found: dict[str, list[torch.nn.Parameter]] = {}
    for name, weights in module.named_parameters():
        found.setdefault(_layer(name.split("."), lists), []).append(weights)
    return found


def _layer(path: list[str], lists: list[list[str]]) -> str:
    inside = [each for each in lists if path[: len(each)] == each]
    if inside:
        return ".".join(path[: min(map(len, inside)) + 1])
    shared = max((_common(path, each) for each in lists), default=0)
    return ".".join(path[: min(shared, len(path) - 1) + 1])


def _common(one: list[str], other: list[str]) -> int:
    """Return how many components two paths begin with alike."""
    size = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        size += 1
    return size
