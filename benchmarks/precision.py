"""`precision="cascade"` against float32 and against bfloat16 alone: CPU seconds, and labels kept.

    python benchmarks/precision.py [--quick] [--repeat N]

The model and the texts are those of `example_suites/sentiment` (run its get_data.py and train.py
before). All sides read the same texts in one thread, take turns, include tokenisation, and are
compared by their medians.
"""

from __future__ import annotations

import argparse
import csv
import statistics
import time
from pathlib import Path
from typing import Any

import numpy as np
import results
import torch

from pytest_accept.loading import load_model
from pytest_accept.settings import using

SENTIMENT = Path(__file__).resolve().parents[1] / "example_suites" / "sentiment"
SIDES: dict[str, dict[str, Any]] = {
    "float32": {},
    "bfloat16": {"dtype": "bfloat16"},
    "cascade": {"precision": "cascade"},
}


def read_texts(count: int | None) -> list[str]:
    """Return the distinct texts of the held-out data, then of the training data."""
    texts: dict[str, None] = {}
    for name in ("reviews.tsv", "movies_train.tsv"):
        with (SENTIMENT / "data" / name).open(encoding="utf-8", newline="") as file:
            rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
            texts.update(dict.fromkeys(row["text"] for row in rows))
    return list(texts)[:count]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="600 texts instead of all")
    parser.add_argument("--repeat", type=int, default=1)
    options = parser.parse_args()
    folder = SENTIMENT / "runs" / "final"
    if not (folder / "config.json").exists():
        print("Needs example_suites/sentiment: run its get_data.py and its train.py first.")
        return
    texts = read_texts(600 if options.quick else None)
    times: dict[str, list[float]] = {name: [] for name in SIDES}
    found: dict[str, Any] = {}
    compared: list[int] = []
    for _ in range(options.repeat):
        for name, given in SIDES.items():
            with using(cache="off"):
                model: Any = load_model(folder, **given)
                torch.set_num_threads(1)
                start = time.process_time()
                found[name] = model.predict(texts)
                times[name].append(time.process_time() - start)
            if name == "cascade":
                compared.append(getattr(model._engine.backend, "compared", 0))
    seconds = {name: statistics.median(each) for name, each in times.items()}
    wrong = {
        name: int((each.label_ids != found["float32"].label_ids).sum())
        for name, each in found.items()
    }
    moved = np.abs(found["cascade"].probabilities - found["float32"].probabilities).max()
    print(f"{len(texts):,} texts, one thread, torch {torch.__version__}")
    for name, each in seconds.items():
        print(f"{name:10} {len(texts) / each:8.1f} texts/s   other labels: {wrong[name]}")
    print(f"read in float32 by the cascade: {compared[-1]:,} texts")
    print(f"largest difference of a probability: {moved:.3f}")
    print(f"cascade against float32: {seconds['float32'] / seconds['cascade']:.2f}x")
    results.write(
        "precision",
        {
            "texts": len(texts),
            "seconds": seconds,
            "other labels": wrong,
            "read in float32": compared[-1],
            "largest difference of a probability": float(moved),
        },
    )


if __name__ == "__main__":
    main()
