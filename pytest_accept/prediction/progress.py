"""A bar for what takes long."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, TextIO

from tqdm import tqdm

from pytest_accept import settings

DELAY = 2.0
"""Seconds before a bar appears."""

stream: Callable[[], TextIO] = lambda: sys.stderr  # noqa: E731 - replaced by who captures stderr


def bar(name: str, total: int) -> Any:
    """Return a tqdm bar that counts texts: shown after two seconds, gone when closed."""
    return tqdm(
        total=total,
        desc=name,
        unit=" texts",
        delay=DELAY,
        leave=False,
        file=stream(),
        disable=not settings.current().progress,
    )
