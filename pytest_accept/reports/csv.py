"""The Record as a table: one row a criterion. `COLUMNS` are its columns, and are only added to."""

from __future__ import annotations

import csv
import io
import math
from pathlib import Path

from pytest_accept.marked_text import printable
from pytest_accept.records import Criterion, Record
from pytest_accept.whole_files import write_whole

COLUMNS = (
    "started", "test", "line", "outcome", "status", "metric", "options", "population", "direction",
    "bar", "value", "low", "high", "confidence", "n", "clusters", "seeds", "method", "needed_n",
    "needed_seeds", "smallest_shown", "tolerated", "capability", "test_type", "behaviour", "model",
    "model_fingerprint", "data", "data_fingerprint", "seconds",
)  # fmt: skip

_FORMULAS = "=+-@＝＋－＠"


def write(record: Record, path: Path) -> None:
    """Write the table as UTF-8 with a byte order mark, by which spreadsheets know it.

    Cells are empty where there is nothing to say, bounds also where there is none. Text is on one
    line, and where a spreadsheet would take it for a formula it has an apostrophe in front.
    """
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    for criterion in record.criteria:
        cells = _cells(record, criterion)
        table.writerow([_cell(cells[column]) for column in COLUMNS])
    write_whole(path, text.getvalue().encode("utf-8-sig"))


def _cells(record: Record, criterion: Criterion) -> dict[str, object]:
    verdict = criterion.verdict
    estimate, behaviour = verdict.estimate, verdict.behaviour
    model, data = record.models[criterion.model], record.data[criterion.data]
    return {
        "started": record.started,
        "test": criterion.test,
        "line": criterion.line,
        "outcome": criterion.outcome,
        "status": verdict.status,
        "metric": estimate.metric,
        "options": estimate.options,
        "population": verdict.population,
        "direction": verdict.direction,
        "bar": verdict.bar,
        "value": estimate.value,
        "low": None if math.isinf(estimate.low) else estimate.low,
        "high": None if math.isinf(estimate.high) else estimate.high,
        "confidence": estimate.confidence,
        "n": estimate.n,
        "clusters": estimate.clusters,
        "seeds": estimate.seeds,
        "method": estimate.method,
        "needed_n": verdict.needed_n,
        "needed_seeds": verdict.needed_seeds,
        "smallest_shown": verdict.smallest_shown,
        "tolerated": verdict.tolerated,
        "capability": None if behaviour is None else behaviour.capability,
        "test_type": None if behaviour is None else behaviour.test_type,
        "behaviour": None if behaviour is None else behaviour.name,
        "model": model.name,
        "model_fingerprint": model.fingerprint,
        "data": data.name,
        "data_fingerprint": data.fingerprint,
        "seconds": criterion.seconds,
    }


def _cell(value: object) -> object:
    if not isinstance(value, str):
        return value
    said = printable(value)
    return f"'{said}" if said[:1] and said[0] in _FORMULAS else said
