"""Training draws by its seed, and leaves everybody else's random numbers as they were."""

from __future__ import annotations

import random
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Seed Python, numpy and torch, and prefer algorithms that give the same numbers each time."""
    python, legacy = random.getstate(), np.random.get_state()
    deterministic = torch.are_deterministic_algorithms_enabled()
    memory: Any = torch.utils.deterministic
    filled = memory.fill_uninitialized_memory
    warn_only = torch.is_deterministic_algorithms_warn_only_enabled()
    devices = range(torch.cuda.device_count()) if torch.cuda.is_available() else []
    with torch.random.fork_rng(devices=devices), warnings.catch_warnings():
        # Where there is no such algorithm the usual one must do.
        warnings.filterwarnings("ignore", message=".*deterministic", category=UserWarning)
        try:
            random.seed(seed)
            np.random.seed(seed)
            torch.manual_seed(seed)
            torch.use_deterministic_algorithms(True, warn_only=True)
            memory.fill_uninitialized_memory = False  # for finding bugs, slow
            yield
        finally:
            random.setstate(python)
            np.random.set_state(legacy)
            torch.use_deterministic_algorithms(deterministic, warn_only=warn_only)
            memory.fill_uninitialized_memory = filled
