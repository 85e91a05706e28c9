"""The summary at the end of a run, and when nothing was judged; under xdist in test_record.py."""

import pytest

from pytest_accept import read_record

SUITE = """
    import pytest
    from pytest_accept import accuracy, assert_accuracy_above, assert_cross_entropy_below

    def test_all(model, reviews):
        assert_accuracy_above(model, reviews, 0.9)
        assert_cross_entropy_below(model, reviews, 0.5)

    @pytest.mark.parametrize("source", ["shops", "tweets"])
    def test_source(model, reviews, source):
        assert accuracy(model, reviews.where(source=source)) >= 0.97

    def test_nothing_judged():
        pass
"""


def test_one_line_a_criterion(suite: pytest.Pytester) -> None:
    suite.makepyfile(SUITE)
    result = suite.runpytest()
    result.assert_outcomes(passed=3, failed=1)
    result.stdout.fnmatch_lines(
        [
            "*acceptance: 4 criteria, 3 accepted, 1 rejected*",
            "metric * population * measured * demonstrated * required * n * verdict",
            "accuracy * reviews * 0.980 * >= 0.964 * >= 0.900 * 400 * accepted",
            "cross_entropy * reviews * <= 0.500 * 400 * accepted",
            "accuracy * reviews?source=shops? * 1.000 * >= 0.990 * >= 0.970 * 300 * accepted",
            "accuracy * reviews?source=tweets? * 0.920 * <= 0.960 * >= 0.970 * 100 * rejected",
            "each bound holds with 95 % confidence, one-sided",
        ]
    )


def test_nothing_when_no_criterion_ran(suite: pytest.Pytester) -> None:
    suite.makepyfile(SUITE)
    result = suite.runpytest("-k", "test_nothing_judged")
    result.assert_outcomes(passed=1, deselected=3)
    result.stdout.no_fnmatch_line("*acceptance:*")


def test_the_model_is_named_when_there_are_several(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        """
        from conftest import predict
        from pytest_accept import assert_accuracy_above

        def test_two(load_model, reviews):
            for name in ("small", "large"):
                model = load_model(predict, labels=["neg", "pos"], name=name)
                assert_accuracy_above(model, reviews, 0.9)
        """
    )
    result = suite.runpytest()
    result.stdout.fnmatch_lines(["accuracy of small * accepted", "accuracy of large * accepted"])


def test_hostile_text_cannot_steer_the_terminal(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        r"""
        from pytest_accept import assert_accuracy_above

        def test_hostile(load_model, load_data):
            rows = [{"text": f"\x1b[2J\x1b[31m{i}\r\n", "label": "neg"} for i in range(50)]
            model = load_model(lambda texts: [[0, 1]] * len(texts), labels=["neg", "pos"], name="m")
            assert_accuracy_above(model, load_data(rows), 0.9)
        """
    )
    result = suite.runpytest()
    result.stdout.fnmatch_lines(
        [r'E*pos 1.00 said, neg true   "\u001b?2J\u001b?31m0"   data row 1']
    )
    assert "\x1b[2J" not in result.stdout.str()


def test_a_passing_test_with_a_criterion_not_accepted_is_named(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        test_a="""
        from pytest_accept import accuracy

        def test_negated(model, reviews):
            assert not accuracy(model, reviews) >= 0.999
        """
    )
    result = suite.runpytest()
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["1 not accepted in tests that passed: test_a.py::test_negated"])


def test_an_acceptance_test_that_judged_nothing_is_named(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        test_a="""
        import pytest
        from pytest_accept import assert_accuracy_above

        pytestmark = pytest.mark.acceptance

        def test_fine(model, reviews):
            assert_accuracy_above(model, reviews, 0.9)

        def test_rejected(model, reviews):
            assert_accuracy_above(model, reviews, 0.999)

        def test_broken(model, reviews):
            assert_accuracy_above(model, reviews.where(sauce="tweets"), 0.9)
        """
    )
    result = suite.runpytest("--accept-report", "json:record.json")
    result.stdout.fnmatch_lines(["not judged, the test failed otherwise: test_a.py::test_broken"])
    result.stdout.no_fnmatch_line("*failed otherwise: test_a.py::test_rejected*")
    record = read_record("record.json")
    assert record.not_judged == ("test_a.py::test_broken",)
    assert record.exit_status == 1
    assert [c.outcome for c in record.criteria] == ["passed", "failed"]


def test_what_given_judges_again_and_again_is_one_line(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        """
        from hypothesis import given, settings, strategies as st
        from pytest_accept import assert_accuracy_above

        @settings(max_examples=10, database=None)
        @given(number=st.integers())
        def test_many(model, reviews, number):
            assert_accuracy_above(model, reviews, 0.9)
        """
    )
    result = suite.runpytest()
    result.stdout.fnmatch_lines(["*acceptance: 1 criterion, 1 accepted*"])


def test_point_estimates_alone_promise_no_confidence(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        """
        from pytest_accept import assert_accuracy_above

        def test_point(model, reviews):
            assert_accuracy_above(model, reviews, 0.9, point=True)
        """
    )
    result = suite.runpytest()
    result.stdout.fnmatch_lines(["*acceptance: 1 criterion, 1 accepted*"])
    result.stdout.no_fnmatch_line("*each bound holds*")


@pytest.mark.parametrize("option", ["-x", "--lf", "-p no:terminal"])
def test_other_options_keep_working(suite: pytest.Pytester, option: str) -> None:
    suite.makepyfile(SUITE)
    suite.makeini("[pytest]\naddopts =\n")
    result = suite.runpytest(*option.split())
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    if "terminal" not in option:
        result.stdout.fnmatch_lines(["*acceptance: 4 criteria*"])


@pytest.mark.parametrize("workers", ["0", pytest.param("1", marks=pytest.mark.slow)])
def test_a_run_of_a_part_of_the_suite_says_so(suite: pytest.Pytester, workers: str) -> None:
    suite.makepyfile(
        """
        import pytest
        from pytest_accept import assert_accuracy_above

        pytestmark = pytest.mark.acceptance

        def test_all(model, reviews):
            assert_accuracy_above(model, reviews, 0.9)

        def test_tweets(model, reviews):
            assert_accuracy_above(model, reviews, 0.99, where={"source": "tweets"})

        @pytest.mark.skip(reason="slow")
        def test_shops(model, reviews):
            assert_accuracy_above(model, reviews, 0.9, where={"source": "shops"})
        """
    )
    run = suite.runpytest if workers == "0" else suite.runpytest_subprocess
    asked = ("-n", workers, "--accept-report", "json:part.json")
    result = run("-k", "not tweets", *asked)
    said = "2 acceptance tests were deselected or skipped: the answer is of the rest of the suite"
    result.stdout.fnmatch_lines(["*acceptance: 1 criterion, 1 accepted*", f"note: {said}"])
    assert read_record(suite.path / "part.json").notes == (said,)
    whole = run("--deselect", "test_a_run_of_a_part_of_the_suite_says_so.py::test_shops", *asked)
    whole.stdout.fnmatch_lines(["note: 1 acceptance test was deselected or skipped*"])
