"""`--accept-data` typed for a run that has no use for it: the run fails, and says what to do."""

import pytest

BY_NAME = """
    import pytest
    from pytest_accept import assert_accuracy_above

    @pytest.mark.acceptance
    def test_one(model, reviews):
        assert_accuracy_above(model, reviews, 0.5)
"""
BY_FIXTURE = """
    import pytest
    from pytest_accept import assert_accuracy_above

    @pytest.mark.acceptance
    def test_one(model, load_data, accept_data):
        assert_accuracy_above(model, load_data(accept_data), 0.5)

    @pytest.mark.acceptance
    def test_other(model, reviews):
        assert_accuracy_above(model, reviews, 0.5)
"""
UNIT = "def test_one(): pass"
GIVEN = ("--accept-data", "small.csv")
REPLACED = (
    "--accept-data small.csv replaced nothing: test_*.py loads its data by name, and no test *"
)


def assert_refused(result: pytest.RunResult, said: str) -> None:
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["*ERROR in acceptance options*", said])
    assert result.stdout.str().count("ERROR in acceptance options") == 1


@pytest.mark.parametrize("path", [(), (".",), ("test_own.py",)])
def test_a_suite_that_loads_its_data_by_name(suite: pytest.Pytester, path: tuple[str, ...]) -> None:
    suite.makepyfile(test_own=BY_NAME)
    result = suite.runpytest(*path, *GIVEN)
    result.assert_outcomes(passed=1)
    assert_refused(result, REPLACED)


def test_one_test_with_the_fixture_is_enough_even_if_deselected(suite: pytest.Pytester) -> None:
    suite.makepyfile(test_own=BY_FIXTURE)
    (suite.path / "small.csv").write_bytes((suite.path / "reviews.csv").read_bytes())
    assert suite.runpytest(".", *GIVEN).ret == pytest.ExitCode.OK
    assert suite.runpytest(".", *GIVEN, "-k", "other").ret == pytest.ExitCode.OK


def test_a_fixture_asked_for_by_its_name_counts(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        """
        def test_late(request, load_model):
            assert request.getfixturevalue("accept_data") == "small.csv"
        """
    )
    assert suite.runpytest(".", *GIVEN).ret == pytest.ExitCode.OK


def test_criteria_without_a_fixture_of_ours_count(suite: pytest.Pytester) -> None:
    (suite.path / "conftest.py").unlink()
    suite.makepyfile(
        """
        from pytest_accept import assert_accuracy_above, load_data, load_model

        def test_one():
            model = load_model(lambda texts: [[0.1, 0.9]] * len(texts), labels=["neg", "pos"])
            assert_accuracy_above(model, load_data("reviews.csv"), 0.1)
        """
    )
    assert_refused(suite.runpytest(".", *GIVEN), "--accept-data small.csv replaced nothing: *")


def test_unit_tests_at_a_path_judge_nothing(suite: pytest.Pytester) -> None:
    suite.makepyfile(UNIT)
    result = suite.runpytest(".", "--accept-model", "m", *GIVEN)
    result.assert_outcomes(passed=1)
    assert_refused(result, "--accept-model m and --accept-data small.csv judged nothing: no test *")


def test_what_a_colleague_has_in_the_ini_or_addopts_refuses_no_run(suite: pytest.Pytester) -> None:
    suite.makeini("[pytest]\naccept_data = small.csv\naddopts = --accept-data=other.csv\n")
    suite.makepyfile(test_own=BY_NAME)
    assert suite.runpytest(".").ret == pytest.ExitCode.OK


@pytest.mark.parametrize("option", ["--collect-only", "--fixtures"])
def test_what_runs_no_test_is_left_alone(suite: pytest.Pytester, option: str) -> None:
    suite.makepyfile(test_own=BY_NAME)
    assert suite.runpytest(".", *GIVEN, option).ret == pytest.ExitCode.OK


@pytest.mark.parametrize(("source", "refused"), [(BY_FIXTURE, False), (BY_NAME, True)])
def test_a_plan_of_other_data_is_refused_as_well(
    suite: pytest.Pytester, source: str, refused: bool
) -> None:
    suite.makepyfile(test_own=source)
    (suite.path / "small.csv").write_bytes((suite.path / "reviews.csv").read_bytes())
    result = suite.runpytest(".", *GIVEN, "--accept-plan")
    assert ("replaced nothing" in result.stdout.str()) is refused


def test_the_last_failed_may_leave_out_who_asks(suite: pytest.Pytester) -> None:
    suite.makeini("[pytest]\n")
    suite.makepyfile(test_own=BY_FIXTURE, test_unit="def test_one(): assert 0")
    (suite.path / "small.csv").write_bytes((suite.path / "reviews.csv").read_bytes())
    suite.runpytest(".", *GIVEN).assert_outcomes(passed=2, failed=1)
    (suite.path / "test_unit.py").write_text("def test_one(): assert 1 + 1 == 2")
    again = suite.runpytest(".", "--accept-model", "m", *GIVEN, "--lf")
    again.assert_outcomes(passed=1)
    assert again.ret == pytest.ExitCode.OK


@pytest.mark.slow
def test_workers_say_it_as_well(suite: pytest.Pytester) -> None:
    suite.makepyfile(test_own=BY_NAME, test_unit=UNIT)
    assert_refused(suite.runpytest(".", *GIVEN, "-n", "2"), REPLACED)
