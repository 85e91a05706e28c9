"""One question to a model about texts and about what a perturbation makes of them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pytest_accept import dry_run
from pytest_accept.assertions.asked import Asked
from pytest_accept.assertions.judgement import Measurement, metric_range
from pytest_accept.assertions.question import Options, Question, ask
from pytest_accept.errors import DataError, SettingError, check_count, expected
from pytest_accept.records import Direction, Evidence

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pytest_accept.assertions.contributions import Values
    from pytest_accept.data import Data
    from pytest_accept.loading import Model
    from pytest_accept.perturbations.perturbation import Perturbation
    from pytest_accept.perturbations.scripts import Script
    from pytest_accept.prediction import Predictions
    from pytest_accept.prediction.predictions import Input
    from pytest_accept.statistics import Interval

Transform = Any
"""A Perturbation, or a function from a text to a text."""

TIE = 1e-4
"""A label that wins by less may lose in another batch: such a change is no flip."""

_DRAWS = 3


class PerturbedOptions(Options, total=False):
    """The options of every rate under a perturbation, beside those of every metric.

    `draws`: how many edited texts are drawn for each example, evenly among the perturbation's edit
    scripts and always the same for a text, a perturbation and a seed; default 3, and 1 for a
    function, which makes one.
    `min_changed`: nothing is concluded if the perturbation can change fewer than this share of the
    examples, in 0..1; default 0.5. Examples that it cannot change are counted and left out.
    `assumed_invalid`: the share of edited texts whose right label is another than promised, as an
    audit found it (`pytest_accept.perturbations.sample`), in [0, 1); default 0. The bounds are
    widened by what such texts could do.
    """

    draws: int
    min_changed: float
    assumed_invalid: float


Q = TypeVar("Q", bound=Asked[Any])


@dataclass(frozen=True, slots=True, kw_only=True)
class EditedExamples(Generic[Q]):
    """A question's examples that a perturbation changes, each with the edits that were drawn.

    `rows` (c,) are positions in the question, in the order of `scripts` (c, draws).
    """

    question: Q
    model: Model
    perturbation: Perturbation
    rows: NDArray[np.int64]
    scripts: Sequence[Sequence[Script]]
    min_changed: float
    assumed_invalid: float

    @property
    def draws(self) -> int:
        """How many edited texts each example has."""
        return len(self.scripts[0])

    def mean(
        self,
        values: NDArray[np.float64],
        *,
        higher_is_better: bool,
        evidence: Callable[[Q], tuple[Evidence, ...]],
        bounds: tuple[float, float] | None = None,
        named: Sequence[str] = (),
        interval: Interval | None = None,
        worst: bool = False,
    ) -> Measurement:
        """Return the mean over examples of a value (c,) within the metric's range.

        An example is one observation, however many edited texts its value comes from, unless the
        `interval` is given. `worst`: a single edited text decides its value.
        """
        from pytest_accept.statistics import needed_examples, smallest_shown

        question = self.question
        low, high = bounds or metric_range(question.metric)
        measured = interval or self.question.mean(values, (low, high), rows=self.rows)
        # Where one edited text decides, one that is invalid spoils the whole example.
        invalid = min(1.0, self.assumed_invalid * (self.draws if worst else 1))
        few = len(self.rows) < self.min_changed * len(question.data)
        interval = replace(measured, low=low, high=high)
        if not few and invalid < 1:
            interval = replace(
                measured,
                low=max(low, (measured.low - invalid * high) / (1 - invalid)),
                high=min(high, (measured.high - invalid * low) / (1 - invalid)),
            )

        def plan(bar: float, direction: Direction) -> tuple[int | None, float | None]:
            if few:
                return None, None
            # The bar for all edited texts; between the two, more examples would decide nothing.
            lower, upper = (bar + invalid * (end - bar) for end in (low, high))
            needed = None
            if not lower <= measured.value <= upper:
                nearest = upper if measured.value > upper else lower
                needed = needed_examples(measured, nearest)
            to_show = upper if direction == "above" else lower
            return needed, smallest_shown(
                measured, to_show, direction=direction, bounds=(low, high)
            )

        def kept() -> Values:
            from pytest_accept.assertions.contributions import Values

            clusters = None if question.clusters is None else question.clusters[self.rows]
            return Values(values=values, bounds=(low, high), clusters=clusters)

        shown = [repr(self.perturbation), *named]
        measurement = question.answer(
            interval,
            higher_is_better=higher_is_better,
            evidence=evidence,
            options=", ".join([*shown, f"draws={self.draws}"]),
            notes=self._notes(few),
            kept=kept if not few and not invalid else None,
            examples=self.rows,
        )
        if few and question.point:
            measurement = replace(measurement, low=low, high=high, method=measured.method)
        return replace(measurement, plan=plan)

    def _notes(self, few: bool) -> tuple[str, ...]:
        changed, all_of = len(self.rows), len(self.question.data)
        notes = []
        if few:
            notes.append(
                f"{self.perturbation!r} can change only {changed:,} of {all_of:,} texts, fewer "
                f"than min_changed={self.min_changed:g} of them, so nothing is concluded: choose "
                "texts that it is for with where=, or lower min_changed"
            )
        elif changed < all_of:
            notes.append(
                f"{all_of - changed:,} of {all_of:,} texts are left out: "
                f"{self.perturbation!r} finds nothing to change in them"
            )
        if self.assumed_invalid and self.question.point:
            notes.append(
                f"a point estimate does not allow for assumed_invalid={self.assumed_invalid:g}"
            )
        elif self.assumed_invalid:
            notes.append(
                f"the bounds allow for {100 * self.assumed_invalid:g} % of the edited texts having "
                "another label than promised"
            )
        return tuple(notes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Perturbed(EditedExamples[Question]):
    """Examples and edits with what the model predicts of the edited texts (c * draws,)."""

    predictions: Predictions

    def text(self, i: int) -> Input:
        """Return the original text of changed example `i`."""
        text: Input = self.question.data.inputs[int(self.rows[i])]
        return text

    def before(self) -> NDArray[np.float64]:
        """Return the probabilities of the original texts (c, 1, k)."""
        return self.question.predictions.probabilities[self.rows][:, None, :]

    def after(self) -> NDArray[np.float64]:
        """Return the probabilities of the edited texts (c, draws, k)."""
        return self.predictions.probabilities.reshape(len(self.rows), self.draws, -1)

    def flipped(self) -> NDArray[np.bool_]:
        """Return which edited texts (c, draws) are predicted otherwise than their original."""
        return flips(self.before(), self.after(), multi_label=self.question.multi_label)

    def correct(self) -> NDArray[np.bool_]:
        """Return which edited texts (c, draws) are predicted as their original is labelled."""
        if self.question.multi_label:
            targets = self.question.targets()[self.rows] > 0.5
            same: NDArray[np.bool_] = ((self.after() > 0.5) == targets[:, None, :]).all(axis=2)
            return same
        labels = self.question.label_ids()[self.rows]
        right: NDArray[np.bool_] = self.after().argmax(axis=2) == labels[:, None]
        return right


def flips(
    before: NDArray[np.float64], after: NDArray[np.float64], *, multi_label: bool
) -> NDArray[np.bool_]:
    """Return where probabilities (..., k) predict something else than those before.

    Of one label: where another one is likelier than the former by more than `TIE`. If multi-label:
    where any label comes or goes.
    """
    import numpy as np

    if multi_label:
        return np.asarray(((before > 0.5) != (after > 0.5)).any(axis=-1))
    said = np.broadcast_to(before.argmax(axis=-1)[..., None], (*after.shape[:-1], 1))
    kept = np.take_along_axis(after, said, axis=-1)[..., 0]
    return np.asarray(after.max(axis=-1) - kept > TIE)


def as_perturbation(transform: Transform) -> Perturbation:
    """Return a perturbation as it is, and a function from text to text as one."""
    from pytest_accept.perturbations.made_by_users import from_function
    from pytest_accept.perturbations.perturbation import Perturbation

    if isinstance(transform, Perturbation):
        return transform
    if callable(transform):
        return from_function(transform)
    what = "a perturbation such as typos(), or a function from a text to a text"
    raise SettingError(expected("perturbation", what, transform))


def is_function(transform: Transform) -> bool:
    """Return whether a transform is a plain function, which makes one text of a text."""
    from pytest_accept.perturbations.perturbation import Perturbation

    return callable(transform) and not isinstance(transform, Perturbation)


def model_that_predicts(model: Any) -> Model:
    """Return the model; SettingError for stored predictions, which know no edited text."""
    from pytest_accept.loading import Model

    if isinstance(model, Model):
        return model
    raise SettingError(
        expected("model", "a Model (see `load_model`), which can predict edited texts", model)
    )


def random_of(perturbation: Perturbation, text: Any, seed: int) -> Random:
    """Return the source of what is drawn for a text: the same for a text and a seed."""
    key = f"{seed}\0{perturbation!r}\0{text!r}".encode()
    return Random(int.from_bytes(hashlib.blake2b(key, digest_size=8).digest(), "big"))


def draw_scripts(
    perturbation: Perturbation, text: Input, *, draws: int, seed: int
) -> list[Script] | None:
    """Return scripts that change the text, the same for a text and a seed; None if none does."""
    random = random_of(perturbation, text, seed)
    scripts = []
    for _ in range(draws):
        script = perturbation.draw_change(random, text)
        if script is None:
            return None
        scripts.append(script)
    return scripts


def ask_perturbed(
    metric: str,
    model: Model | Predictions,
    data: Data,
    perturbation: Transform,
    *,
    labelled: bool,
    draws: int | None = None,
    min_changed: float = 0.5,
    assumed_invalid: float = 0.0,
    **options: Any,
) -> Perturbed:
    """Draw, predict what is not yet predicted, and return the examples with their edited texts.

    Raises DataError if the perturbation changes no text at all.
    """
    import numpy as np

    draws = checked_draws(draws, perturbation)
    check_share("min_changed", min_changed)
    check_share("assumed_invalid", assumed_invalid, below_one=True)
    predicting, chosen = model_that_predicts(model), as_perturbation(perturbation)
    takes = PerturbedOptions.__annotations__
    question = ask(metric, predicting, data, labelled=labelled, takes=takes, **options)
    rows: list[int] = []
    scripts: list[list[Script]] = []
    edited: list[Input] = []
    inputs: Sequence[Input] = question.data.inputs
    for row, text in enumerate(inputs):
        drawn = draw_scripts(chosen, text, draws=draws, seed=question.seed)
        if drawn is not None:
            rows.append(row)
            scripts.append(drawn)
            edited += [script.changed(text) for script in drawn]
    if not rows:
        raise DataError(nothing_to_change(chosen, question.data))
    dry_run.about(rows, None if question.clusters is None else question.clusters[rows])
    if len(rows) < min_changed * len(question.data):
        dry_run.concludes_nothing(
            f"{chosen!r} can change only {len(rows):,} of {len(question.data):,} texts, fewer than "
            f"min_changed={min_changed:g} of them"
        )
    return Perturbed(
        question=question,
        model=predicting,
        perturbation=chosen,
        rows=np.array(rows),
        scripts=scripts,
        predictions=predicting.predict(edited),
        min_changed=min_changed,
        assumed_invalid=assumed_invalid,
    )


def checked_draws(draws: int | None, perturbation: Transform) -> int:
    """Return how many edited texts to draw; SettingError for what is no number of them."""
    if draws is None:
        return 1 if is_function(perturbation) else _DRAWS
    check_count("draws", draws)
    return draws


def check_share(name: str, value: Any, *, below_one: bool = False) -> None:
    """Raise SettingError for a share that is no number in 0..1 (in [0, 1), if `below_one`)."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not 0 <= value <= 1 or (below_one and value == 1):
        what = "a number in [0, 1)" if below_one else "a number in 0..1"
        raise SettingError(expected(name, what, value))


def nothing_to_change(perturbation: Perturbation, data: Data) -> str:
    """Return the sentence for a perturbation that finds no place to edit."""
    empty = sum(not "".join(text).strip() for text in data.inputs)
    blank = f" ({empty:,} of them are empty)" if empty else ""
    return (
        f"{perturbation!r} changes none of the {len(data):,} texts{blank} of {data.population!r}: "
        "nothing in them is what it edits, or only words that are protected (negations are, where "
        "the label must stay). Choose a wider perturbation, or texts that it is for."
    )


def require_promise(metric: str, perturbation: Perturbation, *wanted: str) -> None:
    """Raise SettingError if a perturbation promises of the label what the metric cannot use."""
    if perturbation.promise in wanted:
        return
    raise SettingError(
        f"{metric} needs a perturbation that promises of the right label: "
        f"{' or '.join(map(repr, wanted))}. {perturbation!r} promises {perturbation.promise!r}."
    )
