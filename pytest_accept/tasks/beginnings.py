"""How texts begin: with a BOS token, or with the same token."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from pytest_accept.prediction.blocks import Rows
from pytest_accept.tasks.at_once import ReadsTokens
from pytest_accept.tasks.documents import Bos, beginning, documents


@dataclass(frozen=True)
class Beginnings:
    """The question: of several texts, 1 if a BOS token stands before each, else 0; and how many
    different first tokens they have, which nothing stands before. Inputs are tuples of texts.
    """

    columns: ClassVar[int] = 2

    bos: Bos = "auto"

    def answers(self, model: ReadsTokens, inputs: Sequence[tuple[str, ...]]) -> list[Rows]:
        """Return one row for each tuple; SettingError for a BOS token that the model lacks."""
        begins = beginning(model.tokenizer, self.bos) is not None
        texts = list(dict.fromkeys(text for some in inputs for text in some))
        found = documents(model.tokenizer, texts, "never")
        first = {text: each.ids[:1].tobytes() for text, each in zip(texts, found, strict=True)}
        return [
            np.array([[begins, len({first[text] for text in some})]], np.float32) for some in inputs
        ]
