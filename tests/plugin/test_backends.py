"""`--accept-backend NAME`: what runs the models that a suite loads by name."""

import pytest

from tests.loading.test_backends import small_package

__all__ = ["small_package"]

SUITE = """
    import pytest
    from pytest_accept import assert_accuracy_above, recall

    @pytest.fixture(scope="session")
    def served(load_model):
        return load_model("runs/served")

    @pytest.fixture(scope="session")
    def other(load_model):
        return load_model("runs/served", backend="small,label=neg")

    def test_served(served, reviews):
        assert served.name.startswith("served ")
        assert recall(served, reviews, label="pos") >= 0.9

    def test_an_argument_goes_first(other, reviews):
        assert recall(other, reviews, label="neg") >= 0.9

    def test_functions_stay_where_they_are(model, reviews):
        assert_accuracy_above(model, reviews, 0.9)
"""


@pytest.mark.usefixtures("small_package")
def test_it_runs_what_is_loaded_by_name(suite: pytest.Pytester) -> None:
    (suite.path / "runs" / "served").mkdir(parents=True)
    suite.makepyfile(SUITE)
    suite.runpytest("--accept-backend", "small").assert_outcomes(passed=3)


@pytest.mark.usefixtures("small_package")
def test_the_ini_names_one_too(suite: pytest.Pytester) -> None:
    (suite.path / "runs" / "served").mkdir(parents=True)
    suite.makepyfile(SUITE)
    suite.makeini("[pytest]\naccept_backend = small\nfilterwarnings = error")
    suite.runpytest("-p", "no:cacheprovider").assert_outcomes(passed=3)


@pytest.mark.usefixtures("small_package")
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("smal", "*There is no backend 'smal'. Did you mean 'small'?*"),
        ("ray,workers", "*Expected `backend` to be NAME, NAME:ADDRESS or NAME:ADDRESS,option=*"),
        ("lacks", "*needs a-package-that-nobody-has*pip install 'small-backends?lacks?'*"),
    ],
)
def test_what_cannot_be_had_is_said_before_any_test(
    name: str, said: str, suite: pytest.Pytester
) -> None:
    suite.makepyfile("def test(): pass")
    result = suite.runpytest("--accept-backend", name)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([said])
