"""The summary at the end of a run, with and without xdist, and when nothing was judged."""

import re

import pytest

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


def summary(result: pytest.RunResult) -> list[str]:
    text = result.stdout.str()
    start = text.index("acceptance: ")
    lines = text[start:].splitlines()
    ends = [
        i for i, line in enumerate(lines) if line.startswith("===") or "short test summ" in line
    ]
    return [re.sub("=+", "=", line) for line in lines[: ends[0]]]


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


def test_the_same_with_two_workers(suite: pytest.Pytester) -> None:
    suite.makepyfile(SUITE)
    alone = suite.runpytest()
    together = suite.runpytest("-n", "2")
    together.assert_outcomes(passed=3, failed=1)
    assert summary(together) == summary(alone)


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


@pytest.mark.parametrize("option", ["-x", "--lf", "-p no:terminal"])
def test_other_options_keep_working(suite: pytest.Pytester, option: str) -> None:
    suite.makepyfile(SUITE)
    suite.makeini("[pytest]\naddopts =\n")
    result = suite.runpytest(*option.split())
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    if "terminal" not in option:
        result.stdout.fnmatch_lines(["*acceptance: 4 criteria*"])
