"""Does a probability move the way that an edit asks for? (CheckList's directional test)"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, Unpack, cast

from pytest_accept.assertions.behaviour import (
    EditOptions,
    ask_edited,
    behaviour_of,
    edited_by,
    required,
    share,
)
from pytest_accept.assertions.judgement import check_bar, ranged
from pytest_accept.assertions.perturbed import TIE, Perturbed, PerturbedOptions, Transform
from pytest_accept.assertions.these_cases import about_these
from pytest_accept.errors import SettingError, expected
from pytest_accept.records import Estimate, Verdict

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pytest_accept.data import Data
    from pytest_accept.loading import Model
    from pytest_accept.perturbations.perturbation import Perturbation

Moves = Literal["up", "down"]

_PROMISED: dict[str, Moves] = {"up": "up", "down": "down", "flips": "down"}


class DirectionOptions(EditOptions, total=False):
    """The options of a directional test: those of `directional`."""

    label: str | None
    moves: Moves | None
    tolerance: float


@ranged(0, 1, interval="mean, by cluster")
def directional(
    model: Model,
    data: Data,
    transform: Transform,
    *,
    label: str | None = None,
    moves: Moves | None = None,
    tolerance: float = 0.05,
    only_these: bool | None = None,
    capability: str | None = None,
    name: str | None = None,
    **options: Unpack[PerturbedOptions],
) -> Estimate:
    """Share of edited texts that do not move a probability the wrong way, in 0..1; 1: none does.

    The probability is that of `label`; for None it is that of each example's own label, or of the
    label first predicted where the data have none. It should move `moves`, "up" or "down": an edit
    fails if it moves it the other way by more than `tolerance` (in 0..1, of probability). Not
    moving at all is right. For None, `moves` is what the perturbation promises of the right label:
    "up", "down", or "down" if it flips it. Intervals, and `only_these`, are those of `invariance`.

    Raises SettingError for an unknown label, for `moves` that are neither given nor promised, or
    promised of the right label while `label` is another, and for what `invariance` raises it for.
    Source: the directional expectation test of Ribeiro et al. 2020 (CheckList).
    """
    import numpy as np

    from pytest_accept.assertions.edited_evidence import largest_shifts

    behaviour = behaviour_of("DIR", capability, name)
    if isinstance(tolerance, bool) or not isinstance(tolerance, int | float):
        raise SettingError(expected("tolerance", "a number in [0, 1)", tolerance))
    if not 0 <= tolerance < 1:
        raise SettingError(expected("tolerance", "a number in [0, 1)", tolerance))
    if label is not None and not isinstance(label, str):
        raise SettingError(expected("label", "a label of the model, or None", label))
    chosen = edited_by(transform)
    way = _way(chosen, moves)
    asked = ask_edited("directional", model, data, transform, chosen, labelled=False, **options)
    these = about_these(asked.question, only_these, options.get("cluster"))
    columns = _columns(asked, label)
    if label is not None and moves is None:
        _require_own_label(asked, columns, label)
    moved = np.take_along_axis(asked.after() - asked.before(), columns[:, None, None], axis=2)
    wrong = -moved[:, :, 0] if way == "up" else moved[:, :, 0]
    most = max(tolerance, TIE)
    named = [] if label is None else [f"label={label}"]
    measured = share(
        asked,
        wrong <= most,
        single=chosen is not transform,
        these=these,
        evidence=lambda _: largest_shifts(
            asked,
            wrong,
            title=f"the farthest {'down' if way == 'up' else 'up'}, where {way} was expected",
            beyond=most,
        ),
        named=[*named, f"moves={way}", f"tolerance={tolerance:g}"],
    )
    return replace(measured, behaviour=behaviour)


def assert_directional(
    model: Model, data: Data, transform: Transform, bar: float, **options: Unpack[DirectionOptions]
) -> Verdict:
    """Require that the share of edits that move no probability the wrong way is at least `bar`.

    Accepted if the lower bound of `directional`, in 0..1, is at least the bar; options are those of
    it: `label=`, `moves=`, `tolerance=0.05`, …, and `capability=` and `name=`, which say in the
    report what was tested. Returns the Verdict. Raises AcceptanceFailure, with the verdict, if the
    criterion is rejected or (by default) inconclusive, SettingError for a bar outside of 0..1, and
    what `directional` raises.

    >>> assert_directional(model, reviews, intensifiers(), bar=0.95)  # doctest: +SKIP
    """
    check_bar("directional", bar)
    return required(directional(model, data, transform, **options), bar)


def _way(perturbation: Perturbation, moves: Any) -> Moves:
    if moves in ("up", "down"):
        return cast("Moves", moves)
    if moves is not None:
        raise SettingError(expected("moves", "'up', 'down' or None", moves))
    if perturbation.promise in _PROMISED:
        return _PROMISED[perturbation.promise]
    raise SettingError(
        f"directional needs moves='up' or moves='down': {perturbation!r} promises "
        f"{perturbation.promise!r} of the label, which is no direction."
    )


def _columns(asked: Perturbed, label: str | None) -> NDArray[np.int64]:
    """Return which label's probability (c,) is to move, example by example."""
    import numpy as np

    question = asked.question
    if label is not None:
        return np.full(len(asked.rows), question.label_index(label), dtype=np.int64)
    if question.multi_label:
        raise question.needs_label()
    own = question.label_ids() if question.data.labelled else question.predictions.label_ids
    return np.asarray(own[asked.rows], dtype=np.int64)


def _require_own_label(asked: Perturbed, columns: NDArray[np.int64], label: str) -> None:
    """Raise SettingError where a promise, which is of the right label, is taken for another's."""
    question = asked.question
    if question.data.labelled and not question.multi_label:
        others = int((question.label_ids()[asked.rows] != columns).sum())
        if not others:
            return
        reason = f"{others:,} of {len(columns):,} examples have another label than {label!r}"
    else:
        reason = "the right labels are not known"
    raise SettingError(
        f"{asked.perturbation!r} promises how the right label moves, but {reason}. Pass moves=, or "
        "leave label= out."
    )
