"""Batched Hypothesis against plain `@given`: the same findings, fewer calls of the model.

    python benchmarks/robustness.py [--quick]

200 texts, 50 examples each, up to two typos, on the fine-tuned model of the sentiment example if it
was trained, else on MiniLM with a random head (which flips at nearly everything). The other side is
what one would write: an ordinary `@given` for every text, one forward call for every example. Both
sides use the same seeds, so they must find the same edits. The overhead is what Hypothesis and our
scheduling add to the evaluation of the same texts in one call.
"""

import argparse
import time
from pathlib import Path
from typing import Any

import numpy as np
import results
from hypothesis import HealthCheck, given, seed, settings
from throughput import bench_model, bench_texts
from transformers import AutoModelForSequenceClassification, AutoTokenizer

import pytest_accept as pa
from pytest_accept.perturbations.hypothesis_runs import Plan
from pytest_accept.perturbations.kinds.typos import typos
from pytest_accept.perturbations.search import AskedModel, Search
from pytest_accept.prediction.backends.torch_module import START_ACCELERATOR
from pytest_accept.prediction.batching import Queue

PERTURBATION = typos(max_edits=2)
TRAINED = Path(__file__).parent.parent / "example_suites" / "sentiment" / "runs" / "final"


class Counted:
    """A model that forgets nothing of what it was asked.

    `forwards` counts the module's calls, `on_accelerator` those that it would take under the token
    budget of an accelerator.
    """

    def __init__(self, module: Any, tokenizer: Any) -> None:
        self.model = pa.load_model(module, tokenizer=tokenizer, allow_untrained=True)
        self.labels = self.model.labels
        self.tokenizer = tokenizer
        self.asked: list[Any] = []
        self.forwards = self.on_accelerator = 0
        module.register_forward_hook(self._count)

    def _count(self, *_: object) -> None:
        self.forwards += 1

    def predict(self, texts: Any) -> Any:
        """Predict, and write down."""
        self.asked += texts
        queue = Queue(np.array([len(each) for each in self.tokenizer(texts)["input_ids"]]))
        while queue:
            queue.done(queue.peek(START_ACCELERATOR))
            self.on_accelerator += 1
        return self.model.predict(texts)


def trained_model() -> tuple[Any, Any]:
    """Return the sentiment example's model and its tokenizer."""
    module = AutoModelForSequenceClassification.from_pretrained(TRAINED)
    return module, AutoTokenizer.from_pretrained(TRAINED)


def plan_of(text: str, tries: int) -> Plan:
    """Return the plan that both sides follow."""
    return Plan(key=f"benchmark\0{text!r}", corner="", max_examples=tries, database=None)


def ours(counted: Counted, texts: list[str], tries: int) -> list[Any]:
    """Search all texts together."""

    def stays(model: AskedModel, text: str, edit: Any) -> None:
        edited = edit.changed(text)
        if edited != text:
            assert model.label(edited) == model.label(text)

    found = Search(
        strategy=PERTURBATION.scripts_for,
        property=stays,
        key=lambda text: f"benchmark\0{text!r}",
        corner="",
        max_examples=tries,
        database=None,
    ).run(counted, texts)
    return [each and each.drawn for each in found]


def theirs(module: Any, tokenizer: Any, texts: list[str], tries: int) -> tuple[list[Any], int]:
    """Search text by text, one forward call an example; return the findings and the calls."""
    import torch

    calls = 0

    @torch.inference_mode()
    def label(text: str) -> int:
        nonlocal calls
        calls += 1
        return int(module(**tokenizer(text, return_tensors="pt")).logits.argmax())

    return [_one(text, label, plan_of(text, tries)) for text in texts], calls


def _one(text: str, label: Any, plan: Plan) -> Any:
    before = label(text)
    last: list[Any] = []

    @settings(
        max_examples=plan.max_examples,
        database=None,
        deadline=None,
        print_blob=False,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    @seed(plan.seed)
    @given(PERTURBATION.scripts_for(text))
    def stays(edit: Any) -> None:
        edited = edit.changed(text)
        if edited != text and label(edited) != before:
            last[:] = [edit]
            raise AssertionError

    try:
        stays()
    except AssertionError:
        return last[0]
    return None


def main() -> None:
    """Print both sides, the ratios and the overhead."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="40 texts instead of 200")
    count, tries = (40 if parser.parse_args().quick else 200), 50
    texts = bench_texts(count)
    module, tokenizer = trained_model() if TRAINED.exists() else bench_model()
    module.eval()
    with pa.using(progress=False, cache="off"):
        pa.load_model(module, tokenizer=tokenizer, allow_untrained=True).predict(texts)  # warm

        start = time.perf_counter()
        found_by_them, calls = theirs(module, tokenizer, texts, tries)
        plain = time.perf_counter() - start

        counted = Counted(module, tokenizer)
        start = time.perf_counter()
        found_by_us = ours(counted, texts, tries)
        batched = time.perf_counter() - start
        forwards = counted.forwards

        fresh = Counted(module, tokenizer)
        asked = list(dict.fromkeys(counted.asked))
        start = time.perf_counter()
        fresh.predict(asked)
        raw = time.perf_counter() - start

    same = sum(one == other for one, other in zip(found_by_us, found_by_them, strict=True))
    flips = sum(each is not None for each in found_by_us)
    print(f"{count} texts x {tries} examples, {len(asked):,} distinct texts, {flips} texts flip")
    print(f"{'plain @given, one call an example':<40}{plain:>9.1f} s{calls:>9,} forward calls")
    print(f"{'pytest_accept':<40}{batched:>9.1f} s{forwards:>9,} forward calls")
    print(f"{'ratio':<40}{plain / batched:>9.2f}  {calls / forwards:>9.1f}   (targets: 1.8, 20)")
    print(f"{'under the budget of an accelerator':<40}{counted.on_accelerator:>20,} forward calls")
    print(f"{'ratio':<40}{calls / counted.on_accelerator:>20.1f}")
    print(f"{'the same texts in one evaluation':<40}{raw:>9.1f} s")
    print(f"{'overhead of searching':<40}{batched / raw - 1:>9.1%}   (target: <= 30 %)")
    print(f"{'same findings':<40}{same:>6} of {count}")
    results.write(
        "robustness",
        {
            "seconds": {"plain @given": plain, "pytest_accept": batched, "in one evaluation": raw},
            "calls": {
                "plain @given": calls,
                "pytest_accept": forwards,
                "on an accelerator": counted.on_accelerator,
            },
            "same findings": same / count,
        },
    )


if __name__ == "__main__":
    main()
