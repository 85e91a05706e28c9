"""`--accept-report`: where reports go, and that none of them changes what becomes of a run."""

from pathlib import Path

import pytest

from pytest_accept import read_record
from tests.reports.test_write_report import install

SUITE = """
    import os
    from pytest_accept import assert_accuracy_above

    def test_all(model, reviews):
        assert_accuracy_above(model, reviews, 0.9)
        os.chdir("elsewhere")
"""


def test_paths_are_those_of_the_caller_whatever_a_test_does(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    suite.makepyfile(test_words=SUITE)
    inside = suite.path / "inside"
    (inside / "elsewhere").mkdir(parents=True)
    with (suite.path / "tox.ini").open("a") as ini:
        ini.write("\naccept_report =\n    csv:reports/ini.csv\n")
    monkeypatch.chdir(inside)
    result = suite.runpytest("--accept-report", "json:out/given.json", "..")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(
        [
            "acceptance report written: csv:reports/ini.csv",
            "acceptance report written: json:out/given.json",
        ]
    )
    assert (suite.path / "reports" / "ini.csv").exists(), "of the ini, from the root directory"
    assert (inside / "out" / "given.json").exists(), "of the command line, from where it was given"


def test_sinks_that_fail_change_nothing(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    suite.makepyfile(test_words=SUITE.replace('os.chdir("elsewhere")', "pass"))
    site = suite.mkdir("site")
    install(site)
    monkeypatch.syspath_prepend(site)
    failing = ("exits", "lacks", "rude", "missing")
    asked = [f"--accept-report={kind}:x" for kind in failing if kind != "lacks"]
    with (suite.path / "tox.ini").open("a") as ini:  # typed, its extra would be asked for at once
        ini.write("\naccept_report = lacks:x\n")
    result = suite.runpytest(*asked, "--accept-report=json:a.json", "-W", "error", "-p", "no:site")
    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(
        [
            "acceptance report NOT written: lacks:x: *pip install 'small-sinks[[]lacks[]]'",
            *(f"acceptance report NOT written: {kind}:x: *" for kind in failing if kind != "lacks"),
            "acceptance report written: json:a.json",
        ]
    )
    assert read_record("a.json").exit_status == 0


@pytest.mark.parametrize("given", [("--accept-report=lacks:x",), ("--accept-report", "lacks:x")])
def test_a_kind_whose_extra_is_missing_is_refused_at_once(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, given: tuple[str, ...]
) -> None:
    site = suite.mkdir("site")
    install(site)
    monkeypatch.syspath_prepend(site)
    result = suite.runpytest(*given)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        [
            "ERROR: --accept-report lacks:x: it takes a-package-that-nobody-has, not installed "
            "here. Install it with: pip install 'small-sinks[[]lacks[]]'"
        ]
    )


def test_an_unknown_kind_is_a_usage_error(suite: pytest.Pytester) -> None:
    result = suite.runpytest("--accept-report", "jsn:a")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*There is no kind of report 'jsn'. Did you mean 'json'?*"])


def test_criteria_know_the_line_of_their_test(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        shared="""
        from pytest_accept import assert_accuracy_above

        class Judged:
            def test_inherited(self, model, reviews):
                assert_accuracy_above(model, reviews, 0.9)
        """,
        test_words="""
        import pytest
        from shared import Judged
        from pytest_accept import assert_accuracy_above

        @pytest.mark.parametrize("bar", [0.8, 0.9])
        def test_bars(model, reviews, bar):
            assert_accuracy_above(model, reviews, bar)

        class TestAll(Judged):
            def test_own(self, model, reviews):
                assert_accuracy_above(model, reviews, 0.7)
        """,
    )
    suite.runpytest("--accept-report=json:a.json").assert_outcomes(passed=4)
    found = {each.test.split("::")[-1]: each.line for each in read_record("a.json").criteria}
    text = Path("test_words.py").read_text().splitlines()
    assert text[4].startswith("@pytest.mark.parametrize")
    assert found == {
        "test_bars[0.8]": 5,
        "test_bars[0.9]": 5,
        "test_own": 10,
        "test_inherited": None,
    }
