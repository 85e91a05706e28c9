"""What an ONNX file says of itself, against the onnx package."""

from pathlib import Path

import onnx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper

from pytest_accept import ModelError
from pytest_accept.loading.onnx_graph import Graph, read_graph, weight_files
from tests.onnx_models import exported, quantized

__all__ = ["exported", "quantized"]


@pytest.mark.parametrize("name", ["exported", "quantized"])
def test_operations_are_those_that_onnx_reads(name: str, request: pytest.FixtureRequest) -> None:
    file = request.getfixturevalue(name) / "model.onnx"
    graph = read_graph(file)
    assert graph.operations == {node.op_type for node in onnx.load(file).graph.node}
    assert (graph.quantized, graph.rounds_by_batch) == (name == "quantized",) * 2
    assert graph.locations == set()


def test_operations_within_branches_count() -> None:
    inner = helper.make_graph(
        [helper.make_node("DynamicQuantizeLinear", ["x"], ["a", "b", "c"])], "inner", [], []
    )
    node = helper.make_node("If", ["yes"], ["out"], then_branch=inner, else_branch=inner)
    graph = _written(helper.make_graph([node], "outer", [], []))
    assert graph.operations == {"If", "DynamicQuantizeLinear"}
    assert graph.rounds_by_batch


def test_operations_of_functions_count() -> None:
    function = helper.make_function(
        "ours", "Rounded", ["x"], ["y", "a", "b"],
        [helper.make_node("DynamicQuantizeLinear", ["x"], ["y", "a", "b"])],
        [helper.make_opsetid("", 17)],
    )  # fmt: skip
    node = helper.make_node("Rounded", ["x"], ["y"], domain="ours")
    graph = _written(helper.make_graph([node], "outer", [], []), functions=[function])
    assert graph.rounds_by_batch


def _written(graph: onnx.GraphProto, **more: object) -> Graph:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "model.onnx"
        onnx.save(helper.make_model(graph, **more), file)
        return read_graph(file)


def _external(folder: Path, location: str) -> Path:
    tensor = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[1])
    tensor.data_location = TensorProto.EXTERNAL
    entry = tensor.external_data.add()
    entry.key, entry.value = "location", location
    node = helper.make_node("Identity", ["w"], ["y"])
    graph = helper.make_graph([node], "outer", [], [], initializer=[tensor])
    file = folder / "model.onnx"
    onnx.save(helper.make_model(graph), file)
    return file


def test_weights_may_lie_beside_the_file(tmp_path: Path) -> None:
    graph = read_graph(_external(tmp_path, "model.bin"))
    with pytest.raises(ModelError, match="lacks its weights, the file 'model.bin'"):
        weight_files(tmp_path, graph)
    (tmp_path / "model.bin").write_bytes(b"0000")
    assert weight_files(tmp_path, graph) == [tmp_path / "model.bin"]


@pytest.mark.parametrize(
    "location",
    ["../secret.bin", "ABSOLUTE", "link.bin", "a/../../secret.bin", "a\0b", "x" * 5000],
    ids=range(6),
)
def test_weights_may_lie_nowhere_else(location: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret.bin"
    secret.write_bytes(b"0000")
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "link.bin").symlink_to(secret)
    graph = read_graph(_external(folder, location.replace("ABSOLUTE", str(secret))))
    with pytest.raises(ModelError, match="outside of that folder"):
        weight_files(folder, graph)


def test_a_damaged_file_is_one_error(exported: Path, tmp_path: Path) -> None:
    whole = (exported / "model.onnx").read_bytes()
    file = tmp_path / "model.onnx"
    broken = [b"", b"\0" * 64, b"\xff" * 64, b"not a model", whole[: len(whole) // 2]]
    broken += [b"\x3a\x02\x08" + b"\xff" * 20, b"\x3a\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"]
    for content in broken:
        file.write_bytes(content)
        with pytest.raises(ModelError, match="not a whole ONNX file"):
            read_graph(file)


@given(flips=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=8), cut=st.floats())
@settings(deadline=None, max_examples=200)
def test_whatever_a_file_holds_it_is_read_or_refused(
    small: tuple[Path, bytes], flips: list[tuple[float, int]], cut: float
) -> None:
    file, whole = small
    content = bytearray(whole)
    for where, byte in flips:
        content[int(where * (len(content) - 1))] = byte
    if 0 <= cut <= 1:
        del content[int(cut * len(content)) :]
    file.write_bytes(content)
    try:
        found = weight_files(file.parent, read_graph(file))
    except ModelError:
        return
    # Whatever a damaged file names, nothing outside of its folder is taken for its weights.
    assert all(each.resolve().is_relative_to(file.parent.resolve()) for each in found)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes]:
    file = _external(tmp_path_factory.mktemp("small"), "weights.bin")
    return file, file.read_bytes()


def test_a_file_nested_without_end_is_refused(tmp_path: Path) -> None:
    content = b"\x08\x01"
    for _ in range(200):  # a graph in an attribute of a node, in a graph …
        for tag in (b"\x32", b"\x2a", b"\x0a"):
            content = tag + _varint(len(content)) + content
    (tmp_path / "model.onnx").write_bytes(b"\x3a" + _varint(len(content)) + content)
    with pytest.raises(ModelError, match="not a whole ONNX file"):
        read_graph(tmp_path / "model.onnx")


def _varint(number: int) -> bytes:
    found = bytearray()
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*found, number])
