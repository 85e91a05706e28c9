"""A recipe with 5 seeds, trained and then taken from the cache; 5 probes that share their features.

    python benchmarks/training.py [--quick]

The recipe is run in two processes of its own, one after the other, with one cache: first it trains
a small encoder 5 times, then it loads the 5 models, each with its bytes checked. What a suite does
next, predicting held-out texts with each of them, is the same in both and printed apart. The probes
stand against encoding the texts anew for each, as a script would.
"""

import argparse
import functools
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import results

SEEDS = 5
TARGET = 0.03


def main() -> None:
    """Print both sides and the ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="160 examples instead of 640")
    parser.add_argument("--once", nargs=2, metavar=("FOLDER", "N"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.once:
        print(json.dumps(once(Path(options.once[0]), int(options.once[1]))))
        return
    n = 160 if options.quick else 640
    with tempfile.TemporaryDirectory() as folder:
        prepare(Path(folder))
        first, second = (ask(folder, n) for _ in range(2))
    assert first["fingerprints"] == second["fingerprints"], "both runs must give the same models"
    share = second["recipe"] / first["recipe"]
    print(f"{n} examples, 2 epochs, {SEEDS} seeds of an encoder of {first['weights']:,} weights")
    print(f"recipe, trained                        {first['recipe']:8.2f} s")
    print(f"recipe, from the cache                 {second['recipe']:8.2f} s   {share:.1%}")
    print(f"predicting {n} held-out texts {SEEDS} times   {second['predict']:8.2f} s   in either")
    print(f"{SEEDS} probes, texts encoded for each      {second['apart']:8.2f} s")
    ratio = f"{second['apart'] / second['together']:.1f} times"
    print(f"{SEEDS} probes, texts encoded once          {second['together']:8.2f} s   {ratio}")
    parts = ("recipe", "predict", "apart", "together")
    sides = {"first": first, "second": second}
    results.write(
        "training", {name: {each: run[each] for each in parts} for name, run in sides.items()}
    )
    if share > TARGET:
        raise SystemExit(f"missed: the second run takes {share:.1%} of the first, not {TARGET:.0%}")


def prepare(folder: Path) -> None:
    """Save the base model."""
    from throughput import bench_model

    module, tokenizer = bench_model()
    module.save_pretrained(folder / "base")
    tokenizer.save_pretrained(folder / "base")


def ask(folder: str, n: int) -> dict[str, float]:
    """Return what a process of its own measures."""
    command = [sys.executable, __file__, "--once", folder, str(n)]
    said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    found: dict[str, float] = json.loads(said.splitlines()[-1])
    return found


def once(folder: Path, n: int) -> dict[str, object]:
    """Return how long the recipe takes, and the rest."""
    from throughput import bench_texts

    import pytest_accept as pa
    from pytest_accept.training import encoders, made, run

    texts = bench_texts(2 * n)
    rows = [{"text": text, "label": "ab"[i % 2]} for i, text in enumerate(texts)]
    data, held_out = pa.load_data(rows[:n]), pa.load_data(rows[n:])
    base = folder / "base"
    with pa.using(cache="off"):
        pa.load_model(base, allow_untrained=True).predict(texts[:8])  # imports and warms up
    with pa.using(cache_dir=folder / "cache", progress=False, cache="off"):
        start = time.perf_counter()
        runs = run(functools.partial(pa.fine_tune, base, data, epochs=2, max_length=128), SEEDS)
        recipe = time.perf_counter() - start
    models = [each.model for each in runs if each.model is not None]
    start = time.perf_counter()
    with pa.using(progress=False, cache="off"):
        for model in models:
            pa.accuracy(model, held_out)
    predict = time.perf_counter() - start
    seconds = {"recipe": recipe, "predict": predict}
    for name in ("apart", "together"):
        with (
            tempfile.TemporaryDirectory() as cache,
            pa.using(cache_dir=cache, progress=False, cache="off"),
        ):
            start = time.perf_counter()
            for step in range(SEEDS):
                if name == "apart" or not step:
                    encoders._engines.clear()
                pa.probe(base, data, C=10.0**-step)
            seconds[name] = time.perf_counter() - start
        made._models.clear()
    module = models[0]._engine.backend.module()  # type: ignore[attr-defined]
    return {
        **seconds,
        "weights": sum(each.numel() for each in module.parameters()),
        "fingerprints": [model.fingerprint for model in models],
    }


if __name__ == "__main__":
    main()
