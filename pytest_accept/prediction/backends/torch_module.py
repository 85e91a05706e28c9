"""Predictions from a torch module: a transformers model, or any module that returns logits."""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from pytest_accept.errors import PredictionError
from pytest_accept.prediction.backends import Rows
from pytest_accept.prediction.encodings import MASK, Encodings
from pytest_accept.prediction.predictions import Input

# Where the search for the best number of tokens per batch begins. CPUs do best with what fits their
# caches, accelerators with what fills their cores.
START = {"cpu": 768, "mps": 4096}
START_ACCELERATOR = 16_384

Encode = Callable[[Sequence[Input]], Encodings]


class TorchBackend:
    """Runs an `nn.Module` on encodings, without gradients and in evaluation mode.

    `module` is a function, so that weights can be unloaded between predictions. `encode` turns
    inputs into encodings. `pad_id` None: the model cannot tell padding from text, so texts go one
    by one. `watch`: the module belongs to the user, who may change its weights between predictions.
    `tokenizer`: what `encode` uses, for those who ask where a token stands in its text.
    """

    def __init__(
        self,
        name: str,
        module: Callable[[], torch.nn.Module],
        encode: Encode,
        *,
        columns: int,
        device: torch.device,
        pad_id: int | None,
        watch: bool = False,
        tokenizer: Any = None,
    ) -> None:
        self.name = name
        self.tokenizer = tokenizer
        self.columns = columns
        self.most = 1 if pad_id is None else None
        self.start = START.get(device.type, START_ACCELERATOR)
        self._module = module
        self._encode = encode
        self._pad_id = pad_id or 0
        self._watch = watch
        self._ready: torch.nn.Module | None = None
        self._device = device
        self._takes: set[str] | None = None
        self._extra: dict[str, Any] = {}

    def stamp(self) -> Hashable:
        """Return the state of the weights of a user's module, as cheaply as can be told."""
        return weights_stamp(self._module()) if self._watch else None

    def module(self) -> torch.nn.Module:
        """Return the module, loaded again if it was unloaded."""
        return self._module()

    @contextlib.contextmanager
    def session(self, *, gradients: bool = False) -> Iterator[None]:
        """Put the module into evaluation mode; afterwards every part is as it was."""
        module = self._module()
        training = [part for part in module.modules() if part.training]
        device = next((each.device for each in module.parameters()), self._device)
        takes, extra = _signature(module)
        self._ready, self._device, self._takes, self._extra = module, device, takes, extra
        module.eval()
        try:
            with torch.enable_grad() if gradients else torch.inference_mode():
                yield
        finally:
            self._ready = None
            for part in training:
                part.training = True

    def prepare(self, inputs: Sequence[Input]) -> Encodings:
        """Return the encodings of the inputs."""
        return self._encode(inputs)

    def forward(self, prepared: Encodings, indices: npt.NDArray[np.int64]) -> Rows:
        """Return the logits of some of the prepared texts, as float32 unless they are float64."""
        logits = self.logits(prepared, indices)
        if logits.dtype != torch.float64:
            logits = logits.float()
        rows: Rows = logits.detach().cpu().numpy()
        return rows

    def logits(self, prepared: Encodings, indices: npt.NDArray[np.int64]) -> torch.Tensor:
        """Return the logits of some of the prepared texts as the module gives them."""
        assert self._ready is not None, "logits outside of a session"
        arrays = prepared.padded(indices.tolist(), self._pad_id)
        inputs = {
            name: torch.from_numpy(array).to(self._device)
            for name, array in arrays.items()
            if self._takes is None or name in self._takes
        }
        return _logits(self._ready(**inputs, **self._extra), self.name)


def can_pad(module: torch.nn.Module) -> bool:
    """Return whether a module can be told which tokens are padding."""
    takes, _ = _signature(module)
    return takes is None or MASK in takes


def weights_stamp(module: torch.nn.Module) -> Hashable:
    """Return a value that changes when weights do, without reading them all.

    Steps of an optimizer, `load_state_dict` and other in-place operations raise a tensor's version.
    Writing through `.data` does not, so a few values of each tensor are compared as well.
    """
    tensors = [*module.parameters(), *module.buffers()]
    state = tuple((t.data_ptr(), 0 if t.is_inference() else t._version) for t in tensors)
    samples: dict[tuple[torch.dtype, torch.device], list[torch.Tensor]] = {}
    with torch.no_grad():
        for tensor in tensors:
            if tensor.numel() and tensor.is_contiguous() and tensor.layout == torch.strided:
                flat = tensor.detach().view(-1)
                samples.setdefault((tensor.dtype, tensor.device), []).append(
                    flat[:: max(1, flat.numel() // 4)][:4]
                )
        # As bytes, because a NaN is not equal to itself.
        values = [torch.cat(each).view(torch.uint8).cpu() for each in samples.values()]
    return state, b"".join(each.numpy().tobytes() for each in values)


def _signature(module: torch.nn.Module) -> tuple[set[str] | None, dict[str, Any]]:
    """Return which keyword arguments forward takes (None: any) and which we add."""
    parameters = inspect.signature(module.forward).parameters
    extra = {"use_cache": False} if "use_cache" in parameters else {}
    if any(each.kind is each.VAR_KEYWORD for each in parameters.values()):
        return None, extra
    return set(parameters), extra


def _logits(output: Any, name: str) -> torch.Tensor:
    if isinstance(output, tuple | list) and output:
        output = output[0]
    elif isinstance(output, dict) and "logits" in output:
        output = output["logits"]
    elif hasattr(output, "logits"):
        output = output.logits
    if isinstance(output, torch.Tensor):
        return output
    raise PredictionError(
        f"Expected the model {name!r} to return a tensor of logits or an output with `.logits`, "
        f"but it returned {type(output).__name__}."
    )
