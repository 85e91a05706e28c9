"""Texts that differ in nothing but an identity, and what is predicted of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pytest_accept.assertions.perturbed import TIE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pytest_accept.assertions.judgement import Measurement
    from pytest_accept.assertions.question import Question
    from pytest_accept.records import Evidence
    from pytest_accept.statistics import Interval
    from pytest_accept.swaps.swap import Counterfactual


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
        stop = self.starts[i + 1] if i + 1 < len(self) else len(self.rows)
        return range(int(self.starts[i]), int(stop))

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
        return replace(self.question, clusters=self.clusters).mean(values, (0, 1))

    def answer(
        self,
        interval: Interval,
        *,
        values: NDArray[np.float64],
        evidence: Callable[[Question], tuple[Evidence, ...]],
        named: Sequence[str] = (),
    ) -> Measurement:
        """Return the interval of the mean of values (g,) in 0..1 as a Measurement.

        The options `named` are the metric's own. A Record keeps the values of observations that are
        examples of the data, not those of templates.
        """
        from pytest_accept.assertions.contributions import Values

        added = Values(values=values, bounds=(0, 1), clusters=self.clusters)
        return self.question.answer(
            interval,
            higher_is_better=False,
            evidence=evidence,
            options=", ".join([*self.options, *named]),
            notes=self.notes,
            kept=(lambda: added) if self.templates is None else None,
            examples=self.rows[self.starts],
        )
