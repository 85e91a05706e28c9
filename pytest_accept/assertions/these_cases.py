"""What a behavioural test is about: exactly these cases, or others like them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_accept import dry_run
from pytest_accept.errors import SettingError, expected

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pytest_accept.assertions.perturbed import Perturbed
    from pytest_accept.assertions.question import Question
    from pytest_accept.statistics import Interval


def about_these(question: Question, only_these: bool | None, cluster: str | None) -> bool:
    """Return whether a criterion is about exactly the cases at hand.

    By default that is so of made-up cases that are all of one template: they tell nothing of other
    templates, and all there is of this one can be asked.
    """
    if only_these is not None and not isinstance(only_these, bool):
        raise SettingError(expected("only_these", "True, False or None", only_these))
    if only_these and cluster is not None:
        raise SettingError(
            f"only_these=True asks about these cases alone, cluster={cluster!r} about others like "
            "them. Leave one of them out."
        )
    these = only_these
    if these is None:
        made = question.data.cases_in_all is not None and cluster is None
        codes = question.clusters if made else None
        these = codes is not None and bool((codes == codes[0]).all())
    if these:
        dry_run.only_these(drawn=_drawn(question))
    return these


def share_of_these(question: Question, right: NDArray[np.bool_]) -> Interval:
    """Return the share of these cases (n,) that are right, or of all that they were drawn from."""
    from pytest_accept.statistics import finite_proportion_interval, proportion_interval

    hits, n, data = int(right.sum()), len(right), question.data
    if _drawn(question) and n < data.total:  # a part of a draw: of how many, nobody counted
        return proportion_interval(hits, n, confidence=question.confidence)
    total = data.cases_in_all or n if _drawn(question) else n
    return finite_proportion_interval(hits, n, total, confidence=question.confidence)


def share_of_edits(asked: Perturbed, right: NDArray[np.bool_], *, single: bool) -> Interval | None:
    """Return the share of edits of these cases (c, draws) that are right.

    `single`: there is one edit of each case, and that was asked. Else the draws are independent
    given the cases, of different rates: for their sum the binomial is the widest there is
    (Hoeffding 1956). None if the cases themselves were drawn and edits of them, too.
    """
    from pytest_accept.statistics import (
        clustered_proportion_interval,
        finite_proportion_interval,
        proportion_interval,
    )

    question, hits = asked.question, int(right.sum())
    if single and len(right) == len(question.data):
        return share_of_these(question, right[:, 0])
    if single and _drawn(question):
        return proportion_interval(hits, len(right), confidence=question.confidence)
    if single:
        return finite_proportion_interval(
            hits, len(right), len(right), confidence=question.confidence
        )
    if _drawn(question):
        return None
    texts = [str(asked.text(i)) for i in range(len(right))]
    interval = proportion_interval(hits, right.size, confidence=question.confidence)
    if len(set(texts)) < len(texts):  # equal texts get equal draws
        codes = [text for text in texts for _ in range(asked.draws)]
        interval = clustered_proportion_interval(
            right.ravel(), codes, confidence=question.confidence
        )
    return replace(interval, n=len(right), clusters=None, method="all cases, edits drawn")


def _drawn(question: Question) -> bool:
    return (question.data.cases_in_all or 0) > question.data.total
