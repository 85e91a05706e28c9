"""What an ONNX file says of itself, read without running it or reading its weights.

A walk along the fields of its protocol buffers, as onnx.proto numbers them: only the kinds of
operations and the names of files beside it are looked at, so a file of gigabytes takes
milliseconds.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pytest_accept.errors import ModelError

_MODEL = {7: "graph", 20: "training", 25: "function"}
_CHILDREN = {
    "model": _MODEL,
    "training": {1: "graph", 2: "graph"},
    "graph": {1: "node", 5: "tensor", 15: "sparse"},
    "function": {7: "node", 11: "attribute"},
    "node": {5: "attribute"},
    "attribute": {
        5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse", 23: "sparse",
    },
    "sparse": {1: "tensor", 2: "tensor"},
    "tensor": {13: "entry"},
}  # fmt: skip
_OPERATION = 4  # of a node
_DEPTH = 64


@dataclass(frozen=True, slots=True)
class Graph:
    """The kinds of operations in a file, and the files with weights that it names."""

    operations: frozenset[str]
    locations: frozenset[str]

    @property
    def quantized(self) -> bool:
        """Whether numbers are rounded to few bits on the way."""
        return any("Quantize" in each or "Integer" in each for each in self.operations)

    @property
    def rounds_by_batch(self) -> bool:
        """Whether all numbers of a batch are rounded together, so that each text's answer depends
        on the others.
        """
        return any(each.startswith("DynamicQuantize") for each in self.operations)


def read_graph(file: Path) -> Graph:
    """Return what a file says of itself; ModelError if it is no ONNX file."""
    if not file.stat().st_size:
        raise _damaged(file)
    with (
        file.open("rb") as stream,
        mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content,
    ):
        walk = _Walk(content)
        try:
            walk.through(0, len(content), "model")
        except (IndexError, ValueError) as error:
            raise _damaged(file) from error
    if not walk.operations:
        raise _damaged(file)
    return Graph(frozenset(walk.operations), frozenset(walk.locations))


def weight_files(folder: Path, graph: Graph) -> list[Path]:
    """Return the files beside an ONNX file that hold its weights, by name.

    ModelError for one that is missing, or that lies outside of the folder, also by a link.
    """
    found = []
    for location in sorted(graph.locations):
        file = folder / location
        try:
            inside = file.resolve().is_relative_to(folder.resolve())
            there = file.is_file()
        except (OSError, RuntimeError, ValueError):  # no name of a file, or links in a circle
            inside = there = False
        if not inside:
            raise ModelError(
                f"The ONNX model in {str(folder)!r} wants its weights from {location!r}, which is "
                "outside of that folder: it might read any file of this machine. Copy them there, "
                "and export the model with a plain file name."
            )
        if not there:
            raise ModelError(
                f"The ONNX model in {str(folder)!r} lacks its weights, the file {location!r} that "
                "it names. Copy that file, too."
            )
        found.append(file)
    return found


class _Walk:
    """Gathers what the fields of a file say."""

    def __init__(self, content: mmap.mmap) -> None:
        self.operations: set[str] = set()
        self.locations: set[str] = set()
        self._content = content

    def through(self, start: int, stop: int, kind: str, depth: int = 0) -> None:
        """Read the fields of a message, and those of the messages within it."""
        if depth > _DEPTH:
            raise ValueError("nested too deeply")
        children = _CHILDREN.get(kind, {})
        for field, begin, end in _fields(self._content, start, stop):
            if kind == "node" and field == _OPERATION:
                self.operations.add(self._content[begin:end].decode())
                continue
            child = children.get(field)
            if child == "entry":
                self._entry(begin, end)
            elif child is not None:
                self.through(begin, end, child, depth + 1)

    def _entry(self, start: int, stop: int) -> None:
        content = self._content
        parts = {field: content[a:b].decode() for field, a, b in _fields(content, start, stop)}
        if parts.get(1) == "location":
            self.locations.add(parts.get(2, ""))


def _fields(content: mmap.mmap, start: int, stop: int) -> Iterator[tuple[int, int, int]]:
    """Yield number, begin and end of each field that has a length; others are passed over."""
    at = start
    while at < stop:
        tag, at = _varint(content, at)
        field, wire = tag >> 3, tag & 7
        if wire == 0:
            _, at = _varint(content, at)
            continue
        if wire not in (1, 2, 5):
            raise ValueError("a field of no known kind")
        size = {1: 8, 5: 4}.get(wire)
        if size is None:
            size, at = _varint(content, at)
        if at + size > stop:
            raise ValueError("a field that reaches beyond its parent")
        if wire == 2:
            yield field, at, at + size
        at += size


def _varint(content: mmap.mmap, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = content[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
        if shift > 63:
            raise ValueError("a number of more than 64 bits")


def _damaged(file: Path) -> ModelError:
    return ModelError(f"{str(file)!r} is not a whole ONNX file. Export the model again.")
