"""How our own tests run: pytest's plugin tester, cores shared by workers, the longest first."""

from __future__ import annotations

import os

import pytest

pytest_plugins = ["pytester"]

# Each trains or converts its model when it is first asked for, while other workers test what needs
# none.
FIRST = ("test_sentiment.py", "test_language_model.py")

# Before anything imports torch, and for what a test starts, too: on two cores, two processes with
# two threads each lose half of their time to each other.
if workers := int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "0")):
    os.environ.setdefault("OMP_NUM_THREADS", str(max(1, (os.cpu_count() or 1) // workers)))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that `FIRST` names, in its order."""
    places = {name: place for place, name in enumerate(FIRST)}
    items.sort(key=lambda item: places.get(item.path.name, len(FIRST)))
