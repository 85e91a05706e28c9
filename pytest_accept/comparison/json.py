"""A comparison as JSON, for whatever decides by itself."""

from __future__ import annotations

from pathlib import Path

import msgspec

from pytest_accept.comparison.values import Comparison
from pytest_accept.whole_files import write_whole


def write(comparison: Comparison, path: Path) -> None:
    """Write the comparison; a number that is not finite is null."""
    write_whole(path, msgspec.json.format(msgspec.json.encode(comparison), indent=2) + b"\n")
