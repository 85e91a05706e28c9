"""Does an edit exist that changes the prediction?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, Unpack, get_args

from pytest_accept import dry_run
from pytest_accept.assertions.judgement import (
    above_under,
    below_under,
    ranged,
    require,
)
from pytest_accept.assertions.perturbed import (
    Transform,
    as_perturbation,
    check_share,
    flips,
    model_that_predicts,
    nothing_to_change,
    require_promise,
)
from pytest_accept.assertions.question import Options, Question, ask
from pytest_accept.assertions.searching import Case, existence, search
from pytest_accept.errors import DataError, SettingError, check_count, expected
from pytest_accept.records import Evidence

if TYPE_CHECKING:
    from pytest_accept.assertions.contributions import Sums
    from pytest_accept.data import Data
    from pytest_accept.loading import Model
    from pytest_accept.perturbations.hypothesis_runs import Found
    from pytest_accept.perturbations.perturbation import Perturbation
    from pytest_accept.perturbations.search import AskedModel
    from pytest_accept.records import Estimate, Verdict

Guide = Literal["margin", "importance", "gradient"]
"""What leads a search: the margin of the prediction, or the words that the prediction hangs on."""


class SearchOptions(Options, total=False):
    """The options of a search, beside those of every metric.

    `max_examples`: how many edit scripts Hypothesis tries for each text before it gives up; default
    100. `guide`: None tries them at random; "margin" lets Hypothesis climb towards a smaller margin
    (`hypothesis.target`); "importance" edits first what lowers the probability most when it is left
    out (occlusion, one prediction per word); "gradient" edits first where the gradient of a torch
    model says that one of the replacements raises the loss most (HotFlip: Ebrahimi et al. 2018).
    `min_changed`: where the perturbation can change fewer than this share of the texts, in 0..1,
    nothing is accepted; default 0.5.
    """

    max_examples: int
    guide: Guide | None
    min_changed: float


@ranged(0, 1, interval="share")
def attack_success_rate(
    model: Model,
    data: Data,
    perturbation: Transform,
    **options: Unpack[SearchOptions],
) -> Estimate:
    """Share of rightly predicted examples for which a search finds an edit that changes that.

    In 0..1; 0: no edit found. Examples whose original is predicted wrong are left out (Jin et al.
    2020, TextFooler); without labels all count. It says for how many texts like these such an edit
    *exists and is found* with this effort, which is more than how often it happens: that is
    `flip_rate`. Interval: Clopper-Pearson; with clusters, Korn and Graubard's.

    Options: `max_examples=100`, `guide=None` and `min_changed=0.5` (see `SearchOptions`), and those
    of every metric: `where`, `cluster`, `confidence`, `point`.
    """
    from pytest_accept.statistics import clustered_proportion_interval, proportion_interval

    attack = _attack("attack_success_rate", model, data, perturbation, **options)
    question = attack.question
    if question.clusters is None:
        interval = proportion_interval(
            len(attack.found), len(attack.positions), confidence=question.confidence
        )
    else:
        interval = clustered_proportion_interval(
            [float(position in attack.found) for position in attack.positions],
            question.clusters[list(attack.positions)],
            confidence=question.confidence,
        )
    if attack.few:
        interval = replace(interval, low=0.0, high=1.0)
    measurement = question.answer(
        interval,
        higher_is_better=False,
        evidence=lambda _: attack.evidence(),
        options=attack.named,
        notes=(
            *attack.notes(),
            f"found by search, at most {attack.max_examples:,} tries a text: that such an edit "
            "exists, not how often it happens",
        ),
        kept=None if attack.few else attack.added,
    )
    return replace(measurement, plan=lambda *_: (None, None)) if attack.few else measurement


@dry_run.required("below", lambda _: 0.0, lambda _: "no_flip_within")
def assert_no_flip_within(
    model: Model,
    data: Data,
    perturbation: Transform,
    **options: Unpack[SearchOptions],
) -> Verdict:
    """Require that a search finds no edit that changes a prediction, in any of the texts.

    A claim of existence: a single flip rejects it, and to find none within `max_examples` tries a
    text is no proof that there is none. Labels are not needed. Returns the Verdict, whose value is
    the share of texts with a flip; raises AcceptanceFailure with the smallest edits found.

    Options: `max_examples=100`, `guide=None` and `min_changed=0.5` (see `SearchOptions`), `where`.
    """
    attack = _attack("no_flip_within", model, data, perturbation, every=True, **options)
    estimate = existence(
        attack.question,
        len(attack.found),
        len(attack.positions),
        options=attack.named,
        evidence=attack.evidence,
        notes=attack.notes(),
        few=attack.few,
    )
    verdict = estimate.judge(0.0, "below")
    require(verdict)
    return verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class _Attack:
    """A search for flips in some examples of a question, and what it found.

    `unable`: how many of the texts offer nothing to edit.
    """

    question: Question
    perturbation: Perturbation
    positions: Sequence[int]
    found: dict[int, Found]
    max_examples: int
    min_changed: float
    unable: int
    named: str

    @property
    def few(self) -> bool:
        """Whether too few texts can be edited to conclude anything from what was not found."""
        return len(self.positions) - self.unable < self.min_changed * len(self.positions)

    def added(self) -> Sums:
        """Return what each example adds to the share of those searched for which one is found."""
        import numpy as np

        from pytest_accept.assertions.shares import sums_among

        found, among = np.zeros((2, len(self.question.data)), np.bool_)
        found[list(self.found)] = True
        among[list(self.positions)] = True
        return sums_among(self.question, found, among)

    def evidence(self) -> tuple[Evidence, ...]:
        """Return the smallest edits found, by kind."""
        from pytest_accept.assertions.edited_evidence import Broken, by_kind

        inputs = self.question.data.inputs
        broken = [
            Broken(at, each.drawn.edits(inputs[at]), each.error.after)  # type: ignore[attr-defined]
            for at, each in self.found.items()
        ]
        return by_kind(self.question, broken, "flip the prediction")

    def notes(self) -> tuple[str, ...]:
        """Return how many texts offer nothing to edit."""
        if not self.unable:
            return ()
        note = (
            f"{self.perturbation!r} finds nothing to change in {self.unable:,} of "
            f"{len(self.positions):,} texts"
        )
        if self.few:
            note += f", more than min_changed={self.min_changed:g} allows: nothing is accepted"
        return (note,)


class Flip(AssertionError):  # noqa: N818 - what the search looks for, no error
    """An edit that changes a prediction: the probabilities (k,) after it."""

    def __init__(self, after: Any) -> None:
        super().__init__("the prediction changes")
        self.after = after


def _attack(
    metric: str,
    model: Any,
    data: Data,
    transform: Transform,
    *,
    max_examples: int = 100,
    guide: Guide | None = None,
    min_changed: float = 0.5,
    every: bool = False,
    **options: Any,
) -> _Attack:
    import numpy as np

    if guide is not None and guide not in get_args(Guide):
        what = "None, 'margin', 'importance' or 'gradient'"
        raise SettingError(expected("guide", what, guide))
    check_count("max_examples", max_examples)
    check_share("min_changed", min_changed)
    predicting, perturbation = model_that_predicts(model), as_perturbation(transform)
    require_promise(metric, perturbation, "same", "unknown")
    takes = SearchOptions.__annotations__
    question = ask(metric, predicting, data, labelled=False, takes=takes, **options)
    dry_run.costs(f"up to {max_examples:,} tries for each text")
    if question.data.labelled and not every:
        dry_run.about_some("they are those that the model predicts right")
    right = np.ones(len(question.data), dtype=np.bool_)
    if question.data.labelled and not every:
        right = question.correct()
        if not right.any():
            raise DataError(
                f"{metric} is about examples that are predicted right, but of the "
                f"{len(question.data):,} of {question.data.population!r} none is."
            )
    positions = np.flatnonzero(right).tolist()
    inputs = question.data.inputs
    unable = sum(not perturbation.can_change(inputs[at]) for at in positions)
    if unable == len(positions):
        raise DataError(nothing_to_change(perturbation, question.data))
    guided = _guided(predicting, question, positions, perturbation, guide)
    named = [repr(perturbation), f"max_examples={max_examples}"]
    if guide is not None:
        named.append(f"guide={guide}")
    found = search(
        question,
        predicting,
        positions,
        strategy=lambda case: guided[case.position].scripts_for(case.text),
        property=partial(_stays, climbing=guide == "margin"),
        what=f"flip within {', '.join(named)}",
        max_examples=max_examples,
        steered=guide == "margin",
    )
    return _Attack(
        question=question,
        perturbation=perturbation,
        positions=positions,
        found=found,
        max_examples=max_examples,
        min_changed=min_changed,
        unable=unable,
        named=", ".join(named),
    )


def _guided(
    model: Model,
    question: Question,
    positions: Sequence[int],
    perturbation: Perturbation,
    guide: Guide | None,
) -> dict[int, Perturbation]:
    """Return the perturbation of each example, led to where the guide says."""
    from pytest_accept.assertions.guiding import by_gradient, by_importance

    if guide == "importance":
        return by_importance(model, question, positions, perturbation)
    if guide == "gradient":
        return by_gradient(model, question, positions, perturbation)
    return dict.fromkeys(positions, perturbation)


def _stays(asked: AskedModel, case: Case, script: Any, *, climbing: bool) -> None:
    """Raise Flip if an edited text is predicted otherwise; else say how near it is, if climbing."""
    edited, question = script.changed(case.text), case.question
    if edited == case.text:
        return
    before = question.predictions.probabilities[case.position]
    after = asked.probabilities([edited])[0]
    if flips(before, after, multi_label=question.multi_label):
        raise Flip(after)
    if climbing:
        from hypothesis import target

        target(_nearness(before, after, question.multi_label), label="nearness of a flip")


def _nearness(before: Any, after: Any, multi_label: bool) -> float:
    """Return how near the prediction is to another one: larger is nearer, above 0 it is another."""
    import numpy as np

    if multi_label:
        return float(np.where(before > 0.5, 0.5 - after, after - 0.5).max())
    said = int(before.argmax())
    return float(np.delete(after, said).max() - after[said])


assert_attack_success_rate_above = above_under(attack_success_rate)
assert_attack_success_rate_below = below_under(attack_success_rate)
assert_attack_success_above = assert_attack_success_rate_above
assert_attack_success_below = assert_attack_success_rate_below
