"""What backends cost: a local Ray against the engine in this process, onnxruntime against torch.

    python benchmarks/cluster.py [--quick] [--repeat N]

All sides predict the same texts with the same model (MiniLM with a random head), tokenisation
included. Ray: what its start takes, the first prediction (workers load the model), and the same
texts again while the workers are warm, with one worker that has all cores and with one for each
core. onnxruntime: the exported file with dynamic axes, and its dynamically quantised form, which
gets one text at a time; batched as a server might, its labels depend on the batch.
"""

from __future__ import annotations

import argparse
import contextlib
import statistics
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import results
import torch
from throughput import bench_model, bench_texts

from pytest_accept import settings
from pytest_accept.loading import load_model
from pytest_accept.loading.quiet import quiet

NAMES = ("input_ids", "attention_mask", "token_type_ids")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="200 texts instead of 2,000")
    parser.add_argument("--repeat", type=int, default=0, help="of each side; default 2, or 3")
    options = parser.parse_args()
    texts = bench_texts(200 if options.quick else 2000)
    repeat = options.repeat or (2 if options.quick else 3)
    cores = torch.get_num_threads()
    numbers: dict[str, float] = {"texts": len(texts)}
    with (
        tempfile.TemporaryDirectory() as place,
        settings.using(cache="off", progress=False, device="cpu"),
    ):
        folder = Path(place) / "minilm"
        exported, rounded = export(folder)
        print(f"{len(texts):,} texts, {cores} threads, torch {torch.__version__}", flush=True)
        numbers |= on_ray(folder, texts, repeat, cores)
        numbers |= served(folder, exported, rounded, texts, repeat)
    results.write("cluster", numbers)


def on_ray(folder: Path, texts: list[str], repeat: int, cores: int) -> dict[str, float]:
    """Measure the local engine, then Ray: start, first prediction, warm ones."""
    from pytest_accept.loading import ray_cluster

    here = load_model(folder)
    local = median(repeat, lambda: again(here, texts))
    print(f"\nin this process: {local:.2f} s ({len(texts) / local:.0f} texts/s)", flush=True)
    found = {"local_seconds": local}
    for workers in dict.fromkeys((1, cores)):
        start, model = timed(
            lambda workers=workers: load_model(folder, backend=f"ray,workers={workers}")  # type: ignore[misc]
        )
        first, _ = timed(lambda model=model: model.predict(texts))  # type: ignore[misc]
        warm = median(repeat, lambda model=model: again(model, texts))  # type: ignore[misc]
        apart = float(np.abs(model.predict(texts).logits - here.predict(texts).logits).max())
        print(
            f"Ray, {workers} worker(s): start {start:.1f} s, first {first:.2f} s, warm {warm:.2f} "
            f"s ({len(texts) / warm:.0f} texts/s), warm/local {warm / local:.2f}; logits at most "
            f"{apart:.1e} apart",
            flush=True,
        )
        ray_cluster.close()
        found |= {
            f"ray_{workers}_start_seconds": start,
            f"ray_{workers}_first_seconds": first,
            f"ray_{workers}_warm_seconds": warm,
            f"ray_{workers}_warm_over_local": warm / local,
            f"ray_{workers}_apart": apart,
        }
    return found


def served(
    folder: Path, exported: Path, rounded: Path, texts: list[str], repeat: int
) -> dict[str, float]:
    """Measure torch, the exported file, and its quantised form."""
    original = load_model(folder)
    models = {
        "torch": original,
        "onnxruntime": load_model(exported, backend="onnxruntime"),
        "int8": load_model(rounded, backend="onnxruntime"),
    }
    times: dict[str, list[float]] = {name: [] for name in models}
    for _ in range(repeat):  # in turns: what else the machine does meets all of them
        for name, model in models.items():
            times[name].append(timed(lambda model=model: again(model, texts))[0])  # type: ignore[misc]
    seconds = {name: statistics.median(each) for name, each in times.items()}
    said = {name: model.predict(texts) for name, model in models.items()}
    print()
    for name, each in seconds.items():
        apart = np.abs(said[name].probabilities - said["torch"].probabilities).max()
        same = float((said[name].label_ids == said["torch"].label_ids).mean())
        print(
            f"{name}: {each:.2f} s ({len(texts) / each:.0f} texts/s), {each / seconds['torch']:.2f}"
            f" of torch; probabilities at most {apart:.1e} from torch's, {same:.1%} of labels equal"
        )
    changed = changed_by_batching(models["int8"], texts[:192])
    print(f"int8 in padded batches of 16: {changed} of 192 labels are others than alone")
    return {
        **{f"{name}_seconds": each for name, each in seconds.items()},
        "onnxruntime_over_torch": seconds["onnxruntime"] / seconds["torch"],
        "int8_over_torch": seconds["int8"] / seconds["torch"],
        "int8_labels_changed_by_batching_of_192": changed,
    }


def changed_by_batching(model: Any, texts: list[str]) -> int:
    """Return how many labels a quantised graph gives otherwise in padded batches than alone."""
    alone = model.predict(texts).label_ids
    session = model._backing._exported.session
    together: list[int] = []
    for start in range(0, len(texts), 16):
        batch = model.tokenizer(
            texts[start : start + 16], padding=True, truncation=True, return_tensors="np"
        )
        feed = {name: batch[name].astype(np.int64) for name in NAMES}
        together += session.run(None, feed)[0].argmax(axis=1).tolist()
    return int((alone != np.array(together)).sum())


def again(model: Any, texts: list[str]) -> Any:
    """Predict as if nothing had been asked before."""
    model._engine.forget()
    return model.predict(texts)


def timed(task: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    found = task()
    return time.perf_counter() - start, found


def median(repeat: int, task: Callable[[], Any]) -> float:
    return statistics.median(timed(task)[0] for _ in range(repeat))


class _Logits(torch.nn.Module):
    def __init__(self, module: Any) -> None:
        super().__init__()
        self.module = module

    def forward(self, *inputs: torch.Tensor) -> Any:
        return self.module(**dict(zip(NAMES, inputs, strict=True))).logits


def export(folder: Path) -> tuple[Path, Path]:
    """Write the model, its exported form, and that one quantised; return the latter folders."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    module, tokenizer = bench_model()
    exported, rounded = folder.parent / "exported", folder.parent / "rounded"
    with quiet(), warnings.catch_warnings(), contextlib.redirect_stderr(None):
        warnings.simplefilter("ignore")  # of the exporter, on tracing
        module.save_pretrained(folder)
        for each in (folder, exported, rounded):
            tokenizer.save_pretrained(each)
            module.config.save_pretrained(each)
        module.set_attn_implementation("eager")
        example = tokenizer(["An example.", "Another."], return_tensors="pt", padding=True)
        axes = {name: {0: "batch", 1: "tokens"} for name in NAMES}
        torch.onnx.export(
            _Logits(module).eval(),
            tuple(example[name] for name in NAMES),
            exported / "model.onnx",
            input_names=list(NAMES),
            output_names=["logits"],
            dynamic_axes={**axes, "logits": {0: "batch"}},
            dynamo=False,
            opset_version=17,
        )
        quantize_dynamic(
            exported / "model.onnx", rounded / "model.onnx", weight_type=QuantType.QInt8
        )
    return exported, rounded


if __name__ == "__main__":
    main()
