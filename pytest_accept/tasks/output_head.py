"""The vocabulary head of a language model, run only where a token is asked for.

Logits of a whole batch are (batch, tokens, vocabulary): mostly the largest thing in memory, and
half the work of a small model. Hidden states are gathered first, and go through the head in chunks.
"""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

import torch

from pytest_accept.prediction.backends.torch_module import logits_of
from pytest_accept.prediction.out_of_memory import is_out_of_memory

# Numbers in the logits of one chunk: 32 MB of float32, or what keeps an accelerator busy.
CHUNK = 2**23
CHUNK_ACCELERATOR = 2**27

Parts = tuple[torch.nn.Module, torch.nn.Module]

_known: WeakKeyDictionary[torch.nn.Module, Parts | None] = WeakKeyDictionary()


def token_losses(
    module: torch.nn.Module,
    tensors: dict[str, Any],
    rows: torch.Tensor,
    columns: torch.Tensor,
    targets: torch.Tensor,
) -> torch.Tensor:
    """Return -log p(target) in nats, (n,), of the tokens that follow those at (row, column).

    The log-softmax is in float32 (float64 for a float64 model), whatever the model's type.
    """
    parts = decoder_and_head(module, tensors)
    states = logits_of(module, tensors) if parts is None else _states(parts[0], tensors)
    size = CHUNK if states.device.type == "cpu" else CHUNK_ACCELERATOR
    size = max(1, size // _vocabulary(module, states, parts))
    losses = []
    for start in range(0, len(rows), size):
        chunk = slice(start, start + size)
        logits = states[rows[chunk], columns[chunk]]
        if parts is not None:
            logits = parts[1](logits)
        losses.append(_losses(logits, targets[chunk]))
        # Else it would be kept while the next chunk is made.
        del logits
    return torch.cat(losses)


def _losses(logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Return -log softmax of each row (n, vocabulary) at its target; the logits are used up.

    On a CPU torch's own log_softmax can be off by 2e-5 over 50,000 words, and takes more memory.
    """
    logits = logits if logits.dtype == torch.float64 else logits.float()
    chosen = logits.gather(1, targets[:, None])
    largest = logits.amax(dim=1, keepdim=True)
    total = logits.sub_(largest).exp_().sum(dim=1, keepdim=True)
    return (total.log() + largest - chosen)[:, 0]


def decoder_and_head(module: torch.nn.Module, tensors: dict[str, Any]) -> Parts | None:
    """Return the parts whose composition is the module, None if its logits are something else.

    Some models cap or scale their logits (Gemma 2, Cohere, Granite). So a few tokens of the first
    batch go both ways, once for each module, and the parts are used only if the logits are equal.
    """
    if module not in _known:
        few = {name: _beginning(each) for name, each in tensors.items()}
        _known[module] = _checked_parts(module, few)
    return _known[module]


def _beginning(each: Any, tokens: int = 32) -> Any:
    if not isinstance(each, torch.Tensor):
        return each
    # Ids, positions and masks are (batch, tokens), masks also (batch, 1, tokens, tokens).
    return each[:1, :tokens] if each.ndim == 2 else each[:1, ..., :tokens, :tokens]


def _checked_parts(module: torch.nn.Module, few: dict[str, Any]) -> Parts | None:
    try:
        decoder, head = module.get_decoder(), module.get_output_embeddings()  # type: ignore[operator]
        composed = head(_states(decoder, few))
    except Exception as error:
        if is_out_of_memory(error):
            raise
        return None
    logits = logits_of(module, few)
    if composed.shape != logits.shape:
        return None
    # The same operations on the same numbers: what differs is what the model does to its logits.
    allowed = 4 * torch.finfo(composed.dtype).eps * float(logits.abs().max())
    same = float((composed - logits).abs().max()) <= allowed
    return (decoder, head) if same else None


def _states(decoder: torch.nn.Module, tensors: dict[str, Any]) -> torch.Tensor:
    states = decoder(**tensors)[0]
    assert isinstance(states, torch.Tensor)
    return states


def _vocabulary(module: torch.nn.Module, states: torch.Tensor, parts: Parts | None) -> int:
    if parts is None:
        return int(states.shape[-1])
    weight: torch.Tensor | None = getattr(parts[1], "weight", None)
    return len(weight) if weight is not None else int(module.config.vocab_size)  # type: ignore
