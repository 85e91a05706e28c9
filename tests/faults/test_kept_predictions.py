"""The store of predictions when disk, clock or neighbours fail: results stay, and one warning."""

from __future__ import annotations

import errno
import io
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pytest_accept import CacheNotWrittenWarning, DamagedCacheWarning, load_model, using
from pytest_accept.loading import known
from pytest_accept.prediction import segments, store, store_folder, store_keys

TEXTS = ["a good film.", "dull", "the plot was awful", "we loved this book"]


@pytest.fixture
def ask(tiny_model_folder: Path, tmp_path: Path) -> Iterator[Callable[..., tuple[Any, int]]]:
    """Return a function that asks the model as a run of its own would; `problems` of its end."""

    def asked_once(texts: list[str] = TEXTS, cache: str = "use") -> tuple[Any, int]:
        store.forget()
        with using(cache=cache, cache_dir=str(tmp_path / "cache")):
            model = load_model(tiny_model_folder)
            said = model.predict(texts).probabilities
            forwards = sum(engine.forwards for engine in model.engines().values())
            problems.append(store.finish()["problem"])
        return said, forwards

    problems: list[Any] = []
    asked: Any = asked_once
    asked.problems = problems
    asked.folder = tiny_model_folder
    # Beside what is known of the model, which is no prediction.
    asked.files = lambda: [
        each
        for each in (tmp_path / "cache").rglob("*")
        if each.is_file() and each.name != known.NAME
    ]
    yield asked
    store.forget()


@pytest.fixture
def undisturbed(ask: Callable[..., tuple[Any, int]]) -> Any:
    return ask(cache="off")[0]


@pytest.mark.parametrize(
    ("call", "code"),
    [
        ("open", errno.EACCES), ("open", errno.EROFS), ("open", errno.EMFILE),
        ("replace", errno.ENOSPC), ("replace", errno.EDQUOT), ("replace", errno.ESTALE),
    ],
    ids=["no right", "read-only", "too many files", "full", "quota", "network"],
)  # fmt: skip
def test_a_disk_that_cannot_be_written(
    call: str, code: int, ask: Any, undisturbed: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.open

    def open_(path: Any, flags: int, *given: Any, **named: Any) -> int:
        if flags & os.O_CREAT and ".unfinished" in str(path):
            raise OSError(code, os.strerror(code))
        return real(path, flags, *given, **named)

    def replace(*_: Any) -> None:
        raise OSError(code, os.strerror(code))

    with monkeypatch.context() as patched:
        patched.setattr(os, call, open_ if call == "open" else replace)
        found, _ = ask()
    assert os.strerror(code) in ask.problems[-1]
    assert "The run goes on without keeping them" in ask.problems[-1]
    assert (found == undisturbed).all()
    assert ask.files() == []  # no half of a file either
    assert ask()[1] > 0  # nothing was kept, so all is asked again
    assert ask.problems[-1] is None
    assert ask()[1] == 0


def test_a_disk_that_is_full_is_said_once(
    ask: Any, undisturbed: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write(*_: Any, **__: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(segments, "write", write)
    store.forget()
    model = load_model(ask.folder)
    with using(cache="use", cache_dir=str(tmp_path / "cache")), store.in_parts():
        with pytest.warns(CacheNotWrittenWarning, match="No space left"):
            first = model.predict(TEXTS[:2]).probabilities
        second = model.predict(TEXTS[2:]).probabilities  # a warning more would be an error here
    assert (np.abs(np.concatenate([first, second]) - undisturbed) < 1e-6).all()


def test_a_disk_that_fills_up_while_a_file_is_written(
    ask: Any, undisturbed: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full(io.FileIO):
        def write(self, content: Any) -> int:
            super().write(bytes(content)[:10])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def open_(handle: int, *_: Any, **__: Any) -> Full:
        return Full(handle, "wb")

    with monkeypatch.context() as patched:
        patched.setattr(segments, "open", open_, raising=False)
        found, _ = ask()
    assert "No space left" in ask.problems[-1]
    assert (found == undisturbed).all()
    assert ask.files() == []


def test_a_read_only_cache_is_read_without_a_word(ask: Any, undisturbed: Any) -> None:
    ask()
    found, forwards = ask(cache="read")
    assert (found == undisturbed).all()
    assert forwards == 0


@pytest.mark.parametrize("damage", ["cut", "empty", "a bit", "longer", "zeros", "pickle"])
def test_a_damaged_entry_is_dropped_and_made_again(damage: str, ask: Any, undisturbed: Any) -> None:
    ask()
    [file] = ask.files()
    content = file.read_bytes()
    middle = len(content) - 5
    file.write_bytes(
        {
            "cut": content[: len(content) // 2],
            "empty": b"",
            "a bit": content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :],
            "longer": content + b"\0",
            "zeros": bytes(len(content)),
            "pickle": b"cos\nsystem\n(S'touch run'\ntR.",
        }[damage]
    )
    with pytest.warns(DamagedCacheWarning) as said:
        found, forwards = ask()
    assert len(said) == 1
    assert (found == undisturbed).all()
    assert forwards > 0
    assert ask()[1] == 0  # whole again
    assert not Path("run").exists()


def test_a_link_in_place_of_an_entry_leads_nowhere(ask: Any, tmp_path: Path) -> None:
    ask()
    [file] = ask.files()
    elsewhere = tmp_path / "elsewhere"
    file.rename(elsewhere)
    file.symlink_to(elsewhere)
    assert ask()[1] > 0
    assert elsewhere.read_bytes()  # not removed, not written


def test_what_is_no_file_at_all_is_not_waited_for(ask: Any) -> None:
    ask()
    [file] = ask.files()
    file.unlink()
    os.mkfifo(file)  # whoever opens it to read waits for a writer
    assert ask()[1] > 0


def test_two_versions_share_a_folder(
    ask: Any, undisturbed: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask()
    with monkeypatch.context() as newer:
        newer.setattr(store_keys, "version_of", lambda name: f"9.9 of {name}")
        assert ask()[1] > 0  # what another version answered is no answer of this one
        assert ask()[1] == 0
        newer.setattr(store_folder, "FORMAT", "2")
        assert ask()[1] > 0
    found, forwards = ask()
    assert forwards == 0
    assert (found == undisturbed).all()
    assert {each.name for each in (tmp_path / "cache" / "predictions").iterdir()} == {"1", "2"}


@pytest.mark.parametrize("jump", [-(10**9), 10**9], ids=["back", "forward"])
def test_clocks_that_jump(
    jump: int, ask: Any, undisturbed: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask()
    [file] = ask.files()
    os.utime(file, (time.time() - jump, time.time() - jump))  # a file of another machine's clock
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + jump)
    found, forwards = ask()
    assert forwards == 0
    assert (found == undisturbed).all()
    found, _ = ask([*TEXTS, "one more"])
    assert (np.abs(found[: len(TEXTS)] - undisturbed) < 1e-6).all()
    assert all(each.exists() for each in ask.files())
