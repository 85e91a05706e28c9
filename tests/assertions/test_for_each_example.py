"""A property of the user's own, for each example and all that Hypothesis draws."""

import threading
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, target
from hypothesis import strategies as st

import pytest_accept as pa
from pytest_accept.assertions.for_each_example import _named
from pytest_accept.perturbations.kinds.typos import typos

ROWS = [
    {"text": f"a {word} film", "label": "pos" if word == "good" else "neg", "stars": stars}
    for word, stars in (("good", 5), ("bad", 1), ("slow", 2))
]


def answer(texts: Sequence[str]) -> list[list[float]]:
    return [[0.1, 0.9] if "good" in text else [0.8, 0.2] for text in texts]


@pytest.fixture
def model() -> pa.Model:
    return pa.load_model(answer, labels=["neg", "pos"], name="words")


@pytest.fixture
def data() -> pa.Data:
    return pa.load_data(ROWS, name="films")


def test_a_property_that_holds(model: pa.Model, data: pa.Data) -> None:
    seen = set()

    def holds(asked: Any, example: Any, ending: str) -> None:
        seen.add((example.text, example.label, example["stars"], example.origin))
        assert asked.label(example.text + ending) == example.label

    endings = st.sampled_from(["!", "...", " (2020)"])
    verdict = pa.for_each_example(model, data, endings, holds)
    assert verdict.status == "accepted"
    assert verdict.estimate.options == "holds, max_examples=100"
    assert ("a bad film", "neg", 1, "films row 2") in seen


def test_a_counterexample_is_shrunk_and_shown(model: pa.Model, data: pa.Data) -> None:
    def keeps_its_label(asked: Any, example: Any, edit: Any) -> None:
        edited = edit(example.text)
        assert asked.label(edited) == example.label, f"{edited!r} is not {example.label}"

    with pytest.raises(pa.AcceptanceFailure) as caught:
        pa.for_each_example(model, data, typos(max_edits=3), keeps_its_label)
    verdict = caught.value.verdict
    assert verdict.estimate.value == pytest.approx(1 / 3)
    (line,) = verdict.evidence[0].lines
    assert line.startswith('films row 1, "a g')
    assert "is not pos" in line
    assert line.count("→") + line.count("[-") + line.count("[+") == 1, "one edit"


def test_what_was_drawn_is_shown(model: pa.Model, data: pa.Data) -> None:
    def short(asked: Any, example: Any, words: list[str]) -> None:
        assert asked.label(" ".join([example.text, *words])) == example.label

    words = st.lists(st.sampled_from(["good", "film"]), max_size=4)
    with pytest.raises(pa.AcceptanceFailure, match=r"films row 2, \"a bad film\" with \['good'\]"):
        pa.for_each_example(model, data, words, short)


def test_a_strategy_may_depend_on_the_example(model: pa.Model, data: pa.Data) -> None:
    def cut(example: Any) -> Any:
        return st.integers(0, len(example.text))

    def starts(asked: Any, example: Any, end: int) -> None:
        assume(end > 0)
        assert asked.probabilities([example.text[:end]]).shape == (1, 2)

    assert pa.for_each_example(model, data, cut, starts, where={"label": "neg"}).estimate.n == 2


def test_a_property_that_steers(model: pa.Model, data: pa.Data) -> None:
    def steered(asked: Any, example: Any, number: int) -> None:
        target(float(number))
        assert number < 9_000 or asked.label(example.text) == "none"

    with pytest.raises(pa.AcceptanceFailure, match="with 9000"):
        pa.for_each_example(model, data, st.integers(0, 10_000), steered, max_examples=500)


def test_a_random_property_is_explained(model: pa.Model, data: pa.Data) -> None:
    calls = []

    def flaky(asked: Any, example: Any, edit: Any) -> None:
        calls.append(1)
        assert len(calls) % 5

    with pytest.raises(pa.SettingError, match="passes and fails for the same text and the same"):
        pa.for_each_example(model, data, typos(), flaky)


def test_a_property_that_asserts_nothing_is_refused(model: pa.Model, data: pa.Data) -> None:
    with pytest.raises(pa.SettingError, match="returned False, which decides nothing"):
        pa.for_each_example(model, data, typos(), lambda *_: False)  # type: ignore[arg-type,return-value]


def test_what_cannot_be_copied_is_judged_all_the_same(model: pa.Model, data: pa.Data) -> None:
    class Locked:
        def __init__(self) -> None:
            self.lock = threading.Lock()

    def fails(asked: Any, example: Any, drawn: Any) -> None:
        raise AssertionError("never holds")

    with pytest.raises(pa.AcceptanceFailure, match="found in 3"):
        pa.for_each_example(model, data, st.builds(Locked), fails)


def test_pytest_fail_is_a_counterexample(model: pa.Model, data: pa.Data) -> None:
    def fails(asked: Any, example: Any, number: int) -> None:
        if number >= 7 and asked.label(example.text) == "pos":
            pytest.fail("too large")

    with pytest.raises(pa.AcceptanceFailure, match="with 7: too large"):
        pa.for_each_example(model, data, st.integers(0, 100), fails)


def test_the_random_state_is_as_before(model: pa.Model, data: pa.Data) -> None:
    np.random.seed(3)
    before = np.random.get_state()[1].tolist()

    def holds(asked: Any, example: Any, edit: Any) -> None:
        assert asked.label(edit(example.text)) in asked.labels

    pa.for_each_example(model, data, typos(), holds, max_examples=5)
    assert np.random.get_state()[1].tolist() == before


def test_a_function_as_strategy_has_the_same_name_in_every_run() -> None:
    class Own:
        pass

    assert "0x" not in _named(test_a_property_that_holds)
    assert _named(Own().__class__).endswith("Own")
    assert "0x" not in _named(st.just(Own()))


def test_an_error_in_the_property_is_no_verdict_on_the_model(
    model: pa.Model, data: pa.Data
) -> None:
    def broken(asked: Any, example: Any, edit: Any) -> None:
        example["missing"]

    with pytest.raises(pa.DataError, match="There is no column 'missing'"):
        pa.for_each_example(model, data, typos(), broken)

    def divides(asked: Any, example: Any, number: int) -> None:
        1 / number

    with pytest.raises(ZeroDivisionError) as caught:
        pa.for_each_example(model, data, st.integers(0, 5), divides)
    assert any("films row 1 and 0" in note for note in caught.value.__notes__)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"property": "stays"}, "Expected `property` to be a function of model, example and what"),
        ({"strategy": lambda case: 3}, "Expected `strategy` to be a function that returns a Hyp"),
        ({"strategy": 5}, "Expected `strategy` to be a Hypothesis strategy, such as typos()"),
        ({"max_examples": -1}, "Expected `max_examples`"),
    ],
)
def test_wrong_arguments(model: pa.Model, data: pa.Data, changes: Any, message: str) -> None:
    given = {"strategy": typos(), "property": lambda *_: None, **changes}
    with pytest.raises(pa.SettingError) as caught:
        pa.for_each_example(model, data, **given)
    assert message in str(caught.value)
