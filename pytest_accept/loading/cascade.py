"""`load_model(precision="cascade")`: a saved model in bfloat16 and, where need be, in float32."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

import torch

from pytest_accept.errors import ModelError, SettingError, expected
from pytest_accept.loading import identity
from pytest_accept.loading.backing import TorchBacking, kept_of
from pytest_accept.prediction.backends.cascade import CascadeBackend
from pytest_accept.prediction.backends.torch_module import Reading
from pytest_accept.prediction.engine import Engine
from pytest_accept.records import ModelDescription
from pytest_accept.tasks import Task

CASCADE = "cascade"


class CascadeBacking:
    """Answers a task by a cascade, and anything else in float32.

    `exact` and `quick` make engines of the same files; `of_both` is the identity of their answers.
    """

    def __init__(
        self,
        task: Task,
        exact: TorchBacking,
        quick: TorchBacking,
        of_both: identity.Identity | None,
    ) -> None:
        self.tokenizer = exact.tokenizer
        self.identity = of_both
        self._task, self._exact, self._quick = task, exact, quick

    def stamp(self) -> Hashable:
        """Return None: the model is of files."""
        return None

    def engine(self, reading: Reading) -> Engine:
        """Return an engine for the model."""
        exact = self._exact.engine(reading)
        if reading != self._task:
            return exact
        backend = CascadeBackend(
            self._quick.engine(reading), exact, multi_label=self._task.multi_label
        )
        # What is kept may be compared with bfloat16's, which rounds more.
        return Engine(backend, kept=kept_of(backend.name, self.identity, reading, half=True))


def check(precision: Any, task: type[Task], dtype: str | torch.dtype) -> None:
    """Raise SettingError for a precision that is none, or not one for the task and dtype."""
    if precision is None:
        return
    if precision != CASCADE:
        raise SettingError(expected("precision", f"None or {CASCADE!r}", precision))
    if not task.has_labels:
        raise SettingError(
            f"precision={CASCADE!r} keeps the labels of float32, and a model for {task.name} has "
            "none: what is asked of it are probabilities. Leave it out."
        )
    if dtype not in ("auto", torch.float32):
        raise SettingError(
            f"precision={CASCADE!r} is bfloat16 and float32 together, so dtype={str(dtype)!r} has "
            "no place in it. Leave one of them out."
        )


def pays(device: torch.device) -> bool:
    """Return whether a device computes in bfloat16 by itself: else float32 is as fast."""
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported())
    supported: Callable[[], bool] | None = getattr(
        torch.ops.mkldnn, "_is_mkldnn_bf16_supported", None
    )
    return device.type == "cpu" and supported is not None and bool(supported())


def backing(
    task: Task,
    about: ModelDescription,
    exact: TorchBacking,
    quick: Callable[[], torch.nn.Module],
    options: dict[str, Any],
) -> CascadeBacking:
    """Return the backing of a model that `about` describes, `quick` its weights in bfloat16.

    ModelError if the model's own type is not float32.
    """
    if about.dtype != "float32":
        raise ModelError(
            f"The model {about.name!r} is in {about.dtype}: precision={CASCADE!r} is for float32. "
            "Leave it out, or pass dtype='float32'."
        )
    tokenizer = exact.tokenizer
    return CascadeBacking(
        task,
        exact,
        # What it says is kept as part of the answers of both.
        TorchBacking(about.name, quick, tokenizer=tokenizer, max_length=about.max_length),
        identity.of_files(about, quick(), tokenizer, options=options),
    )
