"""Is what pytest collected, or could not collect, an acceptance suite?"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from pytest_accept.default_criteria.source_module import FILE

_WORDS = ("pytest_accept", "accept_model", "accept_data", "acceptance")


def is_suite(config: pytest.Config, items: list[pytest.Item]) -> bool:
    """Return whether some test is an acceptance test: by its marker, or by our fixtures."""
    if any(map(is_acceptance_test, items)):
        return True
    if not config.pluginmanager.has_plugin("lfplugin-collskip"):
        return False
    # `--lf` has skipped files, which may be a suite, unless it was us who ran last time.
    cache: Any = getattr(config, "cache", None)
    return not any(each.startswith(FILE) for each in cache.get("cache/lastfailed", {}))


def is_acceptance_test(item: pytest.Item) -> bool:
    """Return whether a test has our marker, or asks for a fixture of ours."""
    if item.get_closest_marker("acceptance") is not None:
        return True
    asked = getattr(getattr(item, "_fixtureinfo", None), "name2fixturedefs", {})
    return any(map(_is_ours, asked.values()))


def _is_ours(definitions: Sequence[pytest.FixtureDef[Any]]) -> bool:
    """Return whether a name leads to a fixture of ours, and not to another that hides it."""
    for definition in reversed(definitions):
        if getattr(definition.func, "__module__", None) == "pytest_accept.fixtures":
            return True
        if definition.argname not in definition.argnames:
            return False
    return False


def mentions_us(path: Path) -> bool:
    """Return whether a file, or one in a folder, that cannot be collected may be a suite."""
    files = path.rglob("*.py") if path.is_dir() else [path]
    return any(word in _read(file) for file in files for word in _WORDS)


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
