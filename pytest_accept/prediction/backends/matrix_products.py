"""Products of float32 matrices by oneDNN, where torch would take a slower library.

On a CPU torch multiplies float32 matrices by MKL, which leaves half of what AMD's processors with
AVX-512 can do; oneDNN, which torch has too and uses for narrower numbers, does not. Both round as
float32 does: results differ in the last digits.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.nn import functional

# What the first product of a process may differ by, which is of numbers near 1.
ALLOWED = 1e-4


@contextlib.contextmanager
def fast_products(module: nn.Module) -> Iterator[None]:
    """Let the linear layers of a module use oneDNN where it is faster; not for gradients.

    The layers are the module's own, and afterwards as they were.
    """
    # Decided by what the machine is and not by a stopwatch: a repeated run has the same digits.
    layers = _linear_layers(module) if is_faster() else []
    for each in layers:
        # Not by setattr, which looks for a parameter first; a layer's hooks go on to work.
        each.__dict__["forward"] = partial(_forward, each)
    try:
        yield
    finally:
        for each in layers:
            each.__dict__.pop("forward", None)


def _linear_layers(module: nn.Module) -> list[nn.Module]:
    """Return plain linear layers in float32: subclasses, and layers that were patched, do more."""
    if torch.is_autocast_enabled("cpu") or _is_compiled(module):
        return []
    return [
        each
        for each in module.modules()
        if type(each) is nn.Linear
        and "forward" not in each.__dict__
        and each.weight.dtype == torch.float32
        and each.weight.device.type == "cpu"
    ]


def _is_compiled(module: nn.Module) -> bool:
    """Return whether a module, or a part, was compiled: each patch would compile it again."""
    return any(
        hasattr(each, "_orig_mod") or getattr(each, "_compiled_call_impl", None) is not None
        for each in module.modules()
    )


def _forward(layer: Any, states: torch.Tensor) -> torch.Tensor:
    if states.dtype != torch.float32 or states.device.type != "cpu" or not states.numel():
        return functional.linear(states, layer.weight, layer.bias)
    return _product(states, layer.weight, layer.bias)


def _product(states: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor | None) -> torch.Tensor:
    found: torch.Tensor = torch.ops.mkldnn._linear_pointwise(states, weight, bias, "none", [], "")
    return found


@cache
def is_faster() -> bool:
    """Return whether oneDNN multiplies float32 matrices faster than torch by itself, and right."""
    if torch.backends.cpu.get_cpu_capability() != "AVX512" or not _is_amd():
        return False
    # Without MKL torch has no choice.
    if not (torch.backends.mkldnn.enabled and torch._C.has_mkl):
        return False
    states = torch.linspace(-1, 1, 64 * 96).view(64, 96)
    weight = torch.linspace(1, -1, 32 * 96).view(32, 96).sin()
    bias = torch.linspace(-1, 1, 32)
    try:
        with torch.inference_mode():
            ours, torchs = _product(states, weight, bias), functional.linear(states, weight, bias)
    # An operator that is not part of torch's public interface may be missing or take other things.
    except Exception:
        return False
    return bool((ours - torchs).abs().max() <= ALLOWED)


def _is_amd() -> bool:
    try:
        return "AuthenticAMD" in Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return False
