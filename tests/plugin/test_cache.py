"""`--accept-cache`: what was predicted before is not predicted again, and no Record tells."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pytest_accept import Record, read_record
from pytest_accept.prediction import shelf, store
from pytest_accept.prediction.backends.torch_module import TorchBackend
from tests import models

SUITE = """
import pytest
from pytest_accept import (
    accuracy, assert_accuracy_above, assert_attack_success_rate_below, assert_flip_rate_below,
    expected_calibration_error,
)
from pytest_accept.perturbations import typos

pytestmark = pytest.mark.acceptance

@pytest.fixture(scope="session")
def model(load_model):
    return load_model("model")

@pytest.fixture(scope="session")
def films(load_data):
    return load_data("films.csv")

def test_accuracy(model, films):
    assert_accuracy_above(model, films, 0.1)

def test_typos(model, films):
    assert_flip_rate_below(model, films, typos(max_edits=1), 0.9)
"""
MORE = """
def test_calibration(model, films):
    assert expected_calibration_error(model, films) <= 1

def test_attack(model, films):
    assert_attack_success_rate_below(model, films, typos(max_edits=1), 1.0, max_examples=20)
"""


@pytest.fixture
def suite(pytester: pytest.Pytester) -> Iterator[pytest.Pytester]:
    store.forget()
    models.build(pytester.path / "model")
    settings = ("addopts = -p no:cacheprovider", "filterwarnings = error", "accept_cache_dir = c")
    pytester.makeini("\n".join(["[pytest]", *settings]))
    write_films(pytester.path, 60)
    pytester.makepyfile(test_films=SUITE)
    yield pytester
    store.forget()


def write_films(folder: Path, count: int) -> None:
    rows = [f"a {('good', 'bad', 'dull')[i % 3]} film {i},{'pn'[i % 2]}" for i in range(count)]
    text = "\n".join(["text,label", *rows]).replace(",p", ",pos").replace(",n", ",neg")
    (folder / "films.csv").write_text(text + "\n")


def run(
    suite: pytest.Pytester, *options: str, ret: int = 0, compared: bool = False
) -> tuple[int, int]:
    """Run the suite as another process would; return how many predictions it found and made.

    Whether some were compared with the model's answers of now must be said, and is `compared`.
    """
    result = suite.runpytest_inprocess(*options)
    store.forget()
    assert result.ret == ret, result.stdout.str()
    again = r", [1-9]\d* compared" if compared else ""
    said = re.search(
        rf"^predictions: ([\d,]+) from the cache, ([\d,]+) made{again}$", result.stdout.str(), re.M
    )
    assert said is not None, result.stdout.str()
    found, made = (int(each.replace(",", "")) for each in said.groups())
    return found, made


def without_times(file: Path) -> Record:
    record = read_record(file)
    criteria = tuple(replace(each, seconds=0) for each in record.criteria)
    return replace(record, started="", seconds=0, criteria=criteria)


def test_a_warm_record_equals_the_cold_one_to_the_bit(suite: pytest.Pytester) -> None:
    suite.makepyfile(test_films=SUITE + MORE)
    found, made = run(suite, "--accept-report=json:cold.json", "--accept-keep-predictions")
    assert (found, made > 200) == (0, True)
    assert run(suite, "--accept-report=json:warm.json", "--accept-keep-predictions") == (made, 0)
    cold, warm = (without_times(suite.path / name) for name in ("cold.json", "warm.json"))
    assert len(cold.criteria) == 4
    assert cold == warm
    run(suite, "--accept-report=json:verified.json", "--accept-keep-predictions",
        "--accept-cache=verify", compared=True)  # fmt: skip
    assert without_times(suite.path / "verified.json") == cold


def test_rows_and_tests_that_are_added_cost_themselves(suite: pytest.Pytester) -> None:
    options = ("-k", "accuracy or calibration")
    assert run(suite, *options) == (0, 60)
    suite.makepyfile(test_films="# another test file\n" + SUITE + MORE)
    assert run(suite, *options) == (60, 0)
    write_films(suite.path, 70)
    assert run(suite, *options) == (60, 10)


def test_another_model_is_predicted_anew(suite: pytest.Pytester) -> None:
    run(suite, "-k", "accuracy")
    models.build(suite.path / "other", seed=1)
    assert run(suite, "-k", "accuracy", "--accept-model", "other") == (0, 60)


def test_off_says_nothing_and_keeps_nothing(suite: pytest.Pytester) -> None:
    result = suite.runpytest_inprocess("--accept-cache=off")
    assert result.ret == 0
    result.stdout.no_fnmatch_line("predictions: *")
    assert not (suite.path / "c").exists()


def test_read_finds_what_is_there_and_adds_nothing(suite: pytest.Pytester) -> None:
    run(suite, "-k", "accuracy")
    write_films(suite.path, 70)
    before = {each: each.stat().st_mtime_ns for each in (suite.path / "c").rglob("*")}
    assert run(suite, "-k", "accuracy", "--accept-cache=read") == (60, 10)
    assert run(suite, "-k", "accuracy", "--accept-cache=read") == (60, 10)
    assert {each: each.stat().st_mtime_ns for each in (suite.path / "c").rglob("*")} == before


def test_verify_fails_where_the_model_says_something_else(suite: pytest.Pytester) -> None:
    run(suite, "-k", "accuracy")
    (file,) = (suite.path / "c").rglob("*.safetensors")
    kept = shelf.segments.read(file, 2)
    other = replace(kept, answers=replace(kept.answers, rows=kept.answers.rows + 0.01))
    file.unlink()
    shelf.segments.write(file.parent, other, {})
    result = suite.runpytest_inprocess("-k", "accuracy", "--accept-cache=verify")
    store.forget()
    assert result.ret == 1
    result.stdout.fnmatch_lines(["*CacheError: The cache answers 6 of 6 texts*by up to 0.01*"])


def test_a_folder_that_takes_no_files_does_not_fail_a_run(suite: pytest.Pytester) -> None:
    (suite.path / "c").write_text("a file, where a folder should be")
    result = suite.runpytest_inprocess("-k", "accuracy")
    assert result.ret == 0
    result.stdout.fnmatch_lines(["Predictions cannot be kept in *The run goes on without*"])


def test_after_ctrl_c_the_next_run_goes_on_from_there(suite: pytest.Pytester) -> None:
    original, batches = TorchBackend.forward, []

    def interrupted(self: TorchBackend, prepared: object, indices: object) -> object:
        batches.append(len(indices))  # type: ignore[arg-type]
        if len(batches) == 2:
            raise KeyboardInterrupt
        return original(self, prepared, indices)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pytest_accept.prediction.backends.torch_module.START", {"cpu": 200})
        undisturbed = "--accept-report=json:undisturbed.json"
        assert run(suite, "-k", "accuracy", "--accept-cache-dir=other", undisturbed) == (0, 60)
        with pytest.MonkeyPatch.context() as broken:
            broken.setattr(TorchBackend, "forward", interrupted)
            suite.inline_run("-k", "accuracy", no_reraise_ctrlc=True)
            store.forget()
        found, made = run(suite, "-k", "accuracy", "--accept-report=json:resumed.json")
    assert found == batches[0] > 0
    assert found + made == 60
    resumed, whole = (
        without_times(suite.path / name) for name in ("resumed.json", "undisturbed.json")
    )
    assert resumed == whole


def test_a_replay_and_a_plan_leave_the_folder_alone(suite: pytest.Pytester) -> None:
    run(suite, "--accept-report=json:r.json", "--accept-keep-predictions", "--accept-cache-dir=d")
    for options in (["--accept-replay", "r.json"], ["--accept-plan"]):
        result = suite.runpytest_inprocess(*options)
        assert result.ret == 0, result.stdout.str()
        result.stdout.no_fnmatch_line("predictions: *")
    assert not (suite.path / "c").exists()


@pytest.mark.slow
def test_workers_share_the_folder_and_are_counted_together(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", os.getcwd())
    result = suite.runpytest_subprocess("-n", "2", "--accept-report=json:cold.json")
    result.stdout.fnmatch_lines(["predictions: * from the cache, * made"])
    found, _ = run(suite, "--accept-report=json:warm.json")
    assert found > 60
    assert without_times(suite.path / "warm.json") == without_times(suite.path / "cold.json")
