"""A person's terminal, for progress while a test's output is captured."""

from __future__ import annotations

from typing import Any


class Screen:
    """A terminal, written to past pytest's capturing."""

    def __init__(self, config: Any) -> None:
        self._writer = config.get_terminal_writer()
        self._capturing = config.pluginmanager.get_plugin("capturemanager")

    def write(self, text: str) -> None:
        """Write at once, even while a test's output is captured."""
        if self._capturing is None:
            self._writer.write(text, flush=True)
            return
        with self._capturing.global_and_fixture_disabled():
            self._writer.write(text, flush=True)

    def flush(self) -> None:
        """Do nothing: every write is flushed."""
