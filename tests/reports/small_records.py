"""Records of criteria that are made by hand, each as far as a test needs it."""

from typing import Any

from pytest_accept.records import (
    Criterion,
    DataDescription,
    Estimate,
    Evidence,
    Example,
    ModelDescription,
    Record,
    Verdict,
)

HOSTILE = (
    "<img src=x onerror=alert(1)> | `a` ``b`` **c** _d_ ~~e~~ [l](http://evil.example) "
    "![i](http://evil.example/i.png) @octocat you@evil.example www.evil.example "
    "https://evil.example #1 <!-- $x$ :smile: &amp; \\| <details> </summary> ``` \x1b[31m \x00 "
    "\u202e \ud800 \ufffe =1+1\r\n# heading\n- item\n::error::no\n<script>alert(2)</script>"
)

STATUSES = {"accepted": (0.95, 0.93), "rejected": (0.70, 0.75), "inconclusive": (0.91, 0.93)}


def criterion(
    status: str = "accepted",
    *,
    test: str = "acceptance/test_words.py::test_it",
    outcome: str | None = None,
    line: int | None = 12,
    metric: str = "accuracy",
    options: str = "",
    population: str = "reviews",
    method: str = "Clopper-Pearson",
    model: int = 0,
    tolerated: bool = False,
    evidence: tuple[Evidence, ...] = (),
    **estimate: Any,
) -> Criterion:
    """Return a criterion "above 0.9" that came out as `status`."""
    value, high = STATUSES[status]
    given = {"value": value, "low": value - 0.03, "high": high + 0.02, "n": 400, **estimate}
    verdict = Verdict(
        status=status,
        estimate=Estimate(
            metric=metric,
            options=options,
            confidence=0.95,
            method=method,
            higher_is_better=True,
            population=population,
            **given,
        ),
        bar=0.9,
        direction="above",
        population=population,
        evidence=evidence,
        tolerated=tolerated,
        definition="The share that is right, in 0..1.",
    )
    outcome = outcome or ("passed" if verdict else "failed")
    return Criterion(
        test=test, outcome=outcome, verdict=verdict, model=model, data=0, seconds=0.5, line=line
    )


def record(*criteria: Criterion, models: tuple[str, ...] = ("words",), **fields: Any) -> Record:
    """Return the record of a run with these criteria, on the data `reviews`."""
    given: dict[str, Any] = {
        "started": "2026-11-30T20:00:00+00:00",
        "seconds": 3.5,
        "exit_status": 0,
        "environment": None,
        "settings": {"confidence": 0.95, "seed": 0},
        "models": tuple(
            ModelDescription(
                name=name,
                source=f"runs/{name}",
                task="text-classification",
                labels=("neg", "pos"),
                fingerprint="ab12cd34ef567890",
            )
            for name in models
        ),
        "data": (
            DataDescription(
                name="reviews",
                source="reviews.csv",
                fingerprint="cd34",
                n=400,
                columns=("text", "label"),
            ),
        ),
        "criteria": criteria,
    }
    return Record(**{**given, **fields})


def hostile_record() -> Record:
    """Return a record in which every text that comes from outside is hostile."""
    example = Example(
        text=HOSTILE, expected=HOSTILE, predicted=HOSTILE, probability=0.9, origin=HOSTILE
    )
    evidence = (Evidence(title=HOSTILE, examples=(example,), lines=(HOSTILE,)),)
    return record(
        *(
            criterion(
                status,
                test=f"acceptance/test_{HOSTILE}.py::test_it[{HOSTILE}]",
                options=HOSTILE,
                population=HOSTILE,
                evidence=evidence,
                notes=(HOSTILE,),
            )
            for status in STATUSES
        ),
        models=(HOSTILE,),
        data=(
            DataDescription(
                name=HOSTILE, source=HOSTILE, fingerprint=HOSTILE, n=1, columns=(HOSTILE,)
            ),
        ),
        not_judged=(HOSTILE,),
        notes=(HOSTILE,),
    )
