"""`cache info|verify|prune|clear`: what is kept, and how to be rid of it."""

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from pytest_accept import settings
from pytest_accept.__main__ import main
from pytest_accept.commands.cache import TABLES
from pytest_accept.loading import known, remembered_hashes
from pytest_accept.prediction import store, store_folder
from pytest_accept.prediction.blocks import Blocks
from pytest_accept.prediction.store import Kept

ONE, OTHER = "1" * 32, "2" * 32


@pytest.fixture(autouse=True)
def cache(tmp_path: Path) -> Iterator[Path]:
    """A folder with 30 predictions of one model and 5 of another, and a trained model."""
    folder = tmp_path / "cache"
    store.forget()
    with settings.using(cache="use", cache_dir=folder):
        for name, model, count in ((ONE, "reviews", 30), (OTHER, "a\x1b[31m model", 5)):
            kept = Kept(name, 2, model=model, reading="TextClassification")
            texts = [f"{name} {i}" for i in range(count)]
            kept.look(texts)
            kept.keep(texts, Blocks.of(np.ones((count, 2), np.float32)), np.zeros(count, np.bool_))
        store.forget()
        trained = folder / "training" / ("a" * 32)
        trained.mkdir(parents=True)
        (trained / "model.safetensors").write_bytes(b"x" * 1500)
        trained.with_suffix(".lock").touch()
        yield folder


def cache_command(*arguments: str) -> int:
    folder = settings.cache_folder()
    return main(["cache", arguments[0], "--cache-dir", str(folder), *arguments[1:]])


def files(cache: Path) -> list[Path]:
    return [file for each in store_folder.stored(store_folder.of(cache)) for file, _ in each.files]


def test_info_is_a_table(cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for place, file in enumerate(files(cache)):
        os.utime(file, (1.7e9 + place, 1.7e9 + place))
    assert cache_command("info") == 0
    shown = capsys.readouterr().out.splitlines()
    assert shown[:4] == [
        f"folder          {cache}",
        f"predictions     35 in 2 files, {shown[1].rpartition(', ')[2]}",
        "trained models  1, 1.5 kB",
        "",
    ]
    assert shown[4].split() == ["model", "reading", "predictions", "size", "last", "used"]
    assert [line.split()[0] for line in shown[5:]] == ["a\\u001b[31m", "reviews"]
    assert {len(line.rstrip()) for line in shown[5:]} == {len(shown[5])}
    assert "\x1b" not in "".join(shown)


def test_info_of_a_folder_that_is_not_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["cache", "info", "--cache-dir", str(tmp_path / "none")]) == 0
    assert "0 in 0 files, 0 B" in capsys.readouterr().out
    assert not (tmp_path / "none").exists()


def test_the_folder_is_the_users_without_an_option(
    cache: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["cache", "info"]) == 0
    assert str(cache) in capsys.readouterr().out


def test_verify_reads_everything(cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cache_command("verify") == 0
    assert capsys.readouterr().out == "2 files read, none is damaged\n"
    damaged = files(cache)[0]
    damaged.write_bytes(damaged.read_bytes()[:-1])
    assert cache_command("verify") == 1
    out = capsys.readouterr().out
    assert f"damaged: {damaged}: its content does not match its checksum" in out
    assert "1 of 2 files damaged" in out
    assert damaged.exists()


def test_prune_removes_damage_leftovers_and_what_was_not_used(
    cache: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = files(cache)
    left_over = first.parent / f".unfinished-{'a' * 16}"
    left_over.write_bytes(b"half")
    os.utime(left_over, (1e9, 1e9))
    begun = first.parent / f".unfinished-{'b' * 16}"
    begun.write_bytes(b"half")
    damaged = first.with_name(f"{'0' * 32}-{'1' * 32}.safetensors")
    damaged.write_bytes(b"nothing")
    assert cache_command("prune") == 0
    assert "removed  1 damaged, 1 unfinished, 0 unused for longest" in capsys.readouterr().out
    assert files(cache) == [first, second]
    assert begun.exists()  # somebody may be writing it
    begun.unlink()
    os.utime(first, (1e9, 1e9))
    assert cache_command("prune", "--size", "800B") == 0
    assert "0 damaged, 0 unfinished, 1 unused for longest" in capsys.readouterr().out
    assert files(cache) == [second]
    assert not first.parent.exists()


def test_clear_leaves_trained_models_unless_asked(
    cache: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cache_command("clear") == 0
    out = capsys.readouterr().out
    assert out == (
        "removed 2 files of predictions\nleft 1 trained models: --trained removes them, too\n"
    )
    assert not files(cache)
    assert (cache / "training" / ("a" * 32)).exists()
    assert cache_command("clear", "--trained") == 0
    assert capsys.readouterr().out.endswith("removed 1 trained models\n")
    assert not list((cache / "training").iterdir())


def test_clear_removes_nothing_else_and_follows_no_link(cache: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / files(cache)[0].name).write_bytes(b"precious")
    root = store_folder.of(cache)
    (root / ("3" * 32)).symlink_to(outside, target_is_directory=True)
    (root / ONE / "notes.txt").write_text("mine")
    (cache / "training" / ("b" * 32)).symlink_to(outside, target_is_directory=True)
    assert cache_command("clear", "--trained") == 0
    assert [each.read_bytes() for each in outside.iterdir()] == [b"precious"]
    assert (root / ONE / "notes.txt").read_text() == "mine"


def test_a_size_that_is_none_is_explained(cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cache_command("prune", "--size", "lots") == 2
    assert "a size such as 8GB or 500MB" in capsys.readouterr().err
    before = files(cache)
    assert cache_command("prune", "--size=-1GB") == 2
    assert "but got '-1GB'" in capsys.readouterr().err
    assert files(cache) == before


def test_clear_forgets_what_was_remembered_of_models(cache: Path) -> None:
    assert {known.NAME, remembered_hashes.NAME} == set(TABLES)
    for name in TABLES:
        (cache / name).write_text("{}")
    assert cache_command("clear") == 0
    assert not [name for name in TABLES if (cache / name).exists()]


@pytest.mark.parametrize("action", ["info", "verify", "prune", "clear"])
def test_a_folder_that_is_none_is_said(
    action: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nowhere = tmp_path / "nowhere"
    assert main(["cache", action, "--cache-dir", str(nowhere)]) == 0
    assert capsys.readouterr().err == f"there is no folder {str(nowhere)!r}\n"
    assert not nowhere.exists()
    nowhere.write_text("a file")
    assert main(["cache", action, "--cache-dir", str(nowhere)]) == 2
    assert f"{str(nowhere)!r} is a file" in capsys.readouterr().err


def test_clear_fails_where_it_may_not_remove(
    cache: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(store_folder, "remove", lambda file: False)
    assert cache_command("clear") == 1
    said = capsys.readouterr()
    assert said.out.startswith("removed 0 files of predictions\n")
    assert said.err.startswith("2 files could not be removed")
    assert len(files(cache)) == 2
