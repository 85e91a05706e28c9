"""This package against transformers' pipeline, evaluate, lm-evaluation-harness, LangTest, Giskard.

    python benchmarks/peers.py --install     # once, with a network: an environment for each peer
    python benchmarks/peers.py [--quick] [--environments FOLDER]

What other tools are used for, asked of both: the accuracy of a classifier, multiple choice and bits
per byte of a language model, robustness tests of a classifier. Each side has a process of its own
(a peer one of its own environment, with the same torch and transformers) with one thread, reads the
same model and the same rows from disk, and counts the CPU seconds from when the model is loaded.
Where both compute the same number, the numbers must be equal. Edits of texts are each tool's own,
so there texts per second are compared; ours draw, predict, and judge on an interval.

The classifier is the sentiment example's if it was trained, else MiniLM with a random head; the
language model is SmolLM2-135M where it was made, else a random one of its size. Peers that are not
installed are left out, and the README says which could not be.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import results

HERE = Path(__file__).parent
ENVIRONMENTS = HERE.parent / ".benchmarks" / "peers"
# What has to be asked of an installer so that the peer runs: LangTest imports the last two
# packages and does not declare them.
PEERS = {
    "evaluate": ("evaluate[evaluator]",),
    "lm_eval": ("lm_eval[hf]",),
    "langtest": ("langtest", "openai", "psutil"),
    "giskard": ("giskard",),
}
VERSION = """
import importlib.metadata, json, sys
print(json.dumps(importlib.metadata.version(sys.argv[1])))
"""
CHOICES = {
    "output_type": "multiple_choice",
    "doc_to_text": "{{text}}",
    "doc_to_choice": "{{choices}}",
    "doc_to_target": "label",
    "metric_list": [{"metric": "acc", "aggregation": "mean", "higher_is_better": True}],
}
DOCUMENTS = {
    "output_type": "loglikelihood_rolling",
    "doc_to_text": "",
    "doc_to_target": "{{text}}",
    "metric_list": [{"metric": "bits_per_byte"}],
}


def ours(task: str, asked: dict[str, Any]) -> tuple[float, int, float | None]:
    """Return CPU seconds, how many inputs were asked, and the metric."""
    import pytest_accept as pa
    from pytest_accept.settings import using

    model = pa.load_model(asked["model"], allow_untrained="labels" in asked)
    data = pa.load_data(asked["rows"], label=None if task == "bits per byte" else "label")
    # Packages that a first question would load; the other sides have theirs by now as well.
    from pytest_accept import statistics  # noqa: F401

    with using(cache="off", progress=False):
        start = time.process_time()
        value = OURS[task](model, data)
        seconds = time.process_time() - start
    count = len(model._engine.answered()[0]) if "labels" in asked else len(data)
    return seconds, count, value


def flips(*names: str) -> Callable[[Any, Any], None]:
    """Return the question how often each of these edits flips a prediction."""

    def ask(model: Any, data: Any) -> None:
        import pytest_accept as pa
        from pytest_accept import perturbations

        for name in names:
            edit = getattr(str, name, None) or getattr(perturbations, name)()
            pa.flip_rate(model, data, edit, draws=1, min_changed=0)

    return ask


def metric(name: str, **options: Any) -> Callable[[Any, Any], float]:
    """Return the question for the value of a metric."""

    def ask(model: Any, data: Any) -> float:
        import pytest_accept as pa

        found: float = getattr(pa, name)(model, data, **options).value
        return found

    return ask


# The edits that the scan of Giskard makes of texts, by our names.
SCAN = ("upper", "lower", "title", "typos", "punctuation", "number_words", "accents")
OURS: dict[str, Callable[[Any, Any], float | None]] = {
    "accuracy": metric("accuracy"),
    "multiple choice": metric("multiple_choice_accuracy"),
    "bits per byte": metric("bits_per_byte", bos="always"),
    "upper case and typos": flips("upper", "typos"),
    "a scan of robustness": flips(*SCAN),
}


def by_pipeline(way: str, asked: dict[str, Any]) -> tuple[float, int, float]:
    """Return CPU seconds, how many texts were asked, and the accuracy of transformers' pipeline."""
    import transformers

    texts = [each["text"] for each in asked["rows"]]
    right = [each["label"] for each in asked["rows"]]
    pipe = transformers.pipeline("text-classification", model=asked["model"])
    options = {} if way == "one by one" else {"batch_size": 32}
    start = time.process_time()
    order = range(len(texts))
    if way.startswith("sorted"):
        order = sorted(order, key=lambda i: len(texts[i]))  # type: ignore[assignment]
    said = pipe([texts[i] for i in order], truncation=True, **options)
    hits = sum(one["label"] == right[i] for one, i in zip(said, order, strict=True))
    return time.process_time() - start, len(texts), hits / len(texts)


PIPELINES = ("one by one", "batch_size=32", "sorted, batch_size=32")


def process(command: list[str]) -> Any:
    """Return what a process of its own prints last."""
    environment = {
        **os.environ,
        "OMP_NUM_THREADS": "1",
        "HF_HUB_OFFLINE": "1",
        "TOKENIZERS_PARALLELISM": "false",
    }
    done = subprocess.run(command, env=environment, check=False, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command[1:])} failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def classifier(folder: Path) -> tuple[Path, tuple[str, ...]]:
    """Return the folder of a classifier and its labels."""
    from robustness import TRAINED
    from throughput import bench_model
    from transformers import AutoConfig

    if not TRAINED.exists():
        module, tokenizer = bench_model()
        module.save_pretrained(folder)
        tokenizer.save_pretrained(folder)
    place = TRAINED if TRAINED.exists() else folder
    config = AutoConfig.from_pretrained(place)
    return place, tuple(config.id2label[i] for i in range(config.num_labels))


