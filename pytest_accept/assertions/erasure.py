"""Does the prediction rest on the tokens that the explanation names? They are taken away to see."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Literal, Unpack, get_args

from pytest_accept.assertions.explanation_question import (
    ExplainedExamples,
    ExplanationOptions,
    ask_explained,
)
from pytest_accept.assertions.judgement import above, below, ranged
from pytest_accept.errors import DataError, SettingError, check_count, expected

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pytest_accept.data import Data
    from pytest_accept.loading import Model
    from pytest_accept.prediction.predictions import Input
    from pytest_accept.records import Estimate

FRACTIONS = (0.01, 0.05, 0.10, 0.20, 0.50)
"""Of a text's tokens (DeYoung et al. 2020)."""

Replace = Literal["delete", "mask"]
DRAWS = 3


class ErasureOptions(ExplanationOptions, total=False):
    """The options of criteria that take tokens away, beside those of all on explanations.

    `fractions`: shares of a text's tokens, each in (0, 1), rounded up to whole tokens but never to
    all; default 0.01, 0.05, 0.1, 0.2 and 0.5.
    `replace`: "delete" (the default) takes tokens out, "mask" puts the mask token in their place.
    """

    fractions: Sequence[float]
    replace: Replace


@ranged(-1, 1, interval="mean, by cluster")
def comprehensiveness(model: Model, data: Data, **options: Unpack[ErasureOptions]) -> Estimate:
    """Mean fall of the probability when the top tokens are taken away, in -1..1; 0: it stays.

    Were the tokens that the explanation names needed? More is better. For each text the mean over
    `fractions` (the area over the perturbation curve) of p(text) - p(text without its top tokens),
    p being the probability of the explained label; of tokens with equal scores it is chance (by the
    run's seed) which come first. Tokens are taken away as ids, so that the others stay the tokens
    they were. A value says little by itself, because it grows with how sure
    a model is and how easily it falls: for a bar take `comprehensiveness_over_random`.

    Costs one attribution a text, and a prediction for each different number of tokens: with the
    usual fractions at most 5 shortened texts. Texts of fewer than two tokens are left out and
    counted. Labels are not needed. Interval: that of a mean over texts of values in -1..1.
    Definition: ERASER (DeYoung et al. 2020), whose code averages as we do.

    Options: `fractions` and `replace` (see `ErasureOptions`), `method`, `label` and `limit` (see
    `ExplanationOptions`), and those of every metric: `where`, `cluster`, `confidence`, `point`.
    """
    return _fall("comprehensiveness", model, data, **options)


@ranged(-1, 1, interval="mean, by cluster")
def sufficiency(model: Model, data: Data, **options: Unpack[ErasureOptions]) -> Estimate:
    """Mean fall of the probability when only the top tokens are kept, in -1..1; 0: they suffice.

    Less is better. As `comprehensiveness`, with p(text) - p(the top tokens of the text). For a bar
    take `sufficiency_over_random`.
    """
    return _fall("sufficiency", model, data, **options)


@ranged(-1, 1, interval="mean, by cluster")
def comprehensiveness_over_random(
    model: Model, data: Data, *, draws: int = DRAWS, **options: Unpack[ErasureOptions]
) -> Estimate:
    """How much more comprehensive explanations are than random ones, in -1..1; 0: no more.

    More is better. For each text its comprehensiveness minus the mean of that of `draws` random
    orders of its tokens, as many taken away: what a model loses with any tokens cancels out. A
    random explanation, or one that scores all tokens alike, has 0 in the mean, whatever the model;
    one that misleads has less.
    Choose a bar well above 0: on a sentiment model of ours where integrated gradients have 0.30,
    naming long words rather than short ones has 0.04.

    Costs what `comprehensiveness` does, and `draws` times as many predictions again. Options and
    interval are those of `comprehensiveness`.
    """
    return _over_random("comprehensiveness_over_random", model, data, draws, **options)


@ranged(-1, 1, interval="mean, by cluster")
def sufficiency_over_random(
    model: Model, data: Data, *, draws: int = DRAWS, **options: Unpack[ErasureOptions]
) -> Estimate:
    """How much better the top tokens suffice than random ones, in -1..1; 0: no better.

    More is better. For each text the mean sufficiency of `draws` random orders of its tokens minus
    its own, as many tokens kept. Otherwise as `comprehensiveness_over_random`.
    """
    return _over_random("sufficiency_over_random", model, data, draws, **options)


def _fall(metric: str, model: Model, data: Data, **options: Any) -> Estimate:
    from pytest_accept.assertions.attribution_evidence import extremes

    erased = _erase(metric, model, data, **options)
    explained = erased.explained
    values = explained.probabilities() - erased.left([[each] for each in erased.orders()])[:, 0]
    most = "least" if erased.removes else "most"
    return explained.mean(
        values,
        higher_is_better=erased.removes,
        evidence=lambda _: extremes(
            explained, values, f"the probability falls {most}", largest=not erased.removes
        ),
        named=erased.named(),
        notes=erased.notes,
    )


