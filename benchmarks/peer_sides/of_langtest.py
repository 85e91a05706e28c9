"""The side of LangTest: its robustness tests "uppercase" and "add_typo" of a local model.

It reads a label of a csv file as a Python literal, and leaves out rows whose label is none without
a word; so labels are written as lists of one string.
"""

from __future__ import annotations

import csv
import importlib
import json
import sys
import time
from pathlib import Path
from typing import Any


def main() -> None:
    """Print the CPU seconds of making and running the tests, and how many texts were asked."""
    file = Path(sys.argv[1])
    asked = json.loads(file.read_text(encoding="utf-8"))
    table = file.with_suffix(".csv")
    with table.open("w", encoding="utf-8", newline="") as opened:
        rows = csv.writer(opened)
        rows.writerow(["text", "label"])
        rows.writerows([each["text"], repr([each["label"]])] for each in asked["rows"])
    langtest: Any = importlib.import_module("langtest")
    passes = {"min_pass_rate": 0.5}
    tests = {"defaults": passes, "robustness": {"uppercase": passes, "add_typo": passes}}
    harness = langtest.Harness(
        task="text-classification",
        model={"model": asked["model"], "hub": "huggingface"},
        data={"data_source": str(table), "feature_column": "text", "target_column": "label"},
        config={"tests": tests},
    )
    assert len(harness.data) == len(asked["rows"]), "it must have read every row"
    start = time.process_time()
    harness.generate()
    harness.run()
    seconds = time.process_time() - start
    count = len(harness.data) + len(harness.testcases())
    print(json.dumps({"seconds": seconds, "asked": count, "value": None}))


if __name__ == "__main__":
    main()
