"""Predicts many inputs at the least cost: each once, batched by length under a token budget."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from pytest_accept.errors import PredictionError, shown
from pytest_accept.prediction import progress
from pytest_accept.prediction.answers import Answers
from pytest_accept.prediction.backends import Backend
from pytest_accept.prediction.batching import Queue
from pytest_accept.prediction.blocks import Blocks, Gathering, Rows
from pytest_accept.prediction.budget import Budget
from pytest_accept.prediction.out_of_memory import is_out_of_memory, release

# So many texts are prepared at a time: enough to sort well, few enough for any memory.
WINDOW = 16_384


class Engine:
    """Asks a backend for what it has not answered yet, and remembers every answer.

    Inputs are whatever the backend takes, if it can be hashed. `forwards` counts the calls of the
    model. `changed`: answers were forgotten, because they were of another state of the model. An
    interrupted prediction keeps what it has got.
    """

    def __init__(self, backend: Backend, *, timer: Callable[[], float] = time.perf_counter) -> None:
        self.backend = backend
        self.budget = Budget(backend.start, settled=backend.most is not None)
        self.forwards = 0
        self.changed = False
        self._answers = Answers(backend.columns)
        self.stamp = backend.stamp()
        self._timer = timer

    def look(self) -> None:
        """Forget all answers if the model has changed; `stamp` tells its states apart."""
        stamp = self.backend.stamp()
        if stamp != self.stamp:
            self.changed = self.changed or len(self._answers) > 0
            self.forget()
            self.stamp = stamp

    def forget(self) -> None:
        """Forget all answers, such as those to data that are larger than memory."""
        self._answers.clear()

    def rows(
        self, inputs: Sequence[Hashable]
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
        """Return the model's rows (n, columns) for the inputs, and which of them were cut (n,)."""
        self._answer(inputs)
        return self._answers.get(inputs)

    def blocks(self, inputs: Sequence[Hashable]) -> tuple[list[Rows], npt.NDArray[np.bool_]]:
        """Return the model's rows (r, columns) for each input, and which of them were cut (n,)."""
        self._answer(inputs)
        return self._answers.blocks(inputs)

    def answered(self) -> tuple[list[Any], Blocks, npt.NDArray[np.bool_]]:
        """Return every input so far, the answers to them, and which of them were cut."""
        return self._answers.everything()

    def _answer(self, inputs: Sequence[Hashable]) -> None:
        self.look()
        missing = self._answers.missing(inputs)
        if missing:
            self._predict(missing)

    def _predict(self, inputs: list[Any]) -> None:
        with self.backend.session(), progress.bar(self.backend.name, len(inputs)) as bar:
            for start in range(0, len(inputs), WINDOW):
                window = inputs[start : start + WINDOW]
                self._predict_window(window, self.backend.prepare(window), bar)
        self.budget.abandon()

    def _predict_window(self, inputs: list[Any], prepared: Any, bar: Any) -> None:
        queue = Queue(prepared.lengths, self.backend.most)
        owners = prepared.owners
        gathering = None if owners is None else Gathering(owners, prepared.whole)
        while queue:
            trial = self.budget.trial(queue.tokens)
            if trial is None:
                batch = queue.peek(self.budget.tokens)
            else:
                batch = queue.peek(trial.tokens, trial.where)
            indices = queue.indices(batch)
            whose = indices if owners is None else owners[indices]
            texts = [inputs[i] for i in whose.tolist()]
            started = self._timer()
            found = self._forward(prepared, indices)
            if found is None:
                self._make_smaller(texts, queue.padded(batch))
                continue
            seconds = self._timer() - started
            self._check(found, texts)
            self.budget.observe(trial, queue.done(batch), seconds)
            answers: Blocks | None = found
            if gathering is not None:
                complete, answers = gathering.add(indices, found)
                whose = np.array(complete, np.int64)
            if answers is not None:
                done = [inputs[i] for i in whose.tolist()]
                self._answers.add(done, answers, prepared.truncated[whose])
                bar.update(len(done))

    def _forward(self, prepared: Any, indices: npt.NDArray[np.int64]) -> Blocks | None:
        """Return the answers to a batch, None if it does not fit into memory."""
        self.forwards += 1
        try:
            return Blocks.of(self.backend.forward(prepared, indices))
        except Exception as error:
            if not is_out_of_memory(error):
                raise
        # Not inside the except block: there the traceback still holds the tensors of the batch.
        release()
        return None

    def _make_smaller(self, texts: list[Any], padded: int) -> None:
        if len(texts) == 1:
            raise PredictionError(
                f"The model {self.backend.name!r} runs out of memory on a single text of "
                f"{padded:,} tokens: {shown(texts[0])}. Lower max_length, use a smaller dtype, or "
                "choose another device."
            )
        self.budget.shrink(padded)

    def _check(self, answers: Blocks, texts: list[Any]) -> None:
        expected = (len(texts), self.backend.columns)
        rows = answers.rows
        if len(answers) != len(texts) or rows.shape[1:] != expected[1:]:
            raise PredictionError(
                f"Expected the model {self.backend.name!r} to answer {len(texts)} texts with an "
                f"array of shape {expected}, one row for each text and one column for each label, "
                f"but got {(len(answers), *rows.shape[1:])}."
            )
        finite = np.isfinite(rows).all(axis=1)
        if finite.all():
            return
        bad = np.unique(np.repeat(np.arange(len(texts)), answers.sizes)[~finite])
        examples = "; ".join(shown(texts[i]) for i in bad[:3].tolist())
        raise PredictionError(
            f"The model {self.backend.name!r} answers with NaN or infinite logits for {len(bad)} "
            f"of {len(texts)} texts in a batch, such as {examples}. Its weights may be damaged, or "
            "its dtype too narrow: try dtype='float32'."
        )
