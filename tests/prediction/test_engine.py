"""Each text once, in batches that fit, whatever happens in between."""

import io

import numpy as np
import pytest
import torch

from pytest_accept import settings
from pytest_accept.errors import PredictionError
from pytest_accept.prediction import engine as engine_module
from pytest_accept.prediction import progress
from pytest_accept.prediction.engine import Engine
from tests.prediction.fakes import FakeBackend, texts_of


def expected(texts: list[str]) -> np.ndarray:
    return np.array([[len(text), text.count("a")] for text in texts], np.float64)


def test_answers_are_in_the_order_of_the_question() -> None:
    texts = texts_of(200)
    rows, truncated = Engine(FakeBackend()).rows(texts)
    np.testing.assert_array_equal(rows, expected(texts))
    assert not truncated.any()


def test_each_text_is_predicted_once_however_often_it_is_asked() -> None:
    backend = FakeBackend()
    engine = Engine(backend)
    texts = texts_of(50)
    engine.rows(texts + texts)
    calls = engine.forwards
    rows, _ = engine.rows(texts[::-3])
    assert sorted(text for batch in backend.asked for text in batch) == sorted(texts)
    assert engine.forwards == calls
    np.testing.assert_array_equal(rows, expected(texts[::-3]))


def test_equal_texts_have_identical_rows() -> None:
    rows, _ = Engine(FakeBackend()).rows(["abc", "zzzz", "abc"])
    np.testing.assert_array_equal(rows[0], rows[2])


def test_batches_stay_under_the_token_budget_and_hold_texts_of_like_length() -> None:
    backend = FakeBackend(start=128)
    Engine(backend).rows(texts_of(100))
    assert all(max(map(len, each)) * len(each) <= 128 for each in backend.asked)
    longest = [max(map(len, each)) for each in backend.asked]
    assert longest == sorted(longest, reverse=True)


def test_a_text_longer_than_the_budget_goes_alone() -> None:
    backend = FakeBackend(start=16)
    Engine(backend).rows(["a" * 30, "b" * 31])
    assert [len(each) for each in backend.asked] == [1, 1]


def test_many_texts_are_prepared_in_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_module, "WINDOW", 64)
    texts = texts_of(200)
    rows, _ = Engine(FakeBackend()).rows(texts)
    np.testing.assert_array_equal(rows, expected(texts))


def test_cut_texts_are_told() -> None:
    _, truncated = Engine(FakeBackend()).rows(["a" * 91, "a" * 90, "a" * 91])
    assert truncated.tolist() == [True, False, True]


def test_no_texts_no_rows() -> None:
    rows, truncated = Engine(FakeBackend()).rows([])
    assert rows.shape == (0, 2)
    assert truncated.shape == (0,)


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB"),
        RuntimeError("MPS backend out of memory (MPS allocated: 9.00 GB)"),
        RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory"),
        MemoryError(),
    ],
    ids=["cuda", "mps", "cpu", "python"],
)
def test_out_of_memory_makes_batches_smaller_and_goes_on(error: Exception) -> None:
    def react(texts: list[str], padded: int) -> None:
        if padded > 100:
            raise error

    backend = FakeBackend(start=4096, react=react)
    engine = Engine(backend)
    texts = texts_of(300)
    rows, _ = engine.rows(texts)
    np.testing.assert_array_equal(rows, expected(texts))
    assert engine.budget.tokens <= 100
    assert engine.forwards - len(backend.asked) <= 8  # tries that did not fit


def test_one_text_that_does_not_fit_is_named() -> None:
    def react(texts: list[str], padded: int) -> None:
        if max(map(len, texts)) > 30:
            raise torch.OutOfMemoryError("out of memory")

    engine = Engine(FakeBackend(react=react))
    with pytest.raises(PredictionError, match=r"single text of 31 tokens: 'aaaa.*Lower max_length"):
        engine.rows(["a" * 31, "b"])


def test_other_errors_are_not_swallowed() -> None:
    def react(texts: list[str], padded: int) -> None:
        raise RuntimeError("mat1 and mat2 shapes cannot be multiplied")

    with pytest.raises(RuntimeError, match="mat1"):
        Engine(FakeBackend(react=react)).rows(["a"])


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_logits_that_are_no_numbers_are_shown_with_their_texts(bad: float) -> None:
    def react(texts: list[str], padded: int) -> list[list[float]]:
        return [[bad if text.startswith("bad") else 1.0, 0.0] for text in texts]

    engine = Engine(FakeBackend(react=react))
    texts = ["bad one", "bad two", "bad 333", "bad 4444", "fine"]
    with pytest.raises(PredictionError) as caught:
        engine.rows(texts)
    message = str(caught.value)
    assert "NaN or infinite logits for 4 of 5 texts" in message
    assert message.count("'bad") == 3
    engine.backend.react = lambda texts, padded: None
    np.testing.assert_array_equal(engine.rows(texts)[0], expected(texts))


@pytest.mark.parametrize(
    ("answer", "shape"), [([[1.0, 2.0]], r"\(1, 2\)"), ([[1.0]] * 3, r"\(3, 1\)")]
)
def test_a_wrong_shape_is_an_error(answer: list[list[float]], shape: str) -> None:
    engine = Engine(FakeBackend(react=lambda texts, padded: answer))
    with pytest.raises(PredictionError, match=rf"3 texts with .* shape \(3, 2\).*got {shape}"):
        engine.rows(["a", "b", "c"])


def test_interrupted_predictions_keep_what_they_have() -> None:
    seen = 0

    def react(texts: list[str], padded: int) -> None:
        nonlocal seen
        seen += 1
        if seen == 4:
            raise KeyboardInterrupt

    backend = FakeBackend(react=react)
    engine = Engine(backend)
    texts = texts_of(60)
    with pytest.raises(KeyboardInterrupt):
        engine.rows(texts)
    assert len(backend.asked) == 3
    rows, _ = engine.rows(texts)
    np.testing.assert_array_equal(rows, expected(texts))
    asked = [text for batch in backend.asked for text in batch]
    assert sorted(asked) == sorted(texts)


def test_a_changed_model_is_asked_again() -> None:
    backend = FakeBackend()
    engine = Engine(backend)
    engine.rows(["abc"])
    backend.state = 1
    engine.rows(["abc"])
    assert backend.asked == [["abc"], ["abc"]]


def test_the_bar_appears_late_and_not_where_it_is_not_wanted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shown = io.StringIO()
    monkeypatch.setattr(progress, "stream", lambda: shown)
    Engine(FakeBackend()).rows(texts_of(50))
    assert shown.getvalue() == ""
    monkeypatch.setattr(progress, "DELAY", 0.0)
    with settings.using(progress=False):
        Engine(FakeBackend()).rows(texts_of(50))
    assert shown.getvalue() == ""
    Engine(FakeBackend()).rows(texts_of(50))
    assert "texts" in shown.getvalue()
