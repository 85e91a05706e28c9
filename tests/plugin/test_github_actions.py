"""In a step of GitHub Actions a run writes its summary and annotates the lines of its tests.

With several workers: test_junitxml.py.
"""

from pathlib import Path

import pytest

SUITE = """
    from pytest_accept import assert_accuracy_above

    def test_all(model, reviews):
        assert_accuracy_above(model, reviews, 0.9)

    def test_tweets(model, reviews):
        assert_accuracy_above(model, reviews, 0.97, where={"source": "tweets"})

    def test_unclear(model, reviews):
        assert_accuracy_above(model, reviews, 0.98)
"""


@pytest.fixture
def step(suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(suite.path / "summary.md"))
    monkeypatch.setenv("GITHUB_WORKSPACE", str(suite.path.parent))
    suite.makepyfile(test_words=SUITE)
    return suite


def test_the_summary_and_the_annotations(step: pytest.Pytester) -> None:
    result = step.runpytest()
    result.assert_outcomes(passed=1, failed=2)
    file = f"{step.path.name}/test_words.py"
    result.stdout.fnmatch_lines(
        [
            f"::error file={file},line=6,title=accuracy on reviews*source=tweets*%3A rejected::*",
            f"::warning file={file},line=9,title=accuracy on reviews%3A inconclusive::*",
        ]
    )
    text = Path("summary.md").read_text(encoding="utf-8")
    assert text.startswith(
        "## May we ship? ❌ No\n\nOf 3 criteria 1 is rejected; 1 is inconclusive."
    )


def test_nothing_is_said_when_nothing_was_judged(step: pytest.Pytester) -> None:
    step.makepyfile(test_words="def test_plain():\n    assert False\n")
    result = step.runpytest()
    result.assert_outcomes(failed=1)
    result.stdout.no_fnmatch_line("::*")
    assert not Path("summary.md").exists()


def test_a_summary_that_cannot_be_written_changes_no_outcome(
    step: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(step.path))
    result = step.runpytest("-k", "test_all")
    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(["acceptance summary NOT written: IsADirectoryError: *"])
