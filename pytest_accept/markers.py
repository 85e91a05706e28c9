"""The markers of acceptance tests: what they mean, and what is checked of them at collection."""

from __future__ import annotations

from typing import Literal

import pytest

MARKERS = (
    "acceptance: judges whether a model is good enough to ship; select with -m acceptance",
    "thresholds(<metric>_above=…, <metric>_below=…): the bars that assert_thresholds judges; "
    "with sequential=True, those on means and rates ask no more once they are decided",
    "robustness: a criterion on what changes in the input do to the model",
    "fairness: a criterion on differences between groups",
    "explainability: a criterion on what the model's answers rest on",
    "stability: a criterion on differences between trainings",
    "requires_gpu: skipped where no GPU (cuda or mps) is at hand",
    "confidence(level): the one-sided confidence of bounds asked for in the test's body, as 0.99",
    "accept_models(*sources): run the test once for each model, given by the fixture accept_model",
)
_SEQUENTIAL = "sequential"


def register(config: pytest.Config) -> None:
    """Register every marker, so that --strict-markers knows them."""
    for marker in MARKERS:
        config.addinivalue_line("markers", marker)


def check(item: pytest.Item) -> None:
    """Raise pytest.UsageError for a marker of ours with arguments that mean nothing."""
    from pytest_accept.errors import SettingError

    try:
        thresholds(item)
        confidence(item)
        sequential(item)
    except SettingError as error:
        raise pytest.UsageError(f"{item.nodeid}: {error}") from None


def thresholds(item: pytest.Item) -> dict[str, float]:
    """Return what `@pytest.mark.thresholds` declares; a closer marker overrides a farther one."""
    declared: dict[str, float] = {}
    for marker in reversed(list(item.iter_markers("thresholds"))):
        from pytest_accept.assertions.thresholds import check_threshold
        from pytest_accept.errors import SettingError

        if marker.args:
            raise SettingError(
                "@pytest.mark.thresholds takes keywords such as accuracy_above=0.9, "
                f"but got {marker.args[0]!r}."
            )
        bars = {name: bar for name, bar in marker.kwargs.items() if name != _SEQUENTIAL}
        for name, bar in bars.items():
            check_threshold(name, bar)
        declared |= bars
    return declared


def sequential(item: pytest.Item) -> bool | Literal["population", "data"] | None:
    """Return what the closest `@pytest.mark.thresholds` says of sequential, None if none does."""
    for marker in item.iter_markers("thresholds"):
        if _SEQUENTIAL in marker.kwargs:
            from pytest_accept.assertions.sequential import claimed

            claimed(marker.kwargs[_SEQUENTIAL])
            return marker.kwargs[_SEQUENTIAL]  # type: ignore[no-any-return]
    return None


def confidence(item: pytest.Item) -> float | None:
    """Return the level of `@pytest.mark.confidence`, if the test has one."""
    marker = item.get_closest_marker("confidence")
    if marker is None:
        return None
    from pytest_accept.errors import SettingError, expected
    from pytest_accept.settings import Settings

    if len(marker.args) != 1 or marker.kwargs:
        arguments = (*marker.args, *marker.kwargs.items())
        raise SettingError(expected("confidence", "one number such as 0.99", arguments))
    return Settings(confidence=marker.args[0]).confidence
