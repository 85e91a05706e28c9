"""Telling "does not fit into memory" from other errors."""

from __future__ import annotations

import sys

# torch.OutOfMemoryError is a RuntimeError, and a CPU's or Apple's own is nothing more.
SIGNS = (
    "out of memory",
    "DefaultCPUAllocator",
    "can't allocate memory",
    "not enough memory",
    "CUBLAS_STATUS_ALLOC_FAILED",
)


def is_out_of_memory(error: BaseException) -> bool:
    """Return whether an error says that memory ran out."""
    if isinstance(error, MemoryError):
        return True
    return isinstance(error, RuntimeError) and any(sign in str(error) for sign in SIGNS)


def release() -> None:
    """Return cached device memory, so that a smaller batch can have it."""
    torch = sys.modules.get("torch")
    if torch is None:
        return
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    elif torch.backends.mps.is_available():
        torch.mps.empty_cache()
