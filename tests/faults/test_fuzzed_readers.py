"""Each reader of files against a few damaged ones; `benchmarks/fuzz.py` takes an hour of it."""

from __future__ import annotations

from pathlib import Path

import pytest

import pytest_accept

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
INPUTS = 20


@pytest.mark.slow
def test_only_our_own_errors_come_of_damaged_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(BENCHMARKS)
    monkeypatch.setattr(pytest_accept, "_configured", None)  # what is judged here is no result
    from fuzz import fuzz
    from fuzzed import readers

    every = readers()
    ran = {name: fuzz(reader, seconds=60, most=INPUTS) for name, reader in every.items()}
    assert {name: list(each.finds.items()) for name, each in ran.items() if each.finds} == {}
    assert all(each.inputs >= INPUTS // 2 for each in ran.values())
