"""A question on streamed data, with all that one pass found out."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from pytest_accept import dry_run, settings
from pytest_accept.assertions.asked import BY_TEXT, Asked, pose
from pytest_accept.assertions.streamed.gathered import Claims, Gathered
from pytest_accept.assertions.streamed.one_pass import gathered
from pytest_accept.data.streamed import StreamedData
from pytest_accept.errors import DataError, SettingError, unknown
from pytest_accept.metrics.confusion import influences
from pytest_accept.prediction import Predictions
from pytest_accept.statistics.proportions import clopper_pearson

if TYPE_CHECKING:
    from pytest_accept.statistics import Interval

_FEW = 5  # examples of a label, below which no bound knows its errors, as notes say
_MANY = 1.1
"""Σ m² / n from which repeats count: what it is where 1 example in 20 repeats another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamAsked(Asked[Any]):
    """A question with its answers as sums. `cluster` was named, or is None.

    `effective`: as how many independent examples they count; None where each is one.
    """

    found: Gathered
    cluster: str | None
    effective: float | None

    @property
    def labels(self) -> tuple[str, ...]:
        """The model's label names."""
        return self.found.labels

    def label_index(self, label: str) -> int:
        """Return the position of a label; raises SettingError for one that the model lacks."""
        if label in self.labels:
            return self.labels.index(label)
        raise SettingError(unknown("label", label, self.labels))

    def single_label(self) -> None:
        """Raise SettingError for a multi-label model, of which no table of labels is kept."""
        if self.found.multi_label:
            raise SettingError(
                f"On streamed data {self.metric} takes models that say one label an example, but "
                f"{self.model.name!r} is multi-label. Of those stream: accuracy, cross_entropy, "
                "brier_score; with label=…, expected_calibration_error and overconfidence. For "
                "others draw a sample: load_data(..., streaming=True, limit=5000)."
            )

    def effective_of(self, of: Hashable, mean: float, variance: float) -> float | None:
        """Return as how many independent examples they count for the mean of a value of each.

        At worst they are as alike as their clusters are large; where the large clusters differ most
        from the mean, it is worse than that.
        """
        if self.effective is None or variance <= 0:
            return self.effective
        found = self.found
        spread = found.by_cluster[of].about(mean, found.squares)
        return max(1.0, min(self.effective, found.n**2 * variance / max(spread, 1e-12)))

    def share(
        self,
        hits: int,
        among: int,
        *,
        of: Hashable = None,
        label: int | None = None,
        said: int | None = None,
        cell: tuple[int, int] | None = None,
    ) -> Interval:
        """Return the interval of the share of hits among some of the examples.

        Clopper-Pearson; of examples that count as fewer, at that number. `of`: it is the mean of a
        value of all examples, summed up by cluster under that name. Or it is among those with a
        `label`, or of which one is `said`, and the hits are a `cell` of the table of labels.
        """
        from pytest_accept.statistics import Interval, proportion_interval

        if not among:
            common = {"confidence": self.confidence, "n": 0, "clusters": None, "method": "none"}
            return Interval(value=0.0, low=0.0, high=1.0, **common)  # type: ignore[arg-type]
        interval = proportion_interval(hits, among, confidence=self.confidence)
        if self.effective is None:
            return interval
        # Of a part nobody counted, the squared counts are no larger than those of all.
        at_worst = among**2 / self.found.n**2 * self.effective
        for one, counted in (
            (label, self.found.squares_by_label),
            (said, self.found.squares_by_said),
        ):
            if one is not None and counted is not None:
                at_worst = among**2 / float(counted.at_most()[one])
        if of is not None:
            rate = hits / among
            at_worst = self.effective_of(of, rate, rate * (1 - rate)) or at_worst
        if cell is not None:
            amounts = np.zeros_like(self.found.table, np.float64)
            amounts[np.s_[label, :] if label is not None else np.s_[:, said]] = -hits / among
            amounts[cell] += 1
            at_worst = min(at_worst, among * self._alike(amounts.ravel()))
        count = max(1.0, min(among, at_worst))
        low, high = clopper_pearson(hits / among * count, count, self.confidence)
        low, high = min(low, interval.low), max(high, interval.high)
        return self.clustered(replace(interval, low=low, high=high))

    def effective_of_table(self, formula: Callable[[Any], Any]) -> float:
        """Return as how many independent examples they count if labels are asked of one by one.

        As if those of every label, given or said, repeated as much as those of the label that
        repeats most: the errors of a rare label may all be those of one text. Where the large
        clusters are the ones that move the `formula`, it is worse than that.
        """
        if self.effective is None:
            return float(self.found.n)
        least = self.effective
        for squares in (self.found.squares_by_label, self.found.squares_by_said):
            if squares is not None:
                enough = squares.sizes >= _FEW
                shares = squares.sizes[enough] / squares.at_most()[enough]
                least = min(least, self.found.n * float(shares.min(initial=1.0)))
        if self.found.squares_by_pair is not None:
            moved = influences(self.found.table, formula)
            least = min(least, self.found.n * self._alike(moved))
        return max(1.0, least)

    def _alike(self, amounts: NDArray[np.float64]) -> float:
        """Return the variance of a sum of such amounts if examples were independent, by cluster.

        That is the share of the examples which they count as; 1 if nobody can say.
        """
        squares = self.found.squares_by_pair
        independent = float(np.einsum("c,c->", self.found.table.ravel(), amounts**2))
        if squares is None or independent <= 0:
            return 1.0
        return min(1.0, independent / max(squares.at_most_of(amounts), 1e-12))

    def clustered(self, interval: Interval) -> Interval:
        """Return an interval that is of clusters, if it is, with their number."""
        if self.effective is None:
            return interval
        method = f"{interval.method}, clusters all alike"
        return replace(interval, clusters=self.found.clusters.count(), method=method)

    def _notes(self) -> tuple[str, ...]:
        found = self.found
        n = f"{found.n:,}"
        notes = [self._cut(found.truncated)] if found.truncated else []
        if found.blank:
            notes.append(f"{found.blank:,} of {n} texts are empty")
        if self.cluster is None and found.clusters.repeats():
            about = "" if found.clusters.exact else "about "
            notes.append(f"{about}{found.clusters.repeats():,} of {n} examples repeat a text")
        if self.by_text:
            notes.append(f"{BY_TEXT} whose examples are all right or all wrong")
        if found.learned:
            notes.append(
                f"{found.learned:,} of {n} examples are among those that the model learned from"
            )
        return tuple(notes)

    def _cut(self, cut: int) -> str:
        texts = "text was" if cut == 1 else "texts were"
        most = self.model.max_length
        return f"{cut:,} of {self.found.n:,} {texts} longer than {most} tokens and cut there"


