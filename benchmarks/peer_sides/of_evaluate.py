"""The side of `evaluate`: accuracy of a classifier by its evaluator for text classification.

Its own metric "accuracy" is a script on the hub, so here it is a class; and since it asks for a
class that transformers 5 no longer has unless the model is a name, it is given the folder's.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
from pathlib import Path
from typing import Any


def main() -> None:
    """Print the CPU seconds of all texts, loading left out, and the accuracy."""
    asked = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    evaluate: Any = importlib.import_module("evaluate")
    datasets: Any = importlib.import_module("datasets")
    features = {name: datasets.Value("int64") for name in ("predictions", "references")}

    class Accuracy(evaluate.Metric):  # type: ignore[misc]
        def _info(self) -> Any:
            return evaluate.MetricInfo(
                description="", citation="", features=datasets.Features(features)
            )

        def _compute(self, predictions: Any, references: Any) -> dict[str, float]:
            pairs = zip(predictions, references, strict=True)
            return {"accuracy": sum(a == b for a, b in pairs) / len(references)}

    class Timed(type(evaluate.evaluator("text-classification"))):  # type: ignore[misc]
        def call_pipeline(self, pipe: Any, *args: Any, **options: Any) -> Any:
            start = time.process_time()
            answered = super().call_pipeline(pipe, *args, **options)
            self.seconds = time.process_time() - start
            return answered

    ids = {label: i for i, label in enumerate(asked["labels"])}
    rows = [{"text": each["text"], "label": ids[each["label"]]} for each in asked["rows"]]
    evaluator = Timed()
    found = evaluator.compute(
        model_or_pipeline=asked["model"],
        tokenizer=asked["model"],
        data=datasets.Dataset.from_list(rows),
        metric=Accuracy(),
        label_mapping=ids,
    )
    seconds = evaluator.seconds
    print(json.dumps({"seconds": seconds, "asked": len(rows), "value": found["accuracy"]}))


if __name__ == "__main__":
    main()
