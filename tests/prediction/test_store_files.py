"""Files of answers: nothing in them is believed, and nothing that was written is lost."""

from pathlib import Path

import numpy as np
import pytest
import xxhash
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import save

from pytest_accept.prediction import segments
from pytest_accept.prediction.segments import DamagedError, Segment
from pytest_accept.prediction.store_keys import key_of

KEYS = [key_of(f"text {i}") for i in range(5)]
ROWS = [np.full((1 + i % 3, 2), i, np.float32) for i in range(5)]
CUT = [False, True, False, False, True]


def segment() -> Segment:
    return Segment.of([key for key in KEYS if key], ROWS, CUT)


def found(read: Segment) -> dict[bytes, tuple[list[list[float]], bool]]:
    keys = [row.astype(">u8").tobytes() for row in read.keys]
    rows = [each.tolist() for each in read.answers.split()]
    return dict(zip(keys, zip(rows, read.cut.tolist(), strict=True), strict=True))


def test_what_is_written_is_read(tmp_path: Path) -> None:
    file = segments.write(tmp_path, segment(), {"model": "m"})
    expected = {key: (row.tolist(), cut) for key, row, cut in zip(KEYS, ROWS, CUT, strict=True)}
    assert found(segments.read(file, 2)) == expected
    assert segments.described(file) == ({"model": "m"}, 5)
    assert [each.name for each in tmp_path.iterdir()] == [file.name]
    # The same answers are the same file, whoever writes them.
    assert segments.write(tmp_path, segment(), {"model": "m"}) == file


def test_joined_files_have_each_answer_once() -> None:
    one, other = (
        segment(),
        Segment.of(
            [KEYS[0] or b"", key_of("new") or b""],
            [np.full((1, 2), 99, np.float32)] * 2,
            [True, True],
        ),
    )
    whole = Segment.joined([one, other])
    assert found(whole) == {**found(other), **found(one)}
    segments._checked(
        {
            "keys": whole.keys, "rows": whole.answers.rows,
            "sizes": whole.answers.sizes.astype(np.int32), "cut": whole.cut.astype(np.uint8),
        },
        2,
    )  # fmt: skip


def test_a_file_that_anyone_may_read_is_left(tmp_path: Path) -> None:
    file = segments.write(tmp_path, segment(), {})
    (tmp_path / "other").write_bytes(b"")
    assert file.stat().st_mode == (tmp_path / "other").stat().st_mode


@given(data=st.data())
def test_every_damaged_byte_is_noticed(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.getbasetemp() / "damaged"
    folder.mkdir(exist_ok=True)
    file = segments.write(folder, segment(), {})
    content = bytearray(file.read_bytes())
    if data.draw(st.booleans()):
        content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    else:
        del content[data.draw(st.integers(0, len(content) - 1)) :]
    file.write_bytes(content)
    with pytest.raises(DamagedError):
        segments.read(file, 2)


def with_checksum(folder: Path, content: bytes) -> Path:
    """Write a file as somebody would who knows how."""
    file = folder / f"{segments.ALL}-{xxhash.xxh3_128_hexdigest(content)}.safetensors"
    file.write_bytes(content)
    return file


def arrays() -> dict[str, np.ndarray]:
    whole = segment()
    return {
        "keys": whole.keys,
        "rows": whole.answers.rows,
        "sizes": whole.answers.sizes.astype(np.int32),
        "cut": whole.cut.astype(np.uint8),
    }


@pytest.mark.parametrize(
    "changed",
    [
        {"rows": np.full((9, 2), np.nan, np.float32)},
        {"rows": np.full((9, 2), np.inf, np.float32)},
        {"rows": np.zeros((9, 3), np.float32)},
        {"rows": np.zeros((9, 2), np.int32)},
        {"rows": np.zeros((8, 2), np.float32)},
        {"rows": np.zeros(18, np.float32)},
        {"sizes": np.array([1, 2, 3, 1, 1], np.int32)},
        {"sizes": np.array([10, -1, 0, 0, 0], np.int32)},
        {"sizes": np.array(9, np.int32)},
        {"sizes": np.ones(5, np.int64)},
        {"cut": np.full(5, 2, np.uint8)},
        {"cut": np.zeros(4, np.uint8)},
        {"keys": np.zeros((5, 2), np.uint64)},
        {"keys": np.zeros((5, 2), np.int64)},
        {"more": np.zeros(1, np.uint8)},
    ],
    ids=lambda changed: "-".join(
        f"{name}{array.shape}{array.dtype}" for name, array in changed.items()
    ),
)
def test_what_cannot_be_answers_is_not_believed(
    changed: dict[str, np.ndarray], tmp_path: Path
) -> None:
    assert len(segments.read(with_checksum(tmp_path, save(arrays())), 2)) == 5
    with pytest.raises(DamagedError):
        segments.read(with_checksum(tmp_path, save({**arrays(), **changed})), 2)


def test_what_is_no_file_of_ours_is_not_read(tmp_path: Path) -> None:
    for content in (b"", b"\x80\x04cos\nsystem\n(S'false'\ntR.", b"\xff" * 64):
        with pytest.raises(DamagedError, match="no safetensors file"):
            segments.read(with_checksum(tmp_path, content), 2)
    for name in ("../evil.safetensors", "model.safetensors", f"{segments.ALL}.safetensors"):
        with pytest.raises(DamagedError, match="none of ours"):
            segments.read(tmp_path / name, 2)


def test_links_and_pipes_are_not_followed(tmp_path: Path) -> None:
    import os

    outside = tmp_path / "outside"
    outside.mkdir()
    file = segments.write(outside, segment(), {})
    link = tmp_path / file.name
    link.symlink_to(file)
    with pytest.raises(OSError, match="symbolic links"):
        segments.read(link, 2)
    link.unlink()
    os.mkfifo(link)
    with pytest.raises(DamagedError, match="no file"):
        segments.read(link, 2)


def test_a_file_beyond_all_measure_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = segments.write(tmp_path, segment(), {})
    monkeypatch.setattr(segments, "MOST", 100)
    with pytest.raises(DamagedError, match="too large"):
        segments.read(file, 2)


def test_a_write_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(OSError, match="No space"):
        segments.write(tmp_path, segment(), {})
    assert not list(tmp_path.iterdir())
