"""Answers as lines: to the last bit and back, and nothing else is read."""

import sys

import numpy as np
import pytest

from pytest_accept.prediction.blocks import Blocks
from pytest_accept.replaying.lines import read, written

KEY = "0a1b2c3d4e5f6071"


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_every_number_comes_back_to_the_last_bit(dtype: str) -> None:
    draw = np.random.default_rng(0)
    whole = "uint32" if dtype == "float32" else "uint64"
    # Any bits, so all magnitudes: of those that are numbers, every one must survive.
    bits = draw.integers(0, np.iinfo(whole).max, 6000, whole, endpoint=True).view(dtype)
    ordinary = draw.normal(size=6000).astype(dtype)
    limits = np.finfo(dtype)
    edges = [0.0, -0.0, 1.0, 1e16, 0.1, limits.tiny, limits.smallest_subnormal, limits.max]
    values = np.concatenate([bits[np.isfinite(bits)], ordinary, np.array(edges, dtype)])
    rows = values[: len(values) // 3 * 3].reshape(-1, 3)
    keys = [f"{i:016x}" for i in range(len(rows))]
    cut = np.arange(len(rows)) % 7 == 0

    lines = written(keys, Blocks.of(rows), cut)
    table = read(lines, columns=3, dtype=dtype)

    assert [table.index[key] for key in keys] == list(range(len(keys)))
    assert table.rows.dtype == dtype
    assert table.rows.tobytes() == rows.tobytes()
    assert table.cut.tolist() == cut.tolist()


def test_float32_is_written_as_short_as_it_is() -> None:
    (line,) = written([KEY], Blocks.of(np.array([[0.1, -2.5]], np.float32)), np.array([False]))
    assert line == f"{KEY} 0.1 -2.5"


def test_answers_have_any_number_of_rows() -> None:
    rows = np.arange(8, dtype=np.float32).reshape(4, 2)
    keys = ["b" * 16, "a" * 16, "c" * 16]
    lines = written(keys, Blocks(rows, np.array([3, 0, 1])), np.array([False, True, False]))
    assert lines == ["a" * 16 + "!", "b" * 16 + " 0.0 1.0;2.0 3.0;4.0 5.0", "c" * 16 + " 6.0 7.0"]

    table = read(lines, columns=2, dtype="float32")
    found = table.take(np.array([2, 1, 0, 1]))
    assert found.sizes.tolist() == [1, 3, 0, 3]
    assert found.rows.tolist() == [*rows[3:].tolist(), *rows[:3].tolist(), *rows[:3].tolist()]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (f"{KEY} nan 1", "'nan', which is not a finite number"),
        (f"{KEY} inf 1", "'inf', which is not a finite number"),
        (f"{KEY} -Infinity 1", "not a finite number"),
        (f"{KEY} 0x1 1", "not a finite number"),
        (f"{KEY} 1_000 1", "not a finite number"),
        (f"{KEY} ٣ 1", "not a finite number"),
        (f"{KEY} __import__('os') 1", "not a finite number"),
        (f"{KEY} 1e39 1", "'1e39', which is beyond float32"),
        (f"{KEY} 1e999 1", "beyond float32"),
        (f"{KEY} 1", "has not 2 numbers in each row"),
        (f"{KEY} 1 2 3", "has not 2 numbers in each row"),
        (f"{KEY} 1 2;3", "has not 2 numbers in each row"),
        (f"{KEY} 1 2;", "has not 2 numbers in each row"),
        (f"{KEY[:-1]} 1 2", "does not begin with a content hash"),
        (f"{KEY.upper()} 1 2", "does not begin with a content hash"),
        ("a wonderful film", "does not begin with a content hash"),
        ("", "does not begin with a content hash"),
    ],
)
def test_damaged_lines_are_refused(line: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        read(["f" * 16 + " 1 2", line], columns=2, dtype="float32")


def test_two_answers_to_one_input_are_refused() -> None:
    with pytest.raises(ValueError, match="answer 2 .* is there twice"):
        read([f"{KEY} 1 2", f"{KEY}! 1 2"], columns=2, dtype="float32")


def test_a_number_of_many_digits_is_refused_or_read_in_no_time() -> None:
    long = "1" * (sys.get_int_max_str_digits() + 1)
    with pytest.raises(ValueError, match="beyond float64"):
        read([f"{KEY} {long}"], columns=1, dtype="float64")
