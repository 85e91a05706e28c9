"""Predicts many inputs at the least cost: each once, batched by length under a token budget."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Sequence
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from pytest_accept import settings
from pytest_accept.errors import PredictionError, shown
from pytest_accept.prediction import progress, store_check
from pytest_accept.prediction.answers import Answers
from pytest_accept.prediction.backends import Backend, Streaming
from pytest_accept.prediction.batching import Queue
from pytest_accept.prediction.blocks import Blocks, Gathering, Rows
from pytest_accept.prediction.budget import Budget
from pytest_accept.prediction.out_of_memory import is_out_of_memory, release
from pytest_accept.prediction.store import Kept

Taking = Callable[[list[Any], Blocks, npt.NDArray[np.bool_]], None]

# So many texts are prepared at a time: enough to sort well, few enough for any memory.
WINDOW = 16_384


class Engine:
    """Asks a backend for what it has not answered yet, and remembers every answer.

    Inputs are whatever the backend takes, if it can be hashed. `forwards` counts the calls of the
    model. `changed`: answers were forgotten, because they were of another state of the model. An
    interrupted prediction keeps what it has got. `kept`: what is kept across runs, None if nothing
    is.
    """

    def __init__(
        self,
        backend: Backend,
        *,
        kept: Kept | None = None,
        timer: Callable[[], float] = time.perf_counter,
    ) -> None:
        self.backend = backend
        self.kept = kept
        fixed = backend.most is not None or getattr(backend, "fixed", False)
        self.budget = Budget(backend.start, settled=fixed)
        self.forwards = 0
        self.changed = False
        self._answers = Answers(backend.columns)
        self._compared = 0
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
        if not missing:
            return
        if self.kept is not None:
            self._look_up(missing, self.kept)
            if not self._answers.missing(missing):
                return
        # Of all that is asked, so that a run which goes on after another makes the same batches.
        asked = list(dict.fromkeys(inputs))
        windows = [asked[start : start + WINDOW] for start in range(0, len(asked), WINDOW)]
        waiting = [left for each in windows if (left := self._answers.missing(each))]
        interrupted = True
        try:
            self._predict(waiting, self._take)
            interrupted = False
        finally:
            if self.kept is not None:
                self.kept.done(interrupted=interrupted)

    def _look_up(self, inputs: list[Any], kept: Kept) -> None:
        """Take the answers that are kept; CacheError if the model is to be compared and differs."""
        for found in kept.look(inputs):
            those = [inputs[i] for i in found.places.tolist()]
            if settings.current().cache == "verify":
                kept.compared(self._compare(those, found.answers, half=kept.half))
            self._answers.add(those, found.answers, found.cut)

    def _compare(self, inputs: list[Any], kept: Blocks, *, half: bool) -> int:
        at = store_check.sample(len(inputs), self._compared, settings.current().seed)
        if not len(at):
            return 0
        self._compared += len(at)
        made: dict[Hashable, Rows] = {}

        def take(done: list[Any], answers: Blocks, cut: npt.NDArray[np.bool_]) -> None:
            made.update(zip(done, answers.split(), strict=True))

        sample = [inputs[i] for i in at.tolist()]
        self._predict([sample], take)
        blocks = kept.split()
        store_check.compare(
            self.backend.name,
            sample,
            [blocks[i] for i in at.tolist()],
            [made[each] for each in sample],
            half=half,
        )
        return len(at)

    def _take(self, inputs: list[Any], answers: Blocks, cut: npt.NDArray[np.bool_]) -> None:
        self._answers.add(inputs, answers, cut)
        if self.kept is not None:
            self.kept.keep(inputs, answers, cut)

    def _predict(self, windows: list[list[Any]], take: Taking) -> None:
        total = sum(map(len, windows))
        with self.backend.session(), progress.bar(self.backend.name, total) as bar:
            for window in windows:
                if hasattr(self.backend, "stream"):
                    self._receive(window, bar, take)
                else:
                    self._predict_window(window, self.backend.prepare(window), bar, take)
        self.budget.abandon()

    def _receive(self, inputs: list[Any], bar: Any, take: Taking) -> None:
        """Keep what a backend that makes batches of its own answers, in whichever order."""
        for indices, answers, truncated in cast(Streaming, self.backend).stream(inputs):
            texts = [inputs[i] for i in indices.tolist()]
            self._check(answers, texts)
            take(texts, answers, truncated)
            bar.update(len(texts))

    def _predict_window(self, inputs: list[Any], prepared: Any, bar: Any, take: Taking) -> None:
        queue = Queue(prepared.lengths, self.backend.most)
        owners = prepared.owners
        gathering = None if owners is None else Gathering(owners, prepared.whole)
        while queue:
            trial = self.budget.trial(queue.tokens)
            packed = getattr(self.backend, "packs", False)
            if trial is None:
                batch = queue.peek(self.budget.tokens, packed=packed)
            else:
                batch = queue.peek(trial.tokens, trial.where, packed=packed)
            indices = queue.indices(batch)
            whose = indices if owners is None else owners[indices]
            texts = [inputs[i] for i in whose.tolist()]
            started = self._timer()
            found = self._forward(prepared, indices)
            if found is None:
                self._make_smaller(texts, queue.cost(batch, packed=packed))
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
                take(done, answers, prepared.truncated[whose])
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
