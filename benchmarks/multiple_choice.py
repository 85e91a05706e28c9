"""Multiple choice by log-likelihood: prefixes read once, against a full pass for each choice.

    python benchmarks/multiple_choice.py [--quick] [--cpu] [--repeat N] [--model FOLDER]

Questions have a prefix of about 200 tokens (two solved ones before it) and 4 to 10 choices. The
usual loop reads prefix and choice for each choice, the usual batched one pads all choices of four
questions into a batch. All sides tokenise, share one process and one module and take turns; their
log-likelihoods must be equal. The model is SmolLM2-135M where it was made
(`python example_suites/language_model/get_model.py`), else a random one of its size.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import results
import torch
import transformers
from perplexity import EXAMPLE, random_model
from throughput import bench_texts

import pytest_accept as pa
from pytest_accept.tasks.continuation_likelihoods import ContinuationLikelihoods
from pytest_accept.tasks.continuations import Continued

clock = time.perf_counter
BATCH = 4  # questions


def main() -> None:
    """Print all sides and the ratios."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="4 questions instead of 8")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--model", type=Path, default=EXAMPLE / "runs" / "smollm2")
    parser.add_argument(
        "--cpu", action="store_true", help="one thread, CPU seconds: for a machine that is busy"
    )
    options = parser.parse_args()
    if options.cpu:
        global clock  # noqa: PLW0603
        clock = time.process_time
        torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        if not options.model.exists():
            options.model = random_model(Path(folder) / "random")
        module: Any = transformers.AutoModelForCausalLM.from_pretrained(options.model)
        module.eval()
        tokenizer = transformers.AutoTokenizer.from_pretrained(options.model)
    asked = questions(4 if options.quick else 8, tokenizer)
    tokens = [len(tokenizer(each.prefix)["input_ids"]) for each in asked]
    choices = [len(each.continuations) for each in asked]
    print(
        f"{options.model.name}, {len(asked)} questions, prefixes of {min(tokens)} to {max(tokens)} "
        f"tokens, {min(choices)} to {max(choices)} choices, {torch.get_num_threads()} threads"
    )
    compare(module, tokenizer, asked, options.repeat)


def questions(count: int, tokenizer: Any) -> list[Continued]:
    """Return questions after solved ones, and short texts to choose from."""
    texts = iter(bench_texts(40 * count))
    found = []
    for i in range(count):
        prefix = ""
        while len(tokenizer(prefix)["input_ids"]) < 190:
            prefix += f"Review: {next(texts)}\n\n"
        choices = tuple(f" {' '.join(next(texts).split()[:6])}" for _ in range(4 + i * 2 % 7))
        found.append(Continued(f"{prefix}In short:", choices))
    return found


def compare(module: Any, tokenizer: Any, asked: list[Continued], repeat: int) -> None:
    sides: dict[str, Callable[[], list[np.ndarray]]] = {
        "pytest_accept": lambda: ours(module, tokenizer, asked),
        "a full pass a choice": lambda: one_by_one(module, tokenizer, asked),
        "full passes in batches": lambda: batched(module, tokenizer, asked),
    }
    times: dict[str, list[float]] = {name: [] for name in sides}
    values: dict[str, np.ndarray] = {}
    for turn in range(repeat):
        names = list(sides)
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            start = clock()
            found = sides[name]()
            times[name].append(clock() - start)
            values[name] = np.concatenate(found)
    own, *others = values.values()
    apart = max(float(np.abs(own - other).max()) for other in others)
    assert apart < 5e-3, f"the sides differ by {apart:.1e}"
    print(f"largest difference of a log-likelihood: {apart:.1e}")
    medians = {name: statistics.median(each) for name, each in times.items()}
    for name, median in medians.items():
        runs = ", ".join(f"{each:.1f}" for each in times[name])
        print(f"{name:24} {median:8.1f} s   runs: {runs}")
    first, single, many = medians.values()
    print(f"against a full pass a choice:   {single / first:.2f}x (target 3.0)")
    print(f"against full passes in batches: {many / first:.2f}x")
    results.write("multiple_choice", {"seconds": medians})


def ours(module: Any, tokenizer: Any, asked: list[Continued]) -> list[np.ndarray]:
    # A new Model each time: what was answered before would cost nothing.
    model = pa.load_model(module, tokenizer=tokenizer, task="causal-lm")
    with pa.using(cache="off"):
        return [rows[:, 0] for rows in model.read(ContinuationLikelihoods(), asked)]


@torch.inference_mode()
def one_by_one(module: Any, tokenizer: Any, asked: list[Continued]) -> list[np.ndarray]:
    found = []
    for each in asked:
        begins = len(tokenizer(each.prefix)["input_ids"])
        scores = []
        for choice in each.continuations:
            ids = tokenizer(each.prefix + choice, return_tensors="pt").input_ids
            logits = module(ids).logits[0, begins - 1 : -1].log_softmax(-1)
            scores.append(logits.gather(1, ids[0, begins:, None]).sum().item())
        found.append(np.array(scores))
    return found


@torch.inference_mode()
def batched(module: Any, tokenizer: Any, asked: list[Continued]) -> list[np.ndarray]:
    found = []
    for start in range(0, len(asked), BATCH):
        some = asked[start : start + BATCH]
        rows = [
            (len(tokenizer(each.prefix)["input_ids"]), tokenizer(each.prefix + choice)["input_ids"])
            for each in some
            for choice in each.continuations
        ]
        width = max(len(ids) for _, ids in rows)
        ids = torch.tensor([each + [0] * (width - len(each)) for _, each in rows])
        mask = torch.tensor([[1] * len(each) + [0] * (width - len(each)) for _, each in rows])
        logits = module(input_ids=ids, attention_mask=mask).logits
        scores = []
        for row, (begins, each) in enumerate(rows):
            chosen = logits[row, begins - 1 : len(each) - 1].log_softmax(-1)
            scores.append(chosen.gather(1, ids[row, begins : len(each), None]).sum().item())
        sizes = np.cumsum([len(each.continuations) for each in some])[:-1]
        found += np.split(np.array(scores), sizes)
    return found


if __name__ == "__main__":
    main()
