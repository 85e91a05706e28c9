"""`load_model`: whatever names a model to a Model."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch

from pytest_accept import backends, dry_run, settings
from pytest_accept.errors import SettingError, expected
from pytest_accept.loading import devices, objects, saved, stand_ins
from pytest_accept.loading.model import Model
from pytest_accept.tasks import find

Source = str | Path | torch.nn.Module | Callable[[list[Any]], Any] | Model


def load_model(
    source: Source | Any,
    *,
    task: str | None = None,
    revision: str | None = None,
    dtype: str | torch.dtype = "auto",
    device: str | torch.device | None = None,
    backend: str | None = None,
    precision: str | None = None,
    labels: Sequence[str] | None = None,
    tokenizer: Any = None,
    max_length: int | None = None,
    allow_untrained: bool = False,
    allow_pickle: bool = False,
    trust_remote_code: bool = False,
    name: str | None = None,
    **kwargs: Any,
) -> Model:
    """Return a Model of a local folder, a hub name, a module, a pipeline, or a function of texts.

    A module needs `tokenizer`; a function (`texts -> probabilities`, or for token classification
    `sentences -> tags`, sentences being lists of words) and a module without a transformers config
    need `labels`. `labels` rename a model's own, in the order of its logits.
    `task` is inferred if not given. `dtype` "auto" is the checkpoint's own. `device` None is the
    settings', else the best at hand. `backend` names what runs a saved model ("torch", "ray",
    "onnxruntime", or one of an extension); None is the settings', else torch. `max_length` may
    lower how many tokens of a text are read.
    `precision` "cascade" reads texts in bfloat16 and again in float32 where that might change the
    label.
    Further arguments go to `from_pretrained` (`cache_dir`, `subfolder`, `attn_implementation`, …),
    or are `multi_label` and `batch_size` of a function.

    ModelError if the model cannot be loaded safely (pickled weights, code of its own) or whole
    (weights that would be random); SettingError for a wrong argument; BackendError if the backend
    cannot run it.

    >>> model = load_model("runs/reviews")  # doctest: +SKIP
    >>> model.label("A wonderful film.")  # doctest: +SKIP
    'pos'
    """
    devices.share_threads()
    if isinstance(source, Model):
        return source
    settings.refuse_in_replay("loads a model past the fixture load_model")
    if isinstance(source, str | Path):
        asked = saved.Asked(
            task=task,
            revision=revision,
            dtype=dtype,
            device=device,
            labels=labels,
            tokenizer=tokenizer,
            max_length=max_length,
            allow_untrained=allow_untrained,
            allow_pickle=allow_pickle,
            trust_remote_code=trust_remote_code,
            name=name,
            precision=precision,
            options=kwargs,
        )
        if dry_run.current() is not None:
            return stand_ins.of_saved(source, asked)
        named = backend if backend is not None else settings.current().backend
        if precision is not None and named is not None and named != backends.DEFAULT:
            raise SettingError(
                f"precision={precision!r} is for models that torch runs in this process, not for "
                f"the backend {named!r}. Leave one of them out."
            )
        if named is None:
            return saved.from_saved(source, asked)
        found: Model = backends.load(source, asked, backends.Chosen.of(named))
        return found
    if backend is not None:
        raise SettingError(
            f"backend={backend!r} is for saved models, loaded by name: what is in memory is asked "
            "where it is."
        )
    if precision is not None:
        raise SettingError(
            f"precision={precision!r} is for saved models, which can be loaded twice: load this "
            "one by the name of its folder."
        )
    if dtype != "auto":
        raise SettingError(
            f"dtype={str(dtype)!r} is for saved models: what is in memory stays as it is. Convert "
            "a module before, with module.to(dtype)."
        )
    own = {"max_length": max_length, "device": device, "tokenizer": tokenizer, **kwargs}
    model = _of_object(source, task=task, labels=labels, name=name, **own)
    return model if dry_run.current() is None else stand_ins.of_object(model)


def _of_object(source: Any, *, task: str | None, tokenizer: Any, **options: Any) -> Model:
    if _is_pipeline(source):
        task = task or find(str(source.task)).name
        source, tokenizer = source.model, tokenizer or source.tokenizer
    if isinstance(source, torch.nn.Module):
        return objects.from_module(source, task=task, tokenizer=tokenizer, **options)
    if callable(source):
        options = {k: v for k, v in options.items() if k not in ("max_length", "device")}
        return objects.from_callable(source, task=task, **options)
    what = "a folder, a hub name, a module, a pipeline or a function of texts"
    raise SettingError(expected("source", what, source))


def _is_pipeline(source: Any) -> bool:
    # Who has a pipeline has imported transformers; nobody else should pay for it.
    pipelines = sys.modules.get("transformers.pipelines")
    return pipelines is not None and isinstance(source, pipelines.Pipeline)
