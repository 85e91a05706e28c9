"""What is used stays loaded; what is not makes room, and comes back unnoticed."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from pytest_accept import settings
from pytest_accept.errors import ModelError
from pytest_accept.loading import ModelCache, load_model, memory
from pytest_accept.loading.memory import Room, Weights
from tests.models import TEXTS, build, make


def weights(room: Room, size: int, loads: list[int], device: str = "cpu") -> Weights:
    def load() -> torch.nn.Module:
        loads.append(size)
        return torch.nn.Linear(size // 4, 1, bias=False)

    return Weights(load, torch.device(device), size, room)


def test_the_least_recently_used_goes_first() -> None:
    loads: list[int] = []
    room = Room(lambda device: 1000)
    a, b, c = (weights(room, 400, loads) for _ in range(3))
    a()
    b()
    a()
    c()
    assert [each.loaded for each in (a, b, c)] == [True, False, True]
    b()
    assert [each.loaded for each in (a, b, c)] == [False, True, True]
    assert len(loads) == 4


def test_one_that_is_larger_than_all_is_loaded_still() -> None:
    room = Room(lambda device: 100)
    small, large = weights(room, 40, []), weights(room, 400, [])
    small()
    large()
    assert large.loaded
    assert not small.loaded


def test_devices_have_their_own_room() -> None:
    room = Room(lambda device: 500)
    here, there = weights(room, 400, []), weights(room, 400, [], device="meta")
    here()
    there()
    assert here.loaded
    assert there.loaded


def test_the_limit() -> None:
    with settings.using(model_memory=5):
        assert memory.limit_of(torch.device("cpu")) == 5
    assert memory.limit_of(torch.device("cpu")) > 10**8


def test_models_are_unloaded_and_come_back(checkpoints: dict[str, Path]) -> None:
    with settings.using(model_memory=1):
        one = load_model(checkpoints["bert"])
        first = one.predict(TEXTS[:4])
        other = load_model(checkpoints["roberta"])
        other.predict(TEXTS)
        calls = one._engine.forwards
        again = one.predict(TEXTS[:4])  # needs no weights
        assert one._engine.forwards == calls
        more = one.predict(TEXTS)
    np.testing.assert_array_equal(first.logits, again.logits)
    whole = load_model(checkpoints["bert"]).predict(TEXTS)
    np.testing.assert_allclose(more.logits, whole.logits, atol=1e-5)


@pytest.fixture
def folder(tiny_model_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_model_folder, tmp_path / "run"))


def test_a_checkpoint_that_was_overwritten_does_not_come_back(
    folder: Path, checkpoints: dict[str, Path]
) -> None:
    with settings.using(model_memory=1):
        model = load_model(folder)
        load_model(checkpoints["roberta"])
        build(folder, seed=1)
        with pytest.raises(ModelError, match=r"'.*run' has been overwritten since"):
            model.predict(TEXTS)


def test_overwriting_does_not_change_a_loaded_model(folder: Path) -> None:
    model = load_model(folder)
    file = folder / "model.safetensors"
    with file.open("r+b") as stream:  # in place, as it would happen to a mapped file
        stream.write(bytes(file.stat().st_size))
    whole = load_model(make("bert")[0], tokenizer=make("bert")[1])
    np.testing.assert_allclose(model.predict(TEXTS).logits, whole.predict(TEXTS).logits, atol=1e-5)


def test_what_is_the_users_is_never_unloaded(checkpoints: dict[str, Path]) -> None:
    module, tokenizer = make("bert")
    with settings.using(model_memory=1):
        own = load_model(module, tokenizer=tokenizer)
        load_model(checkpoints["bert"]).predict(TEXTS)
        step = own.predict(TEXTS)
    assert len(step) == len(TEXTS)


def test_the_cache_gives_the_same_for_the_same(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = ModelCache()
    model = cache.get(folder)
    monkeypatch.chdir(folder.parent)
    for same in (folder, str(folder), "run", "./run"):
        assert cache.get(same) is model
    assert cache.get(folder, labels=["a", "b"]) is not model
    assert cache.get(folder, labels=["a", "b"]) is cache.get(folder, labels=("a", "b"))
    assert cache.get(folder, max_length=9) is not model
    assert cache.get(model) is model


def test_the_cache_tells_an_overwritten_checkpoint(folder: Path) -> None:
    cache = ModelCache()
    model = cache.get(folder)
    first = model.predict(TEXTS)
    build(folder, seed=1)
    other = cache.get(folder)
    assert other is not model
    assert other.fingerprint != model.fingerprint
    assert not np.allclose(other.predict(TEXTS).logits, first.logits)
    assert cache.get(folder) is other


def test_the_cache_knows_objects_by_identity() -> None:
    cache = ModelCache()

    def function(texts: list[str]) -> list[list[float]]:
        return [[0.5, 0.5]] * len(texts)

    model = cache.get(function, labels=["a", "b"])
    assert cache.get(function, labels=["a", "b"]) is model
    assert cache.get(lambda texts: [[1.0, 0.0]] * len(texts), labels=["a", "b"]) is not model
    module, tokenizer = make("bert")
    assert cache.get(module, tokenizer=tokenizer) is cache.get(module, tokenizer=tokenizer)
