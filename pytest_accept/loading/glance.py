"""What a saved model is for, without its weights."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pytest_accept.errors import ModelError
from pytest_accept.loading import checkpoint
from pytest_accept.loading.quiet import quiet
from pytest_accept.loading.saved import Asked, find_folder
from pytest_accept.tasks import find


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """The task of a saved model, as transformers spells it, and its labels (none: no classes)."""

    task: str
    labels: tuple[str, ...]
    multi_label: bool


def glance(source: str | Path) -> Glance:
    """Return what the model of a folder or hub name is for; the errors are those of `load_model`.

    Of a model on the hub its files are downloaded, which the weights are part of.
    """
    from transformers import AutoConfig

    folder = find_folder(source, Asked())
    config = checkpoint.read_config(folder)
    kind = find(checkpoint.infer_task(folder, config, task=None, allow_untrained=False))
    checkpoint.check_weights(folder, allow_pickle=False, auto_class=kind.auto_class)
    try:
        with quiet():
            loaded = AutoConfig.from_pretrained(str(folder))
    except Exception as error:
        said = f"{type(error).__name__}: {error}"
        raise ModelError(
            f"transformers cannot read the config of {str(folder)!r}: {said}"
        ) from error
    task = kind.of_config(loaded)
    return Glance(task=kind.name, labels=task.labels, multi_label=task.multi_label)
