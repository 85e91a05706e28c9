"""How tokens are scored: the methods, which are values that name what is to be done.

Light at import, because test modules name methods at collection.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

from pytest_accept.errors import SettingError, expected, unknown

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
        from pytest_accept.attributions import gradients
        from pytest_accept.attributions.edited_texts import neutral_token

        token = None if self.baseline == "zero" else neutral_token(model.tokenizer, self.baseline)
        found = model.read(gradients.IntegratedGradients(self.steps, token), asked)
        return [rows[:, 0] for rows in found]


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

        return [rows[:, 0] for rows in model.read(gradients.InputXGradient(), asked)]


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


def integrated_gradients(
    steps: int = 20, *, baseline: Literal["pad", "mask", "zero"] = "pad"
) -> Method:
    """Return the method of integrated gradients (Sundararajan et al. 2017, arXiv:1703.01365).

    A token's score is its part of the difference between the label's logit for the text and for a
    baseline: the scores of a text sum to that difference, up to the error of the integral, which
    more `steps` (forward and backward passes a text) make smaller. It is taken in the space of the
    input embeddings, straight from the baseline, by Gauss-Legendre quadrature. In the baseline each
    token has the embedding of the padding token (`baseline` "pad"), of the mask token ("mask"), or
    zeros ("zero"); special tokens, positions and lengths are kept. A tokenizer without the one has
    the next of: mask, unknown, padding, end of text. Equals captum's LayerIntegratedGradients.

    SettingError for other arguments.
    """
    _check_whole("steps", steps)
    _check_one_of("baseline", baseline, ("pad", "mask", "zero"))
    return IntegratedGradients(steps, baseline)


def input_x_gradient() -> Method:
    """Return the method of gradients times input (Shrikumar et al. 2016, arXiv:1605.01713).

    A token's score is the inner product of its embedding and the gradient of the label's logit
    there. One forward and backward pass a text. Equals captum's LayerGradientXActivation.
    """
    return InputXGradient()


def occlusion(replace: Literal["mask", "delete"] = "mask") -> Method:
    """Return the method of occlusion (Zeiler and Fergus 2014; Li et al. 2016, arXiv:1612.08220).

    A token's score is by how much the label's logit falls when the token is replaced by the mask
    token ("mask"; a tokenizer without one: the unknown, padding, or end-of-text token) or taken out
    ("delete"), at the level of token ids. Needs no gradients, but as many forward passes as tokens.
    With "mask" it equals captum's FeatureAblation.

    SettingError for another `replace`.
    """
    _check_one_of("replace", replace, ("mask", "delete"))
    return Occlusion(replace)


def random_attributions(seed: int = 0) -> Method:
    """Return scores that explain nothing: standard normal, from `seed` and the text alone."""
    _check_whole("seed", seed, least=0)
    return RandomAttributions(seed)


NAMED: dict[str, Callable[[], Method]] = {
    "integrated_gradients": integrated_gradients,
    "input_x_gradient": input_x_gradient,
    "occlusion": occlusion,
    "random_attributions": random_attributions,
}


def method_of(method: Any) -> Method:
    """Return a method given by its name, as itself, or as a function of texts and labels."""
    if isinstance(method, str):
        if method not in NAMED:
            raise SettingError(unknown("method of attribution", method, NAMED))
        return NAMED[method]()
    if hasattr(method, "scores") and hasattr(method, "name"):
        found: Method = method
        return found
    what = f"one of {', '.join(NAMED)}, what a function of that name returns, or a function"
    raise SettingError(expected("method", what, method))


def _check_whole(name: str, value: object, least: int = 1) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise SettingError(expected(name, f"an integer of at least {least}", value))


def _check_one_of(name: str, value: object, known: Sequence[str]) -> None:
    if value not in known:
        raise SettingError(expected(name, f"one of {', '.join(map(repr, known))}", value))