def ask(
    metric: str, model: Any, data: StreamedData, options: dict[str, Any], *claims: Claims
) -> StreamAsked:
    """Return the question with its answers, after a pass if none has found them out before."""
    settings.refuse_in_replay("reads streamed data")
    if dry_run.current() is not None:
        raise DataError(
            f"A plan counts examples, which of streamed data takes a pass. Leave {data.name!r} out "
            "of the plan with -m or -k, or plan with a sample: load_data(..., streaming=True, "
            "limit=5000)."
        )
    posed = pose(
        metric,
        model,
        data,
        task="text-classification",
        predictions=Predictions,
        streams=True,
        **options,
    )
    if hasattr(model, "for_data"):
        raise SettingError(
            f"{metric} of streamed data asks a Model, chunk by chunk, but got Predictions, which "
            "are in memory: so may be their data."
        )
    part = posed.data
    assert isinstance(part, StreamedData)
    cluster = options.get("cluster") or part.cluster
    if cluster not in (None, "text", *part.columns):
        raise DataError(unknown("column", cluster, part.columns))
    for _, label in claims:
        if label is not None and label not in model.labels:
            raise SettingError(unknown("label", label, model.labels))
        if label is None and model.multi_label:
            raise SettingError(
                f"{metric} of a multi-label model is defined label by label. "
                f"Pass label=, one of {', '.join(map(repr, model.labels))}."
            )
    found = gathered(model, part, cluster or "text", claims)
    effective = found.n**2 / float(found.squares.at_most()[0])
    by_text = cluster is None and float(found.squares.totals()[0]) > _MANY * found.n
    values = {each.name: getattr(posed, each.name) for each in fields(posed)}
    return StreamAsked(
        **{**values, "by_text": by_text},
        found=found,
        cluster=cluster,
        effective=effective if by_text or cluster is not None else None,
    )
