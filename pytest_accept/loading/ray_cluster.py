"""The connection to Ray, and the workers that a run keeps warm there."""

from __future__ import annotations

import contextlib
import logging
import os
import warnings
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

# Before Ray is imported: it reads this then.
os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")

import ray
import torch
from ray import exceptions

from pytest_accept.errors import BackendError, SettingError
from pytest_accept.loading import devices
from pytest_accept.loading.ray_worker import Failed, Worker

PATIENCE = 120.0
"""Seconds to wait for a first worker: a cluster may have to start machines."""

DEATHS = 4
"""How many workers may die of the same inputs before those are taken to be why."""

QUEUED = 2
"""Calls that wait at a worker, so that it is never idle while an answer travels."""

MOST_WORKERS = 8
"""Unless more are asked for: each holds a copy of the model."""

STORE = 128 * 2**20
"""Bytes of shared memory of a Ray of our own: what travels is small."""

LOST = (
    exceptions.RayActorError,
    exceptions.WorkerCrashedError,
    exceptions.OutOfMemoryError,
    exceptions.ObjectLostError,
    exceptions.LocalRayletDiedError,
)


@dataclass(frozen=True, slots=True)
class Size:
    """How many workers there are to be, and what each gets."""

    workers: int
    cpus: float
    gpus: float


class Pool:
    """Workers that answer calls: each call once, whichever of them die.

    A worker that dies is started again by Ray, somewhere; what it had is asked of whoever is free.
    """

    def __init__(self, size: Size) -> None:
        self.size = size
        actor: Any = ray.remote(Worker)
        self._workers: list[Any] = [
            actor.options(
                num_cpus=size.cpus, num_gpus=size.gpus, max_restarts=-1, max_task_retries=0
            ).remote(max(1, int(size.cpus)))
            for _ in range(size.workers)
        ]
        self._starting = {each.ready.remote(): i for i, each in enumerate(self._workers)}
        self._ready: set[int] = set()

    def ask(self, method: str, *arguments: Any) -> Any:
        """Return what any worker answers to one call."""
        return next(self.run([lambda worker: getattr(worker, method).remote(*arguments)]))[1]

    def run(self, calls: Sequence[Callable[[Any], Any]]) -> Iterator[tuple[int, Any]]:
        """Yield the number and the answer of each call, once, in the order of their coming.

        A call is a function from a worker to the reference of its answer. An error of the check is
        raised; BackendError if no worker starts, or if several die of the same call.
        """
        waiting, done, deaths = deque(range(len(calls))), set[int](), Counter[int]()
        flying: dict[Any, tuple[int, int]] = {}
        while len(done) < len(calls):
            self._hand_out(calls, waiting, flying)
            for ref in self._arrived(flying):
                if ref in self._starting:
                    self._welcome(ref)
                    continue
                number, worker = flying.pop(ref)
                try:
                    answer = ray.get(ref)
                except LOST as error:
                    self._restart(worker)
                    deaths[number] += 1
                    if deaths[number] >= DEATHS:
                        raise BackendError(_deadly(error, DEATHS)) from error
                    waiting.appendleft(number)
                    continue
                except exceptions.RayTaskError as error:
                    raise BackendError(
                        f"A Ray worker cannot be asked: {_last_line(error)}"
                    ) from error
                if isinstance(answer, Failed):
                    raise answer.error
                # What was sent again because its worker could not be reached may arrive twice.
                if number not in done:
                    done.add(number)
                    yield number, answer

    def close(self) -> None:
        """End the workers."""
        for each in self._workers:
            with contextlib.suppress(Exception):  # Ray may be gone
                ray.kill(each)
        self._workers, self._ready, self._starting = [], set(), {}

    def _hand_out(
        self,
        calls: Sequence[Callable[[Any], Any]],
        waiting: deque[int],
        flying: dict[Any, tuple[int, int]],
    ) -> None:
        load = Counter(worker for _, worker in flying.values())
        for _ in range(QUEUED):
            for worker in sorted(self._ready, key=lambda each: (load[each], each)):
                if waiting and load[worker] < QUEUED:
                    number = waiting.popleft()
                    flying[calls[number](self._workers[worker])] = number, worker
                    load[worker] += 1

    def _arrived(self, flying: dict[Any, tuple[int, int]]) -> list[Any]:
        refs = [*flying, *self._starting]
        arrived, _ = ray.wait(refs, num_returns=1, timeout=PATIENCE)
        if not arrived:
            if flying:  # at work on something long
                return []
            raise BackendError(_no_room(self.size))
        rest = [each for each in refs if each not in arrived]
        more = ray.wait(rest, num_returns=len(rest), timeout=0)[0] if rest else []
        return [*arrived, *more]

    def _welcome(self, ref: Any) -> None:
        worker = self._starting.pop(ref)
        try:
            ray.get(ref)
        except (*LOST, exceptions.RayTaskError, exceptions.RuntimeEnvSetupError) as error:
            if not self._ready and not self._starting:
                raise BackendError(_unborn(error)) from error
            return
        self._ready.add(worker)

    def _restart(self, worker: int) -> None:
        self._ready.discard(worker)
        if worker not in self._starting.values():
            self._starting[self._workers[worker].ready.remote()] = worker


_pools: dict[tuple[Any, ...], Pool] = {}
_ours = False


