"""Records made of what metrics return, without running pytest."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pytest_accept.records import (
    Criterion,
    DataDescription,
    Direction,
    Estimate,
    Evidence,
    ModelDescription,
    Record,
)
from pytest_accept.reports.json import read_record, write

RUN: dict[str, Any] = {
    "started": "2026-11-30T12:00:00+00:00",
    "seconds": 1.0,
    "exit_status": 0,
    "environment": None,
    "settings": {"seed": 0, "confidence": 0.95},
}


def record(
    *estimates: Any,
    bar: float = 1.0,
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
        **{**RUN, **others},
    )
    with TemporaryDirectory() as folder:
        write(made, Path(folder) / "record.json")
        return read_record(Path(folder) / "record.json")


def judged(
    value: float,
    *,
    bar: float = 0.8,
    margin: float = 0.02,
    test: str = "test_it.py::test_it",
    metric: str = "accuracy",
    options: str = "",
    direction: Direction = "above",
    n: int = 1000,
    model: int = 0,
    data: int = 0,
    evidence: tuple[Evidence, ...] = (),
) -> Criterion:
    """Return a criterion by its numbers alone: nothing was measured."""
    estimate = Estimate(
        metric=metric,
        options=options,
        value=value,
        low=value - margin,
        high=value + margin,
        confidence=0.95,
        n=n,
        method="Clopper-Pearson",
        higher_is_better=direction == "above",
        population="reviews",
    )
    verdict = replace(estimate.judge(bar, direction), evidence=evidence)
    return Criterion(
        test=test, outcome="passed", verdict=verdict, model=model, data=data, seconds=0.1
    )


def plain(
    *criteria: Criterion, models: tuple[str, ...] = ("old",), data: str = "f00d", **others: Any
) -> Record:
    """Return a Record of criteria, of models by name and data by fingerprint."""
    return Record(
        models=tuple(
            ModelDescription(
                name=name, source=f"runs/{name}", task="text-classification",
                labels=("neg", "pos"), fingerprint=f"print of {name}",
            )
            for name in models
        ),
        data=(
            DataDescription(name="reviews", source="r.csv", fingerprint=data, n=9, columns=()),
        ),
        criteria=criteria,
        **{**RUN, **others},
    )  # fmt: skip
