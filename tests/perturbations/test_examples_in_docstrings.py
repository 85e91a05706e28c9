"""The examples in docstrings are true."""

import doctest
from importlib import import_module

import pytest

from pytest_accept.perturbations import KINDS

OTHERS = ("perturbations.made_by_users", "perturbations.sites", "perturbations.word_labels")
MODULES = [f"pytest_accept.perturbations.kinds.{kind}" for kind in KINDS]
MODULES += [f"pytest_accept.{name}" for name in (*OTHERS, "marked_text", "errors")]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pytest_accept._configured", None)  # as outside of pytest
    module = import_module(name)
    result = doctest.testmod(module)
    assert result.failed == 0
    assert result.attempted > 0
