"""A folder of trained models that others can write to: nothing outside of it is read or removed."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from pytest_accept import DamagedCacheWarning, SettingError, using
from pytest_accept.records import Training
from pytest_accept.training import store

LOG = Training(name="a model", seed=3, seconds=1.5)
KEY = "0" * 32


def train(folder: Path) -> Training:
    (folder / "weights").write_bytes(b"1234")
    return LOG


@pytest.fixture
def entry(tmp_path: Path) -> Path:
    with using(cache_dir=str(tmp_path / "cache")):
        folder, _ = store.get(KEY, {"model": "a model"}, train)
        yield folder


def change(entry: Path, content: object) -> None:
    (entry / store.RECIPE).write_text(content if isinstance(content, str) else json.dumps(content))


@pytest.mark.parametrize(
    "recipe",
    [
        "[" * 3000, "9" * 5000, {"files": {}}, {"files": None}, {"files": [1]}, [], 5,
        {"files": {"/dev/zero": "x"}},  # which has no end
        {"files": {"../../../etc/passwd": "x"}}, {"files": {"a\0b": "x"}},
    ],
    ids=[
        "deep", "digits", "no files", "null", "list", "no object", "number", "endless", "elsewhere",
        "null byte",
    ],
)  # fmt: skip
def test_a_recipe_that_is_none_is_made_again(recipe: object, entry: Path) -> None:
    change(entry, recipe)
    with pytest.warns(DamagedCacheWarning):
        folder, log = store.get(KEY, {}, train)
    assert (folder, log.cached) == (entry, False)


def test_files_elsewhere_are_none_of_an_entry(entry: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("kept")
    recipe = json.loads((entry / store.RECIPE).read_text())
    change(entry, {"files": {**recipe["files"], "../../../secret": store.of_file(secret)}})
    with pytest.warns(DamagedCacheWarning):
        store.get(KEY, {}, train)
    assert secret.read_text() == "kept"


@pytest.mark.parametrize("what", ["entry", "file"])
def test_links_lead_nowhere(what: str, entry: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    if what == "entry":
        entry.rename(elsewhere)
        entry.symlink_to(elsewhere)
    else:
        (entry / "weights").rename(elsewhere)
        (entry / "weights").symlink_to(elsewhere)
    with pytest.warns(DamagedCacheWarning):
        folder, log = store.get(KEY, {}, train)
    assert not log.cached
    assert not folder.is_symlink()
    assert not (folder / "weights").is_symlink()
    assert elsewhere.exists()  # it was not ours to remove


def test_a_full_disk_is_one_error_and_leaves_nothing(tmp_path: Path) -> None:
    def full(folder: Path) -> Training:
        (folder / "weights").write_bytes(b"12")
        raise OSError(28, os.strerror(28))

    with using(cache_dir=str(tmp_path)), pytest.raises(SettingError, match="No space left"):
        store.get(KEY, {}, full)
    assert [each.name for each in (tmp_path / "training").iterdir()] == [f"{KEY}.lock"]
