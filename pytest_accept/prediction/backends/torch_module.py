"""Predictions from a torch module: a transformers model, or any module that returns logits."""

from __future__ import annotations

import contextlib
import inspect
import threading
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt
import torch

from pytest_accept.errors import PredictionError
from pytest_accept.prediction.backends.matrix_products import fast_products
from pytest_accept.prediction.blocks import Blocks, Rows
from pytest_accept.prediction.encodings import MASK, Encodings
from pytest_accept.prediction.packing.packing import Packing

# How many tokens a batch has on a CPU: what fits its caches. More or less costs a few in a hundred,
# and a search would go by the clock, so that no run would have the digits of another. Elsewhere the
# search for the best number begins here: accelerators do best with what fills their cores.
START = {"cpu": 2048, "mps": 4096}
START_ACCELERATOR = 16_384

AUTOCAST = ("cpu", "cuda", "mps")
"""The devices on which torch may be told to compute in another type."""

# A module is changed while it is asked (its mode, hooks, attention), and many backends share one.
_one_at_a_time = threading.RLock()

# What modules of files were when somebody got hold of them.
_lent: WeakKeyDictionary[torch.nn.Module, Hashable] = WeakKeyDictionary()


class Reading(Protocol):
    """How inputs of some kind become encodings, and what is read from a forward pass of them.

    Equal readings are the same question: a model keeps the answers to each.
    """

    @property
    def columns(self) -> int:
        """How many numbers a row of an answer has."""

    def encode(self, tokenizer: Any, inputs: Sequence[Any], max_length: int | None) -> Encodings:
        """Tokenise inputs; `max_length` is how many tokens the model takes."""

    def read(
        self,
        module: torch.nn.Module,
        tensors: dict[str, Any],
        encodings: Encodings,
        indices: npt.NDArray[np.int64],
    ) -> Rows | Blocks:
        """Run `module(**tensors)`, or a part of it, on the encodings at `indices`; return a row for
        each of them, or rows for each.

        The tensors are those encodings padded on the right, on the module's device.
        """

    def __hash__(self) -> int: ...


