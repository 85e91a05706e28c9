"""Predicts many inputs at the least cost: each once, batched by length under a token budget."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from pytest_accept.errors import PredictionError
from pytest_accept.prediction import progress
from pytest_accept.prediction.answers import Answers
from pytest_accept.prediction.backends import Backend, Rows
from pytest_accept.prediction.batching import Queue
from pytest_accept.prediction.budget import Budget
from pytest_accept.prediction.out_of_memory import is_out_of_memory, release
from pytest_accept.prediction.predictions import Input

# So many texts are prepared at a time: enough to sort well, few enough for any memory.
WINDOW = 16_384


class Engine:
    """Asks a backend for what it has not answered yet, and remembers every answer.

    `forwards` counts the calls of the model. An interrupted prediction keeps what it has got.
    """

    def __init__(self, backend: Backend, *, timer: Callable[[], float] = time.perf_counter) -> None:
        self.backend = backend
        self.budget = Budget(backend.start, settled=backend.most is not None)
        self.forwards = 0
        self._answers = Answers(backend.columns)
        self.stamp = backend.stamp()
        self._timer = timer

    def look(self) -> None:
        """Forget all answers if the model has changed; `stamp` tells its states apart."""
        stamp = self.backend.stamp()
        if stamp != self.stamp:
            self._answers.clear()
            self.stamp = stamp

    def rows(
        self, inputs: Sequence[Input]
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
        """Return the model's rows (n, columns) for the inputs, and which of them were cut (n,)."""
        self.look()
        missing = self._answers.missing(inputs)
        if missing:
            self._predict(missing)
        return self._answers.get(inputs)

    def _predict(self, inputs: list[Input]) -> None:
        with self.backend.session(), progress.bar(self.backend.name, len(inputs)) as bar:
            for start in range(0, len(inputs), WINDOW):
                window = inputs[start : start + WINDOW]
                self._predict_window(window, self.backend.prepare(window), bar)
        self.budget.abandon()

    def _predict_window(self, inputs: list[Input], prepared: Any, bar: Any) -> None:
        queue = Queue(prepared.lengths, self.backend.most)
        while queue:
            trial = self.budget.trial(queue.tokens)
            if trial is None:
                batch = queue.peek(self.budget.tokens)
            else:
                batch = queue.peek(trial.tokens, trial.where)
            indices = queue.indices(batch)
            texts = [inputs[i] for i in indices.tolist()]
            started = self._timer()
            rows = self._forward(prepared, indices)
            if rows is None:
                self._make_smaller(texts, queue.padded(batch))
                continue
            seconds = self._timer() - started
            self._check(rows, texts)
            self._answers.add(texts, rows, prepared.truncated[indices])
            self.budget.observe(trial, queue.done(batch), seconds)
            bar.update(len(texts))

    def _forward(self, prepared: Any, indices: npt.NDArray[np.int64]) -> Rows | None:
        """Return the rows of a batch, None if it does not fit into memory."""
        self.forwards += 1
        try:
            return self.backend.forward(prepared, indices)
        except Exception as error:
            if not is_out_of_memory(error):
                raise
        # Not inside the except block: there the traceback still holds the tensors of the batch.
        release()
        return None

    def _make_smaller(self, texts: list[Input], padded: int) -> None:
        if len(texts) == 1:
            raise PredictionError(
                f"The model {self.backend.name!r} runs out of memory on a single text of "
                f"{padded:,} tokens: {_shown(texts[0])}. Lower max_length, use a smaller dtype, or "
                "choose another device."
            )
        self.budget.shrink(padded)

    def _check(self, rows: Rows, texts: list[Input]) -> None:
        expected = (len(texts), self.backend.columns)
        if rows.shape != expected:
            raise PredictionError(
                f"Expected the model {self.backend.name!r} to answer {len(texts)} texts with an "
                f"array of shape {expected}, one row for each text and one column for each label, "
                f"but got {rows.shape}."
            )
        finite = np.isfinite(rows).all(axis=1)
        if finite.all():
            return
        bad = np.flatnonzero(~finite)
        examples = "; ".join(_shown(texts[i]) for i in bad[:3].tolist())
        raise PredictionError(
            f"The model {self.backend.name!r} answers with NaN or infinite logits for {len(bad)} "
            f"of {len(texts)} texts in a batch, such as {examples}. Its weights may be damaged, or "
            "its dtype too narrow: try dtype='float32'."
        )


def _shown(text: Input, width: int = 80) -> str:
    shown = repr(text)
    return shown if len(shown) <= width else shown[: width - 1] + "…"
