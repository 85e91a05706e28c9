"""One question to one language model on documents: the loss of every token that is scored."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Literal

from pytest_accept.assertions.asked import Asked, pose
from pytest_accept.errors import DataError, SettingError, expected

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pytest_accept.data import Data
    from pytest_accept.loading import Model
    from pytest_accept.statistics import Interval

Bos = Literal["auto", "always", "never"]
TAKES = ("context", "stride", "bos")


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentQuestion(Asked["Model"]):
    """Documents and the losses of their tokens, with how the answer is to be judged.

    `losses[i]` (scored,) in nats are of the tokens of document i but the first, which has
    `unscored[i]` bytes of its text. `context` and `stride` are in tokens. `begins`: the first is
    the BOS token. `given`: the options that are not the usual ones, as in "stride=64".
    """

    losses: list[NDArray[np.float64]]
    unscored: NDArray[np.int64]
    context: int
    stride: int
    bos: Bos
    begins: bool
    given: str

    @property
    def scored(self) -> NDArray[np.int64]:
        """The positions of the documents that have a token to score."""
        import numpy as np

        return np.flatnonzero([len(each) > 0 for each in self.losses])

    def totals(self) -> NDArray[np.float64]:
        """Return the summed loss of each scored document."""
        import numpy as np

        return np.array([self.losses[i].sum() for i in self.scored.tolist()])

    def tokens(self) -> NDArray[np.float64]:
        """Return the number of scored tokens of each scored document."""
        import numpy as np

        return np.array([len(self.losses[i]) for i in self.scored.tolist()], np.float64)

    def bytes(self) -> NDArray[np.float64]:
        """Return the number of bytes of UTF-8 in the scored tokens of each scored document."""
        import numpy as np

        texts = self.data.inputs
        sizes = (
            max(len(str(texts[i]).encode()) - int(self.unscored[i]), 1)
            for i in self.scored.tolist()
        )
        return np.array(list(sizes), np.float64)

    def per(self, sizes: NDArray[np.float64]) -> Interval:
        """Return the interval of the loss in nats per unit of size, over documents."""
        from pytest_accept.statistics import ratio_interval

        clusters = None if self.clusters is None else self.clusters[self.scored]
        return ratio_interval(self.totals(), sizes, confidence=self.confidence, clusters=clusters)

    def said(self) -> tuple[str, ...]:
        """Return what a reader of the number must know: what was scored, and how."""
        begins = (
            "each document begins with the BOS token"
            if self.begins
            else "no BOS token, so that the first of a document is not scored"
        )
        notes = [
            f"{int(self.tokens().sum()):,} tokens scored, context {self.context:,}, stride "
            f"{self.stride:,}; {begins}"
        ]
        n = len(self.losses)
        # A document has one token more than is scored.
        long = sum(len(each) >= self.context for each in self.losses)
        if long:
            notes.append(f"{long:,} of {n:,} documents are longer than that and read in windows")
        lost = n - len(self.scored)
        if lost:
            has = "has" if lost == 1 else "have"
            notes.append(f"{lost:,} of {n:,} documents {has} no token to score")
        return tuple(notes)


def ask_documents(
    metric: str,
    model: Model,
    data: Data,
    *,
    context: int | None,
    stride: int | None,
    bos: Bos,
    **options: Any,
) -> DocumentQuestion:
    """Score every token that is not yet scored and return the question.

    Raises what `pose` does, SettingError for a context or stride that does not fit the model or a
    BOS token that it lacks, DataError for data that are no texts or have nothing to score.
    """
    import numpy as np

    from pytest_accept.tasks.document_losses import DocumentLosses
    from pytest_accept.tasks.documents import check_bos

    posed = pose(metric, model, data, task="causal-lm", labelled=False, takes=TAKES, **options)
    texts = _texts(metric, posed.data)
    length, step = _window(posed.subject, context, stride)
    check_bos(bos)
    found = posed.subject.ask(DocumentLosses(length, step, bos), texts)
    answers = [each[:, 0].astype(np.float64) for each in found]
    if not any(len(each) > 2 for each in answers):
        raise DataError(
            f"{posed.data.population} has no token to score: a token is scored if another stands "
            "before it. With bos='always' every token of a document is."
        )
    chosen = {"context": context, "stride": stride, "bos": None if bos == "auto" else bos}
    return DocumentQuestion(
        **{each.name: getattr(posed, each.name) for each in fields(posed)},
        losses=[each[2:] for each in answers],
        unscored=np.array([each[1] for each in answers], np.int64),
        context=length,
        stride=step,
        bos=bos,
        begins=bool(answers[0][0]),
        given=", ".join(f"{name}={each}" for name, each in chosen.items() if each is not None),
    )


def _texts(metric: str, data: Data) -> list[str]:
    texts: list[Any] = list(data.inputs)
    strange = next((each for each in texts if not isinstance(each, str)), None)
    if strange is None:
        return texts
    raise DataError(
        f"{metric} is of documents, each one text, but an example of {data.population} is "
        f"{strange!r}. Name the column with the text: load_data(..., text='column')."
    )


def _window(model: Model, context: int | None, stride: int | None) -> tuple[int, int]:
    most = model.max_length
    length = most if context is None else context
    if length is None:
        raise SettingError(
            f"The model {model.name!r} does not say how many tokens it takes: pass context=, such "
            "as 2048."
        )
    if not _is_count(length, 2) or (most is not None and length > most):
        what = "an integer of 2 or more" if most is None else f"an integer between 2 and {most:,}"
        raise SettingError(expected("context", f"{what}, the tokens that a window has", context))
    step = length // 2 if stride is None else stride
    if not _is_count(step, 1) or step >= length:
        what = f"an integer between 1 and {length - 1:,}, less than the context of {length:,}"
        raise SettingError(expected("stride", what, stride))
    return length, step


def _is_count(value: object, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least
