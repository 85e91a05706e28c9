"""Where a model runs, and with how many threads."""

from __future__ import annotations

import functools
import os

import torch

from pytest_accept import settings
from pytest_accept.errors import SettingError, expected


def choose(device: str | torch.device | None) -> torch.device:
    """Return the device asked for, else the settings', else the best at hand: cuda, mps, cpu.

    SettingError if it does not exist on this machine.
    """
    asked = device if device is not None else settings.current().device
    if asked is None:
        return best_device()
    try:
        chosen = torch.device(asked)
    except (RuntimeError, TypeError) as error:
        what = "a torch device such as 'cpu', 'cuda', 'cuda:1' or 'mps'"
        raise SettingError(expected("device", what, asked)) from error
    if not _available(chosen):
        raise SettingError(
            f"The device {str(chosen)!r} is not available on this machine. Available: "
            f"{', '.join(_known())}."
        )
    return chosen


def best_device() -> torch.device:
    """Return the best device of this machine: cuda, mps or cpu.

    Of several GPUs each pytest-xdist worker has one: `gw0` the first, `gw1` the next, and so on.
    """
    if torch.cuda.is_available():
        count, worker = torch.cuda.device_count(), _worker()
        return torch.device("cuda" if count < 2 or worker is None else f"cuda:{worker % count}")
    return torch.device("mps" if torch.backends.mps.is_available() else "cpu")


@functools.cache
def share_threads() -> None:
    """Give each pytest-xdist worker that has models its share of the cores, once per process.

    Two processes with two threads each on two cores lose 40 % to switching between them.
    """
    if (count := sharers()) > 1:
        torch.set_num_threads(max(1, _cores() // count))


def sharers() -> int:
    """Return how many processes of this run have models at the same time: 1 without xdist.

    They are as many as there are workers, or groups of tests that share models, if those are fewer.
    """
    told = os.environ.get(settings.SHARERS) or os.environ.get("PYTEST_XDIST_WORKER_COUNT", "")
    return max(1, int(told)) if told.isdecimal() else 1


def _worker() -> int | None:
    """Return which of xdist's workers this is, None if it is none of them or has another name."""
    name = os.environ.get("PYTEST_XDIST_WORKER", "")
    number = name.removeprefix("gw")
    return int(number) if name.startswith("gw") and number.isdecimal() else None


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _available(device: torch.device) -> bool:
    if device.type == "cuda":
        return torch.cuda.is_available() and (device.index or 0) < torch.cuda.device_count()
    if device.type == "mps":
        return torch.backends.mps.is_available()
    if device.type == "cpu":
        return True
    backend = getattr(torch, device.type, None)
    return bool(backend is not None and hasattr(backend, "is_available") and backend.is_available())


def _known() -> list[str]:
    names = [f"'cuda:{index}'" for index in range(torch.cuda.device_count())]
    if torch.backends.mps.is_available():
        names.append("'mps'")
    return [*names, "'cpu'"]
