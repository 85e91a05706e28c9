"""The doctest tool `pytest-accept` owns the same module name: one clear error."""

import shutil
from pathlib import Path

import pytest

import pytest_accept


def test_both_distributions_in_one_environment_are_refused(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = pytester.mkdir("site")
    package = Path(shutil.copytree(Path(pytest_accept.__file__).parent, site / "pytest_accept"))
    (package / "doctest_plugin.py").write_text("# a file of the other distribution\n")
    monkeypatch.setenv("PYTHONPATH", str(site))
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    result = pytester.runpytest_subprocess("-p", "pytest_accept.plugin")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        ["*Two distributions that both provide the module `pytest_accept` are installed*"]
    )
