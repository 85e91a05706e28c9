"""One question about texts that differ in nothing but an identity, and should be answered alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pytest_accept.assertions.perturbed import TIE, model_that_predicts
from pytest_accept.assertions.question import Question, ask
from pytest_accept.errors import DataError, SettingError, expected
from pytest_accept.records import PAIR

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pytest_accept.assertions.judgement import Measurement
    from pytest_accept.data import Data
    from pytest_accept.loading import Model
    from pytest_accept.prediction import Predictions
    from pytest_accept.prediction.predictions import Input
    from pytest_accept.records import Evidence
    from pytest_accept.statistics import Interval
    from pytest_accept.swaps.swap import Counterfactual

MOST = 10
"""How many counterfactuals of a text are asked about unless a user says otherwise."""

Swapping = Any
"""A Swap, or a function from a text to texts, or to a dict from identities to texts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternatives:
    """Observations: each a set of texts that should be predicted alike.

    The texts of one stand next to each other: observation i has those from `starts[i]` on. For each
    text there are its `probabilities` (m, k), its row in the question (`rows` (m,); of a
    counterfactual the row of its original), and its identity. `made` holds the counterfactuals, and
    None for a text of the data; it is None where all are. `templates` name the observations if they
    are templates.
    """

    question: Question
    starts: NDArray[np.int64]
    rows: NDArray[np.int64]
    identities: Sequence[str]
    probabilities: NDArray[np.float64]
    clusters: NDArray[np.int64] | None
    options: tuple[str, ...]
    notes: tuple[str, ...]
    made: Sequence[Counterfactual | None] | None = None
    templates: Sequence[str] | None = None

    def __len__(self) -> int:
        return len(self.starts)

    def texts(self, i: int) -> range:
        """Return the numbers of the texts of an observation."""
        ends = [*self.starts[1:].tolist(), len(self.rows)]
        return range(int(self.starts[i]), ends[i])

    def largest(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the largest of the values (m, …) of each observation's texts."""
        import numpy as np

        return np.asarray(np.maximum.reduceat(values, self.starts, axis=0))

    def flipped(self) -> NDArray[np.bool_]:
        """Return in which observations no label is predicted for every text.

        A label that loses by less than `TIE` is predicted, too. If multi-label: any label comes
        or goes.
        """
        import numpy as np

        found = self.probabilities
        if self.question.multi_label:
            high, low = self.largest(found), -self.largest(-found)
            return np.asarray(((high > 0.5) & (low <= 0.5) & (high - low > TIE)).any(axis=1))
        lost_by = found.max(axis=1, keepdims=True) - found
        return np.asarray(self.largest(lost_by).min(axis=1) > TIE)

    def gaps(self, label: int) -> NDArray[np.float64]:
        """Return the largest difference of a label's probability between two identities (g,).

        Texts of one template and identity count by their mean.
        """
        import numpy as np

        found = self.probabilities[:, label]
        if self.templates is None:
            return self.largest(found) + self.largest(-found)
        gaps = []
        for i in range(len(self)):
            by_identity: dict[str, list[float]] = {}
            for at in self.texts(i):
                by_identity.setdefault(self.identities[at], []).append(float(found[at]))
            means = [sum(each) / len(each) for each in by_identity.values()]
            gaps.append(max(means) - min(means))
        return np.array(gaps)

    def mean(self, values: NDArray[np.float64]) -> Interval:
        """Return the interval of the mean over observations of values (g,) in 0..1."""
        from pytest_accept.statistics import mean_interval, mean_over_clusters_interval

        question = self.question
        if self.clusters is not None:
            return mean_over_clusters_interval(
                values, self.clusters, confidence=question.confidence, bounds=(0, 1)
            )
        return mean_interval(
            values, confidence=question.confidence, bounds=(0, 1), seed=question.seed
        )

    def answer(
        self,
        interval: Interval,
        *,
        evidence: Callable[[Question], tuple[Evidence, ...]],
        named: Sequence[str] = (),
    ) -> Measurement:
        """Return the interval as a Measurement; the options `named` are the metric's own."""
        return self.question.answer(
            interval,
            higher_is_better=False,
            evidence=evidence,
            options=", ".join([*self.options, *named]),
            notes=self.notes,
        )


def ask_counterfactuals(
    metric: str,
    model: Model | Predictions,
    data: Data,
    swap: Swapping | None,
    *,
    template: str | None,
    identity: str | None,
    allow_single: bool,
    most: int | None,
    own: Sequence[str] = (),
    **options: Any,
) -> Alternatives:
    """Bring together what should be predicted alike: by a swap, or by the data's own templates.

    `own`: the metric's further options. Raises SettingError unless there is either a swap or both
    columns, and what `swapped` and `templated` raise.
    """
    takes = ("swap", "template", "identity", "allow_single", "most", *own)
    columns = template is not None and identity is not None
    if (swap is None) != columns or (swap is not None and (template or identity)):
        raise SettingError(
            f"{metric} needs either swap=, such as religions() of pytest_accept.swaps, or for data "
            "that bring their own templates, both template= and identity=, the columns that say "
            "which template a text is of and which identity it names."
        )
    if swap is not None:
        return swapped(metric, model, data, swap, most=most, takes=takes, **options)
    if most is not None:
        raise SettingError("`most` is about a swap: all texts of a template are compared.")
    question = ask(metric, model, data, labelled=False, takes=takes, **options)
    assert template is not None
    assert identity is not None
    return templated(question, template, identity, allow_single=allow_single, options=options)


def swapped(
    metric: str,
    model: Any,
    data: Data,
    swap: Swapping,
    *,
    most: int | None,
    takes: Sequence[str],
    **options: Any,
) -> Alternatives:
    """Return each text that holds an identity with its counterfactuals; others are counted.

    Raises DataError if no text holds one.
    """
    import numpy as np

    from pytest_accept.swaps.swap import as_swap

    chosen = as_swap(swap)
    limit = MOST if most is None else most
    if isinstance(limit, bool) or not isinstance(limit, int) or limit < 1:
        raise SettingError(expected("most", "an integer of 1 or more", most))
    predicting = model_that_predicts(model)
    question = ask(metric, predicting, data, labelled=False, takes=takes, **options)
    originals: list[int] = []
    made: list[list[Counterfactual]] = []
    inputs: Sequence[Input] = question.data.inputs
    for row, text in enumerate(inputs):
        found = chosen.counterfactuals(text, most=limit, seed=question.seed)
        if found:
            originals.append(row)
            made.append(found)
    if not originals:
        raise DataError(
            f"{chosen!r} finds no identity that it can exchange in the {len(inputs):,} texts of "
            f"{question.data.population!r}. Choose another swap, a list of your own (`terms`), or "
            "texts that speak of people."
        )
    after = predicting.predict([each.text for some in made for each in some]).probabilities
    sizes = np.array([len(some) + 1 for some in made])
    starts = np.cumsum(sizes) - sizes
    rows = np.repeat(originals, sizes)
    probabilities = np.empty((len(rows), after.shape[1]))
    first = np.zeros(len(rows), np.bool_)
    first[starts] = True
    probabilities[first] = question.predictions.probabilities[originals]
    probabilities[~first] = after
    listed = [each for some in made for each in (None, *some)]
    left_out = len(inputs) - len(originals)
    notes = []
    if left_out:
        notes.append(
            f"{left_out:,} of {len(inputs):,} texts are left out: {chosen!r} finds no identity to "
            "exchange in them"
        )
    return Alternatives(
        question=question,
        starts=starts,
        rows=rows,
        identities=["" if each is None else each.identity for each in listed],
        probabilities=probabilities,
        clusters=None if question.clusters is None else question.clusters[originals],
        options=(repr(chosen), f"most={limit}"),
        notes=tuple(notes),
        made=listed,
    )


def templated(
    question: Question,
    template: str,
    identity: str,
    *,
    allow_single: bool,
    options: Mapping[str, Any],
) -> Alternatives:
    """Return each template with its texts, one or several an identity.

    Raises DataError for missing values, a template with one identity (unless `allow_single`, which
    leaves such templates out), or one that lies in several clusters.
    """
    import numpy as np

    data = question.data
    names = _filled(data, template, "template", identity)
    identities = _filled(data, identity, "identity", template)
    groups: dict[str, list[int]] = {}
    for row, name in enumerate(names):
        groups.setdefault(name, []).append(row)
    single = [name for name, some in groups.items() if len({identities[i] for i in some}) < 2]
    if single and not allow_single:
        raise DataError(_one_identity(data, single, groups, identities))
    kept = {name: some for name, some in groups.items() if name not in set(single)}
    if not kept:
        raise DataError(
            f"No template in column {template!r} of {data.population!r} has texts of two "
            f"identities in column {identity!r}: nothing can be compared."
        )
    rows = np.array([row for some in kept.values() for row in some])
    sizes = np.array([len(some) for some in kept.values()])
    notes = [f"each of the {len(kept):,} templates is one observation, of {len(rows):,} texts"]
    if single:
        several = "templates have" if len(single) > 1 else "template has"
        notes.append(f"{len(single):,} {several} texts of one identity and cannot be compared")
    # Repeated texts are no clusters here: what repeats is compared.
    column = options.get("cluster") or data.cluster
    by_template = question.by_text or column in (None, template)
    clusters = None if by_template else _clusters(question, kept, template, str(column))
    return Alternatives(
        question=replace(question, clusters=None, by_text=False),
        starts=np.cumsum(sizes) - sizes,
        rows=rows,
        identities=[identities[row] for row in rows.tolist()],
        probabilities=question.predictions.probabilities[rows],
        clusters=clusters,
        options=(f"template={template}", f"identity={identity}"),
        notes=tuple(notes),
        templates=[_shown(name, data.inputs[some[0]]) for name, some in kept.items()],
    )


def _filled(data: Data, column: str, role: str, other: str) -> list[str]:
    from pytest_accept.data.labels import canonical, is_missing

    values = data.column(column)
    missing = [i for i, value in enumerate(values) if is_missing(value) or value == ""]
    if missing:
        raise DataError(
            f"{len(missing):,} of {len(data):,} examples of {data.population!r} have no {role} in "
            f"column {column!r} (first: {data.origin(missing[0])}). Fill them in, or leave those "
            f"examples out: where=lambda row: row[{column!r}] not in (None, '')."
        )
    return [canonical(value) for value in values]


def _one_identity(
    data: Data, single: Sequence[str], groups: dict[str, list[int]], identities: Sequence[str]
) -> str:
    first = groups[single[0]][0]
    one = len(single) == 1
    return (
        f"{len(single):,} of {len(groups):,} templates of {data.population!r} "
        f"{'has' if one else 'have'} texts of one identity only, such as {single[0]!r} "
        f"({identities[first]!r}, {data.origin(first)}): there is nothing to compare "
        f"{'it' if one else 'them'} with. Add texts of other identities, or leave such templates "
        "out, and count them, with allow_single=True."
    )


def _clusters(
    question: Question, groups: dict[str, list[int]], template: str, column: str
) -> NDArray[np.int64]:
    import numpy as np

    assert question.clusters is not None
    codes = question.clusters
    for name, some in groups.items():
        if len(set(codes[some].tolist())) > 1:
            raise DataError(
                f"The texts of template {name!r} lie in several clusters of column {column!r} "
                f"(first: {question.data.origin(some[0])}), but a template is one observation. "
                f"Choose a column that holds templates together, or cluster={template!r} to take "
                "each template for itself."
            )
    return np.array([int(codes[some[0]]) for some in groups.values()])


def _shown(template: str, text: Input) -> str:
    """Return what a reader knows a template by: itself, or a text of it if it is a mere number."""
    if " " in template:
        return template
    return text if isinstance(text, str) else PAIR.join(text)
