"""The metadata of a README and pytest's own configuration, made to hang or to be no text."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from pytest_accept import DataError
from pytest_accept.reports.front_matter import FrontMatter
from pytest_accept.starter.ini import find_ini


def bomb() -> str:
    """Return anchors within anchors: a few hundred bytes that stand for 9 ** 15 values."""
    names = "abcdefghijklmno"
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    lines += [
        f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]" for before, name in pairwise(names)
    ]
    return "\n".join(lines)


@pytest.mark.parametrize(
    "yaml", [bomb(), "a: &a [*a]", "a: " + "[" * 3000], ids=["bomb", "itself", "deep"]
)
def test_metadata_without_end(yaml: str) -> None:
    with pytest.raises(DataError, match="nested too deep, or endless"):
        FrontMatter(f"---\n{yaml}\n---\n", "README.md")


def test_metadata_run_no_code(tmp_path: Path) -> None:
    run = f"!!python/object/apply:os.system ['touch {tmp_path / 'run'}']"
    with pytest.raises(DataError, match="not YAML"):
        FrontMatter(f"---\na: {run}\n---\n", "README.md")
    assert not (tmp_path / "run").exists()


def test_anchors_are_allowed_elsewhere() -> None:
    written = FrontMatter("---\na: &x [1]\nb: *x\n---\n", "README.md").with_value("c", 2)
    assert written == "---\na: &x [1]\nb: *x\nc: 2\n---\n"


@pytest.mark.parametrize(
    "content",
    [b"\xff[tool.pytest]", b"a = " + b"9" * 5000, b"a = " + b"[" * 3000],
    ids=["bytes", "digits", "deep"],
)
def test_a_configuration_that_cannot_be_read_has_no_settings(
    content: bytes, tmp_path: Path
) -> None:
    (tmp_path / "pyproject.toml").write_bytes(content)
    found = find_ini(tmp_path)
    assert found.settings == {}
    assert found.with_settings({"accept_confidence": "0.9"}) is None
