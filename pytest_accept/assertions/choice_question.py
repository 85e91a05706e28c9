"""One question to one language model: which continuation of each text it holds most likely."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Literal, get_args

from pytest_accept.assertions.asked import Asked
from pytest_accept.errors import SettingError, expected

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


Bos = Literal["auto", "always", "never"]
Normalise = Literal["none", "tokens", "characters", "bytes"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceQuestion(Asked[Any]):
    """Texts, their choices, and how likely these are.

    `scores[i]` (choices,) rank the choices of example i: `log_likelihoods[i]` in nats, divided by
    lengths where that was asked for. `right` (n,) are the positions of the right choices. `cut`
    counts the examples of which the model could not read the beginning.
    """

    prefixes: list[str]
    choices: list[tuple[str, ...]]
    right: NDArray[np.int64]
    log_likelihoods: list[NDArray[np.float64]]
    scores: list[NDArray[np.float64]]
    cut: int

    def correct(self) -> NDArray[np.bool_]:
        """Return of which examples the right choice scores higher than every other."""
        import numpy as np

        ahead = []
        for scores, right in zip(self.scores, self.right.tolist(), strict=True):
            ahead.append(scores[right] > np.delete(scores, right).max())
        return np.array(ahead, np.bool_)

    def notes(self) -> tuple[str, ...]:
        """Return what a reader of the number must know of how texts were read."""
        if not self.cut:
            return ()
        texts = "text was" if self.cut == 1 else "texts were"
        return (
            f"{self.cut:,} of {len(self.data):,} {texts} longer than the model takes and cut on "
            "the left",
        )


def score(
    posed: Asked[Any],
    *,
    prefixes: list[str],
    choices: list[tuple[str, ...]],
    right: NDArray[np.int64],
    normalise: Normalise,
    delimiter: str,
    bos: Bos,
) -> ChoiceQuestion:
    """Ask the model how likely each choice is after its text and return the question."""
    import numpy as np

    from pytest_accept.assertions.prompts import joined
    from pytest_accept.tasks.continuation_likelihoods import ContinuationLikelihoods
    from pytest_accept.tasks.continuations import Continued

    inputs = [
        Continued(prefix, tuple(joined(prefix, delimiter) + each for each in some))
        for prefix, some in zip(prefixes, choices, strict=True)
    ]
    reading = ContinuationLikelihoods(bos=bos)
    found = posed.subject.read(reading, inputs)
    likelihoods = [each[:, 0].astype(np.float64) for each in found]
    return ChoiceQuestion(
        **{each.name: getattr(posed, each.name) for each in fields(posed)},
        prefixes=prefixes,
        choices=choices,
        right=right,
        log_likelihoods=likelihoods,
        scores=[
            divided(one, some, rows[:, 1], normalise)
            for one, some, rows in zip(likelihoods, choices, found, strict=True)
        ],
        cut=int(posed.subject.cut(reading, inputs).sum()),
    )


def check_options(normalise: object, delimiter: object, bos: object) -> None:
    """Raise SettingError for an option that is none."""
    if normalise not in get_args(Normalise):
        what = "'none', 'tokens', 'characters' or 'bytes'"
        raise SettingError(expected("normalise", what, normalise))
    if not isinstance(delimiter, str):
        raise SettingError(expected("delimiter", "a string, such as ' ' or ''", delimiter))
    if bos not in get_args(Bos):
        raise SettingError(expected("bos", "'auto', 'always' or 'never'", bos))


def given(**options: tuple[Any, Any]) -> str:
    """Return the options (value, usual value) that are not the usual ones, as in "bos=always"."""
    return ", ".join(
        f"{name}={value if isinstance(value, str) and value.strip() else repr(value)}"
        for name, (value, usual) in options.items()
        if value != usual
    )


def divided(
    likelihoods: NDArray[np.float64],
    choices: Sequence[str],
    tokens: NDArray[np.float64],
    normalise: Normalise,
) -> NDArray[np.float64]:
    """Return the scores (choices,) that log-likelihoods give when they are divided by lengths."""
    import numpy as np

    if normalise == "none":
        return likelihoods
    if normalise == "tokens":
        return likelihoods / tokens
    units = [each.encode() if normalise == "bytes" else each for each in choices]
    return likelihoods / np.array(list(map(len, units)), np.float64)
