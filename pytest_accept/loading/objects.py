"""Models that the user already has in memory: modules, pipelines, functions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch

from pytest_accept.errors import ModelError, SettingError, check_count, unknown
from pytest_accept.loading import fingerprints
from pytest_accept.loading.backing import FunctionBacking, TorchBacking
from pytest_accept.loading.lengths import longest_input
from pytest_accept.loading.model import Model
from pytest_accept.prediction.backends.callables import BATCH_SIZE, CallableBackend
from pytest_accept.prediction.backends.tagging_functions import TaggingFunctionBackend
from pytest_accept.records import ModelDescription
from pytest_accept.tasks import Task, TextClassification, TokenClassification, find, task_of
from pytest_accept.tasks.labels import checked_labels


def from_module(
    module: torch.nn.Module,
    *,
    task: str | None,
    tokenizer: Any,
    labels: Sequence[str] | None,
    max_length: int | None,
    device: str | torch.device | None,
    name: str | None,
    multi_label: bool | None = None,
    **unused: Any,
) -> Model:
    """Return a Model of a module that stays the user's: never moved, converted or unloaded."""
    kind = type(module).__name__
    _check_unused(unused, "module", ("tokenizer", "labels", "max_length", "name", "multi_label"))
    if tokenizer is None:
        raise ModelError(
            f"A module does not bring its tokenizer: load_model({kind.lower()}, tokenizer=…)."
        )
    _stay(module, device)
    chosen = _task_of(module, task, labels, multi_label)
    limit = longest_input(tokenizer, module, max_length)
    parameter = next(module.parameters(), torch.empty(0))
    description = ModelDescription(
        name=name or kind,
        source=f"{type(module).__module__}.{type(module).__qualname__}",
        task=chosen.name,
        labels=chosen.labels,
        multi_label=chosen.multi_label,
        dtype=dtype_name(parameter.dtype),
        device=str(parameter.device),
        max_length=limit,
    )
    backing = TorchBacking(
        description.name, lambda: module, tokenizer=tokenizer, max_length=limit, watch=True
    )
    return Model(chosen, backing, description, lambda: fingerprints.of_module(module, tokenizer))


def from_callable(
    function: Callable[[list[Any]], Any],
    *,
    task: str | None,
    labels: Sequence[str] | None,
    name: str | None,
    multi_label: bool = False,
    batch_size: int = BATCH_SIZE,
    **unused: Any,
) -> Model:
    """Return a Model of a function of texts that returns probabilities, or one of sentences that
    returns tags.
    """
    _check_unused(unused, "function", ("labels", "name", "multi_label", "batch_size"))
    called = str(name or getattr(function, "__name__", type(function).__name__))
    if labels is None:
        raise ModelError(
            f"The function {called!r} does not say what its columns mean: pass labels=, in their "
            "order."
        )
    check_count("batch_size", batch_size)
    names = checked_labels(labels, tuple(labels))
    if len(names) == 1 and not multi_label:
        raise ModelError(
            f"The function {called!r} has the single label {names[0]!r}, whose probability would "
            "always be 1. Name both labels, or say multi_label=True."
        )
    kind = find(task or TextClassification.name)
    if not kind.has_labels:
        raise ModelError(
            f"A function can be a classifier or a tagger, but {called!r} is to be for {kind.name}. "
            "Load the module with its tokenizer instead."
        )
    chosen: Task
    if kind is TokenClassification:
        chosen = TokenClassification(names)
        backend: CallableBackend = TaggingFunctionBackend(
            called, function, names, batch_size=batch_size
        )
    else:
        chosen = TextClassification(names, multi_label, "probabilities")
        backend = CallableBackend(
            called, function, columns=len(names), multi_label=multi_label, batch_size=batch_size
        )
    description = ModelDescription(
        name=called,
        source=f"{getattr(function, '__module__', '')}.{called}".lstrip("."),
        task=chosen.name,
        labels=names,
        multi_label=multi_label,
    )
    return Model(chosen, FunctionBacking(backend, chosen), description)


def dtype_name(dtype: torch.dtype) -> str:
    """Return a dtype's name, as in "float32"."""
    return str(dtype).removeprefix("torch.")


def _check_unused(unused: dict[str, Any], kind: str, known: tuple[str, ...]) -> None:
    if unused:
        raise SettingError(unknown(f"option of a {kind}", next(iter(unused)), known))


def _stay(module: torch.nn.Module, device: str | torch.device | None) -> None:
    here = next((each.device for each in module.parameters()), None)
    if device is None or here is None:
        return
    wanted = torch.device(device)
    if wanted.type != here.type or wanted.index not in (None, here.index):
        raise SettingError(
            f"The module is on {str(here)!r} and stays where its owner put it, so "
            f"device={str(device)!r} cannot be met. Move it before: module.to({str(device)!r})."
        )


def _task_of(
    module: torch.nn.Module,
    task: str | None,
    labels: Sequence[str] | None,
    multi_label: bool | None,
) -> Task:
    kind = find(task) if task else task_of(type(module).__name__) or TextClassification
    config = getattr(module, "config", None)
    if hasattr(config, "id2label"):
        chosen = kind.of_config(config, labels)
        if multi_label in (None, chosen.multi_label):
            return chosen
        labels = chosen.labels
    if not kind.has_labels and not multi_label:
        return kind.of_config(config, labels)
    if labels is None:
        raise ModelError(
            f"The module {type(module).__name__} has no config that names its labels: pass "
            "labels=, in the order of its logits."
        )
    names = checked_labels(labels, tuple(labels))
    if kind is TokenClassification and not multi_label:
        return TokenClassification(names)
    if kind is not TextClassification:
        raise ModelError(f"A model for {kind.name} cannot have several labels at once.")
    return TextClassification(names, bool(multi_label))