class TorchBackend:
    """Runs an `nn.Module` on encodings, in evaluation mode.

    Gradients are there only for a `reading` with an attribute `gradients` that is true, and then
    none of the weights. `module` is a function, so that weights can be unloaded between
    predictions. `reading` says what is asked of it. `pad_id` None: the model cannot tell padding
    from text, so texts go one by one. `watch`: the module belongs to the user, who may change its
    weights between predictions.

    A `reading` with an attribute `rows` that is true is read without padding where the model is
    right for that; `packing` says whether it is.
    """

    def __init__(
        self,
        name: str,
        module: Callable[[], torch.nn.Module],
        reading: Reading,
        *,
        tokenizer: Any,
        max_length: int | None,
        device: torch.device,
        pad_id: int | None,
        watch: bool = False,
    ) -> None:
        self.name = name
        self.tokenizer = tokenizer
        self.columns = reading.columns
        self.most = 1 if pad_id is None else None
        self.start = START.get(device.type, START_ACCELERATOR)
        self.fixed = device.type == "cpu"
        self._module = module
        self._reading = reading
        self._max_length = max_length
        self._pad_id = pad_id or 0
        self._watch = watch
        self._ready: torch.nn.Module | None = None
        self._device = device
        self._takes: set[str] | None = None
        self._extra: dict[str, Any] = {}
        self.packing = Packing(asked=pad_id is not None and getattr(reading, "rows", False))

    @property
    def packs(self) -> bool:
        """Whether a batch costs what its texts have, without padding."""
        return self.packing.state == "rows"

    def stamp(self) -> Hashable:
        """Return the state of the weights of a user's module, as cheaply as can be told."""
        return weights_stamp(self._module()) if self._watch else None

    def module(self) -> torch.nn.Module:
        """Return the module, loaded again if it was unloaded."""
        return self._module()

    def lend(self) -> torch.nn.Module:
        """Return the module for others to read; if they change weights of files, asking fails."""
        module = self._module()
        if not self._watch and module not in _lent:
            _lent[module] = weights_stamp(module)
        return module

    @contextlib.contextmanager
    def session(self, *, gradients: bool = False) -> Iterator[None]:
        """Put the module into evaluation mode; afterwards every part is as it was.

        Other threads wait meanwhile.
        """
        with _one_at_a_time, self._session(gradients):
            yield

    @contextlib.contextmanager
    def _session(self, gradients: bool) -> Iterator[None]:
        module = self._module()
        if not self._watch and module in _lent and weights_stamp(module) != _lent[module]:
            raise PredictionError(
                f"The weights of {self.name!r} were changed in memory, but what it answers is kept "
                "as that of its files. Load what was changed: load_model(module, tokenizer=…)."
            )
        training = [part for part in module.modules() if part.training]
        gradients = gradients or getattr(self._reading, "gradients", False)
        # What is kept for the gradients of weights is half of the memory, and nobody wants them.
        thawed = [each for each in module.parameters() if gradients and each.requires_grad]
        device = next((each.device for each in module.parameters()), self._device)
        takes, extra = _signature(module)
        self._ready, self._device, self._takes, self._extra = module, device, takes, extra
        module.eval()
        for each in thawed:
            each.requires_grad_(False)
        try:
            with self._precision(device):
                if gradients:
                    with torch.enable_grad():
                        yield
                else:
                    with torch.inference_mode(), fast_products(module):
                        yield
        finally:
            self._ready = None
            self.packing.end()
            for part in training:
                part.training = True
            for each in thawed:
                each.requires_grad_(True)

    def _precision(self, device: torch.device) -> AbstractContextManager[Any]:
        """Return what lets a model of files compute in its own type, whoever asks within autocast:
        its answers are kept for others.
        """
        if self._watch or device.type not in AUTOCAST:
            return contextlib.nullcontext()
        return torch.autocast(device.type, enabled=False)

    def prepare(self, inputs: Sequence[Any]) -> Encodings:
        """Return the encodings of the inputs."""
        prepared = self._reading.encode(self.tokenizer, inputs, self._max_length)
        if self._ready is not None and not torch.is_grad_enabled():
            self.packing.decide(self._ready, prepared, self._few_logits)
        return prepared

    def forward(self, prepared: Encodings, indices: npt.NDArray[np.int64]) -> Rows | Blocks:
        """Return what is read from some of the prepared texts."""
        module = self._ready
        assert module is not None, "forward outside of a session"

        def read(some: npt.NDArray[np.int64]) -> Rows | Blocks:
            return self._reading.read(module, self._tensors(prepared, some), prepared, some)

        return self.packing.read(module, read, prepared.lengths, indices)

    def logits(self, prepared: Encodings, indices: npt.NDArray[np.int64]) -> torch.Tensor:
        """Return the logits of some of the prepared texts as the module gives them."""
        assert self._ready is not None, "logits outside of a session"
        return logits_of(self._ready, self._tensors(prepared, indices))

    def _few_logits(self, few: Encodings) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the logits of all of some encodings, and their attention mask."""
        assert self._ready is not None
        tensors = self._tensors(few, np.arange(len(few.lengths)))
        return logits_of(self._ready, tensors), tensors[MASK]

    def _tensors(self, prepared: Encodings, indices: npt.NDArray[np.int64]) -> dict[str, Any]:
        arrays = prepared.padded(indices.tolist(), self._pad_id)
        tensors = {
            name: torch.from_numpy(array).to(self._device)
            for name, array in arrays.items()
            if self._takes is None or name in self._takes
        }
        return {**tensors, **self._extra}


def can_pad(module: torch.nn.Module) -> bool:
    """Return whether a module can be told which tokens are padding, and heeds it."""
    summary = getattr(module, "sequence_summary", None)
    if getattr(summary, "summary_type", None) == "last":  # XLNet's, which would read the padding
        return False
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


def logits_of(module: torch.nn.Module, tensors: dict[str, Any]) -> torch.Tensor:
    """Return the logits that a module answers with; PredictionError if it has none."""
    output = module(**tensors)
    if isinstance(output, tuple | list) and output:
        output = output[0]
    elif isinstance(output, dict) and "logits" in output:
        output = output["logits"]
    elif hasattr(output, "logits"):
        output = output.logits
    if isinstance(output, torch.Tensor):
        return output
    raise PredictionError(
        f"Expected the model {type(module).__name__!r} to return a tensor of logits or an output "
        f"with `.logits`, but it returned {type(output).__name__}."
    )


def numbers(tensor: torch.Tensor) -> Rows:
    """Return a tensor as an array, float32 unless it is float64."""
    tensor = tensor if tensor.dtype == torch.float64 else tensor.float()
    array: Rows = tensor.detach().cpu().numpy()
    return array
