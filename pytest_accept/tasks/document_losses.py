"""Documents to the losses of their tokens, whatever their length: in windows, each token once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from pytest_accept.errors import shown
from pytest_accept.prediction.blocks import Rows
from pytest_accept.tasks.at_once import ReadsTokens
from pytest_accept.tasks.documents import Bos, beginning, documents, windows
from pytest_accept.tasks.token_losses import TokenLosses


@dataclass(frozen=True)
class DocumentLosses:
    """The question: the loss of each token of a text, read in windows of `context` tokens.

    A window begins `stride` tokens after the one before. An answer is rows of one number: 1 if a
    BOS token stands before the text, else 0; how many bytes of it are in the token that is not
    scored; and the loss in nats of each token that is.
    """

    columns: ClassVar[int] = 1

    context: int
    stride: int
    bos: Bos = "auto"

    def answers(self, model: ReadsTokens, inputs: Sequence[str]) -> list[Rows]:
        """Return the rows of each text; SettingError for a BOS token that the model lacks."""
        begins = beginning(model.tokenizer, self.bos) is not None
        found = documents(model.tokenizer, inputs, self.bos)
        pieces = [
            windows(each, context=self.context, stride=self.stride, where=shown(text))
            for each, text in zip(found, inputs, strict=True)
        ]
        losses = iter(model.read(TokenLosses(), [each for some in pieces for each in some]))
        return [
            np.concatenate(
                [
                    np.array([[begins], [each.unscored]], np.float32),
                    *(next(losses) for _ in some),
                ]
            )
            for each, some in zip(found, pieces, strict=True)
        ]
