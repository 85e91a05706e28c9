"""One ordinary Hypothesis run on one example: generation, shrinking, and its own corner of the
example database.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis.database import ExampleDatabase, ReadOnlyDatabase
from hypothesis.errors import Flaky, UnsatisfiedAssumption
from hypothesis.strategies import SearchStrategy

from pytest_accept.errors import SettingError


@dataclass(frozen=True, slots=True)
class Found:
    """A counterexample, shrunk: what was drawn, and the error that the property raised for it."""

    drawn: Any
    error: BaseException


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How to look for a counterexample: the same plan finds the same one.

    `key` says of what this is the search: it makes the seed. With `corner`, the test that asks, it
    makes the corner of the example database, so that one search does not replay another.
    """

    key: str
    corner: str
    max_examples: int
    database: ExampleDatabase | None

    @property
    def seed(self) -> int:
        """The seed of the run."""
        return int.from_bytes(_digest(self.key)[:8], "big")


_PHASES = (Phase.reuse, Phase.generate, Phase.target, Phase.shrink)

_REPLAYS = ("Falsifying", "Failing test case")


def failures() -> tuple[type[BaseException], ...]:
    """Return what fails a property, as in Hypothesis: any Exception, and `pytest.fail`."""
    outcomes = sys.modules.get("_pytest.outcomes")
    return (Exception,) if outcomes is None else (Exception, outcomes.Failed)


def profile_database() -> ExampleDatabase | None:
    """Return the example database of the Hypothesis profile in force: none in its `ci` profile."""
    return settings().database


def find(
    strategy: SearchStrategy[Any], test: Callable[[Any], None], plan: Plan, *, dry: bool = False
) -> Found | None:
    """Return the smallest counterexample that Hypothesis finds, None if the test always passes.

    `dry`: nothing is written to the database. Raises SettingError if the test is not repeatable.
    """
    database: ExampleDatabase | None = None
    if plan.database is not None:
        database = _Corner(plan.database, _digest(f"{plan.corner}\0{plan.key}"))
        database = ReadOnlyDatabase(database) if dry else database
    last: list[Found] = []

    # Settings go outside of the seed, which would switch the database off. The profile's hold but
    # for these: a text that waits for others is not slow, some hundred runs must not print, and the
    # same search must find the same.
    @settings(
        max_examples=plan.max_examples,
        database=database,
        deadline=None,
        derandomize=False,
        phases=[each for each in _PHASES if each in settings().phases],
        print_blob=False,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
    )
    @seed(plan.seed)
    @given(strategy)
    def run(drawn: Any) -> None:
        try:
            test(drawn)
        except UnsatisfiedAssumption:
            raise
        except failures() as error:
            # The last call that fails is Hypothesis' replay of the smallest example.
            last[:] = [Found(drawn, error)]
            raise

    try:
        run()
    except Flaky as error:
        raise SettingError(
            "The property passes and fails for the same text and the same draw, so nothing can be "
            "concluded from it. Let it depend on nothing but its arguments: no random numbers, no "
            f"clock, no state kept between calls. Hypothesis says: {error}"
        ) from error
    except failures() as error:
        if not last or last[0].error is not error:
            raise
        # How to call our own inner function again helps nobody.
        notes = getattr(error, "__notes__", [])
        notes[:] = [each for each in notes if not each.startswith(_REPLAYS)]
        return last[0]
    return None


def _digest(key: str) -> bytes:
    return hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=16).digest()


class _Corner(ExampleDatabase):
    """The part of a database that belongs to one search."""

    def __init__(self, whole: ExampleDatabase, prefix: bytes) -> None:
        super().__init__()
        self._whole, self._prefix = whole, prefix

    def save(self, key: bytes, value: bytes) -> None:
        """Keep a value under a key."""
        self._whole.save(self._key(key), value)

    def fetch(self, key: bytes) -> Iterable[bytes]:
        """Return the values under a key."""
        return self._whole.fetch(self._key(key))

    def delete(self, key: bytes, value: bytes) -> None:
        """Forget a value under a key."""
        self._whole.delete(self._key(key), value)

    def _key(self, key: bytes) -> bytes:
        return self._prefix + key
