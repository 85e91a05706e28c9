"""`--accept-model`: the same suite on another model."""

import pytest

SUITE = """
    import pytest

    @pytest.fixture(scope="session")
    def model(load_model):
        return load_model("runs/first")

    def test_one(model):
        pass
"""


def test_it_takes_the_place_of_the_one_model_that_a_suite_loads(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(SUITE)
    result = pytester.runpytest("--accept-model", "runs/second")
    result.stdout.fnmatch_lines(["E*ModelError: *runs/second*"])
    result.stdout.no_fnmatch_line("*runs/first*does not exist*")


def test_without_it_the_suite_loads_its_own(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(SUITE)
    pytester.mkdir("runs")
    result = pytester.runpytest()
    result.stdout.fnmatch_lines(["E*ModelError: *runs/first*"])


def test_a_suite_with_the_fixture_accept_model_is_left_alone(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        def test_two(load_model, accept_model):
            assert accept_model == "runs/second"
            load_model("runs/first")
        """
    )
    pytester.mkdir("runs")
    result = pytester.runpytest("--accept-model", "runs/second")
    result.stdout.fnmatch_lines(["E*ModelError: *runs/first*"])


def test_a_suite_with_several_models_must_say_which(pytester: pytest.Pytester) -> None:
    predict = "lambda texts: [[0.5, 0.5]] * len(texts)"
    pytester.makepyfile(
        f"""
        import pytest
        from pytest_accept.fixtures import _Replacement

        def test_two(request, load_model):
            replaced = _Replacement(request.config)
            assert replaced({predict}) is not None, "functions are never replaced"
            assert replaced("runs/first") == "runs/second"
            replaced("runs/other")
        """
    )
    result = pytester.runpytest("--accept-model", "runs/second")
    result.stdout.fnmatch_lines(
        [
            "E*SettingError: This suite loads several models ('runs/first', 'runs/other'), so "
            "it is not clear which of them --accept-model runs/second replaces. "
            "Say --accept-model SOURCE=runs/second*"
        ]
    )


def test_one_of_several_is_replaced_by_name(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        def test_two(request, load_model):
            from pytest_accept.fixtures import _Replacement

            replaced = _Replacement(request.config)
            assert replaced("runs/first") == "runs/second"
            assert replaced("runs/other") == "runs/other"
            replaced.check()
        """
    )
    result = pytester.runpytest("--accept-model", "runs/first=runs/second")
    result.assert_outcomes(passed=1)


def test_a_name_that_the_suite_never_loads_is_an_error(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        """
        import contextlib
        from pytest_accept import ModelError

        def test_loads_another(load_model):
            with contextlib.suppress(ModelError):
                load_model("runs/first")
        """
    )
    result = suite.runpytest("--accept-model", "runs/frist=runs/second")
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["E*--accept-model runs/frist=runs/second replaced nothing*"])


def test_a_path_with_an_equals_sign_is_a_path(pytester: pytest.Pytester) -> None:
    pytester.mkdir("lr=0.1")
    pytester.makepyfile(SUITE)
    result = pytester.runpytest("--accept-model", "lr=0.1")
    result.stdout.fnmatch_lines(["E*ModelError: *lr=0.1*"])


def test_the_ini_names_the_usual_model_and_data(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\naccept_model = runs/usual\naccept_data = usual.csv\n")
    pytester.makepyfile(
        """
        def test_names(accept_model, accept_data):
            print("names:", accept_model, accept_data)
        """
    )
    pytester.runpytest("-s").stdout.fnmatch_lines(["*names: runs/usual usual.csv*"])
    result = pytester.runpytest("-s", "--accept-model", "other", "--accept-data", "other.csv")
    result.stdout.fnmatch_lines(["*names: other other.csv*"])


def test_nothing_to_name_is_an_error_that_says_what_to_pass(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_model(accept_model): pass")
    result = pytester.runpytest()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        ["E*SettingError: The fixture accept_model has nothing to name: pass --accept-model MODEL*"]
    )


def test_accept_models_runs_a_test_once_a_model(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest

        @pytest.fixture(scope="session")
        def model(accept_model):
            return accept_model.upper()

        @pytest.mark.accept_models("a", "b")
        def test_each(model):
            assert model in ("A", "B")
        """
    )
    result = pytester.runpytest("-v")
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["*test_each?a? PASSED*", "*test_each?b? PASSED*"])


def test_accept_models_without_the_fixture_is_an_error(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.accept_models("a", "b")
        def test_each():
            pass
        """
    )
    result = pytester.runpytest()
    assert result.ret != pytest.ExitCode.OK
    result.stdout.fnmatch_lines(["*neither the test nor its fixtures ask for accept_model*"])


def test_a_suite_that_loads_only_functions_cannot_be_replaced(suite: pytest.Pytester) -> None:
    suite.makepyfile("def test_function(model): pass")
    result = suite.runpytest("--accept-model", "runs/second")
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["E*replaced nothing: this suite loads no models by name*"])


@pytest.mark.slow
def test_workers_may_load_others_beside_the_fixture(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        """
        import contextlib, pytest
        from pytest_accept import ModelError

        @pytest.mark.parametrize("source", ["runs/first", "runs/other"])
        def test_each(load_model, accept_model, source):
            for each in (accept_model, source):
                with contextlib.suppress(ModelError):
                    load_model(each)
        """
    )
    result = suite.runpytest("--accept-model", "runs/second", "-n", "2")
    assert result.ret == pytest.ExitCode.OK


@pytest.mark.slow
@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("runs/frist=runs/second", "--accept-model runs/frist=runs/second replaced nothing*"),
        ("runs/second", "This suite loads several models*runs/first*runs/other*"),
    ],
)
def test_workers_together_see_what_one_alone_cannot(
    suite: pytest.Pytester, given: str, said: str
) -> None:
    suite.makepyfile(
        """
        import contextlib, pytest
        from pytest_accept import ModelError

        @pytest.mark.parametrize("source", ["runs/first", "runs/other"])
        def test_each(load_model, source):
            with contextlib.suppress(ModelError):
                load_model(source)
        """
    )
    result = suite.runpytest("--accept-model", given, "-n", "2")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines([said])
