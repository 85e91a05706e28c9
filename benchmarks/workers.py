"""One process, two workers by model, two workers in any order: suites on one and on two models.

    python benchmarks/workers.py [--quick]

"by model" is what `-n 2` does: all tests of a model are on one worker, which has all cores if there
is no other model. "in any order" (`-n 2 --dist worksteal`) is how xdist spreads tests that it knows
nothing of: with one model it holds a second copy, on half of the cores. Tests of the first kind ask
about the same texts, which two copies predict twice; those of the second kind each edit texts, and
so share little. Kept predictions are off, so that every run asks the models. Seconds of the clock,
and of the CPU, which other load on the machine counts less in.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import results
from throughput import bench_model, bench_texts

from pytest_accept.loading.quiet import quiet

CONFTEST = """
import os
import pytest

def loaded(load_model, name):
    with open(os.environ["LOADED"], "a") as file:
        file.write(name + " ")
    return load_model(name)

@pytest.fixture(scope="session")
def first(load_model):
    return loaded(load_model, "first")

@pytest.fixture(scope="session")
def second(load_model):
    return loaded(load_model, "second")

@pytest.fixture(scope="session")
def texts(load_data):
    return load_data("texts.csv")
"""

SAME_TEXTS = """
import pytest
import pytest_accept as pa

pytestmark = pytest.mark.acceptance

def test_accuracy(MODEL, texts):
    assert pa.accuracy(MODEL, texts) >= 0.0

def test_loss(MODEL, texts):
    assert pa.cross_entropy(MODEL, texts) <= 1000.0

@pytest.mark.parametrize("part", ["a", "b"])
def test_slices(MODEL, texts, part):
    assert pa.accuracy(MODEL, texts.where(slice=part)) >= 0.0
"""

EDITED_TEXTS = """
import pytest
import pytest_accept as pa
from pytest_accept.perturbations import casing, typos, urls

pytestmark = pytest.mark.acceptance
FEW = {"slice": "few"}

def test_typos(MODEL, texts):
    pa.assert_flip_rate_below(MODEL, texts, typos(max_edits=2), 1.0, where=FEW)

def test_casing(MODEL, texts):
    pa.assert_flip_rate_below(MODEL, texts, casing(), 1.0, where=FEW)

def test_links(MODEL, texts):
    pa.assert_flip_rate_below(MODEL, texts, urls(), 1.0, where=FEW)

def test_search(MODEL, texts):
    pa.assert_attack_success_below(MODEL, texts, typos(max_edits=1), 1.0, where={"slice": "fewest"})
"""

SUITES = {
    "1 model, the same texts": {"test_first.py": SAME_TEXTS},
    "1 model, edited texts": {"test_first.py": EDITED_TEXTS},
    "2 models, both kinds": {
        "test_first.py": SAME_TEXTS,
        "test_first_edited.py": EDITED_TEXTS,
        "test_second.py": SAME_TEXTS,
        "test_second_edited.py": EDITED_TEXTS,
    },
}

WAYS = {
    "one process": ("-n", "0"),
    "by model": ("-n", "2"),
    "in any order": ("-n", "2", "--dist", "worksteal"),
}


def make(folder: Path, texts: int) -> None:
    """Write both models, the data and a conftest that counts what is loaded."""
    module, tokenizer = bench_model()
    names = [module.config.id2label[i] for i in range(module.config.num_labels)]
    for name in ("first", "second"):
        with quiet():
            module.save_pretrained(folder / name)
        tokenizer.save_pretrained(folder / name)
    (folder / "conftest.py").write_text(CONFTEST)
    (folder / "pytest.ini").write_text("[pytest]\naddopts = -p no:cacheprovider\n")
    with (folder / "texts.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["text", "label", "slice"])
        for place, text in enumerate(bench_texts(texts)):
            part = "fewest" if place < 4 else "few" if place < texts // 20 else "ab"[place % 2]
            rows.writerow([text, names[place % len(names)], part])


def run(folder: Path, *arguments: str) -> dict[str, float]:
    """Run the suite once and return its seconds (by the clock, of the CPU) and what it loaded."""
    loaded = folder / "loaded.txt"
    loaded.write_text("")
    command = [sys.executable, "-m", "pytest", "-q", "--accept-cache", "off", *arguments]
    command += ["--accept-report", "json:record.json", "-W", "ignore"]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "LOADED": str(loaded), "HF_HUB_OFFLINE": "1"},
        check=True,
        stdout=subprocess.DEVNULL,
    )
    seconds = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    criteria = len(json.loads((folder / "record.json").read_text())["criteria"])
    copies = len(loaded.read_text().split())
    return {"seconds": seconds, "cpu": cpu, "copies": copies, "criteria": criteria}


def main() -> None:
    """Print what each way takes, and how much faster than one process it is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="300 texts instead of 3,000")
    texts = 300 if parser.parse_args().quick else 3000
    numbers: dict[str, dict[str, dict[str, float]]] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make(folder, texts)
        for title, files in SUITES.items():
            for old in folder.glob("test_*.py"):
                old.unlink()
            for file, tests in files.items():
                model = "second" if "second" in file else "first"
                (folder / file).write_text(tests.replace("MODEL", model))
            print(f"{title:<28}{'seconds':>9}{'ratio':>7}{'CPU':>8}{'copies':>8}")
            found = numbers[title] = {}
            for way, arguments in WAYS.items():
                took = found[way] = run(folder, *arguments)
                ratio = found["one process"]["seconds"] / took["seconds"]
                said = f"{took['seconds']:>9.1f}{ratio:>7.2f}{took['cpu']:>8.1f}"
                print(f"  {way:<26}{said}{took['copies']:>8.0f}", flush=True)
    results.write("workers", {"texts": texts, "suites": numbers})


if __name__ == "__main__":
    main()