def language_model(folder: Path) -> Path:
    """Return the folder of a language model."""
    from perplexity import EXAMPLE, random_model

    made = EXAMPLE / "runs" / "smollm2"
    return made if made.exists() else random_model(folder)


def questions(folder: Path, *, quick: bool) -> dict[str, tuple[str, dict[str, Any]]]:
    """Return what is asked of both sides by task: the peer, and its question."""
    import multiple_choice
    from perplexity import EXAMPLE
    from throughput import bench_texts
    from transformers import AutoTokenizer

    place, labels = classifier(folder / "classifier")
    texts = bench_texts(100 if quick else 400)
    rows = [{"text": text, "label": labels[i % len(labels)]} for i, text in enumerate(texts)]
    few = rows[: 20 if quick else 100]
    classified = {"model": str(place), "labels": labels}
    lm = language_model(folder / "language_model")
    chosen = [
        {
            "text": each.prefix,
            "choices": [choice.strip() for choice in each.continuations],
            "label": i % len(each.continuations),
        }
        for i, each in enumerate(
            multiple_choice.questions(2 if quick else 8, AutoTokenizer.from_pretrained(lm))
        )
    ]
    lines = (EXAMPLE / "documents.jsonl").read_text(encoding="utf-8").splitlines()
    documents = [{"text": json.loads(line)["text"]} for line in lines[: 8 if quick else 40]]
    asked = {"model": str(lm), "batch_size": 4}
    return {
        "accuracy": ("evaluate", {**classified, "rows": rows}),
        "multiple choice": (
            "lm_eval",
            {**asked, "rows": chosen, "task": CHOICES, "metric": "acc"},
        ),
        "bits per byte": (
            "lm_eval",
            {**asked, "rows": documents, "task": DOCUMENTS, "metric": "bits_per_byte"},
        ),
        "upper case and typos": ("langtest", {**classified, "rows": few}),
        "a scan of robustness": ("giskard", {**classified, "rows": few}),
    }


def install(environments: Path) -> None:
    """Make an environment for each peer, with our torch, transformers and datasets."""
    stack = [f"{each}=={results.version_of(each)}" for each in ("transformers", "datasets")]
    torch = f"torch=={str(results.version_of('torch')).partition('+')[0]}"
    for name, packages in PEERS.items():
        print(f"{name}: {' '.join(packages)}", flush=True)
        subprocess.run([sys.executable, "-m", "venv", str(environments / name)], check=True)
        pip = [str(environments / name / "bin" / "python"), "-m", "pip", "install", "-q"]
        if subprocess.run([*pip, torch, *stack, *packages], check=False).returncode:
            print(f"{name} does not install beside {torch} {' '.join(stack)}")


def main() -> None:
    """Print both sides of each task and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="20 to 100 texts, 2 questions")
    parser.add_argument("--install", action="store_true", help="make the peers' environments")
    parser.add_argument("--environments", type=Path, default=ENVIRONMENTS)
    parser.add_argument("--side", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.side:
        side, task, file = options.side
        asked = json.loads(Path(file).read_text(encoding="utf-8"))
        seconds, count, value = (by_pipeline if side == "pipeline" else ours)(task, asked)
        print(json.dumps({"seconds": seconds, "asked": count, "value": value}))
    elif options.install:
        install(options.environments)
    else:
        compare(options.environments, quick=options.quick)


def compare(environments: Path, *, quick: bool) -> None:
    """Ask everything of both sides."""
    numbers: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as name:
        asked = questions(Path(name), quick=quick)
        for i, (task, (peer, question)) in enumerate(asked.items()):
            file = Path(name) / f"{i}.json"
            file.write_text(json.dumps(question), encoding="utf-8")
            own = process([sys.executable, __file__, "--side", "ours", task, str(file)])
            numbers[task] = {"pytest_accept": own}
            print(f"{task}, {len(question['rows']):,} rows (CPU seconds, one thread)")
            show("pytest_accept", own, own)
            if task == "accuracy":
                for way in PIPELINES:
                    command = [sys.executable, __file__, "--side", "pipeline", way, str(file)]
                    numbers[task][f"pipeline, {way}"] = found = process(command)
                    show(f"pipeline, {way}", found, own)
            python = environments / peer / "bin" / "python"
            if not python.exists():
                print(f"  {peer}: not installed (python benchmarks/peers.py --install)")
                continue
            script = HERE / "peer_sides" / f"of_{peer}.py"
            found = process([str(python), str(script), str(file)])
            found["version"] = process([str(python), "-c", VERSION, peer])
            numbers[task][peer] = found
            show(peer, found, own)
    results.write("peers", numbers)


def show(name: str, found: dict[str, Any], own: dict[str, Any]) -> None:
    """Print one side, and check its number against ours."""
    rate, ratio = (each["asked"] / each["seconds"] for each in (found, own))
    ratio /= rate
    value = "" if found["value"] is None else f"   {found['value']:.4f}"
    print(
        f"  {name:<32}{found['seconds']:>9.2f} s{found['asked']:>8,} asked{rate:>9.1f} a second"
        f"   ours is {ratio:.2f} times as fast{value}",
        flush=True,
    )
    if found["value"] is not None:
        assert abs(found["value"] - own["value"]) < 2e-3, "both sides must agree"


if __name__ == "__main__":
    main()
