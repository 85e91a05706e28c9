"""What methods of attribution are: values that name what is to be done, and do it when asked.

Light at import, as `methods.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from pytest_accept.attributions.explained import Explained
    from pytest_accept.attributions.tokens import Tokens
    from pytest_accept.loading import Model

    Scores = npt.NDArray[np.floating[Any]]

ScoringFunction = Callable[[list[Any], list[str]], Sequence[Any]]
"""Texts (or pairs) and the label to explain of each, to as many sequences of numbers."""


class Method(Protocol):
    """A way to score tokens. Equal methods are the same question, asked of a model once a text."""

    @property
    def name(self) -> str:
        """What to call it in reports."""

    def scores(
        self, model: Model, asked: Sequence[Explained], tokens: Sequence[Tokens]
    ) -> Sequence[Scores]:
        """Return the score (t,) of each token of each text; those of special tokens are ignored."""

    def __hash__(self) -> int: ...


@dataclass(frozen=True, slots=True)
class IntegratedGradients:
    """See `integrated_gradients`."""

    steps: int
    baseline: Literal["pad", "mask", "zero"]

    @property
    def name(self) -> str:
        """What to call it in reports."""
        return "integrated gradients"

    def scores(
        self, model: Model, asked: Sequence[Explained], tokens: Sequence[Tokens]
    ) -> Sequence[Scores]:
        """Return the score of each token."""
        return [rows[:, 0] for rows in self._rows(model, asked)]

    def missed(self, model: Model, asked: Sequence[Explained]) -> list[float]:
        """Return what the scores' sum lacks of the change of each text's logit."""
        logits = model.predict([each.text for each in asked]).logits
        return [
            float(own[label] - rows[0, 1] - rows[:, 0].sum())
            for (_, label), own, rows in zip(asked, logits, self._rows(model, asked), strict=True)
        ]

    def _rows(self, model: Model, asked: Sequence[Explained]) -> Sequence[Scores]:
        from pytest_accept.attributions import gradients
        from pytest_accept.attributions.edited_texts import neutral_token

        token = None if self.baseline == "zero" else neutral_token(model.tokenizer, self.baseline)
        return model.read(gradients.PathReading(self.steps, token), asked)


@dataclass(frozen=True, slots=True)
class InputXGradient:
    """See `input_x_gradient`."""

    @property
    def name(self) -> str:
        """What to call it in reports."""
        return "input x gradient"

    def scores(
        self, model: Model, asked: Sequence[Explained], tokens: Sequence[Tokens]
    ) -> Sequence[Scores]:
        """Return the score of each token."""
        from pytest_accept.attributions import gradients

        return [rows[:, 0] for rows in model.read(gradients.ProductReading(), asked)]


@dataclass(frozen=True, slots=True)
class Occlusion:
    """See `occlusion`."""

    replace: Literal["mask", "delete"]

    @property
    def name(self) -> str:
        """What to call it in reports."""
        return "occlusion" if self.replace == "mask" else "occlusion by deletion"

    def scores(
        self, model: Model, asked: Sequence[Explained], tokens: Sequence[Tokens]
    ) -> Sequence[Scores]:
        """Return the score of each token."""
        import numpy as np

        from pytest_accept.attributions.edited_texts import OccludedTexts, neutral_token

        token = neutral_token(model.tokenizer) if self.replace == "mask" else None
        reading = OccludedTexts(len(model.labels), token)
        found = []
        logits = model.read(reading, [each.text for each in asked])
        for rows, (_, label), each in zip(logits, asked, tokens, strict=True):
            scores = np.zeros(len(each.ids))
            of_label = rows[:, label].astype(np.float64)
            scores[each.real] = of_label[0] - of_label[1:]
            found.append(scores)
        return found


@dataclass(frozen=True, slots=True)
class AttentionRollout:
    """See `attention_rollout`."""

    row: Literal["first", "last", "mean"] | None

    @property
    def name(self) -> str:
        """What to call it in reports."""
        return "attention rollout"

    def scores(
        self, model: Model, asked: Sequence[Explained], tokens: Sequence[Tokens]
    ) -> Sequence[Scores]:
        """Return the score of each token."""
        from pytest_accept.attributions import rollout

        found = model.read(rollout.RolloutReading(self.row), [each.text for each in asked])
        return [rows[:, 0] for rows in found]


@dataclass(frozen=True, slots=True)
class RandomAttributions:
    """See `random_attributions`."""

    seed: int

    @property
    def name(self) -> str:
        """What to call it in reports."""
        return "random attributions"

    def scores(
        self, model: Model, asked: Sequence[Explained], tokens: Sequence[Tokens]
    ) -> Sequence[Scores]:
        """Return a score for each token that depends on nothing but the text and the seed."""
        import numpy as np
        import xxhash

        found = []
        for (text, _), each in zip(asked, tokens, strict=True):
            digest = xxhash.xxh3_64(repr(text).encode("utf-8", "backslashreplace")).intdigest()
            drawn = np.random.default_rng([self.seed, digest])
            found.append(drawn.standard_normal(len(each.ids)))
        return found


@dataclass(frozen=True, slots=True)
class Captum:
    """See `captum`."""

    method: str
    baseline: Literal["pad", "mask"]
    seed: int
    options: tuple[tuple[str, Any], ...]

    @property
    def name(self) -> str:
        """What to call it in reports."""
        return f"captum's {self.method}"

    def scores(
        self, model: Model, asked: Sequence[Explained], tokens: Sequence[Tokens]
    ) -> Sequence[Scores]:
        """Return the score of each token."""
        from pytest_accept.attributions import captum_methods
        from pytest_accept.attributions.edited_texts import neutral_token

        token = neutral_token(model.tokenizer, self.baseline)
        reading = captum_methods.CaptumReading(self.method, token, self.seed, self.options)
        return [rows[:, 0] for rows in model.read(reading, asked)]


@dataclass(frozen=True, slots=True)
class OfFunction:
    """Scores by a user's function of texts and labels."""

    function: ScoringFunction

    @property
    def name(self) -> str:
        """What to call it in reports."""
        return str(getattr(self.function, "__name__", type(self.function).__name__))

    def scores(
        self, model: Model, asked: Sequence[Explained], tokens: Sequence[Tokens]
    ) -> Sequence[Scores]:
        """Return the score of each token."""
        from pytest_accept.attributions.functions import ask

        return [rows[:, 0] for rows in ask(model, self.function, asked)]
