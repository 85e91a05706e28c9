"""Tiny models, exported to ONNX once a session: the folders are not to be changed."""

from __future__ import annotations

import shutil
import warnings
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.models import build
from tests.models import quiet as without_bars

NAMES = ("input_ids", "attention_mask", "token_type_ids")


class _Logits(torch.nn.Module):
    def __init__(self, module: Any, names: tuple[str, ...]) -> None:
        super().__init__()
        self.module, self.names = module, names

    def forward(self, *inputs: torch.Tensor) -> torch.Tensor:
        found: torch.Tensor = self.module(**dict(zip(self.names, inputs, strict=True))).logits
        return found


def export(
    source: Path,
    folder: Path,
    *,
    auto: str = "AutoModelForSequenceClassification",
    names: tuple[str, ...] = NAMES,
    batch: int | None = None,
    length: int | None = None,
    output: str = "logits",
) -> Path:
    """Write the ONNX file of a checkpoint, its config and tokenizer; `batch`, `length`: fixed."""
    import transformers

    folder.mkdir(parents=True)
    for file in source.iterdir():
        if file.suffix != ".safetensors":
            shutil.copy(file, folder / file.name)
    with without_bars():
        module = getattr(transformers, auto).from_pretrained(source, attn_implementation="eager")
    shape = (batch or 2, length or 7)
    ids = torch.arange(shape[0] * shape[1]).reshape(shape) % 50 + 5
    given = {"attention_mask": torch.ones_like(ids), "token_type_ids": torch.zeros_like(ids)}
    inputs = tuple({"input_ids": ids, **given}[name] for name in names)
    axes = {} if batch else {0: "batch"}
    axes |= {} if length else {1: "tokens"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the exporter, on tracing
        torch.onnx.export(
            _Logits(module, names).eval(),
            inputs,
            folder / "model.onnx",
            input_names=list(names),
            output_names=[output],
            dynamic_axes=dict.fromkeys(names, axes) | {output: {0: "batch"}},
            dynamo=False,
            opset_version=17,
        )
    return folder


def quantize(source: Path, folder: Path) -> Path:
    """Write a dynamically quantised copy of an exported model."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    shutil.copytree(source, folder)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        quantize_dynamic(source / "model.onnx", folder / "model.onnx", weight_type=QuantType.QInt8)
    return folder


@pytest.fixture(scope="session")
def exported(checkpoints: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The BERT of `checkpoints`, with dynamic axes."""
    return export(checkpoints["bert"], tmp_path_factory.mktemp("onnx") / "exported")


@pytest.fixture(scope="session")
def quantized(exported: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, its weights and activations in eight bits."""
    return quantize(exported, tmp_path_factory.mktemp("onnx") / "quantized")


__all__ = ["build", "export", "exported", "quantize", "quantized"]
