"""What an attribution is: a score for each token of a text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from pytest_accept.prediction.predictions import Input

Span = tuple[int, int, int]
"""Side (0, or 1 in the second text of a pair), start and stop in its characters."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Attribution:
    """How much each token of a text moved the model towards a label.

    `ids` (t,): the tokens as the model reads them, cut where it cuts. `spans`: where each stands,
    as (side, start, stop) in the characters of the text (side 0) or of the second of a pair (side
    1); None for special tokens. `scores` (t,): float64, for the label if positive and against it if
    negative, in the unit of the method (of gradients and occlusion: that of the label's logit); 0
    at special tokens. `missed`: of integrated gradients, what the scores' sum lacks of the logit's
    change from the baseline to the text (an error of the integral, which more steps make smaller);
    None for other methods.
    """

    text: Input
    label: str
    ids: npt.NDArray[np.int64]
    spans: tuple[Span | None, ...]
    scores: npt.NDArray[np.float64]
    missed: float | None = None

    def __len__(self) -> int:
        return len(self.ids)

    def __repr__(self) -> str:
        sides = (self.text,) if isinstance(self.text, str) else self.text
        parts = [
            f"{sides[span[0]][span[1] : span[2]]!r} {score:+.3g}"
            for span, score in zip(self.spans, self.scores.tolist(), strict=True)
            if span is not None
        ]
        more = f", and {len(parts) - 12} more" if len(parts) > 12 else ""
        return f"<Attribution to {self.label!r}: {', '.join(parts[:12])}{more}>"
