"""Many functions that each wait for answers now and then, so that their questions share batches.

Each runs in a thread of its own, but only one at a time: until it asks, or ends. When all of them
wait, their questions are answered together.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, Generic, TypeVar

Q = TypeVar("Q", bound=Hashable)
R = TypeVar("R")

AT_ONCE = 64
"""So many functions run at a time: threads stay few, and none waits long for the others, for
Hypothesis gives up shrinking after five minutes by the clock."""

Ask = Callable[[Iterable[Q]], None]
Work = Callable[[Ask[Q]], R]


class _Stopped(BaseException):
    """Ends a function whose answers will never come; not an Exception, so that it gets through."""


class _Job(threading.Thread, Generic[Q, R]):
    """One function, and whose turn it is."""

    def __init__(self, work: Work[Q, R], back: threading.Semaphore) -> None:
        super().__init__(daemon=True)
        self.questions: tuple[Q, ...] = ()
        self.done = self.stopped = False
        self.result: R | None = None
        self.error: BaseException | None = None
        self._work, self._back = work, back
        self._turn = threading.Semaphore(0)

    def run(self) -> None:
        self._turn.acquire()
        try:
            if not self.stopped:
                self.result = self._work(self._ask)
        except BaseException as error:
            self.error = error
        finally:
            self.done = True
            self._back.release()

    def proceed(self) -> None:
        """Let it run until it asks or ends."""
        self._turn.release()
        self._back.acquire()

    def stop(self) -> None:
        """Let it end as soon as it can."""
        self.stopped = True
        self._turn.release()

    def _ask(self, questions: Iterable[Q]) -> None:
        self.questions = tuple(questions)
        self._back.release()
        self._turn.acquire()
        if self.stopped:
            raise _Stopped


def in_lockstep(
    works: Sequence[Work[Q, R]], answer: Callable[[list[Q]], Any], *, at_once: int = AT_ONCE
) -> list[R]:
    """Return what the functions return, in their order.

    Each gets a function `ask(questions)` that returns once `answer` has been called with these
    questions, those of all the others that wait among them, each question once. An error in one
    ends them all, and so does Ctrl-C.
    """
    back = threading.Semaphore(0)
    jobs: list[_Job[Q, R]] = [_Job(work, back) for work in works]
    waiting, live = deque(jobs), deque[_Job[Q, R]]()
    try:
        while waiting or live:
            while waiting and len(live) < at_once:
                job = waiting.popleft()
                job.start()
                live.append(job)
            for job in live:
                job.proceed()
                if job.error is not None:
                    raise job.error
            live = deque(job for job in live if not job.done)
            questions = list(dict.fromkeys(each for job in live for each in job.questions))
            if questions:
                answer(questions)
    finally:
        for job in live:
            job.stop()
            job.join(timeout=5)
    return [job.result for job in jobs]  # type: ignore[misc]
