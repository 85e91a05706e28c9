"""Streamed data against data in memory: peak memory and rows a second, by the number of rows.

Each size runs in a process of its own, which judges seven criteria on a parquet file by a cheap
function of texts. Memory is the peak of the process above what it had when model and data were
loaded. Streamed, it should be the same for 100,000 and for 10,000,000 rows, within 10 %; the same
data in memory is measured for the smaller sizes only.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import results

PART = 50_000  # rows that are written at a time, a row group
LABELS = ("neg", "pos")
IN_MEMORY = 1_000_000


def main() -> None:
    """Print both sides of each size."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="100,000 and 1,000,000 rows only")
    parser.add_argument("--judge", nargs=2, metavar=("FILE", "HOW"), help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.judge:
        print(json.dumps(judged(Path(chosen.judge[0]), streaming=chosen.judge[1] == "streamed")))
        return
    sizes = (100_000, 1_000_000) if chosen.quick else (100_000, 1_000_000, 10_000_000)
    curves: dict[str, list[dict[str, float]]] = {"streamed": [], "in memory": []}
    print(f"{'rows':>12}{'':14}{'MB above start':>16}{'rows a second':>16}{'seconds':>10}")
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "reviews.parquet"
            write(file, size)
            for how, curve in curves.items():
                if how == "in memory" and size > IN_MEMORY:
                    continue
                found = run(file, how)
                curve.append({"rows": size, **found})
                print(
                    f"{size:>12,}  {how:12}{found['megabytes']:>16,.0f}"
                    f"{size / found['seconds']:>16,.0f}{found['seconds']:>10,.1f}"
                )
    peaks = [each["megabytes"] for each in curves["streamed"]]
    memory = curves["in memory"][-1]["megabytes"]
    of_same = curves["streamed"][len(curves["in memory"]) - 1]["megabytes"]
    print(f"streamed, largest to smallest peak: {max(peaks) / min(peaks):.3f}")
    print(
        f"{curves['in memory'][-1]['rows']:,} rows, in memory to streamed: {memory / of_same:.1f}"
    )
    results.write(
        "streaming",
        {**curves, "largest to smallest peak": max(peaks) / min(peaks)},
    )


def run(file: Path, how: str) -> dict[str, float]:
    """Judge a file in a process of its own."""
    command = [sys.executable, __file__, "--judge", str(file), how]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def judged(file: Path, *, streaming: bool) -> dict[str, float]:
    """Return the peak of memory above that at the start in MB, and the seconds."""
    import pytest_accept as accept
    from pytest_accept import load_data, load_model
    from pytest_accept.settings import using

    with using(progress=False, cache="off"):
        model = load_model(said, labels=LABELS, batch_size=4096)
        model.label("the number 001")
        started, before = time.perf_counter(), memory("VmRSS")
        data = load_data(file, streaming=streaming)
        verdicts = [
            accept.accuracy(model, data) > 0.85,
            accept.f1(model, data) > 0.85,
            accept.recall(model, data, label="pos") > 0.85,
            accept.matthews_corrcoef(model, data) > 0.7,
            accept.cross_entropy(model, data) < 0.5,
            accept.brier_score(model, data) < 0.2,
            accept.expected_calibration_error(model, data) < 0.1,
        ]
        seconds = time.perf_counter() - started
        assert all(verdicts), verdicts
    return {"megabytes": (memory("VmHWM") - before) / 1e6, "seconds": seconds}


def memory(kind: str) -> int:
    """Return what Linux says of the memory of this process, in bytes."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{kind}:"):
            return int(line.split()[1]) * 1024
    raise RuntimeError(f"This system does not say {kind}.")


def said(texts: list[str]) -> np.ndarray:
    """Return probabilities that follow from the last three digits of each text."""
    digits = np.array([int(text[-3:]) for text in texts]) / 1000
    likely = np.where(digits < 0.5, 0.1, 0.9)
    return np.stack([1 - likely, likely], axis=1)


def write(file: Path, size: int) -> None:
    """Write texts, all different, with labels that the model gets right 9 times in 10."""
    generator = np.random.default_rng(0)
    schema = pa.schema({"text": pa.string(), "label": pa.string()})
    names = pa.array(LABELS)
    with pq.ParquetWriter(file, schema) as writer:
        for start in range(0, size, PART):
            n = min(PART, size - start)
            numbers = pa.array(np.arange(start, start + n)).cast(pa.string())
            digits = generator.integers(0, 1000, n)
            ends = pc.utf8_lpad(pa.array(digits).cast(pa.string()), 3, "0")
            texts = pc.binary_join_element_wise("a review with the number", numbers, ends, " ")
            labels = (digits >= 500) ^ (generator.random(n) < 0.1)
            column = names.take(pa.array(labels.astype(np.int64)))
            writer.write_table(pa.table([texts, column], schema=schema), row_group_size=PART)


if __name__ == "__main__":
    main()
