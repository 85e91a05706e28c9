"""Equal keys mean equal questions, and what cannot be written down has none."""

from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
import pytest

from pytest_accept.attributions.explained import Explained
from pytest_accept.attributions.rollout import RolloutReading
from pytest_accept.prediction import store_keys
from pytest_accept.prediction.store_keys import key_of, shelf_of
from pytest_accept.tasks import TextClassification
from pytest_accept.tasks.continuation_likelihoods import ContinuationLikelihoods
from pytest_accept.tasks.continuations import Continued
from pytest_accept.tasks.documents import Window

READING = TextClassification(("neg", "pos"))


@dataclass(frozen=True)
class Frozen:
    text: str
    shown: str = field(default="", compare=False)


@dataclass
class Mutable:
    text: str


def test_different_inputs_have_different_keys() -> None:
    inputs = [
        *("", "a", "ab", "\udc80", "\ud800", "é", "e\u0301", "\0", "s1;a", b"a", b"", 1, 1.0, -1),
        *(True, False, None, 0.0, -0.0, float("nan"), (), ("a",), ("a", "b"), (("a",), "b")),
        *(("a", ("b",)), ("ab", ""), ("", "ab"), (("a", "b"),), Frozen("a"), ("a", 1), ("a", "1")),
    ]
    keys = [key_of(each) for each in inputs]
    assert all(key is not None and len(key) == store_keys.SIZE for key in keys)
    pairs = combinations(zip(inputs, keys, strict=True), 2)
    assert not [(one, other) for (one, key), (other, same) in pairs if key == same]


def test_equal_inputs_have_equal_keys() -> None:
    assert key_of(Continued("a", ("b", "c"))) == key_of(("a", ("b", "c")))
    assert key_of(Explained("a", np.int64(1))) == key_of(("a", 1))  # type: ignore[arg-type]
    assert key_of(np.str_("a")) == key_of("a")
    one, other = Window(b"1234", 1, "here"), Window(b"1234", 1, "there")
    assert one == other
    assert key_of(one) == key_of(other)
    assert key_of(Frozen("a", shown="x")) == key_of(Frozen("a", shown="y"))


@pytest.mark.parametrize(
    "asked",
    [lambda: 0, object(), (1, object()), Mutable("a"), ["a"], {"a": 1}, Frozen(lambda: 0)],  # type: ignore[arg-type]
    ids=["function", "object", "inside", "mutable", "list", "dict", "field"],
)
def test_what_cannot_be_written_down_has_no_key(asked: object) -> None:
    assert key_of(asked) is None  # type: ignore[arg-type]


def test_keys_are_those_of_other_processes() -> None:
    # A changed number here means that everything that users keep is lost: see `CODE`.
    assert key_of("a film") == bytes.fromhex("5f90f6e5543c92af689605c9c65ce761")
    assert key_of(("a", ("b", 2))) == bytes.fromhex("0094d628f30f18b7a21ead80a0a4683b")


def test_a_shelf_is_of_one_identity_and_one_reading() -> None:
    names = [
        shelf_of(("model",), READING),
        shelf_of(("other",), READING),
        shelf_of(("model",), TextClassification(("neg", "pos"), multi_label=True)),
        shelf_of(("model",), TextClassification(("no", "yes"))),
        shelf_of(("model",), ContinuationLikelihoods()),
        shelf_of(("model",), ContinuationLikelihoods(bos="never")),
        shelf_of(("model",), RolloutReading(row=None)),
    ]
    assert None not in names
    assert len(set(names)) == len(names)
    assert shelf_of(("model",), TextClassification(("neg", "pos"))) == names[0]


@pytest.mark.parametrize("package", store_keys.VERSIONS)
def test_another_version_of_a_library_is_another_shelf(
    package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = shelf_of(("model",), READING)
    monkeypatch.setattr(
        store_keys, "version_of", lambda name: "9.9" if name == package else "whatever"
    )
    changed = shelf_of(("model",), READING)
    monkeypatch.setattr(store_keys, "version_of", lambda name: "whatever")
    assert len({before, changed, shelf_of(("model",), READING)}) == 3


def test_our_own_code_has_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    before = shelf_of(("model",), READING)
    monkeypatch.setattr(store_keys, "CODE", store_keys.CODE + 1)
    assert shelf_of(("model",), READING) != before


def test_readings_of_others_and_unknown_models_have_no_shelf() -> None:
    assert shelf_of(None, READING) is None
    assert shelf_of(("model",), Frozen("not ours")) is None
    assert shelf_of(("model",), lambda: 0) is None
