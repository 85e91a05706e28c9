"""Answers of several rows, and inputs read in parts."""

from collections.abc import Sequence

import numpy as np
import pytest

from pytest_accept.errors import PredictionError
from pytest_accept.prediction.blocks import Blocks, Gathering
from pytest_accept.prediction.encodings import Encodings
from pytest_accept.prediction.engine import Engine
from tests.prediction.fakes import FakeBackend, texts_of

PART = 8


class Letters(FakeBackend):
    """Answers a text with a row (letter, its place in the part) for each letter, part by part."""

    def prepare(self, inputs: Sequence[str]) -> Encodings:
        self._inputs = [
            (owner, text[start : start + PART])
            for owner, text in enumerate(inputs)
            for start in range(0, len(text), PART)
        ]
        ids = [[ord(letter) for letter in part] for _, part in self._inputs]
        owners = np.array([owner for owner, _ in self._inputs])
        return Encodings.of({"input_ids": ids}, np.zeros(len(inputs), np.bool_), owners)

    def forward(self, prepared: Encodings, indices: np.ndarray) -> Blocks:
        parts = [self._inputs[i][1] for i in indices.tolist()]
        self.asked.append(parts)
        if self.react(parts, PART) is not None:
            raise KeyboardInterrupt
        rows = [
            np.array([(ord(letter), at) for at, letter in enumerate(part)], np.float32)
            for part in parts
        ]
        return Blocks.join(rows)


def letters_of(text: str) -> np.ndarray:
    return np.array([(ord(letter), at % PART) for at, letter in enumerate(text)], np.float64)


@pytest.mark.parametrize("budget", [8, 24, 1000])
def test_parts_come_together_in_order_whatever_the_batches(budget: int) -> None:
    texts = texts_of(60)
    backend = Letters(start=budget)
    blocks, truncated = Engine(backend).blocks([*texts, *texts[:5]])
    for text, block in zip([*texts, *texts[:5]], blocks, strict=True):
        np.testing.assert_array_equal(block, letters_of(text))
    assert not truncated.any()
    assert sum(map(len, backend.asked)) == sum(-(-len(text) // PART) for text in texts)


def test_what_is_complete_is_kept_when_interrupted() -> None:
    texts = [letter * (PART * 3 - i) for i, letter in enumerate("abcdef")]
    stopped = Letters(start=PART, react=lambda parts, _: len(stopped.asked) == 11 or None)
    engine = Engine(stopped)
    with pytest.raises(KeyboardInterrupt):
        engine.blocks(texts)
    before = sum(map(len, stopped.asked))
    stopped.react = lambda parts, _: None
    blocks, _ = engine.blocks(texts)
    again = sum(map(len, stopped.asked)) - before
    assert again < 18, "a text whose parts were all answered is not asked again"
    for text, block in zip(texts, blocks, strict=True):
        np.testing.assert_array_equal(block, letters_of(text))


def test_gathering_waits_for_all_parts() -> None:
    gathering = Gathering(np.array([0, 0, 1]))
    one = np.ones((2, 3))
    assert gathering.add(np.array([1]), Blocks.join([one])) == ([], None)
    done, whole = gathering.add(np.array([2, 0]), Blocks.join([one * 2, one * 3]))
    assert done == [1, 0]
    assert whole is not None
    first, second = whole.split()
    np.testing.assert_array_equal(first, one * 2)
    np.testing.assert_array_equal(second, np.concatenate((one * 3, one)))


def test_nan_in_one_row_names_its_text() -> None:
    class Broken(Letters):
        def forward(self, prepared: Encodings, indices: np.ndarray) -> Blocks:
            found = super().forward(prepared, indices)
            found.rows[found.rows[:, 0] == ord("b")] = np.nan
            return found

    with pytest.raises(PredictionError, match="NaN or infinite logits for 1 of 3 texts.*'abba'"):
        Engine(Broken(start=100)).blocks(["aaaa", "abba", "aaa"])
