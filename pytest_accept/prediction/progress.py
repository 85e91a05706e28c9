"""A bar for what takes long."""

from __future__ import annotations

import sys
from typing import Any

from tqdm import tqdm

import pytest_accept
from pytest_accept import settings

DELAY = 2.0
"""Seconds before a bar appears."""


def stream() -> Any:
    """Return what to write to, None for nothing: pytest captures stderr and shows its own."""
    return sys.stderr if pytest_accept._terminal is None else pytest_accept._terminal()


def bar(name: str, total: int | None) -> Any:
    """Return a tqdm bar that counts texts: shown after two seconds, gone when closed.

    `total` is None where nobody knows how many there will be.
    """
    file = stream()
    return tqdm(
        total=total,
        desc=name,
        unit=" texts",
        delay=DELAY,
        leave=False,
        file=file,
        disable=file is None or not settings.current().progress,
    )
