"""A suite of 30 criteria against the same 30 questions asked of a pipeline, one after the other.

    python benchmarks/suite.py [--quick]

3,000 distinct texts in 6 slices, 5 metrics on each. Our side loads data, asks every question and
judges it; the other side calls `transformers.pipeline` (batch_size=32) for every question and
computes the same metric with scikit-learn. To keep the run short the pipeline answers only a few of
its questions, one of each slice, and its total is their time times 5: every metric costs it the
same predictions. Both use the same model object.
"""

import argparse
import time

import numpy as np
import results
from sklearn import metrics as reference
from throughput import bench_model, bench_texts
from transformers import pipeline

import pytest_accept as pa

SLICES = ("all", "a", "b", "c", "d", "e")
METRICS = (pa.accuracy, pa.f1, pa.matthews_corrcoef, pa.cross_entropy, pa.brier_score)


def main() -> None:
    """Print both sides and the ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="600 texts instead of 3,000")
    n = 600 if parser.parse_args().quick else 3000
    texts = bench_texts(n)
    module, tokenizer = bench_model()
    names = [module.config.id2label[i] for i in range(module.config.num_labels)]
    random = np.random.default_rng(0)
    rows = [
        {"text": text, "label": names[random.integers(len(names))], "slice": SLICES[1 + i % 5]}
        for i, text in enumerate(texts)
    ]

    start = time.perf_counter()
    model = pa.load_model(module, tokenizer=tokenizer)
    data = pa.load_data(rows)
    values = {}
    with pa.using(cache="off"):
        for name in SLICES:
            population = data if name == "all" else data.where(slice=name)
            for metric in METRICS:
                values[name, metric.__name__] = metric(model, population).value
    ours = time.perf_counter() - start

    asked = pipeline("text-classification", model=module, tokenizer=tokenizer, device=module.device)
    theirs = 0.0
    for name in SLICES:
        chosen = [row for row in rows if name in ("all", row["slice"])]
        start = time.perf_counter()
        answers = asked([row["text"] for row in chosen], batch_size=32, truncation=True)
        right = reference.accuracy_score(
            [row["label"] for row in chosen], [answer["label"] for answer in answers]
        )
        theirs += len(METRICS) * (time.perf_counter() - start)
        assert abs(right - values[name, "accuracy"]) < 2 / len(chosen), "both sides must agree"

    many = len(SLICES) * len(METRICS)
    print(f"{many} criteria and slices on {n:,} texts")
    print(f"{'pytest_accept':<32}{ours:>10.1f} s")
    print(f"{'pipeline, a call a question':<32}{theirs:>10.1f} s")
    print(f"{'ratio':<32}{theirs / ours:>10.1f}   (target: >= 20)")
    results.write("suite", {"texts": n, "pytest_accept": ours, "pipeline": theirs})


if __name__ == "__main__":
    main()
