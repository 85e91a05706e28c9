"""The fixtures of acceptance tests: session-scoped, so that `@given` tests may use them."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_accept.options import KEEPING, REPLAY, option

if TYPE_CHECKING:
    from pytest_accept.baseline import Baseline
    from pytest_accept.data import Data
    from pytest_accept.loading import Model
    from pytest_accept.records import Verdict

LOADED = "accept_loaded"  # of an xdist worker's output

uses_accept_model_key = pytest.StashKey[bool]()
uses_accept_data_key = pytest.StashKey[bool]()
_models_key = pytest.StashKey[Any]()


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

    # A rerun of the last test sets up session fixtures anew, and finds what was loaded.
    made = request.config.stash.get(_models_key, None) or (
        ModelCache(),
        _Replacement(request.config),
    )
    cache, replaced = request.config.stash[_models_key] = made
    keeping, replay = map(request.config.pluginmanager.get_plugin, (KEEPING, REPLAY))

    def load(source: Any, **options: Any) -> Model:
        from pytest_accept.baseline.roles import remember

        wanted, named = replaced(source), replaced.is_named(source)
        if replay is None:
            model = cache.get(_rooted(request.config, wanted), **options)
        else:
            model = replay.model(source, options, named=named)
        if keeping is not None:
            keeping.note(model, source, options, named=named)
        role = options.get("name") or ("accept_model" if named else None)
        remember(model, source, root=request.config.rootpath, name=role)
        return model

    yield load
    if hasattr(request.config, "workeroutput"):  # an xdist worker need not load every model
        request.config.workeroutput[LOADED] = replaced.loaded.part()
        return
    replaced.check()


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
def fine_tune(request: pytest.FixtureRequest) -> Callable[..., Model]:
    """Train a model on labelled data, once for each recipe: it is kept on disk.

    A function with the arguments of `pytest_accept.fine_tune`:

        @pytest.fixture(scope="session")
        def model(fine_tune, reviews):
            return fine_tune("bert-base-uncased", reviews, seed=0, epochs=2)

    `functools.partial(fine_tune, base, data)` is a recipe, for assertions on several seeds.
    """
    from pytest_accept.training import fine_tune as public

    @functools.wraps(public)
    def fine_tune(base: Any, data: Data, **options: Any) -> Model:
        return public(_rooted(request.config, base), data, **options)

    return fine_tune


@pytest.fixture(scope="session")
def probe(request: pytest.FixtureRequest) -> Callable[..., Model]:
    """Fit a linear head to a frozen encoder, once for each recipe.

    A function with the arguments of `pytest_accept.probe`:

        @pytest.fixture(scope="session")
        def model(probe, reviews):
            return probe("sentence-transformers/all-MiniLM-L6-v2", reviews)
    """
    from pytest_accept.training import probe as public

    @functools.wraps(public)
    def probe(base: Any, data: Data, **options: Any) -> Model:
        return public(_rooted(request.config, base), data, **options)

    return probe


@pytest.fixture(scope="session")
def accept_model(request: pytest.FixtureRequest) -> str:
    """Return the model that `--accept-model` (or the ini's `accept_model`) names.

        @pytest.fixture(scope="session")
        def model(load_model, accept_model):
            return load_model(accept_model)

    With `@pytest.mark.accept_models("a", "b")` it is each of them in turn.
    """
    source: str | None = getattr(request, "param", None) or _named(request.config)
    return source or _missing("accept_model", "--accept-model MODEL")


@pytest.fixture(scope="session")
def accept_data(request: pytest.FixtureRequest) -> str:
    """Return the data that `--accept-data` (or the ini's `accept_data`) names."""
    request.config.stash[uses_accept_data_key] = True
    return option(request.config, "data") or _missing("accept_data", "--accept-data FILE")


@pytest.fixture(scope="session")
def accept_device(request: pytest.FixtureRequest) -> str:
    """Return the torch device for models: `--accept-device`, else the best at hand."""
    from pytest_accept.loading import best_device
    from pytest_accept.options import settings

    return str(settings(request.config).device or best_device())


@pytest.fixture(scope="session")
def baseline() -> Baseline:
    """Return the stored predictions of the last accepted model, for whichever data is asked.

        def test_does_not_get_worse(model, reviews, baseline):
            assert_negative_flip_rate_below(model, baseline, reviews, 0.02)

    `--accept-update-baseline` writes them. `baseline(data, model)` returns them as Predictions.
    """
    from pytest_accept.baseline import Baseline

    return Baseline()


@pytest.fixture
def assert_thresholds(request: pytest.FixtureRequest) -> Callable[..., tuple[Verdict, ...]]:
    """Judge what `@pytest.mark.thresholds` declares on a model and data.

        @pytest.mark.thresholds(accuracy_above=0.85, cross_entropy_below=0.45)
        def test_thresholds(model, reviews, assert_thresholds):
            assert_thresholds(model, reviews)

    Takes the options of every metric (`where`, `cluster`, `confidence`, `point`), and
    `sequential`, which concerns criteria on means and rates.
    """
    from pytest_accept.assertions.thresholds import judge_thresholds
    from pytest_accept.errors import SettingError
    from pytest_accept.markers import sequential, thresholds

    declared = thresholds(request.node)

    def judge(model: Model, data: Data, **options: Any) -> tuple[Verdict, ...]:
        if not declared:
            raise SettingError(
                "assert_thresholds needs bars to judge: decorate the test with "
                "@pytest.mark.thresholds(accuracy_above=0.9) or the like."
            )
        options.setdefault("sequential", sequential(request.node))
        return judge_thresholds(model, data, declared, **options)

    return judge


class Loaded:
    """Which sources a suite has loaded, and whether `--accept-model` took the place of one.

    Each xdist worker sees a part; the controller adds the parts up.
    """

    def __init__(self) -> None:
        self.sources: set[str] = set()
        self.objects = 0

    def add(self, part: dict[str, Any]) -> None:
        """Add what a worker has loaded."""
        self.sources |= set(part.get("sources", ()))
        self.objects += part.get("objects", 0)

    def part(self) -> dict[str, Any]:
        """Return it as plain lists and numbers, to be sent to the controller."""
        return {"sources": sorted(self.sources), "objects": self.objects}

    def problem(self, config: pytest.Config) -> str | None:
        """Return what is wrong with `--accept-model` here, None if nothing is."""
        of, by = asked_replacement(config)
        nothing = not self.sources and not self.objects
        if by is None or nothing or config.stash.get(uses_accept_model_key, False):
            return None
        several = ", ".join(map(repr, sorted(self.sources)))
        if of is None and len(self.sources) > 1:
            return (
                f"This suite loads several models ({several}), so it is not clear which of them "
                f"--accept-model {by} replaces. Say --accept-model SOURCE={by}, or use the fixture "
                "accept_model for the one that changes."
            )
        if (of is None and not self.sources) or (of is not None and of not in self.sources):
            loads = several or "no models by name, only functions, modules or pipelines"
            return (
                f"--accept-model {config.getoption('accept_model')} replaced nothing: this suite "
                f"loads {loads}. Use the fixture accept_model for the model that changes."
            )
        return None


def asked_replacement(config: pytest.Config) -> tuple[str | None, str | None]:
    """Return SOURCE and MODEL of `--accept-model [SOURCE=]MODEL`; paths may have an equals sign."""
    given: str | None = config.getoption("accept_model")
    if given is None or "=" not in given or Path(given).exists():
        return None, given
    of, _, by = given.partition("=")
    return of, by


class _Replacement:
    """Puts what `--accept-model` names in the place of the source that a suite loads."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.of, self.by = asked_replacement(config)
        self.active = self.by is not None and not config.stash.get(uses_accept_model_key, False)
        self.loaded = Loaded()

    def __call__(self, source: Any) -> Any:
        if not isinstance(source, str | Path):
            self.loaded.objects += 1
            return source
        self.loaded.sources.add(str(source))
        if not self.active:
            return source
        if self.of is not None:
            return self.by if str(source) == self.of else source
        if len(self.loaded.sources) > 1:
            self.check()
        return self.by

    def is_named(self, source: Any) -> bool:
        """Return whether a source is what the fixture `accept_model` names for this run."""
        return _named(self.config) == source and self.config.stash.get(uses_accept_model_key, False)

    def check(self) -> None:
        """Raise SettingError if `--accept-model` does not do here what was asked."""
        problem = self.loaded.problem(self.config)
        if problem is not None:
            from pytest_accept.errors import SettingError

            raise SettingError(problem)


def _named(config: pytest.Config) -> str | None:
    """Return the model that `--accept-model` or the ini names, or that a replayed run judged."""
    replay = config.pluginmanager.get_plugin(REPLAY)
    return option(config, "model") if replay is None else replay.accept_model


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