def pool(
    address: str | None, *, workers: int | None, cpus: float | None, gpus: float | None
) -> Pool:
    """Return the workers of that number and size, started when first asked for.

    All models of a run share one set, for two would wait for each other's processors.
    """
    _connect(address)
    # Somebody may have shut Ray down and started it anew.
    key = (ray.get_runtime_context().get_job_id(), workers, cpus, gpus)
    if key not in _pools:
        size = _size(workers, cpus, gpus)
        if not _fits(size):
            for other in list(_pools):
                _pools.pop(other).close()
        _pools[key] = Pool(size)
    return _pools[key]


def is_own() -> bool:
    """Return whether Ray was started by us, on this machine."""
    return _ours


def close() -> None:
    """End all workers, and Ray itself if we started it."""
    global _ours  # noqa: PLW0603 - there is one Ray in a process
    if ray.is_initialized():
        for each in _pools.values():
            each.close()
        if _ours:
            ray.shutdown()
    _pools.clear()
    _ours = False


def _connect(address: str | None) -> None:
    global _ours  # noqa: PLW0603 - there is one Ray in a process
    if ray.is_initialized():
        return
    where = address or os.environ.get("RAY_ADDRESS") or "local"
    quiet: dict[str, Any] = {"log_to_driver": False, "logging_level": logging.CRITICAL}
    with warnings.catch_warnings():
        # Of Ray's own habits (its future defaults, files it leaves to its processes), not of a
        # suite's code.
        warnings.simplefilter("ignore")
        if where != "local":
            try:
                ray.init(address=where, **quiet)
            except Exception as error:
                raise BackendError(_unreachable(where, error)) from error
            return
        cores = _cores()
        try:
            ray.init(
                address="local",
                num_cpus=cores,
                include_dashboard=False,
                object_store_memory=STORE,
                **quiet,
            )
        except Exception as error:
            raise BackendError(
                f"Ray does not start on this machine: {type(error).__name__}: {error}"
            ) from error
    _ours = True


def _cores() -> int:
    """Return how many cores a Ray of our own may use: an xdist worker's share of them."""
    workers = devices.sharers()
    if workers > 1 and torch.cuda.is_available():
        raise SettingError(
            f"{workers} pytest-xdist workers would each start a Ray of their own, and all of them "
            "use the same GPU. Start one (ray start --head) and pass --accept-backend ray:auto."
        )
    whole = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return max(1, (whole or 1) // workers)


def _size(workers: int | None, cpus: float | None, gpus: float | None) -> Size:
    """Return the size asked for; where nothing is asked, what the cluster has."""
    nodes: list[Any] = ray.nodes()  # type: ignore[no-untyped-call]
    machines = [each["Resources"] for each in nodes if each["Alive"]]
    processors = [float(each.get("CPU", 0)) for each in machines if each.get("CPU", 0) >= 1]
    graphics = sum(float(each.get("GPU", 0)) for each in machines)
    each_gpu = gpus if gpus is not None else float(graphics >= 1)
    if workers is not None:
        count = workers
    elif each_gpu:
        count = max(1, int(graphics // each_gpu))
    else:
        count = max(1, min(MOST_WORKERS, int(sum(processors) // (cpus or 1))))
    if cpus is None:
        on_one = -(-count // max(1, len(processors)))
        cpus = float(max(1, int(min(processors, default=1.0) // on_one)))
    found = Size(count, cpus, each_gpu)
    fits = any(each.get("CPU", 0) >= cpus and each.get("GPU", 0) >= each_gpu for each in machines)
    if _ours and not fits:
        raise BackendError(_no_room(found))
    return found


def _free() -> dict[str, float]:
    found: dict[str, float] = ray.available_resources()  # type: ignore[no-untyped-call]
    return found


def _fits(size: Size) -> bool:
    free = _free()
    cpus, gpus = size.workers * size.cpus, size.workers * size.gpus
    return bool(free.get("CPU", 0) >= cpus and free.get("GPU", 0) >= gpus)


def _no_room(size: Size) -> str:
    free = _free()
    return (
        f"No Ray worker could be started: each asks for {size.cpus:g} CPUs and {size.gpus:g} GPUs, "
        f"and the cluster has {free.get('CPU', 0):g} CPUs and {free.get('GPU', 0):g} GPUs free. "
        "Ask for less, such as 'ray:auto,workers=1,cpus=1,gpus=0', or wait for other jobs to end."
    )


def _unreachable(where: str, error: Exception) -> str:
    return (
        f"No Ray cluster can be reached at {where!r}: {type(error).__name__}: "
        f"{_first_line(error)} Start one with `ray start --head`, name its address "
        "(ray:HOST:6379), or pass --accept-backend ray for one on this machine alone."
    )


def _unborn(error: Exception) -> str:
    return (
        f"No Ray worker starts: {type(error).__name__}: {_last_line(error)} Every machine of the "
        "cluster needs the same versions of pytest-model-acceptance, torch, transformers and Ray."
    )


def _deadly(error: Exception, times: int) -> str:
    return (
        f"Ray workers died {times} times of the same inputs, so these are taken to be why "
        f"({type(error).__name__}). Does a worker run out of memory? Try fewer workers, a lower "
        "max_length, or a smaller dtype."
    )


def _first_line(error: Exception) -> str:
    line = (str(error).strip() or type(error).__name__).splitlines()[0]
    return line if line.endswith((".", "!", "?")) else line + "."


def _last_line(error: Exception) -> str:
    line = (str(error).strip() or type(error).__name__).splitlines()[-1].strip()
    return line if line.endswith((".", "!", "?")) else line + "."
