"""The suite that `python -m pytest_accept init` makes runs on any classifier and its data."""

import pytest

from pytest_accept.__main__ import main
from tests.plugin.test_default_criteria import GIVEN, checkpoint, folder, rows  # noqa: F401


def test_the_example_is_a_suite_that_runs(folder: pytest.Pytester) -> None:  # noqa: F811
    assert main(["init", "checks"]) == 0
    options = ("-p", "no:cacheprovider", "--strict-markers", "-k", "accuracy or calibration")
    result = folder.runpytest("-m", "acceptance", *options, *GIVEN)
    result.stdout.fnmatch_lines(
        ["accuracy * reviews * accepted", "expected_calibration_error * reviews *"]
    )
    result.stdout.no_fnmatch_line("*default criteria*")