def _over_random(metric: str, model: Model, data: Data, draws: int, **options: Any) -> Estimate:
    from pytest_accept.assertions.attribution_evidence import extremes

    check_count("draws", draws)
    erased = _erase(metric, model, data, takes=("draws",), **options)
    drawn = erased.random_orders(draws)
    left = erased.left([[own, *random] for own, random in zip(erased.orders(), drawn, strict=True)])
    others = left[:, 1:].mean(axis=1)
    values = others - left[:, 0] if erased.removes else left[:, 0] - others
    return erased.explained.mean(
        values,
        higher_is_better=True,
        evidence=lambda _: extremes(erased.explained, values, "the least better than random"),
        named=[*erased.named(), *([f"draws={draws}"] if draws != DRAWS else [])],
        notes=erased.notes,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Erased:
    """Explained texts, with the positions of each one's tokens, at least two (m,).

    `removes`: the top tokens are taken away; else all others are.
    """

    explained: ExplainedExamples
    tokens: Sequence[NDArray[np.int64]]
    fractions: tuple[float, ...]
    replace: Replace
    removes: bool
    notes: tuple[str, ...]

    def named(self) -> list[str]:
        """Return the options that are not the usual ones."""
        fractions = "|".join(f"{each:g}" for each in self.fractions)
        return [
            *([f"fractions={fractions}"] if self.fractions != FRACTIONS else []),
            *([f"replace={self.replace}"] if self.replace != "delete" else []),
        ]

    def orders(self) -> list[NDArray[np.int64]]:
        """Return each text's tokens, that with the largest score first, equals as they are drawn.

        If the first in the text came first among equals, an explanation that says nothing would
        name the beginnings of texts, which may well matter more than what follows.
        """
        from pytest_accept.metrics.attributions import ranking

        found = zip(self._drawn("equal scores", 1), self.explained.attributions, strict=True)
        return [tokens[ranking(each.scores[tokens])] for (tokens,), each in found]

    def random_orders(self, draws: int) -> list[list[NDArray[np.int64]]]:
        """Return random orders of each text's tokens."""
        return self._drawn("random order", draws)

    def _drawn(self, purpose: str, draws: int) -> list[list[NDArray[np.int64]]]:
        """Return orders of each text's tokens, the same for a text, a purpose and a seed."""
        import numpy as np

        seed = self.explained.asked.question.seed
        drawn = []
        for text, tokens in zip(self.explained.inputs(), self.tokens, strict=True):
            key = blake2b(f"{seed}\0{purpose}\0{text!r}".encode(), digest_size=8).digest()
            random = np.random.default_rng(int.from_bytes(key, "big"))
            drawn.append([random.permutation(tokens) for _ in range(draws)])
        return drawn

    def left(self, orders: Sequence[Sequence[NDArray[np.int64]]]) -> NDArray[np.float64]:
        """Return the probability that is left of each text by each of its orders (m, orders).

        It is the mean over the fractions.
        """
        import numpy as np

        from pytest_accept.attributions import predict_edited
        from pytest_accept.metrics.attributions import top_counts

        inputs: list[Input] = []
        gone: list[list[int]] = []
        texts = self.explained.inputs()
        for text, tokens, several in zip(texts, self.tokens, orders, strict=True):
            counts = top_counts(len(tokens), self.fractions)
            for order in several:
                cut = (order[:count] if self.removes else order[count:] for count in counts)
                gone += [np.sort(each).tolist() for each in cut]
            inputs += [text] * (len(counts) * len(several))
        asked = self.explained.asked
        found = predict_edited(asked.model, inputs, gone, replace=self.replace).probabilities
        shape = len(texts), len(orders[0]), len(self.fractions)
        columns = asked.columns[self.explained.rows]
        by_text = found.reshape(*shape, -1)[np.arange(len(texts)), :, :, columns]
        return np.asarray(by_text.mean(axis=2))


def _erase(
    metric: str,
    model: Model,
    data: Data,
    *,
    takes: Sequence[str] = (),
    fractions: Sequence[float] = FRACTIONS,
    replace: Replace = "delete",
    **options: Any,
) -> _Erased:
    """Explain the texts that have tokens to choose among."""
    import numpy as np

    from pytest_accept.attributions import tokens_of

    _check(fractions, replace)
    asked = ask_explained(metric, model, data, takes=("fractions", "replace", *takes), **options)
    data = asked.question.data
    tokens = [np.flatnonzero(each.real) for each in tokens_of(asked.model, data.inputs)]
    counting = np.flatnonzero([len(each) >= 2 for each in tokens])
    if len(counting) == 0:
        raise DataError(
            f"{metric} chooses among a text's tokens, but no text of {data.population!r} has two."
        )
    rows = asked.draw(counting)
    short = len(data) - len(counting)
    notes = [f"{short:,} of {len(data):,} texts have fewer than two tokens and are left out"]
    return _Erased(
        explained=asked.explain(rows),
        tokens=[tokens[row] for row in rows.tolist()],
        fractions=tuple(fractions),
        replace=replace,
        removes=metric.startswith("comprehensiveness"),
        notes=(*asked.drawn(len(rows), len(counting)), *(notes if short else ())),
    )


def _check(fractions: Any, replace: Any) -> None:
    listed = list(fractions) if isinstance(fractions, Iterable) else []
    numbers = all(isinstance(each, int | float) for each in listed)
    if not listed or not numbers or not all(0 < each < 1 for each in listed):
        what = "one or more shares of a text's tokens, each between 0 and 1 (exclusive)"
        raise SettingError(expected("fractions", what, fractions))
    if replace not in get_args(Replace):
        raise SettingError(expected("replace", "'delete' or 'mask'", replace))


assert_comprehensiveness_above = above(comprehensiveness)
assert_comprehensiveness_below = below(comprehensiveness)
assert_comprehensiveness_over_random_above = above(comprehensiveness_over_random)
assert_comprehensiveness_over_random_below = below(comprehensiveness_over_random)
assert_sufficiency_above = above(sufficiency)
assert_sufficiency_below = below(sufficiency)
assert_sufficiency_over_random_above = above(sufficiency_over_random)
assert_sufficiency_over_random_below = below(sufficiency_over_random)
