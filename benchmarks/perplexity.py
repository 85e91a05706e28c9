"""Perplexity of a language model: this package against the usual loop, window by window.

    python benchmarks/perplexity.py [--quick] [--repeat N] [--model FOLDER]

The loop is that of transformers' "Perplexity of fixed-length models": one window at a time, the
logits of all of its positions. Both sides read the same texts with the same windows: the documents
of the language model example one by one, and joined to one that needs windows. Each run has a
process of its own; seconds count from when the model is loaded, and the peak of memory is that of
the process, weights included, while it scores. The model is SmolLM2-135M where it was made
(`python example_suites/language_model/get_model.py`), else a random one of its size.
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import results

EXAMPLE = Path(__file__).parent.parent / "example_suites" / "language_model"
CONTEXT, STRIDE = 1024, 512


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a quarter of the texts, once")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--model", type=Path, default=EXAMPLE / "runs" / "smollm2")
    parser.add_argument("--side", choices=("ours", "loop"), help=argparse.SUPPRESS)
    parser.add_argument("--texts", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.side:
        score(options.side, options.model, json.loads(options.texts.read_text()))
        return
    with tempfile.TemporaryDirectory() as folder:
        if not options.model.exists():
            options.model = random_model(Path(folder) / "random")
        print(f"{options.model.name}, context {CONTEXT}, stride {STRIDE}")
        numbers = {}
        for name, texts in texts_of(4 if options.quick else 1).items():
            file = Path(folder) / "texts.json"
            file.write_text(json.dumps(texts))
            repeat = 1 if options.quick else options.repeat
            numbers[name] = compare(name, options.model, file, repeat)
        results.write("perplexity", numbers)


def texts_of(part: int) -> dict[str, list[str]]:
    rows = [json.loads(line) for line in (EXAMPLE / "documents.jsonl").open(encoding="utf-8")]
    texts = [row["text"] for row in rows[::part]]
    return {"single documents": texts, "one long document": ["\n\n".join(texts)]}


def compare(name: str, model: Path, texts: Path, repeat: int) -> dict[str, dict[str, float]]:
    sides: dict[str, list[dict[str, float]]] = {"loop": [], "ours": []}
    for _ in range(repeat):
        for side, runs in sides.items():  # taking turns
            command = [sys.executable, __file__, "--side", side]
            command += ["--model", str(model), "--texts", str(texts)]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            runs.append(json.loads(done.stdout.splitlines()[-1]))
    values = [run["perplexity"] for runs in sides.values() for run in runs]
    # torch's float32 cross-entropy is off by 2e-5 over 50,000 words on a CPU, its logsumexp is not.
    assert max(values) <= min(values) * (1 + 1e-4), values
    seconds = {side: statistics.median(run["seconds"] for run in sides[side]) for side in sides}
    print(f"\n{name}: {int(sides['ours'][0]['tokens']):,} tokens, perplexity {values[-1]:.4f}")
    for side, runs in sides.items():
        peak = max(run["peak_mb"] for run in runs)
        print(f"  {side:5}  {seconds[side]:7.1f} s   peak {peak:6,.0f} MB")
    print(f"  ours is {seconds['loop'] / seconds['ours']:.2f} times as fast")
    peaks = {side: max(run["peak_mb"] for run in runs) for side, runs in sides.items()}
    return {"seconds": seconds, "peak_mb": peaks}


def score(side: str, folder: Path, texts: list[str]) -> None:
    run = ours if side == "ours" else loop
    print(json.dumps(run(folder, texts)))


def ours(folder: Path, texts: list[str]) -> dict[str, float]:
    from pytest_accept import load_data, load_model, perplexity, using

    model = load_model(folder)
    data = load_data([{"text": text} for text in texts], label=None)
    started = begin()
    with using(cache="off"):
        found = perplexity(model, data, context=CONTEXT, stride=STRIDE)
    tokens = int(found.notes[0].split()[0].replace(",", ""))
    return result(started, tokens, found.value)


def loop(folder: Path, texts: list[str]) -> dict[str, float]:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    model: Any = AutoModelForCausalLM.from_pretrained(folder)
    model.eval()
    tokenizer: Any = AutoTokenizer.from_pretrained(folder)
    started = begin()
    total, tokens = 0.0, 0
    for text in texts:
        ids = tokenizer(text, return_tensors="pt").input_ids
        previous = 0
        for start in range(0, ids.size(1), STRIDE):
            end = min(start + CONTEXT, ids.size(1))
            window = ids[:, start:end]
            labels = window.clone()
            labels[:, : -(end - previous)] = -100
            with torch.no_grad():
                loss = model(window, labels=labels).loss
            scored = int((labels[:, 1:] != -100).sum())
            total += float(loss) * scored
            tokens += scored
            previous = end
            if end == ids.size(1):
                break
    return result(started, tokens, math.exp(total / tokens))


def begin() -> float:
    """Forget the peak of memory so far, where the system can: loading may have the larger one."""
    reset = Path("/proc/self/clear_refs")
    if reset.exists():
        reset.write_text("5")
    return time.perf_counter()


def result(started: float, tokens: int, value: float) -> dict[str, float]:
    seconds = time.perf_counter() - started
    return {"seconds": seconds, "tokens": tokens, "perplexity": value, "peak_mb": peak_mb()}


def peak_mb() -> float:
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1e3
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used / (1e6 if sys.platform == "darwin" else 1e3)


def random_model(folder: Path) -> Path:
    """Write a Llama of SmolLM2-135M's size with random weights and a byte-level tokenizer."""
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    config = LlamaConfig(
        vocab_size=49152,
        hidden_size=576,
        intermediate_size=1536,
        num_hidden_layers=30,
        num_attention_heads=9,
        num_key_value_heads=3,
        max_position_embeddings=8192,
        tie_word_embeddings=True,
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    inner = Tokenizer(models.BPE({letter: i for i, letter in enumerate(letters)}, []))
    inner.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer: Any = PreTrainedTokenizerFast(tokenizer_object=inner)  # type: ignore[no-untyped-call]
    tokenizer.save_pretrained(folder)
    return folder


if __name__ == "__main__":
    main()
