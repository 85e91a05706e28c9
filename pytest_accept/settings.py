"""What a user may set once for a whole run, and where the current values are."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import pytest_accept
from pytest_accept.errors import ReplayError, SettingError, expected

InconclusivePolicy = Literal["fail", "warn", "pass"]
CachePolicy = Literal["off", "read", "use", "verify"]
CACHE_POLICIES: tuple[CachePolicy, ...] = ("off", "read", "use", "verify")
Sequential = Literal["off", "population", "data"]
SEQUENTIAL: tuple[Sequential, ...] = ("off", "population", "data")


OF_THE_MACHINE = frozenset(("cache", "cache_dir", "cache_size", "backend"))
"""Settings that say where answers come from and not what they are: no part of a Record."""

SHARERS = "PYTEST_ACCEPT_SHARERS"
"""The environment variable that tells an xdist worker how many of them have models."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of a run.

    `confidence` is one-sided, in (0.5, 1). `inconclusive` says what a test does with a criterion
    that the data cannot decide. `device` is a torch device name, None for the best at hand.
    `model_memory` is how many bytes loaded models may take on their device together, None for half
    of it. `seed` starts every resampling. `progress` allows progress bars (after two seconds).
    `hypothesis_seed` is what `--hypothesis-seed` gave: it changes what searches try. `cache_dir` is
    the folder for what outlives a run, None for the user's cache folder (`cache_folder`). `cache`
    says what becomes of predictions: "use" looks them up there and keeps new ones, "read" keeps
    none, "verify" computes a sample again and compares, "off" does neither. `cache_size` is how
    many bytes kept predictions may take. `sequential`: criteria on means and rates stop asking the
    model once they are decided, about further examples like these ("population") or about the data
    themselves ("data"). `backend` names what runs saved models, None for torch in this process.
    `update_baseline`: the predictions of an accepted model become the baseline. `keep_predictions`:
    the Record keeps what each example adds, for comparisons with other Records, and what models
    answered, for replays. `replay` names the Record that this run replays, None if it runs models.
    """

    confidence: float = 0.95
    inconclusive: InconclusivePolicy = "fail"
    device: str | None = None
    model_memory: int | None = None
    seed: int = 0
    progress: bool = True
    hypothesis_seed: int | str | None = None
    cache_dir: str | Path | None = None
    cache: CachePolicy = "use"
    cache_size: int = 10 * 10**9
    sequential: Sequential = "off"
    backend: str | None = None
    update_baseline: bool = False
    keep_predictions: bool = False
    replay: str | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.confidence, int | float) or not 0.5 < self.confidence < 1:
            what = "a number between 0.5 and 1, such as 0.95"
            raise SettingError(expected("confidence", what, self.confidence))
        if self.inconclusive not in ("fail", "warn", "pass"):
            what = "'fail', 'warn' or 'pass'"
            raise SettingError(expected("inconclusive", what, self.inconclusive))
        if self.cache not in CACHE_POLICIES:
            what = "'off', 'read', 'use' or 'verify'"
            raise SettingError(expected("cache", what, self.cache))
        if self.sequential not in SEQUENTIAL:
            what = "'off', 'population' or 'data'"
            raise SettingError(expected("sequential", what, self.sequential))
        if self.cache_dir is not None and not isinstance(self.cache_dir, str | Path):
            raise SettingError(expected("cache_dir", "a folder or None", self.cache_dir))


_changes: list[dict[str, Any]] = []


def current() -> Settings:
    """Return the settings in force: pytest's options and ini if it runs, with `using` on top."""
    configured = pytest_accept._configured
    settings = configured() if configured else Settings()
    for changes in _changes:
        settings = replace(settings, **changes)
    return settings


def refuse_in_replay(does: str) -> None:
    """Raise ReplayError if this run replays a Record; `does` is what it cannot do then."""
    name = current().replay
    if name is not None:
        raise ReplayError(
            f"This cannot be replayed: it {does}, and a replay of {name} runs no model. Run it "
            "without --accept-replay, or leave it out of the replay with -m or -k."
        )


def bytes_of(name: str, text: str) -> int:
    """Return how many bytes a size such as "8GB" says; SettingError for one of `name` that is none.

    >>> bytes_of("cache_size", "1.5 MB")
    1500000
    """
    units = {"": 1, "b": 1, "kb": 10**3, "mb": 10**6, "gb": 10**9, "tb": 10**12}
    digits = text.strip().rstrip("bBkKmMgGtT").strip()
    unit = text.strip()[len(digits) :].strip().lower()
    try:
        size = int(float(digits) * units[unit])
    except (KeyError, ValueError, OverflowError):
        size = -1
    if size < 0:
        raise SettingError(expected(name, "a size such as 8GB or 500MB", text))
    return size


def cache_folder() -> Path:
    """Return the folder for what outlives a run; it need not exist."""
    chosen = current().cache_dir
    if chosen is not None:
        return Path(chosen).expanduser()
    import platformdirs

    return platformdirs.user_cache_path("pytest_accept")


def cache_command(action: str) -> str:
    """Return what to type for an action on that folder; alone it would be on the user's own.

    >>> with using(cache_dir="kept here"):
    ...     cache_command("info")
    "python -m pytest_accept cache info --cache-dir 'kept here'"
    """
    command = f"python -m pytest_accept cache {action}"
    if current().cache_dir is None:
        return command
    return f"{command} --cache-dir {shlex.quote(str(cache_folder()))}"


@contextmanager
def using(**changes: Any) -> Iterator[Settings]:
    """Change settings inside a `with` block: `with using(confidence=0.99): …`."""
    _changes.append(changes)
    try:
        yield current()
    finally:
        _changes.pop()
