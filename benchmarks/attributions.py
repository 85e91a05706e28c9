"""Integrated gradients and occlusion in batches, against one text at a time.

    python benchmarks/attributions.py [--quick] [--cpu] [--repeat N]

All sides explain the same label of the same texts with MiniLM and a random head, include
tokenisation, share one process and one module, and take turns; their scores must be equal. "One by
one" is the usual loop: a pass for each step of the path, or for each token that is hidden. captum
is asked for a text at a time, with all steps of a text in one batch, or (occlusion) a token a pass,
as it is by default.
"""

from __future__ import annotations

import argparse
import importlib
import statistics
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import results
import torch
from throughput import bench_model, bench_texts

import pytest_accept as pa
from pytest_accept.attributions import attribute, integrated_gradients, occlusion

clock = time.perf_counter
STEPS = 20
LABEL = 1


class Calls:
    """Counts the forward passes of a module."""

    def __init__(self, module: torch.nn.Module) -> None:
        self.count = 0
        module.register_forward_pre_hook(self._one_more)

    def _one_more(self, *_: Any) -> None:
        self.count += 1


def main() -> None:
    """Print all sides and the ratios."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="16 texts instead of 64, once")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument(
        "--cpu", action="store_true", help="one thread, CPU seconds: for a machine that is busy"
    )
    options = parser.parse_args()
    if options.cpu:
        global clock  # noqa: PLW0603
        clock = time.process_time
        torch.set_num_threads(1)
    module, tokenizer = bench_model()
    texts = bench_texts(16 if options.quick else 64)
    tokens = sum(len(each) for each in tokenizer(texts)["input_ids"])
    repeat = 1 if options.quick else options.repeat
    print(f"{len(texts)} texts of {tokens:,} tokens, {torch.get_num_threads()} threads", flush=True)
    calls = Calls(module)
    about = (module, tokenizer, texts)
    print(f"integrated gradients, {STEPS} steps:")
    gradients = compare(
        {
            "pytest_accept": lambda: ours(*about, integrated_gradients(STEPS)),
            "one by one": lambda: [path(module, *encoded(tokenizer, text)) for text in texts],
            "captum, text by text": lambda: by_captum(*about, "LayerIntegratedGradients"),
        },
        calls,
        repeat,
    )
    print("occlusion:")
    hidden = compare(
        {
            "pytest_accept": lambda: ours(*about, occlusion()),
            "one by one": lambda: [hide(module, *encoded(tokenizer, text)) for text in texts],
            "captum, text by text": lambda: by_captum(*about, "FeatureAblation"),
        },
        calls,
        repeat,
    )
    results.write("attributions", {"integrated gradients": gradients, "occlusion": hidden})


def compare(
    sides: dict[str, Callable[[], list[np.ndarray]]], calls: Calls, repeat: int
) -> dict[str, dict[str, float]]:
    times: dict[str, list[float]] = {name: [] for name in sides}
    counts: dict[str, int] = {}
    values: dict[str, np.ndarray] = {}
    for turn in range(repeat):
        names = list(sides)
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            before, start = calls.count, clock()
            found = sides[name]()
            times[name].append(clock() - start)
            counts[name] = calls.count - before
            values[name] = np.concatenate(found)
    own, *others = values.values()
    apart = max(float(np.abs(own - other).max()) for other in others)
    assert apart < 1e-3 * float(np.abs(own).max()), f"the sides differ by {apart:.1e}"
    medians = {name: statistics.median(each) for name, each in times.items()}
    for name, median in medians.items():
        runs = ", ".join(f"{each:.1f}" for each in times[name])
        print(f"  {name:22} {median:7.1f} s  {counts[name]:6,} forward calls   runs: {runs}")
    first, single, theirs = medians.values()
    fewer = counts["one by one"] / counts["pytest_accept"]
    print(f"  largest difference of a score: {apart:.1e}, of scores up to {np.abs(own).max():.2f}")
    print(
        f"  against one by one: {single / first:.2f}x (target 2.0), {fewer:.0f}x fewer calls (10)"
    )
    print(f"  against captum:     {theirs / first:.2f}x", flush=True)
    return {name: {"seconds": medians[name], "calls": counts[name]} for name in sides}


def ours(module: Any, tokenizer: Any, texts: list[str], method: Any) -> list[np.ndarray]:
    # A new Model each time: what was answered before would cost nothing.
    model = pa.load_model(module, tokenizer=tokenizer)
    with pa.using(cache="off"):
        found = attribute(model, texts, method=method, label=model.labels[LABEL])
    return [each.scores for each in found]


def encoded(tokenizer: Any, text: str) -> tuple[dict[str, torch.Tensor], torch.Tensor, Any]:
    found = tokenizer(text, return_tensors="pt", return_special_tokens_mask=True)
    special = found.pop("special_tokens_mask").bool()
    return dict(found), special, tokenizer


def path(
    module: Any, inputs: dict[str, torch.Tensor], special: torch.Tensor, tokenizer: Any
) -> np.ndarray:
    """Integrated gradients of a text, a pass for each step."""
    embed = module.get_input_embeddings()
    rest = {name: each for name, each in inputs.items() if name != "input_ids"}
    own = embed(inputs["input_ids"]).detach()
    start = embed(torch.where(special, inputs["input_ids"], tokenizer.pad_token_id)).detach()
    total = torch.zeros_like(own)
    for place, weight in zip(*np.polynomial.legendre.leggauss(STEPS), strict=True):
        point = (start + (place + 1) / 2 * (own - start)).requires_grad_()
        logit = module(inputs_embeds=point, **rest).logits[0, LABEL]
        total += weight / 2 * torch.autograd.grad(logit, point)[0]
    scores: np.ndarray = ((own - start) * total).sum(-1)[0].numpy()
    return scores


@torch.inference_mode()
def hide(
    module: Any, inputs: dict[str, torch.Tensor], special: torch.Tensor, tokenizer: Any
) -> np.ndarray:
    """Occlusion of a text, a pass for each token."""
    whole = module(**inputs).logits[0, LABEL]
    scores = np.zeros(special.shape[1])
    for at in torch.nonzero(~special[0])[:, 0].tolist():
        ids = inputs["input_ids"].clone()
        ids[0, at] = tokenizer.mask_token_id
        scores[at] = whole - module(**{**inputs, "input_ids": ids}).logits[0, LABEL]
    return scores


def by_captum(module: Any, tokenizer: Any, texts: list[str], method: str) -> list[np.ndarray]:
    explain = importlib.import_module("captum.attr")
    names = ["token_type_ids", "attention_mask"]

    def logits(ids: torch.Tensor, *rest: torch.Tensor) -> torch.Tensor:
        answer: torch.Tensor = module(ids, **dict(zip(names, rest, strict=True))).logits
        return answer

    paths = method == "LayerIntegratedGradients"
    layer = (module.get_input_embeddings(),) if paths else ()
    explainer = getattr(explain, method)(logits, *layer)
    token = tokenizer.pad_token_id if paths else tokenizer.mask_token_id
    found = []
    for text in texts:
        inputs, special, _ = encoded(tokenizer, text)
        ids = inputs["input_ids"]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            scores = explainer.attribute(
                ids,
                baselines=torch.where(special, ids, token),
                target=LABEL,
                additional_forward_args=tuple(inputs[name] for name in names),
                **({"n_steps": STEPS} if paths else {}),
            )
        found.append((scores.sum(-1) if paths else scores)[0].detach().numpy())
    return found


if __name__ == "__main__":
    main()
