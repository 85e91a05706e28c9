"""A file is written whole or not at all, with the permissions that a plain `open` gives."""

import os
import stat
from pathlib import Path

import pytest

from pytest_accept.whole_files import write_whole


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_folders_are_made_and_text_is_utf8_with_its_own_line_ends(tmp_path: Path) -> None:
    file = tmp_path / "a" / "b" / "report.txt"
    write_whole(file, "naïve\r\nline\n")
    assert file.read_bytes() == "naïve\r\nline\n".encode()
    write_whole(str(file), b"\x00bytes")
    assert file.read_bytes() == b"\x00bytes"


def test_a_new_file_has_the_permissions_that_the_umask_leaves(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_whole(tmp_path / "new", "x")
        (tmp_path / "plain").write_text("x")
    finally:
        os.umask(before)
    assert mode(tmp_path / "new") == mode(tmp_path / "plain") == 0o640


def test_a_file_that_is_there_keeps_its_permissions(tmp_path: Path) -> None:
    file = tmp_path / "report"
    file.write_text("old")
    file.chmod(0o604)
    write_whole(file, "new")
    assert (file.read_text(), mode(file)) == ("new", 0o604)


def test_a_link_stays_one(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("old")
    link = tmp_path / "link"
    link.symlink_to("real")
    write_whole(link, "new")
    assert link.is_symlink()
    assert (tmp_path / "real").read_text() == "new"


def test_what_fails_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "report"
    file.write_text("old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="No space"):
        write_whole(file, "new")
    assert file.read_text() == "old"
    assert list(tmp_path.iterdir()) == [file]


def test_a_folder_is_refused_in_plain_words(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError, match="is a folder: give the name of a file"):
        write_whole(tmp_path, "x")
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_file_is_written_to_and_stays_what_it_is(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        write_whole(pipe, "said")
        assert os.read(reader, 100) == b"said"
    finally:
        os.close(reader)
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_a_folder_that_takes_no_file_is_said_of_the_file_that_was_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(dir: Path, prefix: str) -> None:
        raise PermissionError(13, "Permission denied", f"{dir}/{prefix}x7k2")

    monkeypatch.setattr("pytest_accept.whole_files.tempfile.mkstemp", refuse)
    with pytest.raises(PermissionError) as raised:
        write_whole(tmp_path / "report.html", "x")
    assert str(raised.value) == f"[Errno 13] Permission denied: '{tmp_path / 'report.html'}'"
