"""A recipe makes a model of a seed. Running it with several seeds says how much luck is in it.

A recipe is any function of a seed: `functools.partial(fine_tune, base, data, epochs=2)`, or a
user's own, which returns whatever `load_model` takes: a folder, a Model, a pipeline, or a pair of
a module and its tokenizer.
"""

from __future__ import annotations

import functools
import inspect
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import torch

from pytest_accept import dry_run
from pytest_accept.errors import ModelError, SettingError, TrainingError, expected
from pytest_accept.loading import Model, load_model
from pytest_accept.recording import record_training
from pytest_accept.records import Training
from pytest_accept.settings import refuse_in_replay
from pytest_accept.training import arguments
from pytest_accept.training.logs import log_of, read_trainer_state

Recipe = Callable[..., Any]

_WHAT = "a function of a seed, such as functools.partial(fine_tune, base, data)"


@dataclass(frozen=True, kw_only=True)
class Run:
    """What became of a recipe with one seed: a model, or why there is none."""

    seed: int
    model: Model | None
    failure: str | None
    log: Training


# By the function, or by the object of a method, for as long as that lives.
_finished: WeakKeyDictionary[Any, dict[Any, Run]] = WeakKeyDictionary()


def run(recipe: Recipe, seeds: int | Iterable[int] = 5) -> tuple[Run, ...]:
    """Return what becomes of a recipe with each of the seeds (a number of them: 0, 1, 2, …).

    A seed is run once, however often it is asked for, and finished ones are kept if a later one is
    interrupted. A run fails if it raises TrainingError or FloatingPointError, or if weights of its
    model are NaN or infinite. Any other exception is a mistake and not a failed run: it is raised.
    """
    if not callable(recipe):
        raise SettingError(expected("recipe", _WHAT, recipe))
    refuse_in_replay("trains models")
    return tuple(_run_once(recipe, seed) for seed in checked_seeds(seeds))


def name_of(recipe: Recipe) -> str:
    """Return what to call a recipe: its function, and what tells it from another with that.

    >>> name_of(functools.partial(print, "runs", epochs=2, freeze="encoder"))
    'print(epochs=2, freeze=encoder)'
    """
    inner: Any = recipe
    options: dict[str, Any] = {}
    while isinstance(inner, functools.partial):
        inner, options = inner.func, {**inner.keywords, **options}
    name = str(getattr(inner, "__name__", type(inner).__name__))
    said = ", ".join(f"{option}={value}" for option, value in options.items() if _is_plain(value))
    return f"{name}({said})" if said else name


def _is_plain(value: Any) -> bool:
    # Not a path, which is of this machine, and no object with an address.
    is_word = isinstance(value, str) and value.isidentifier()
    return is_word or isinstance(value, bool | int | float)


def checked_seeds(seeds: int | Iterable[int]) -> tuple[int, ...]:
    """Return the seeds, of a number the first so many; SettingError if they are none."""
    what = "a number of seeds such as 5, or different seeds such as [0, 1, 2]"
    if isinstance(seeds, int) and not isinstance(seeds, bool):
        if seeds < 1:
            raise SettingError(expected("seeds", what, seeds))
        return tuple(range(seeds))
    if isinstance(seeds, str | bytes | bool) or not isinstance(seeds, Iterable):
        raise SettingError(expected("seeds", what, seeds))
    found = tuple(arguments.seed(each) for each in seeds)
    if not found or len(set(found)) < len(found):
        raise SettingError(expected("seeds", what, list(found)))
    return found


def _run_once(recipe: Recipe, seed: int) -> Run:
    if dry_run.current() is not None:
        return _planned(recipe, seed)
    owner: Any = recipe
    function: Any = None
    if inspect.ismethod(recipe):  # made anew each time it is looked up
        owner, function = recipe.__self__, recipe.__func__
    try:
        known = _finished.setdefault(owner, {})
    except TypeError:  # cannot be a key, or not weakly
        known = {}
    key = (function, seed)
    if key not in known:
        known[key] = _run(recipe, seed)
    return known[key]


def _planned(recipe: Recipe, seed: int) -> Run:
    """Return the run of a dry run: our own recipes train nothing then, others are not called."""
    inner: Any = recipe
    while isinstance(inner, functools.partial):
        inner = inner.func
    if not str(getattr(inner, "__module__", "")).startswith("pytest_accept."):
        raise dry_run.Unanswered(f"{name_of(recipe)} is a function that trains, and is not called")
    log = Training(name=name_of(recipe), seed=seed, seconds=0.0)
    return Run(seed=seed, model=_call(recipe, seed), failure=None, log=log)


def _run(recipe: Recipe, seed: int) -> Run:
    started = time.perf_counter()
    try:
        made = _call(recipe, seed)
        model = _loaded(made, f"{name_of(recipe)} (seed {seed})")
    except TrainingError as error:
        if error.training is not None:
            return Run(seed=seed, model=None, failure=error.training.failure, log=error.training)
        return _own(recipe, seed, started, failure=str(error))
    except FloatingPointError as error:
        return _own(recipe, seed, started, failure=f"FloatingPointError: {error}")
    log = log_of(model)
    if log is not None:
        return Run(seed=seed, model=model, failure=None, log=log)
    return _own(recipe, seed, started, model=model, made=made, failure=_unfit(model))


def _own(
    recipe: Recipe,
    seed: int,
    started: float,
    *,
    failure: str | None,
    model: Model | None = None,
    made: Any = None,
) -> Run:
    """Return the run of a user's function, recorded."""
    log = Training(
        name=name_of(recipe),
        seed=seed,
        steps=read_trainer_state(made),
        seconds=round(time.perf_counter() - started, 3),
        failure=failure,
    )
    record_training(log)
    return Run(seed=seed, model=None if failure else model, failure=failure, log=log)


def _call(recipe: Recipe, seed: int) -> Any:
    try:
        signature = inspect.signature(recipe)
    except (TypeError, ValueError):  # of some functions in C
        return recipe(seed)
    ways: list[tuple[tuple[int, ...], dict[str, int]]] = [((), {"seed": seed}), ((seed,), {})]
    for given, named in ways:
        try:
            signature.bind(*given, **named)
        except TypeError:
            continue
        return recipe(*given, **named)
    raise SettingError(
        f"Expected `recipe` to be {_WHAT}, but {name_of(recipe)}{signature} cannot be called with "
        "a seed alone. Give it the rest with functools.partial."
    )


def _loaded(made: Any, name: str) -> Model:
    if isinstance(made, Model):
        return made
    if made is None:
        raise SettingError(
            f"{name} returned None. A recipe returns the folder it saved the model in, a Model, or "
            "the pair (module, tokenizer)."
        )
    if isinstance(made, tuple) and len(made) == 2:
        return load_model(made[0], tokenizer=made[1], name=name)
    return load_model(made, name=name)


def _unfit(model: Model) -> str | None:
    """Return which weights of a model are no numbers, None if all are."""
    try:
        module = model.module()
    except ModelError:  # a function
        return None
    bad = [name for name, each in module.named_parameters() if not torch.isfinite(each).all()]
    return f"weights are NaN or infinite: {', '.join(bad[:3])}" if bad else None
