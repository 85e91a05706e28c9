"""The side of lm-evaluation-harness: `simple_evaluate` on tasks of its own kind in local files."""

from __future__ import annotations

import importlib
import json
import sys
import time
from pathlib import Path
from typing import Any


def main() -> None:
    """Print the CPU seconds of the requests, loading left out, and the metric."""
    file = Path(sys.argv[1])
    asked = json.loads(file.read_text(encoding="utf-8"))
    rows = file.with_suffix(".jsonl")
    rows.write_text("".join(json.dumps(each) + "\n" for each in asked["rows"]), encoding="utf-8")
    harness: Any = importlib.import_module("lm_eval")
    models: Any = importlib.import_module("lm_eval.models.huggingface")
    model = models.HFLM(
        pretrained=asked["model"], device="cpu", batch_size=asked["batch_size"], dtype="float32"
    )
    seconds = 0.0

    def timed(requests: Any) -> Any:
        def call(*args: Any, **options: Any) -> Any:
            nonlocal seconds
            start = time.process_time()
            answered = requests(*args, **options)
            seconds += time.process_time() - start
            return answered

        return call

    for each in ("loglikelihood", "loglikelihood_rolling"):
        setattr(model, each, timed(getattr(model, each)))
    task = {
        "task": "local",
        "dataset_path": "json",
        "dataset_kwargs": {"data_files": {"test": str(rows)}},
        "test_split": "test",
        **asked["task"],
    }
    found = harness.simple_evaluate(
        model=model, tasks=[task], bootstrap_iters=0, log_samples=False, random_seed=0
    )
    value = found["results"]["local"][f"{asked['metric']},none"]
    print(json.dumps({"seconds": seconds, "asked": len(asked["rows"]), "value": value}))


if __name__ == "__main__":
    main()
