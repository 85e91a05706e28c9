"""Exported models: their predictions are the original's, whatever shape the export fixed."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest

from pytest_accept import (
    ModelError,
    SettingError,
    agreement,
    load_data,
    load_model,
    probability_difference,
    settings,
)
from pytest_accept.loading import ModelCache
from tests.models import PAIRS, TEXTS
from tests.onnx_models import export, exported, quantized
from tests.taggers import SENTENCES, save_tagger

__all__ = ["exported", "quantized"]

TEXTS = (*TEXTS, "a very " * 100)


def served(folder: Path, **options: Any) -> Any:
    return load_model(folder, backend="onnxruntime", **options)


def _same(model: Any, original: Any, inputs: Any, atol: float = 1e-4) -> None:
    ours, theirs = model.predict(list(inputs)), original.predict(list(inputs))
    np.testing.assert_allclose(ours.logits, theirs.logits, atol=atol)
    assert (ours.truncated == theirs.truncated).all()


def test_predictions_are_those_of_the_original(exported: Path, tiny_model_folder: Path) -> None:
    model, original = served(exported), load_model(tiny_model_folder)
    _same(model, original, TEXTS)
    _same(model, original, PAIRS)
    about, other = model.describe(), original.describe()
    assert (about.labels, about.task, about.max_length) == (
        other.labels, other.task, other.max_length,
    )  # fmt: skip
    assert (about.dtype, about.device) == ("float32", "cpu")
    assert about.fingerprint not in (None, other.fingerprint)


def test_max_length_labels_and_name_are_heeded(exported: Path, tiny_model_folder: Path) -> None:
    options: dict[str, Any] = {"max_length": 9, "labels": ("bad", "good"), "name": "served"}
    model = served(exported, **options)
    _same(model, load_model(tiny_model_folder, **options), TEXTS)
    assert (model.name, model.labels, model.max_length) == ("served", ("bad", "good"), 9)


@pytest.mark.parametrize(("batch", "length"), [(1, None), (3, None), (4, 32)])
def test_fixed_shapes_are_filled(
    batch: int, length: int | None, checkpoints: dict[str, Path], tmp_path: Path
) -> None:
    folder = export(checkpoints["bert"], tmp_path / "fixed", batch=batch, length=length)
    model = served(folder)
    original = load_model(checkpoints["bert"], max_length=length)
    assert model.max_length == (length or 48)
    _same(model, original, TEXTS[:7] + TEXTS[8:])


def test_a_graph_without_a_mask_gets_texts_one_by_one(
    checkpoints: dict[str, Path], tmp_path: Path
) -> None:
    names = ("input_ids", "token_type_ids")
    model = served(export(checkpoints["bert"], tmp_path / "open", names=names, output="scores"))
    _same(model, load_model(checkpoints["bert"]), TEXTS)
    fixed = export(checkpoints["bert"], tmp_path / "fixed", names=names, length=32)
    with pytest.raises(ModelError, match="would read the padding as text"):
        served(fixed)


def test_positions_that_begin_behind_the_padding(
    checkpoints: dict[str, Path], tmp_path: Path
) -> None:
    names = ("input_ids", "attention_mask")
    model = served(export(checkpoints["roberta"], tmp_path / "out", names=names))
    original = load_model(checkpoints["roberta"])
    assert model.max_length == original.max_length == 64
    _same(model, original, TEXTS)


def test_taggers(tmp_path: Path) -> None:
    source = save_tagger(tmp_path / "tagger")
    folder = export(source, tmp_path / "out", auto="AutoModelForTokenClassification")
    sentences = [*SENTENCES, SENTENCES[3] * 12]
    ours = served(folder).predict(sentences)
    theirs = load_model(source).predict(sentences)
    for mine, other in zip(ours.logits, theirs.logits, strict=True):
        np.testing.assert_allclose(mine, other, atol=1e-4)


def test_texts_rounded_by_batch_go_alone(quantized: Path, exported: Path) -> None:
    """Else an answer would depend on what else was asked: 20 of 192 labels did."""
    alone = [served(quantized).predict([text]).logits[0] for text in TEXTS]
    model = served(quantized)
    together = model.predict(list(TEXTS)).logits
    assert (together == np.array(alone)).all()
    assert model.dtype == "int8"
    # That it would differ: what the whole batch is rounded by is another scale.
    session = model._backing._exported.session
    encoded = model.tokenizer(list(TEXTS[:3]), padding=True, return_tensors="np")
    raw = session.run(None, {k: v.astype(np.int64) for k, v in encoded.items()})[0]
    assert not np.allclose(raw, together[:3], atol=1e-4)


def test_agreement_with_the_original(
    exported: Path, quantized: Path, tiny_model_folder: Path
) -> None:
    original = load_model(tiny_model_folder)
    data = load_data([{"text": f"{text} {i}"} for text in TEXTS for i in range(8)], label=None)
    same = served(exported)
    assert agreement(same, original, data).value == 1
    assert probability_difference(same, original, data).value < 1e-5
    rounded = served(quantized)
    ours, theirs = (each.predict(data).probabilities for each in (rounded, original))
    found = probability_difference(rounded, original, data)
    assert found.value == pytest.approx(np.abs(ours - theirs).max(axis=1).mean())
    assert found.low <= found.value <= found.high


def test_other_readings_are_refused(exported: Path) -> None:
    model = served(exported)
    with pytest.raises(ModelError, match="is an exported ONNX model"):
        model.module()
    with pytest.raises(ModelError, match="is an exported ONNX model"):
        model.gradients()


def test_another_weight_is_another_model(exported: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(exported, tmp_path / "copy"))
    cache = ModelCache()
    first = cache.get(folder, backend="onnxruntime")
    assert first.fingerprint == served(exported).fingerprint
    proto = onnx.load(folder / "model.onnx")
    tensor = next(each for each in proto.graph.initializer if each.data_type == 1)
    tensor.raw_data = bytes(reversed(tensor.raw_data))
    onnx.save(proto, folder / "model.onnx")
    second = cache.get(folder, backend="onnxruntime")
    assert second.fingerprint != first.fingerprint
    assert cache.get(folder, backend="onnxruntime") is second


def test_weights_in_a_file_beside_it(exported: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(exported, tmp_path / "copy"))
    onnx.save(
        onnx.load(folder / "model.onnx"), folder / "model.onnx",
        save_as_external_data=True, location="weights.bin", size_threshold=0,
    )  # fmt: skip
    before = served(folder)
    _same(before, served(exported), TEXTS)
    content = bytearray((folder / "weights.bin").read_bytes())
    content[2] ^= 1
    (folder / "weights.bin").write_bytes(content)
    assert served(folder).fingerprint != before.fingerprint


def test_one_file_of_several_is_named(exported: Path, quantized: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(exported, tmp_path / "copy"))
    shutil.copy(quantized / "model.onnx", folder / "model_int8.onnx")
    assert served(folder).dtype == "float32"
    chosen = load_model(folder, backend="onnxruntime,file=model_int8.onnx")
    assert chosen.dtype == "int8"
    (folder / "model.onnx").rename(folder / "model_fp32.onnx")
    with pytest.raises(ModelError, match=r"several ONNX files .*,file=model_fp32.onnx"):
        served(folder)
    with pytest.raises(ModelError, match="no ONNX file '../secret.onnx'"):
        load_model(folder, backend="onnxruntime,file=../secret.onnx")


def test_a_folder_with_nothing_else_is_explained(exported: Path, tiny_model_folder: Path) -> None:
    with pytest.raises(ModelError, match="backend='onnxruntime'"):
        load_model(exported)
    with pytest.raises(ModelError, match="no ONNX file in"):
        served(tiny_model_folder)


def test_damaged_and_unknown_files_are_explained(exported: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(exported, tmp_path / "copy"))
    proto = onnx.load(folder / "model.onnx")
    proto.graph.node[3].op_type = "NoSuchOperation"
    onnx.save(proto, folder / "model.onnx")
    with pytest.raises(ModelError, match="onnxruntime cannot load"):
        served(folder)
    proto = onnx.load(exported / "model.onnx")
    for node in proto.graph.node:
        node.input[:] = ["pixels" if each == "input_ids" else each for each in node.input]
    proto.graph.input[0].name = "pixels"
    onnx.save(proto, folder / "model.onnx")
    with pytest.raises(ModelError, match="has the input 'pixels'"):
        served(folder)


def test_what_is_for_checkpoints_is_refused(exported: Path) -> None:
    with pytest.raises(SettingError, match="dtype='float16' is for checkpoints"):
        served(exported, dtype="float16")
    with pytest.raises(SettingError, match="allow_pickle= is for checkpoints"):
        served(exported, allow_pickle=True)
    with pytest.raises(SettingError, match="does not take 'attn_implementation'"):
        served(exported, attn_implementation="eager")
    with pytest.raises(ModelError, match="is a name on the hub"):
        load_model("organisation/model", backend="onnxruntime")
    with pytest.raises(SettingError, match="does not run on 'meta'"):
        served(exported, device="meta")
    with settings.using(device="cpu"):
        assert served(exported).device == "cpu"


def test_a_language_model_is_refused(exported: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(exported, tmp_path / "copy"))
    config = json.loads((folder / "config.json").read_text())
    config["architectures"] = ["BertForMaskedLM"]
    (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(ModelError, match="runs classifiers of texts and of tokens"):
        served(folder)
