"""Options, ini settings and markers that change how criteria are judged."""

import pytest

SUITE = """
    import pytest
    from pytest_accept import accuracy

    def test_usual(model, reviews):
        print("usual:", accuracy(model, reviews).confidence)

    @pytest.mark.confidence(0.999)
    def test_marked(model, reviews):
        print("marked:", accuracy(model, reviews).confidence)

    def test_said(model, reviews):
        print("said:", accuracy(model, reviews, confidence=0.6).confidence)
"""


def test_confidence_by_argument_marker_option_and_ini(suite: pytest.Pytester) -> None:
    suite.makepyfile(SUITE)
    suite.runpytest("-s").stdout.fnmatch_lines(["*usual: 0.95*", "*marked: 0.999*", "*said: 0.6*"])
    suite.makeini("[pytest]\naccept_confidence = 0.9\n")
    suite.runpytest("-s").stdout.fnmatch_lines(["*usual: 0.9", "*marked: 0.999*"])
    result = suite.runpytest("-s", "--accept-confidence", "0.8")
    result.stdout.fnmatch_lines(["*usual: 0.8", "*marked: 0.999*"])


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("--accept-confidence=95", "*Expected `confidence` to be a number between 0.5 and 1*95*"),
        ("--accept-confidence=high", "*Expected `confidence` to be a number, but got 'high'*"),
        (
            "--accept-inconclusive=ignore",
            "*Expected `inconclusive` to be 'fail', 'warn' or 'pass'*",
        ),
        ("--accept-seed=x", "*Expected `seed` to be an integer*"),
        ("--accept-model-memory=lots", "*Expected `model_memory` to be a size such as 8GB*"),
        ("--accept-report=html", "*expected KIND:PATH such as json:acceptance.json, got 'html'*"),
        ("--accept-report=jsn:a.json", "*no kind of report 'jsn'. Did you mean 'json'?*"),
    ],
)
def test_a_bad_option_is_one_usage_error(suite: pytest.Pytester, option: str, message: str) -> None:
    suite.makepyfile(SUITE)
    result = suite.runpytest(option)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([message])


@pytest.mark.parametrize("arguments", ["95", "", "0.9, 0.8"])
def test_a_bad_confidence_marker_stops_the_run(suite: pytest.Pytester, arguments: str) -> None:
    suite.makepyfile(
        f"""
        import pytest

        @pytest.mark.confidence({arguments})
        def test_marked(model, reviews):
            pass
        """
    )
    result = suite.runpytest()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*::test_marked: Expected `confidence` to be*"])


def test_model_memory_is_read_with_its_unit(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        """
        from pytest_accept.settings import current

        def test_memory():
            assert current().model_memory == 1_500_000_000
        """
    )
    suite.runpytest("--accept-model-memory", "1.5 GB").assert_outcomes(passed=1)


def test_requires_gpu_is_skipped_without_one(suite: pytest.Pytester) -> None:
    torch = pytest.importorskip("torch")
    if torch.cuda.is_available() or torch.backends.mps.is_available():
        pytest.skip("this machine has a GPU")
    suite.makepyfile(
        """
        import pytest

        @pytest.mark.requires_gpu
        def test_fast():
            assert False
        """
    )
    result = suite.runpytest("-rs")
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["SKIPPED*needs a GPU*"])


def test_accept_device_is_the_chosen_or_the_best(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        """
        def test_device(accept_device):
            print("device:", accept_device)
        """
    )
    result = suite.runpytest("-s", "--accept-device", "cpu")
    result.stdout.fnmatch_lines(["*device: cpu*"])


def test_all_markers_are_registered(suite: pytest.Pytester) -> None:
    names = ["acceptance", "robustness", "fairness", "explainability", "stability", "requires_gpu"]
    marks = "\n".join(f"@pytest.mark.{name}" for name in names)
    suite.makepyfile(f"import pytest\n\n{marks}\ndef test_marked():\n    pass\n")
    result = suite.runpytest("--strict-markers", "-m", "acceptance")
    assert result.ret == pytest.ExitCode.OK


def test_fixtures_work_in_given_tests(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        """
        from hypothesis import given, settings, strategies as st

        @settings(max_examples=5, database=None)
        @given(word=st.sampled_from(["good", "fine"]))
        def test_positive(model, word):
            assert model.label(f"{word} film") == "pos"
        """
    )
    suite.runpytest().assert_outcomes(passed=1)
