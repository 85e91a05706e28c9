"""The module that a training begins with: the base, with a head for the labels of the data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch

from pytest_accept.data import Data
from pytest_accept.data.tag_schemes import OUTSIDE
from pytest_accept.errors import LabelError, ModelError
from pytest_accept.loading.checkpoint import has_head
from pytest_accept.loading.quiet import quiet
from pytest_accept.tasks import TextClassification, TokenClassification
from pytest_accept.training.bases import Base, reason
from pytest_accept.training.examples import tag_sequences


@dataclass(frozen=True)
class Head:
    """The head to train: the task with its labels; `new` if the base has none that fits them."""

    task: TextClassification | TokenClassification
    new: bool


def head_for(base: Base, data: Data) -> Head:
    """Return the base's own head if its labels are those of the data, else a new one."""
    own = tuple(str(name) for name in (base.config.get("id2label") or {}).values())
    if data.tagged:
        return _head_for_tags(base, data, own)
    names, several = data.label_names, data.multi_label
    own_several = base.config.get("problem_type") == "multi_label_classification"
    alike = own_several == several and len(own) == len(names) and _match(data, own)
    new = not (has_head(base.config, TextClassification) and alike)
    return Head(TextClassification(names if new else own, several), new)


def _head_for_tags(base: Base, data: Data, own: tuple[str, ...]) -> Head:
    tags = {tag for sequence in tag_sequences(data) for tag in sequence}
    if has_head(base.config, TokenClassification) and tags <= set(own):
        return Head(TokenClassification(own), new=False)
    outside = [OUTSIDE] if OUTSIDE in tags else []
    return Head(TokenClassification((*outside, *sorted(tags - {OUTSIDE}))), new=True)


def _match(data: Data, labels: tuple[str, ...]) -> bool:
    try:
        if data.multi_label:
            data.label_matrix(labels, multi_label=True)
        else:
            data.label_ids(labels)
    except LabelError:
        return False
    return True


def module_for(base: Base, head: Head, *, from_scratch: bool) -> tuple[Any, set[str]]:
    """Return a module in float32, and the names of its weights that are not the base's.

    Those are drawn from torch's random numbers. ModelError if the base has no architecture for the
    task, or lacks weights of its encoder.
    """
    import transformers

    task = head.task
    labels = dict(enumerate(task.labels))
    about: dict[str, Any] = {
        "id2label": labels,
        "label2id": {name: index for index, name in labels.items()},
        "trust_remote_code": base.trust_remote_code,
    }
    if isinstance(task, TextClassification):
        kind = "multi_label" if task.multi_label else "single_label"
        about["problem_type"] = f"{kind}_classification"
    auto = getattr(transformers, task.auto_class)
    try:
        with quiet():
            config = transformers.AutoConfig.from_pretrained(str(base.folder), **about)
            fresh: Any = None
            if from_scratch or (head.new and has_head(base.config, type(task))):
                fresh = auto.from_config(
                    config, dtype=torch.float32, trust_remote_code=base.trust_remote_code
                )
            if from_scratch:
                return fresh, {name for name, _ in fresh.named_parameters()}
            module, info = auto.from_pretrained(
                str(base.folder),
                config=config,
                dtype=torch.float32,
                use_safetensors=base.safe,
                ignore_mismatched_sizes=True,
                output_loading_info=True,
                trust_remote_code=base.trust_remote_code,
            )
    except Exception as error:
        raise ModelError(
            f"transformers cannot make a model for {task.name} of the base {str(base.folder)!r}: "
            f"{reason(error)}"
        ) from error
    random = {*info["missing_keys"], *(each[0] for each in info["mismatched_keys"])}
    _check_encoder(base, module, random)
    if fresh is not None:  # the base's head says something else, with as many labels perhaps
        random |= _take_head(module, fresh)
    return module, random


def freeze_encoder(module: Any, new: set[str]) -> None:
    """Let only the head learn, and what else is not the base's."""
    inside = {id(weight) for weight in module.base_model.parameters()}
    for name, weight in module.named_parameters():
        weight.requires_grad = id(weight) not in inside or name in new


def _check_encoder(base: Base, module: Any, random: set[str]) -> None:
    inside = f"{module.base_model_prefix}."
    # A pooler between encoder and head is often left out when an encoder is saved.
    lost = sorted(n for n in random if n.startswith(inside) and "pooler" not in n)
    if lost:
        shown = ", ".join(lost[:4]) + (f" and {len(lost) - 4} more" if len(lost) > 4 else "")
        raise ModelError(
            f"The base {str(base.folder)!r} lacks weights of its encoder; they would be random: "
            f"{shown}. Choose a whole checkpoint, or pass from_scratch=True to begin with random "
            "weights on purpose."
        )


def _take_head(module: Any, fresh: Any) -> set[str]:
    """Copy what stands outside of the encoder from a fresh module, and return the names of it."""
    inside = f"{module.base_model_prefix}."
    new = {name: each for name, each in fresh.named_parameters() if not name.startswith(inside)}
    with torch.no_grad():
        for name, weight in module.named_parameters():
            if name in new:
                weight.copy_(new[name])
    return set(new)
