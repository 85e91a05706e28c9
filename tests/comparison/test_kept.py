"""Records whose examples are damaged, or made to do harm, get one clear error."""

import zlib
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

import pytest_accept as pa
from pytest_accept import packed_numbers
from pytest_accept.comparison import compare
from pytest_accept.packed_numbers import pack, unpack
from pytest_accept.records import PerExample, Record
from tests.assertions.conftest import make_world
from tests.comparison.made import record

WORLD = make_world(n=40, k=2)


@pytest.fixture
def sound() -> Record:
    return record(pa.accuracy(WORLD.predictions, WORLD.data))


def with_each(sound: Record, change: Callable[[PerExample], PerExample]) -> Record:
    criterion = sound.criteria[0]
    assert criterion.each is not None
    changed = (replace(criterion, each=change(criterion.each)),)
    return replace(sound, criteria=changed, models=(replace(sound.models[0], fingerprint="new"),))


DAMAGE = {
    "other lengths": (lambda e: replace(e, codes=pack(np.zeros(39), "<u4")), "to be 40 numbers"),
    "more examples than data": (lambda e: replace(e, n=41), "41 of them, in data of 40"),
    "fewer": (lambda e: replace(e, n=39), "39 of them for all 40"),
    "no number": (lambda e: replace(e, cells=pack(np.array([0, np.nan]), "<f8")), "not finite"),
    "huge": (lambda e: replace(e, cells=pack(np.array([0, 1e300]), "<f8")), "not finite, or huge"),
    "beyond": (lambda e: replace(e, cells=pack(np.array([0, 1.5]), "<f8")), "between 0 and 1"),
    "codes": (lambda e: replace(e, codes=pack(np.full(40, 7), "<u4")), "no positions of cells"),
    "no rows": (lambda e: replace(e, cells=pack(np.zeros(0), "<f8")), "no rows of 1"),
    "width": (lambda e: replace(e, width=10**9), "1,000,000,000"),
    "positions": (lambda e: replace(e, examples=pack(np.zeros(40), "<u4")), "no ascending"),
    "bounds": (lambda e: replace(e, high=float("nan")), "no estimate is between"),
    "formula": (lambda e: replace(e, formula="__import__"), "no formula is called"),
    "arguments": (lambda e: replace(e, arguments={"average": "x"}), "one number for each"),
    "other sum": (lambda e: replace(e, codes=pack(np.zeros(40), "<u4")), "add up to 0, but"),
    "no base64": (lambda e: replace(e, cells="<script>"), "to be packed numbers"),
    "cut": (lambda e: replace(e, cells=e.cells[:8]), "`cells` to be"),
    "alternatives": (
        lambda e: replace(e, alternatives=pack(np.zeros(41), "<f4")), "no numbers for each"),
    "clusters": (lambda e: replace(e, clusters=pack(np.zeros(3), "<u4")), "`clusters` to be 40"),
}  # fmt: skip


@pytest.mark.parametrize("kind", DAMAGE)
def test_damage_is_named(sound: Record, kind: str) -> None:
    change, message = DAMAGE[kind]
    with pytest.raises(pa.DataError) as error:
        compare([("a.json", sound), ("b.json", with_each(sound, change))])
    said = str(error.value)
    assert said.startswith("The record's examples of accuracy in test_it.py::test_it are damaged: ")
    assert message in said


def test_few_bytes_that_claim_to_be_many_numbers_are_not_unpacked(
    sound: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packed_numbers, "MOST", 1000)
    bomb = b64encode(zlib.compress(bytes(10**6), 9)).decode()
    damaged = with_each(sound, lambda each: replace(each, cells=bomb))
    with pytest.raises(pa.DataError, match="`cells` to be at most 1,000 packed numbers"):
        compare([("a.json", sound), ("b.json", damaged)])


def test_contents_that_are_not_there(sound: Record) -> None:
    lacking = replace(with_each(sound, lambda each: each), contents=())
    with pytest.raises(pa.DataError, match="does not say which examples"):
        compare([("a.json", sound), ("b.json", lacking)])


def test_a_formula_takes_only_rows_and_arguments_that_fit() -> None:
    sound = record(pa.f1(WORLD.predictions, WORLD.data))
    for change, message in (
        ({"arguments": {"average": "everything"}}, "takes no average='everything'"),
        ({"arguments": {"average": "macro", "index": 0}}, r"takes \['average'\]"),
        ({"formula": "f1_of_class", "arguments": {"index": 2}}, "takes no index=2"),
        ({"formula": "share", "arguments": {}}, "takes no rows of 7 numbers"),
    ):
        damaged = with_each(sound, lambda each, change=change: replace(each, **change))
        with pytest.raises(pa.DataError, match=message):
            compare([("a.json", sound), ("b.json", damaged)])


def test_packed_numbers_come_back_to_the_last_bit() -> None:
    numbers = np.random.default_rng(0).normal(size=(7, 3))
    assert (unpack(pack(numbers, "<f8"), "<f8", "x").reshape(7, 3) == numbers).all()
    large = np.array([2**64 - 1, 0], np.uint64)
    assert unpack(pack(large, "<u8"), "<u8", "x", count=2).tolist() == [2**64 - 1, 0]
