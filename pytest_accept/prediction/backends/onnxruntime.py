"""Predictions from an exported ONNX model, run by ONNX Runtime as a server would."""

from __future__ import annotations

import contextlib
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from pytest_accept.errors import ModelError
from pytest_accept.prediction.backends.torch_module import Reading
from pytest_accept.prediction.blocks import Blocks, Rows
from pytest_accept.prediction.encodings import IDS, MASK, Encodings

LOGITS = "logits"
TYPES = "token_type_ids"
POSITIONS = "position_ids"
KNOWN = (IDS, MASK, TYPES, POSITIONS)
_INTEGERS = {"tensor(int64)": np.int64, "tensor(int32)": np.int32}

# The caches of a CPU, as for torch.
START = 768
START_ACCELERATOR = 16_384


@dataclass(frozen=True)
class Signature:
    """What a graph takes and gives: the types of its inputs, its output with logits.

    `batch` and `length` are how many texts and tokens it takes, None for any.
    """

    inputs: Mapping[str, Any]
    output: str
    batch: int | None
    length: int | None


def signature_of(session: Any, name: str) -> Signature:
    """Return what a session takes and gives; ModelError if it is not a model of texts."""
    inputs, shapes = {}, []
    for each in session.get_inputs():
        if each.name not in KNOWN or each.type not in _INTEGERS or len(each.shape) != 2:
            known = ", ".join(KNOWN)
            raise ModelError(
                f"The ONNX model {name!r} has the input {each.name!r} of type {each.type} and "
                f"shape {each.shape}; known are integers of shape (batch, tokens) called {known}. "
                "Export it with those input_names."
            )
        inputs[each.name] = _INTEGERS[each.type]
        shapes.append(each.shape)
    if IDS not in inputs:
        raise ModelError(f"The ONNX model {name!r} has no input {IDS!r}. It has {list(inputs)}.")
    outputs = [each.name for each in session.get_outputs()]
    if LOGITS not in outputs and len(outputs) > 1:
        raise ModelError(
            f"The ONNX model {name!r} has the outputs {outputs}, and none is called {LOGITS!r}, so "
            "which holds the logits cannot be told. Export it with output_names=['logits']."
        )
    output = LOGITS if LOGITS in outputs else outputs[0]
    return Signature(inputs, output, _axis(shapes, 0, name), _axis(shapes, 1, name))


def _axis(shapes: Sequence[Sequence[Any]], axis: int, name: str) -> int | None:
    # Names and None stand for any size.
    fixed = {each[axis] for each in shapes if isinstance(each[axis], int)}
    if len(fixed) > 1 or any(each < 1 for each in fixed):
        raise ModelError(
            f"The inputs of the ONNX model {name!r} have different shapes: "
            f"{' and '.join(str(list(each)) for each in shapes)}."
        )
    return next(iter(fixed), None)


class OnnxBackend:
    """Runs a session on encodings.

    Texts go one by one if the graph takes one, if it cannot be told what is padding (`pad_id`
    None), or if it rounds all texts of a batch together (`alone`): else an answer would depend on
    what was asked besides. A graph of a fixed length gets every text padded to it.
    """

    kind = "an exported ONNX model"

    def __init__(
        self,
        name: str,
        session: Any,
        signature: Signature,
        reading: Reading,
        *,
        tokenizer: Any,
        max_length: int | None,
        pad_id: int | None,
        alone: bool,
        accelerated: bool,
    ) -> None:
        self.name = name
        self.columns = reading.columns
        one = alone or pad_id is None or signature.batch == 1
        self.most = 1 if one else signature.batch
        self.start = START_ACCELERATOR if accelerated else START
        self._runs = session
        self._signature = signature
        self._reading = reading
        self._tokenizer = tokenizer
        self._max_length = max_length
        self._pad_id = pad_id or 0

    def stamp(self) -> Hashable:
        """Return None: a session keeps what it has loaded."""
        return None

    @contextlib.contextmanager
    def session(self) -> Iterator[None]:
        """Do nothing: a session is always ready."""
        yield

    def prepare(self, inputs: Sequence[Any]) -> Encodings:
        """Return the encodings of the inputs."""
        return self._reading.encode(self._tokenizer, inputs, self._max_length)

    def forward(self, prepared: Encodings, indices: npt.NDArray[np.int64]) -> Rows | Blocks:
        """Return what is read from some of the prepared texts."""
        tensors = prepared.padded(indices.tolist(), self._pad_id)
        return self._reading.read(self._run, tensors, prepared, indices)  # type: ignore[arg-type]

    def _run(self, **arrays: npt.NDArray[np.int64]) -> torch.Tensor:
        """Return the logits of a batch, as a module would."""
        takes = self._signature
        rows, tokens = arrays[IDS].shape
        feed = {}
        for name, kind in takes.inputs.items():
            array = arrays.get(name)
            if array is None:  # of a tokenizer that does not tell them
                array = np.zeros((rows, tokens), np.int64)
                if name == POSITIONS:
                    array += np.arange(tokens)
            fill = self._pad_id if name == IDS else 0
            feed[name] = _filled(array, takes.batch, takes.length, fill).astype(kind)
        (logits,) = self._runs.run([takes.output], feed)
        return torch.from_numpy(np.asarray(logits)[:rows])


def _filled(
    array: npt.NDArray[np.int64], rows: int | None, tokens: int | None, fill: int
) -> npt.NDArray[np.int64]:
    """Return an array of a fixed shape: padded on the right, its last row repeated below."""
    wide = (tokens or array.shape[1]) - array.shape[1]
    below = (rows or array.shape[0]) - array.shape[0]
    wider = np.pad(array, ((0, 0), (0, wide)), constant_values=fill)
    return np.pad(wider, ((0, below), (0, 0)), mode="edge")
