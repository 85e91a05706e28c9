"""A test module that is no file: its source is in memory."""

from __future__ import annotations

import linecache
import types
from pathlib import Path

import pytest

FILE = "default_criteria.py"
"""What node ids call the source of the default criteria, which no file holds."""


class SourceModule(pytest.Module):
    """A test module of a `source`, which tracebacks show as that of any file."""

    source: str

    def _getobj(self) -> types.ModuleType:
        name = str(self.path)
        linecache.cache[name] = (len(self.source), None, self.source.splitlines(True), name)
        module = types.ModuleType(Path(FILE).stem)
        module.__file__ = name
        exec(compile(self.source, name, "exec"), module.__dict__)
        return module

    def funcnamefilter(self, name: str) -> bool:
        """Collect our functions, whatever the user's `python_functions` says."""
        return name.startswith("test_")
