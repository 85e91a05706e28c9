"""Streamed data against data in memory: peak memory and rows a second, by the number of rows.

Each size runs in a process of its own, which judges seven criteria on a parquet file by a cheap
function of texts. Its memory is measured at the peak, whole and above what it was when the model
was loaded. Streamed, it should be the same for 100,000 and for 10,000,000 rows, within 10 %; the
same data in memory is measured for the smaller sizes only. Above the start, 100,000 rows need less
than others, because the tables of a pass and the allocator fill up with the first ten chunks of
16,384 rows.
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
    print(f"{'rows':>12}{'':14}{'MB':>8}{'MB above start':>16}{'rows a second':>16}{'seconds':>10}")
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
                    f"{size:>12,}  {how:12}{found['peak']:>8,.0f}{found['above']:>16,.0f}"
                    f"{size / found['seconds']:>16,.0f}{found['seconds']:>10,.1f}"
                )
    flat = {}
    for kind in ("peak", "above"):
        peaks = [each[kind] for each in curves["streamed"]]
        flat[kind] = max(peaks) / min(peaks)
    whole = curves["in memory"][-1]
    same = curves["streamed"][len(curves["in memory"]) - 1]
    print(
        f"streamed, largest to smallest: {flat['peak']:.3f}, above the start {flat['above']:.3f}\n"
        f"{whole['rows']:,} rows, in memory to streamed: {whole['peak'] / same['peak']:.1f}, above "
        f"the start {whole['above'] / same['above']:.1f}"
    )
    results.write("streaming", {**curves, "largest to smallest": flat})


def run(file: Path, how: str) -> dict[str, float]:
    """Judge a file in a process of its own."""
    command = [sys.executable, __file__, "--judge", str(file), how]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def judged(file: Path, *, streaming: bool) -> dict[str, float]:
    """Return the peak of memory in MB, whole and above the start, and the seconds."""
    import pytest_accept as accept
    from pytest_accept import load_data, load_model
    from pytest_accept.settings import using

    with using(progress=False, cache="off"):
        model = load_model(said, labels=LABELS, batch_size=4096)
        model.label("the number 000001")
        started, before = time.perf_counter(), memory("VmRSS")
        data = load_data(file, streaming=streaming)
        verdicts = [
            accept.accuracy(model, data) > 0.8,
            accept.f1(model, data) > 0.8,
            accept.recall(model, data, label="pos") > 0.8,
            accept.matthews_corrcoef(model, data) > 0.6,
            accept.cross_entropy(model, data) < 0.5,
            accept.brier_score(model, data) < 0.2,
            accept.expected_calibration_error(model, data) < 0.1,
        ]
        seconds = time.perf_counter() - started
        assert all(verdicts), verdicts
    peak = memory("VmHWM")
    return {"peak": peak / 1e6, "above": (peak - before) / 1e6, "seconds": seconds}


def memory(kind: str) -> int:
    """Return what Linux says of the memory of this process, in bytes."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{kind}:"):
            return int(line.split()[1]) * 1024
    raise RuntimeError(f"This system does not say {kind}.")


def said(texts: list[str]) -> np.ndarray:
    """Return probabilities that follow from the last six digits of each text."""
    likely = np.array([int(text[-6:]) for text in texts]) / 1_000_000
    return np.stack([1 - likely, likely], axis=1)


def write(file: Path, size: int) -> None:
    """Write texts, all different, with labels of which the model is as sure as it may be."""
    generator = np.random.default_rng(0)
    schema = pa.schema({"text": pa.string(), "label": pa.string()})
    names = pa.array(LABELS)
    with pq.ParquetWriter(file, schema) as writer:
        for start in range(0, size, PART):
            n = min(PART, size - start)
            numbers = pa.array(np.arange(start, start + n)).cast(pa.string())
            likely = generator.beta(0.3, 0.3, n)
            digits = (likely * 1_000_000).astype(np.int64)
            ends = pc.utf8_lpad(pa.array(digits).cast(pa.string()), 6, "0")
            texts = pc.binary_join_element_wise("a review with the number", numbers, ends, " ")
            labels = (generator.random(n) < likely).astype(np.int64)
            column = names.take(pa.array(labels))
            writer.write_table(pa.table([texts, column], schema=schema), row_group_size=PART)


if __name__ == "__main__":
    main()
