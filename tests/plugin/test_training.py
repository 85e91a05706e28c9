"""The fixtures `fine_tune` and `probe`: trained once, kept, recorded, shared by workers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pytest_accept import read_record
from tests import models

CONFTEST = """
import pytest

@pytest.fixture(scope="session")
def words(load_data):
    return load_data("words.csv")

@pytest.fixture(scope="session")
def trained(fine_tune, words):
    return fine_tune("base", words, seed=1, epochs=2, learning_rate=1e-3)

@pytest.fixture(scope="session")
def probed(probe, words):
    return probe("base", words, name="the probe")
"""

SUITE = """
import pytest
from pytest_accept import accuracy, assert_accuracy_above

def test_trained(trained, words):
    assert_accuracy_above(trained, words, 0.01)

def test_probed(probed, words):
    assert accuracy(probed, words) >= 0.5

def test_the_same_again(fine_tune, trained, words):
    assert fine_tune("base", words, seed=1, epochs=2, learning_rate=1e-3) is trained
"""


@pytest.fixture
def suite(pytester: pytest.Pytester) -> pytest.Pytester:
    models.build(pytester.path / "base")
    settings = (
        "addopts = -p no:cacheprovider",
        "filterwarnings = error",
        "accept_cache_dir = cache",
    )
    pytester.makeini("\n".join(["[pytest]", *settings]))
    rows = [f"a {word} film {i},{label}" for i in range(8) for word, label in WORDS]
    (pytester.path / "words.csv").write_text("\n".join(["text,label", *rows]) + "\n")
    pytester.makeconftest(CONFTEST)
    pytester.makepyfile(test_words=SUITE)
    return pytester


WORDS = [("good", "pos"), ("bad", "neg"), ("great", "pos"), ("awful", "neg")]


def entries(suite: pytest.Pytester) -> dict[str, Path]:
    """Return the folders of the cache of trained models, by the function that made them."""
    recipes = (suite.path / "cache" / "training").glob("*/recipe.json")
    return {json.loads(each.read_text())["by"]: each.parent for each in recipes}


def test_a_model_is_trained_once_and_recorded(suite: pytest.Pytester) -> None:
    first = suite.runpytest("--accept-report", "json:first.json")
    first.assert_outcomes(passed=3)
    first.stdout.fnmatch_lines(["2 models trained in * s"])
    made = entries(suite)
    assert set(made) == {"fine_tune", "probe"}
    written = {each: (each / "log.json").stat().st_mtime_ns for each in made.values()}

    second = suite.runpytest("--accept-report", "json:second.json")
    second.assert_outcomes(passed=3)
    second.stdout.fnmatch_lines(["0 models trained in 0 s, 2 from the cache"])
    assert written == {
        each: (each / "log.json").stat().st_mtime_ns for each in entries(suite).values()
    }

    one, two = read_record("first.json"), read_record("second.json")
    tuned, probed = one.trainings
    assert (tuned.name, tuned.seed, tuned.base, tuned.data) == (
        "base fine-tuned on words, seed 1", 1, "base", "words",
    )  # fmt: skip
    assert [step.step for step in tuned.steps] == [1, 2, 3, 4]
    assert tuned.steps[-1].epoch == 2
    assert (probed.name, probed.steps) == ("the probe", ())
    assert [each.cached for each in one.trainings] == [False, False]
    assert [each.cached for each in two.trainings] == [True, True]
    assert two.trainings[0].steps == tuned.steps
    assert two.trainings[0].seconds == tuned.seconds
    assert one.models == two.models
    assert [each.source for each in one.models] == [
        f"cache/training/{each.key}" for each in one.trainings
    ]
    assert str(suite.path) not in Path("first.json").read_text()


@pytest.mark.slow
def test_workers_train_once_between_them(suite: pytest.Pytester) -> None:
    suite.makepyfile(test_words=SUITE, test_words_too=SUITE)
    result = suite.runpytest("-n", "2", "--accept-report", "json:record.json")
    result.assert_outcomes(passed=6)
    record = read_record("record.json")
    assert [each.cached for each in record.trainings] == [False, False]
    assert len({each.key for each in record.trainings}) == 2


def test_a_training_that_fails_is_recorded_and_is_no_verdict(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        test_words="""
        import pytest

        pytestmark = pytest.mark.acceptance

        def test_diverged(fine_tune, words):
            fine_tune("base", words, learning_rate=1e30, warmup=0, epochs=5)
        """
    )
    for cached in (False, True):
        result = suite.runpytest("--accept-report", "json:record.json")
        result.assert_outcomes(failed=1)
        result.stdout.fnmatch_lines(["*TrainingError: Training 'base fine-tuned*came to no model*"])
        record = read_record("record.json")
        (training,) = record.trainings
        assert training.cached is cached
        assert training.failure is not None
        assert record.not_judged == ("test_words.py::test_diverged",)


@pytest.mark.parametrize("given", ["option", "ini"])
def test_the_cache_dir_is_one_folder_wherever_a_test_works(
    suite: pytest.Pytester, given: str
) -> None:
    options = ["--accept-cache-dir", "elsewhere"] if given == "option" else []
    folder = suite.path / ("elsewhere" if given == "option" else "cache")
    suite.makepyfile(
        test_words=f"""
        from pytest_accept.settings import cache_folder

        def test_here(monkeypatch, tmp_path):
            monkeypatch.chdir(tmp_path)
            assert str(cache_folder()) == {str(folder)!r}
        """
    )
    suite.runpytest(*options).assert_outcomes(passed=1)
