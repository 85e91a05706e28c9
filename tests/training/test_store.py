"""Trained models on disk: complete or not there, made by one at a time, damage is noticed."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import platformdirs
import pytest

from pytest_accept import DamagedCacheWarning, SettingError, using
from pytest_accept.records import Training, TrainingStep
from pytest_accept.settings import cache_folder
from pytest_accept.training import store

LOG = Training(
    name="a model", seed=3, seconds=1.5,
    steps=(TrainingStep(step=1, epoch=1.0, loss=0.25, learning_rate=1e-5),),
)  # fmt: skip


def train(folder: Path) -> Training:
    (folder / "weights").write_bytes(b"1234")
    return LOG


def test_what_is_made_once_is_read_from_then_on(cache: Path) -> None:
    key = store.key_of({"seed": 3})
    folder, log = store.get(key, {"model": "a model"}, train)
    assert folder == cache / "training" / key
    assert log == LOG
    (folder / ".DS_Store").touch()
    again, log = store.get(key, {}, lambda _: pytest.fail("trained again"))
    assert again == folder
    assert log.cached
    assert log.steps == LOG.steps


def test_the_key_depends_on_everything_but_not_on_the_order() -> None:
    assert store.key_of({"a": 1, "b": [2]}) == store.key_of({"b": [2], "a": 1})
    assert store.key_of({"a": 1, "b": [2]}) != store.key_of({"a": 1, "b": [3]})


def test_threads_and_processes_take_turns() -> None:
    trained = []

    def slow(folder: Path) -> Training:
        trained.append(folder)
        time.sleep(0.2)
        return train(folder)

    threads = [threading.Thread(target=store.get, args=("key", {}, slow)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(trained) == 1


@pytest.mark.parametrize("damage", ["changed", "cut", "missing", "no recipe", "odd recipe"])
def test_a_damaged_entry_is_made_again_with_a_warning(damage: str) -> None:
    folder, _ = store.get("key", {}, train)
    if damage == "changed":
        (folder / "weights").write_bytes(b"1235")
    elif damage == "cut":
        (folder / "weights").write_bytes(b"12")
    elif damage == "missing":
        (folder / "weights").unlink()
    elif damage == "no recipe":
        (folder / "recipe.json").unlink()
    else:
        (folder / "recipe.json").write_text("[]")
    with pytest.warns(DamagedCacheWarning, match="damaged. The model is trained again"):
        _, log = store.get("key", {}, train)
    assert not log.cached
    assert (folder / "weights").read_bytes() == b"1234"
    assert store.get("key", {}, train)[1].cached


def test_what_is_interrupted_leaves_nothing_and_what_was_killed_is_cleared(cache: Path) -> None:
    def interrupted(folder: Path) -> Training:
        train(folder)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.get("key", {}, interrupted)
    assert [each.name for each in (cache / "training").iterdir()] == ["key.lock"]
    (cache / "training" / "key.unfinished").mkdir()
    (cache / "training" / "key.unfinished" / "half").touch()
    folder, _ = store.get("key", {}, train)
    assert sorted(each.name for each in folder.iterdir()) == ["log.json", "recipe.json", "weights"]


def test_a_folder_that_cannot_be_written_to(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    refused = pytest.raises(SettingError, match="cannot be written to .* --accept-cache-dir")
    with using(cache_dir=tmp_path / "file"), refused:
        store.get("key", {}, train)


def test_the_folder_is_the_users_unless_it_is_set() -> None:
    with using(cache_dir="~/models"):
        assert cache_folder() == Path.home() / "models"
    with using(cache_dir=None):
        assert cache_folder() == platformdirs.user_cache_path("pytest_accept")
    refused = pytest.raises(SettingError, match="Expected `cache_dir` to be a folder or None")
    with refused, using(cache_dir=3):
        pass
