"""What a test holds in its hands in a dry run: estimates and verdicts without a number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import NoReturn

from pytest_accept.dry_run import Unanswered
from pytest_accept.records import Direction, Estimate, Verdict

_SAID = "(not measured: --accept-plan)"
_OF_ESTIMATES = {each.name for each in fields(Estimate)} | {"contributions"}
_OF_VERDICTS = {each.name for each in fields(Verdict)}


class UnmeasuredEstimate:
    """An Estimate of which only the comparison with a bar is known."""

    def __init__(self, name: str, pose: Callable[[float, Direction], None]) -> None:
        self._name = name
        self._pose = pose

    def judge(self, bar: float, direction: Direction) -> UnmeasuredVerdict:
        """Note the criterion, and return a Verdict that lets the test go on."""
        self._pose(bar, direction)
        return UnmeasuredVerdict(self._name)

    def __ge__(self, bar: float) -> UnmeasuredVerdict:
        return self.judge(bar, "above")

    def __gt__(self, bar: float) -> UnmeasuredVerdict:
        return self.judge(bar, "above")

    def __le__(self, bar: float) -> UnmeasuredVerdict:
        return self.judge(bar, "below")

    def __lt__(self, bar: float) -> UnmeasuredVerdict:
        return self.judge(bar, "below")

    def __float__(self) -> NoReturn:
        raise Unanswered(f"it needs the value of {self._name}")

    def __getattr__(self, name: str) -> NoReturn:
        if name in _OF_ESTIMATES:
            raise Unanswered(f"it needs the {name} of {self._name}")
        raise AttributeError(name)

    def __str__(self) -> str:
        return f"{self._name} {_SAID}"

    def __repr__(self) -> str:
        return f"<{self}>"

    def __format__(self, specification: str) -> str:
        return str(self)


class UnmeasuredVerdict:
    """A Verdict that nobody has come to: true, so that the test goes on."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __bool__(self) -> bool:
        return True

    def __getattr__(self, name: str) -> NoReturn:
        if name in _OF_VERDICTS:
            raise Unanswered(f"it needs the {name} of the verdict on {self._name}")
        raise AttributeError(name)

    def __str__(self) -> str:
        return f"{self._name} {_SAID}"

    def __repr__(self) -> str:
        return f"<{self}>"
