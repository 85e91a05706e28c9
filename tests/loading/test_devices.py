"""Devices, cores and memory among the workers of pytest-xdist."""

from __future__ import annotations

import pytest
import torch

from pytest_accept import settings
from pytest_accept.loading import devices, memory


@pytest.fixture
def gpus(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Return what makes believe that this machine has two GPUs."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)
    return monkeypatch


@pytest.mark.parametrize(
    ("worker", "device"),
    [("gw0", "cuda:0"), ("gw1", "cuda:1"), ("gw4", "cuda:0"), ("", "cuda"), ("mine", "cuda")],
)
def test_workers_take_gpus_in_turn(gpus: pytest.MonkeyPatch, worker: str, device: str) -> None:
    gpus.setenv("PYTEST_XDIST_WORKER", worker)
    assert devices.choose(None) == torch.device(device)


def test_a_device_that_was_asked_for_is_kept(gpus: pytest.MonkeyPatch) -> None:
    gpus.setenv("PYTEST_XDIST_WORKER", "gw1")
    assert devices.choose("cuda") == torch.device("cuda")
    with settings.using(device="cuda:0"):
        assert devices.choose(None) == torch.device("cuda:0")


def test_one_gpu_is_for_all_workers(gpus: pytest.MonkeyPatch) -> None:
    gpus.setattr(torch.cuda, "device_count", lambda: 1)
    gpus.setenv("PYTEST_XDIST_WORKER", "gw1")
    assert devices.choose(None) == torch.device("cuda")


@pytest.mark.parametrize(
    ("workers", "told", "threads"),
    [
        ("3", "", 2),
        ("100", "", 1),
        ("4", "2", 4),
        ("4", "1", None),
        ("1", "", None),
        ("", "", None),
    ],
)
def test_threads_are_shared_among_workers_that_have_models(
    monkeypatch: pytest.MonkeyPatch, workers: str, told: str, threads: int | None
) -> None:
    set_to: list[int] = []
    monkeypatch.setattr(torch, "set_num_threads", set_to.append)
    monkeypatch.setattr(devices, "_cores", lambda: 8)
    monkeypatch.setenv("PYTEST_XDIST_WORKER_COUNT", workers)
    monkeypatch.setenv(settings.SHARERS, told)
    devices.share_threads.cache_clear()
    devices.share_threads()
    devices.share_threads()
    devices.share_threads.cache_clear()
    assert set_to == ([] if threads is None else [threads])


@pytest.mark.parametrize(
    ("sharers", "cpu", "gpu"), [("1", 500, 500), ("2", 250, 500), ("3", 166, 250)]
)
def test_memory_is_shared_by_those_on_the_same_device(
    gpus: pytest.MonkeyPatch, sharers: str, cpu: int, gpu: int
) -> None:
    gpus.setattr(memory, "_total", lambda device: 1000)
    gpus.setenv(settings.SHARERS, sharers)
    assert memory.limit_of(torch.device("cpu")) == cpu
    assert memory.limit_of(torch.device("cuda:1")) == gpu
    with settings.using(model_memory=77):  # what was asked for is for each process
        assert memory.limit_of(torch.device("cpu")) == 77


def test_a_record_does_not_say_which_of_several_gpus() -> None:
    from pytest_accept.collecting import _anywhere
    from pytest_accept.records import ModelDescription

    made = {"name": "m", "source": "m", "task": "text-classification", "labels": ("a", "b")}
    model = ModelDescription(**made, fingerprint="f", device="cuda:1")  # type: ignore[arg-type]
    assert _anywhere(model).device == "cuda"
    assert _anywhere(ModelDescription(**made, fingerprint="f")).device is None  # type: ignore[arg-type]
