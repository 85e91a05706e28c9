"""How many tokens a batch should have on this machine, found while working.

Too few tokens leave the processor idle, too many fall out of its caches (a CPU) or its memory (a
GPU). The best number differs a hundredfold between machines, so it is measured: early in a large
job, batches of half, once and twice the current budget take turns on texts of about the same
length.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import median

LEAST = 64
ROUNDS = 3
# A trial costs about ten budgets' worth of tokens at up to a fifth less than the best speed: in a
# job of forty it is lost in the noise.
ENOUGH = 40
# Smaller differences than this are noise.
MARGIN = 1.03


@dataclass(frozen=True)
class Trial:
    """A batch to be timed: its budget, and how far from longest to shortest its texts stand."""

    tokens: int
    where: float
    round: int


@dataclass
class Budget:
    """The padded tokens per batch: `tokens` now, `settled` once the best has been found.

    `most` bounds the search from above: what does not fit into memory is not tried again.
    """

    tokens: int
    most: int = 1 << 20
    settled: bool = False
    _trials: list[Trial] = field(default_factory=list)
    _speeds: dict[tuple[int, int], float] = field(default_factory=dict)
    _batches: int = 0

    def trial(self, waiting: int) -> Trial | None:
        """Return the trial to make next, None to use `tokens`; `waiting` tokens are still to do."""
        # The first batches of a model pay for set-up that is not theirs.
        if self.settled or self._batches < 2:
            return None
        if not self._trials:
            if self._speeds or waiting < ENOUGH * self.tokens:
                return None
            self._trials = self._plan()
        return self._trials[0]

    def observe(self, trial: Trial | None, tokens: int, seconds: float) -> None:
        """Learn that a batch with so many tokens of text took so many seconds."""
        self._batches += 1
        if trial is None or not self._trials or trial != self._trials[0]:
            return
        self._speeds[trial.tokens, trial.round] = tokens / max(seconds, 1e-9)
        del self._trials[0]
        if not self._trials:
            self._decide()

    def shrink(self, padded: int) -> None:
        """Halve the budget, because a batch of `padded` tokens did not fit into memory."""
        self.tokens = max(1, min(self.tokens, padded) // 2)
        self.most = min(self.most, max(1, padded - 1))
        self._trials.clear()
        self._speeds.clear()

    def abandon(self) -> None:
        """Give up a trial that cannot be finished, such as at the end of a job."""
        self._trials.clear()
        self._speeds.clear()

    def _plan(self) -> list[Trial]:
        each = [t for t in (self.tokens // 2, self.tokens, self.tokens * 2) if self._allowed(t)]
        plan = []
        for turn in range(ROUNDS):
            # Not among the very shortest, of which there may be too few to fill a batch.
            where = (turn + 0.5) / (ROUNDS + 1)
            # Another comes first in each round, so that none always profits from its neighbour.
            order = each[turn % len(each) :] + each[: turn % len(each)]
            plan += [Trial(tokens, where, turn) for tokens in order]
        return plan

    def _allowed(self, tokens: int) -> bool:
        return LEAST <= tokens <= self.most or tokens == self.tokens

    def _decide(self) -> None:
        tried = {tokens for tokens, _ in self._speeds}
        gain = {tokens: self._gain(tokens) for tokens in tried}
        best = max(gain, key=lambda tokens: gain[tokens])
        self._speeds.clear()
        if best == self.tokens or gain[best] < MARGIN:
            self.settled = True
            return
        self.tokens = best

    def _gain(self, tokens: int) -> float:
        """Return how many times faster than the current budget: the median over the rounds."""
        return median(
            self._speeds[tokens, turn] / self._speeds[self.tokens, turn] for turn in range(ROUNDS)
        )
