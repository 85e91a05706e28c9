"""The side of Giskard: its scan for robustness, of a model wrapped as its guide shows.

It asks the model in one call for all texts of a perturbation; the function that answers pads
batches of 32, which is ours to write there.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
from pathlib import Path
from typing import Any


def main() -> None:
    """Print the CPU seconds of the scan, loading left out, and how many texts it asked."""
    os.environ["GSK_DISABLE_ANALYTICS"] = "True"
    asked = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    giskard: Any = importlib.import_module("giskard")
    pandas: Any = importlib.import_module("pandas")
    torch: Any = importlib.import_module("torch")
    transformers: Any = importlib.import_module("transformers")
    module = transformers.AutoModelForSequenceClassification.from_pretrained(asked["model"]).eval()
    tokenizer = transformers.AutoTokenizer.from_pretrained(asked["model"])
    count = 0

    @torch.inference_mode()  # type: ignore[untyped-decorator]
    def predict(frame: Any) -> Any:
        nonlocal count
        texts = list(frame["text"])
        count += len(texts)
        answers = []
        for start in range(0, len(texts), 32):
            some = texts[start : start + 32]
            batch = tokenizer(some, padding=True, truncation=True, return_tensors="pt")
            answers.append(module(**batch).logits.softmax(-1))
        return torch.cat(answers).numpy()

    model = giskard.Model(
        predict,
        model_type="classification",
        classification_labels=asked["labels"],
        feature_names=["text"],
    )
    data = giskard.Dataset(
        pandas.DataFrame(asked["rows"]), target="label", column_types={"text": "text"}
    )
    count = 0
    start = time.process_time()
    giskard.scan(model, data, only=["robustness"], raise_exceptions=True, verbose=False)
    print(json.dumps({"seconds": time.process_time() - start, "asked": count, "value": None}))


if __name__ == "__main__":
    main()
