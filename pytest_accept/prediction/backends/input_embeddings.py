"""A module's input embeddings, found and replaced: where token ids become points of a space."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import torch

from pytest_accept.errors import ModelError


class InputEmbeddings:
    """The layers of a module that embed its input ids (several if they share their weights).

    A module without `get_input_embeddings` must have exactly one `nn.Embedding`; else ModelError.
    """

    def __init__(self, module: torch.nn.Module, name: str) -> None:
        self.name = name
        self.layer: Any = _found(module, name)
        weight = getattr(self.layer, "weight", None)
        # An encoder and its decoder may each have a layer of their own over the same weights.
        self._layers = [
            each
            for each in module.modules()
            if each is self.layer
            or (weight is not None and getattr(each, "weight", None) is weight)
            if isinstance(each, torch.nn.Embedding) or each is self.layer
        ]

    def of(self, ids: torch.Tensor) -> torch.Tensor:
        """Return the embeddings (b, t, d) of ids (b, t), as the module would have them."""
        # Not by calling the layer, which runs its hooks.
        found: torch.Tensor = self.layer.forward(ids)
        return found.detach()

    @contextlib.contextmanager
    def replaced(self, ids: torch.Tensor, by: torch.Tensor) -> Iterator[None]:
        """Let the module see the points `by` (b, t, d) wherever it embeds exactly these ids.

        ModelError at the end if it never did. A decoder, which embeds other ids, sees its own.
        """
        seen: list[bool] = []

        def swap(_: Any, args: tuple[Any, ...], kwargs: dict[str, Any], output: Any) -> Any:
            given = args[0] if args else next(iter(kwargs.values()), None)
            if not isinstance(given, torch.Tensor):
                return output
            if torch.equal(given, ids):
                seen.append(True)
                return by
            # XLNet has the batch behind the tokens.
            if torch.equal(given, ids.T):
                seen.append(True)
                return by.transpose(0, 1)
            return output

        hooks = [each.register_forward_hook(swap, with_kwargs=True) for each in self._layers]
        try:
            yield
        finally:
            for hook in hooks:
                hook.remove()
        if not seen:
            raise ModelError(_unused(self.name))


def _found(module: torch.nn.Module, name: str) -> torch.nn.Module:
    find: Callable[[], Any] | None = getattr(module, "get_input_embeddings", None)
    found = None
    if find is not None:
        # transformers raises NotImplementedError for a model that it finds none in.
        with contextlib.suppress(NotImplementedError):
            found = find()
    if isinstance(found, torch.nn.Module):
        return found
    layers = [each for each in module.modules() if isinstance(each, torch.nn.Embedding)]
    if find is None and len(layers) == 1:
        return layers[0]
    raise ModelError(
        f"Gradients are taken at the input embeddings, but {name!r} has no "
        f"get_input_embeddings() and {len(layers)} layers of type nn.Embedding. Give it that "
        "method, or use a method without gradients, such as occlusion()."
    )


def _unused(name: str) -> str:
    return (
        f"Gradients are taken at the input embeddings, but {name!r} did not embed its input ids "
        "with the layer that get_input_embeddings() names. Use a method without gradients, such "
        "as occlusion()."
    )
