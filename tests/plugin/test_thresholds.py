"""`@pytest.mark.thresholds` with `assert_thresholds`."""

import pytest


def test_all_thresholds_are_judged_and_the_failing_ones_explained(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        """
        import pytest

        @pytest.mark.thresholds(accuracy_above=0.999, cross_entropy_below=0.5, f1_above=0.9999)
        def test_bars(model, reviews, assert_thresholds):
            assert_thresholds(model, reviews)
        """
    )
    result = suite.runpytest()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "E*AcceptanceFailure: accuracy on reviews: rejected*",
            "E*f1 on reviews: rejected*",
            "*acceptance: 3 criteria, 1 accepted, 2 rejected*",
        ]
    )


def test_an_unknown_threshold_stops_the_run_before_it_starts(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        """
        import pytest

        @pytest.mark.thresholds(acuracy_above=0.9)
        def test_bars(model, reviews, assert_thresholds):
            assert_thresholds(model, reviews)
        """
    )
    result = suite.runpytest()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        ["*::test_bars: There is no threshold 'acuracy_above'. Did you mean 'accuracy_above'?*"]
    )


def test_a_bar_out_of_range_stops_the_run_before_it_starts(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        """
        import pytest

        @pytest.mark.thresholds(accuracy_above=90)
        def test_bars(model, reviews, assert_thresholds):
            assert_thresholds(model, reviews)
        """
    )
    result = suite.runpytest()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        ["*Expected `bar` to be a number between 0 and 1*Did you mean 0.9?"]
    )


def test_a_closer_marker_overrides_a_farther_one(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        """
        import pytest

        pytestmark = pytest.mark.thresholds(accuracy_above=0.999, cross_entropy_below=0.5)

        @pytest.mark.thresholds(accuracy_above=0.9)
        def test_bars(model, reviews, assert_thresholds):
            verdicts = assert_thresholds(model, reviews)
            assert [verdict.bar for verdict in verdicts] == [0.9, 0.5]
        """
    )
    suite.runpytest().assert_outcomes(passed=1)


def test_without_a_marker_the_fixture_says_what_to_do(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        """
        def test_bars(model, reviews, assert_thresholds):
            assert_thresholds(model, reviews)
        """
    )
    result = suite.runpytest()
    result.stdout.fnmatch_lines(
        ["E*SettingError: assert_thresholds needs bars to judge: decorate*"]
    )


@pytest.mark.slow
def test_a_metric_of_another_package_has_thresholds_too(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A really installed mini-package: found by entry point, as ours are."""
    site = suite.mkdir("site")
    monkeypatch.setenv("PYTHONPATH", str(site))
    (site / "error_metric.py").write_text(
        """
from pytest_accept import accuracy
from pytest_accept.records import Estimate

def error_rate(model, data, **options):
    estimate = accuracy(model, data, **options)
    return Estimate(
        metric="error_rate", value=1 - estimate.value, low=1 - estimate.high,
        high=1 - estimate.low, confidence=estimate.confidence, n=estimate.n,
        method=estimate.method, higher_is_better=False, population=estimate.population,
    )
"""
    )
    info = site / "error_metric-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: error-metric\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[pytest_accept.metrics]\nerror_rate = error_metric:error_rate\n"
    )
    suite.makepyfile(
        """
        import pytest

        @pytest.mark.thresholds(error_rate_below=0.05)
        def test_bars(model, reviews, assert_thresholds):
            (verdict,) = assert_thresholds(model, reviews)
            assert verdict.status == "accepted" and round(verdict.estimate.value, 3) == 0.02
        """
    )
    suite.runpytest_subprocess().assert_outcomes(passed=1)


def test_a_misspelt_option_of_the_marker_names_the_nearest(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        "import pytest\n"
        "@pytest.mark.thresholds(accuracy_above=0.6, sequentiel=True)\n"
        "def test_bars(): pass"
    )
    result = pytester.runpytest()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*'sequentiel'. Did you mean 'sequential'?*"])
