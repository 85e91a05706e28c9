"""The fixtures of acceptance tests: session-scoped, so that `@given` tests may use them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_accept.options import option

if TYPE_CHECKING:
    from pytest_accept.data import Data
    from pytest_accept.loading import Model
    from pytest_accept.records import Verdict

uses_accept_model_key = pytest.StashKey[bool]()


@pytest.fixture(scope="session")
def load_model(request: pytest.FixtureRequest) -> Iterator[Callable[..., Model]]:
    """Load a model, once a session for every way it is asked for.

    A function with the arguments of `pytest_accept.load_model`:

        @pytest.fixture(scope="session")
        def model(load_model):
            return load_model("runs/reviews", task="text-classification")

    `--accept-model` takes the place of the source, unless the suite asks for `accept_model`.
    """
    from pytest_accept.loading import ModelCache

    cache, replaced = ModelCache(), _Replacement(request.config)

    def load(source: Any, **options: Any) -> Model:
        return cache.get(_rooted(request.config, replaced(source)), **options)

    yield load
    if not hasattr(request.config, "workerinput"):  # one worker need not load every model
        replaced.check_used()


@pytest.fixture(scope="session")
def load_data(request: pytest.FixtureRequest) -> Callable[..., Data]:
    """Load labelled data.

    A function with the arguments of `pytest_accept.load_data`:

        @pytest.fixture(scope="session")
        def reviews(load_data):
            return load_data("data/reviews.csv", text="review", label="stars")
    """
    from pytest_accept.data import load_data

    def load(source: Any, **options: Any) -> Data:
        return load_data(_rooted(request.config, source), **options)

    return load


@pytest.fixture(scope="session")
def accept_model(request: pytest.FixtureRequest) -> str:
    """Return the model that `--accept-model` (or the ini's `accept_model`) names.

        @pytest.fixture(scope="session")
        def model(load_model, accept_model):
            return load_model(accept_model)

    With `@pytest.mark.accept_models("a", "b")` it is each of them in turn.
    """
    source: str | None = getattr(request, "param", None) or option(request.config, "model")
    return source or _missing("accept_model", "--accept-model MODEL")


@pytest.fixture(scope="session")
def accept_data(request: pytest.FixtureRequest) -> str:
    """Return the data that `--accept-data` (or the ini's `accept_data`) names."""
    return option(request.config, "data") or _missing("accept_data", "--accept-data FILE")


@pytest.fixture(scope="session")
def accept_device(request: pytest.FixtureRequest) -> str:
    """Return the torch device that models are loaded on: `--accept-device`, else the best at
    hand."""
    from pytest_accept.loading import best_device
    from pytest_accept.options import settings

    return str(settings(request.config).device or best_device())


@pytest.fixture
def assert_thresholds(request: pytest.FixtureRequest) -> Callable[..., tuple[Verdict, ...]]:
    """Judge what `@pytest.mark.thresholds` declares on a model and data.

        @pytest.mark.thresholds(accuracy_above=0.85, cross_entropy_below=0.45)
        def test_thresholds(model, reviews, assert_thresholds):
            assert_thresholds(model, reviews)

    Takes the options of every metric (`where`, `cluster`, `confidence`, `point`).
    """
    from pytest_accept.assertions.thresholds import judge_thresholds
    from pytest_accept.errors import SettingError
    from pytest_accept.markers import thresholds

    declared = thresholds(request.node)

    def judge(model: Model, data: Data, **options: Any) -> tuple[Verdict, ...]:
        if not declared:
            raise SettingError(
                "assert_thresholds needs bars to judge: decorate the test with "
                "@pytest.mark.thresholds(accuracy_above=0.9) or the like."
            )
        return judge_thresholds(model, data, declared, **options)

    return judge


class _Replacement:
    """What `--accept-model` puts in the place of the sources that a suite loads."""

    def __init__(self, config: pytest.Config) -> None:
        given = config.getoption("accept_model")
        self.by: str = given or ""
        self.of: str | None = None
        if "=" in self.by and not Path(self.by).exists():
            self.of, _, self.by = self.by.partition("=")
        self.active = bool(given) and not config.stash.get(uses_accept_model_key, False)
        self.seen: set[str] = set()

    def __call__(self, source: Any) -> Any:
        if not self.active or not isinstance(source, str | Path):
            return source
        self.seen.add(str(source))
        if self.of is not None:
            return self.by if str(source) == self.of else source
        if len(self.seen) == 1:
            return self.by
        from pytest_accept.errors import SettingError

        several = " and ".join(map(repr, sorted(self.seen)))
        raise SettingError(
            f"This suite loads several models ({several}), so it is not clear which of them "
            f"--accept-model {self.by} replaces. Say --accept-model {source}={self.by}, or use the "
            "fixture accept_model for the one that changes."
        )

    def check_used(self) -> None:
        """Raise if the suite loaded models but none of them was the one to replace."""
        if not self.active or not self.seen or self.of is None or self.of in self.seen:
            return
        from pytest_accept.errors import SettingError, unknown

        raise SettingError(
            f"--accept-model {self.of}={self.by} replaced nothing. "
            + unknown("loaded model", self.of, sorted(self.seen))
        )


def _rooted(config: pytest.Config, source: Any) -> Any:
    """Return a relative path as it is found: from here, else from pytest's root directory."""
    if not isinstance(source, str | Path) or Path(source).exists():
        return source
    rooted = config.rootpath / source
    return rooted if rooted.exists() else source


def _missing(fixture: str, option: str) -> str:
    from pytest_accept.errors import SettingError

    raise SettingError(
        f"The fixture {fixture} has nothing to name: pass {option}, or set {fixture} in the ini."
    )
