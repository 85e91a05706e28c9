"""Records made of what metrics return, without running pytest."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec

from pytest_accept.records import Criterion, Direction, Record

NO_BAR: dict[str, Any] = {
    "started": "2026-11-30T12:00:00+00:00",
    "seconds": 1.0,
    "exit_status": 0,
    "environment": None,
    "settings": {"seed": 0, "confidence": 0.95},
}


def record(
    *estimates: Any,
    bar: float = 0.5,
    direction: Direction = "above",
    keep: bool = True,
    test: str = "test_it.py::test_it",
    **others: Any,
) -> Record:
    """Return the Record of a run that judged these estimates, as it is read back from JSON."""
    models: list[Any] = []
    data: list[Any] = []
    criteria: list[Criterion] = []
    contents: dict[int, Any] = {}
    for estimate in estimates:
        for known, value in ((models, estimate.model), (data, estimate.data)):
            if value not in known:
                known.append(value)
        place = data.index(estimate.data)
        kept = estimate.keep() if keep and estimate.keep is not None else None
        if kept is not None:
            contents[place] = replace(kept.contents, data=place)
        criteria.append(
            Criterion(
                test=test,
                outcome="passed",
                verdict=estimate.judge(bar, direction),
                model=models.index(estimate.model),
                data=place,
                seconds=0.1,
                each=None if kept is None else kept.each,
            )
        )
    made = Record(
        models=tuple(models),
        data=tuple(data),
        criteria=tuple(criteria),
        contents=tuple(contents.values()),
        **{**NO_BAR, **others},
    )
    return msgspec.json.decode(msgspec.json.encode(made), type=Record)
