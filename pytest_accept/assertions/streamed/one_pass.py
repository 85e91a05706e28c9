"""One pass over streamed data for all criteria on it, remembered as long as model and data are."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from pytest_accept import settings
from pytest_accept.assertions.question import Question
from pytest_accept.assertions.streamed.gathered import BINS, Claims, Gathered
from pytest_accept.data.streamed import Reading, StreamedData
from pytest_accept.errors import DataError
from pytest_accept.prediction import progress

if TYPE_CHECKING:
    from pytest_accept.data import Data
    from pytest_accept.loading import Model


def gathered(model: Model, data: StreamedData, cluster: str, claims: Iterable[Claims]) -> Gathered:
    """Return what a pass of the model over the data finds out, at least of these `claims`.

    A pass serves all metrics; another one is needed for other bins or labels of a calibration, for
    another slice, another column of clusters, or weights that have changed. DataError if no example
    belongs to the slice.
    """
    if data.known.passes is None:
        data.known.passes = WeakKeyDictionary()
    of_model: dict[Hashable, Gathered] = data.known.passes.setdefault(model, {})
    key = (model.stamp(), data.conditions, cluster)
    before = of_model.get(key)
    if before is not None and set(claims) <= before.calibration.keys():
        return before
    known = set() if before is None else set(before.calibration)
    usual: set[Claims] = set() if model.multi_label else {(BINS, None)}
    found = Gathered(model.labels, model.multi_label, sorted_claims({*usual, *known, *claims}))
    _run(model, data, cluster, found)
    for old in [each for each in of_model if each[1:] == key[1:]]:  # type: ignore[index]
        del of_model[old]
    of_model[key] = found
    return found


def sorted_claims(claims: Iterable[Claims]) -> list[Claims]:
    """Return them in an order that does not depend on hashes."""
    return sorted(claims, key=lambda each: (each[0], each[1] or ""))


def _run(model: Model, data: StreamedData, cluster: str, found: Gathered) -> None:
    further = () if cluster == "text" else (cluster,)
    reading = Reading(data)
    with progress.bar(f"{model.name} on {data.name}", data.rows_to_read) as bar:
        for chunk in data.chunks(*further):
            reading.add(chunk)
            _add(model, data.keep(chunk), cluster, found)
            bar.update(len(chunk))
            del chunk  # before the next one is read
    reading.end()
    if not found.n:
        raise DataError(
            f"No example of {data.population!r} is left: none of {reading.n:,} fulfils its "
            "conditions."
        )


def _add(model: Model, part: Data | None, cluster: str, found: Gathered) -> None:
    if part is None:
        return
    with settings.using(progress=False):  # there is a bar of the whole
        predictions = model.predict_and_forget(part)
    found.add(question_of(predictions, part), cluster, before=found.n)


def question_of(predictions: Any, chunk: Data) -> Question:
    """Return a chunk as what metrics are made of; nothing is judged of it alone."""
    return Question(
        metric="",
        subject=predictions,
        data=chunk,
        clusters=None,
        by_text=False,
        confidence=0.95,
        seed=0,
        point=False,
        asked=0.0,
    )
