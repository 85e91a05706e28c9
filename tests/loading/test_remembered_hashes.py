"""Large files are hashed once, for all processes, and again as soon as they may have changed."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pytest_accept import settings
from pytest_accept.loading import fingerprints, remembered_hashes


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[list[Path]]:
    """The files that were read."""
    monkeypatch.setattr(remembered_hashes, "SMALLEST", 10)
    monkeypatch.setattr(remembered_hashes, "SETTLED", -1)
    read: list[Path] = []
    original = fingerprints._read

    def counted(file: Path) -> str:
        read.append(file)
        return original(file)

    monkeypatch.setattr(fingerprints, "_read", counted)
    with settings.using(cache="use", cache_dir=tmp_path / "cache"):
        yield read


def hashed(file: Path) -> str:
    """Return the hash as another process would."""
    fingerprints._remembered.clear()
    return fingerprints.of_file(file)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "model.safetensors"
    file.write_bytes(b"the weights of a model")
    return file


def test_another_process_reads_it_no_more(file: Path, reads: list[Path], tmp_path: Path) -> None:
    assert hashed(file) == hashed(file)
    assert reads == [file]
    assert str(tmp_path) not in (tmp_path / "cache" / remembered_hashes.NAME).read_text()


def test_the_same_size_and_time_do_not_hide_a_change(file: Path, reads: list[Path]) -> None:
    before, status = hashed(file), file.stat()
    file.write_bytes(b"the weights of another")
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert file.stat().st_size == status.st_size
    assert hashed(file) != before
    assert len(reads) == 2


def test_what_changed_just_now_is_not_remembered(
    file: Path, reads: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remembered_hashes, "SETTLED", 2 * 10**9)
    os.utime(file, (1e9, 1e9))  # its content may be old: its status is new
    hashed(file)
    hashed(file)
    assert len(reads) == 2


def test_times_in_whole_seconds_tell_no_builds_of_an_image_apart(
    file: Path, reads: list[Path], tmp_path: Path
) -> None:
    for nanoseconds, there in ((10**18, False), (10**18 + 1, True)):
        times = {"st_mtime_ns": nanoseconds, "st_ctime_ns": nanoseconds}
        status: Any = SimpleNamespace(st_ino=1, st_size=22, **times)
        remembered_hashes.remember(file, status, "0" * 32)
        assert (remembered_hashes.recall(file, status) is not None) == there


def test_verify_takes_no_hash_for_granted(file: Path, reads: list[Path]) -> None:
    hashed(file)
    with settings.using(cache="verify"):
        hashed(file)
    assert len(reads) == 2


@pytest.mark.parametrize("policy", ["off", "read"])
def test_off_and_read_write_nothing(
    policy: settings.CachePolicy, file: Path, reads: list[Path], tmp_path: Path
) -> None:
    with settings.using(cache=policy):
        hashed(file)
    assert not (tmp_path / "cache").exists()
    hashed(file)
    with settings.using(cache=policy):
        hashed(file)
    assert len(reads) == (2 if policy == "read" else 3)


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"a": 1}', b'{"a": [1, 2, 3, 4, 5]}', b"\xff\xfe"]
)
def test_a_damaged_memory_is_ignored_and_made_anew(
    content: bytes, file: Path, reads: list[Path], tmp_path: Path
) -> None:
    good = hashed(file)
    memory = tmp_path / "cache" / remembered_hashes.NAME
    memory.write_bytes(content)
    assert hashed(file) == good
    assert hashed(file) == good
    assert len(reads) == 2


def test_a_hash_that_is_none_is_not_believed(file: Path, reads: list[Path], tmp_path: Path) -> None:
    good = hashed(file)
    memory = tmp_path / "cache" / remembered_hashes.NAME
    ((name, entry),) = json.loads(memory.read_text()).items()
    memory.write_text(json.dumps({name: [*entry[:4], "../../evil"]}))
    assert hashed(file) == good


def test_a_folder_that_cannot_be_written_to_costs_a_read(
    file: Path, reads: list[Path], tmp_path: Path
) -> None:
    (tmp_path / "cache").write_text("a file, where a folder should be")
    assert hashed(file) == hashed(file)
    assert len(reads) == 2


def test_the_memory_does_not_grow_for_ever(
    tmp_path: Path, reads: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remembered_hashes, "MOST", 3)
    files = [tmp_path / f"{i}.safetensors" for i in range(5)]
    for i, each in enumerate(files):
        each.write_bytes(b"weights of model %d" % i)
        hashed(each)
    assert len(json.loads((tmp_path / "cache" / remembered_hashes.NAME).read_text())) == 3
    hashed(files[-1])
    assert len(reads) == 5
    hashed(files[0])
    assert len(reads) == 6


def test_small_files_are_not_worth_it(file: Path, tmp_path: Path) -> None:
    with settings.using(cache="use", cache_dir=tmp_path / "cache"):
        hashed(file)
    assert not (tmp_path / "cache").exists()
