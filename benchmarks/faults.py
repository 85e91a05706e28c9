"""Killed runs of a suite against an undisturbed one: every result must be equal.

    python benchmarks/faults.py [--quick] [--kills 500] [--seed 0]

A small suite (a model on disk, data, a fine-tuning, Record and html reports) is run in processes
that are killed with SIGKILL: two of three when they touch their n-th file, the others after a part
of the time that a run takes. All share one cache and one place for reports. After each of them a
report must be whole or not there. Then a run that nobody kills must say what the undisturbed one
says that had a cache of its own, and leave no lock and no unfinished file behind that anybody would
read.
"""

import argparse
import contextlib
import importlib
import json
import math
import os
import random
import shutil
import signal
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

SUITE = """
import pytest
from pytest_accept import assert_accuracy_above, assert_cross_entropy_below, fine_tune

@pytest.fixture(scope="session")
def model(load_model):
    return load_model("model")

@pytest.fixture(scope="session")
def reviews(load_data):
    return load_data("reviews.csv")

def test_accuracy(model, reviews):
    assert_accuracy_above(model, reviews, 0.01)

def test_loss(model, reviews):
    assert_cross_entropy_below(model, reviews, 0.02)

def test_trained(reviews):
    model = fine_tune("model", reviews, task="text-classification", epochs=1, name="trained")
    assert_accuracy_above(model, reviews, 0.01)
"""
TIMES = ("started", "seconds", "cached", "duration")
"""What may differ between equal runs."""

FILES = ("open", "os.rename", "os.remove", "os.mkdir", "os.utime", "os.rmdir", "os.chmod")
"""Audit events of files that are touched."""


RUNS = ("undisturbed", "killed")
"""The folders of suites that are alike, each with its own cache and reports."""


def prepare(folder: Path) -> None:
    """Write the suites, data and model; import what a run needs, and start no thread."""
    import pytest  # noqa: F401
    import torch
    import transformers.trainer  # noqa: F401
    from fuzzed import tiny_checkpoint

    import pytest_accept.data
    import pytest_accept.loading
    import pytest_accept.plugin
    import pytest_accept.reports.html
    import pytest_accept.training  # noqa: F401

    torch.set_num_threads(1)
    words = [("good", "pos"), ("bad", "neg"), ("fine", "pos"), ("a", "neg")] * 20
    rows = [f"{word} film a {'a ' * (at % 7)},{label}" for at, (word, label) in enumerate(words)]
    for name in RUNS:
        suite = folder / name
        tiny_checkpoint(suite / "model")
        (suite / "reviews.csv").write_text("\n".join(["text,label", *rows]) + "\n")
        (suite / "test_suite.py").write_text(SUITE)
        (suite / "pytest.ini").write_text("[pytest]\naddopts = -p no:cacheprovider -q\n")


def start(folder: Path, name: str, *, die_at: int | None = None) -> int:
    """Start a run in a process of its own, and return its number.

    `name` is that of its folder; `die_at` counts the files that it touches.
    """
    child = os.fork()
    if child:
        return child
    code = 70
    try:
        os.chdir(folder / name)
        quiet = os.open(folder / f"{name}.log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        touched = 0
        within = tuple(str(folder / name / each) for each in ("cache", "reports"))

        def see(event: str, given: tuple[Any, ...]) -> None:
            nonlocal touched
            if event in FILES and str(given[0]).startswith(within):
                touched += 1
                if touched == die_at:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(see)
        import pytest

        out = folder / name / "reports"
        code = int(pytest.main([
            f"--accept-cache-dir={folder / name / 'cache'}", "--accept-cache=use",
            f"--accept-report=json:{out / 'record.json'}",
            f"--accept-report=html:{out / 'report.html'}",
        ]))  # fmt: skip
        (folder / f"{name}.touched").write_text(str(touched))
        (folder / f"{name}.modules").write_text("\n".join(sys.modules))
    finally:
        os._exit(code)


def import_again(names: list[str]) -> None:
    """Import what a run has imported, so that the next ones need not."""
    for name in names:
        if name not in sys.modules and not name.startswith(("test_", "conftest", "_")):
            with contextlib.suppress(Exception):
                importlib.import_module(name)
    if threading.active_count() > 1:
        raise RuntimeError("a process with threads cannot be forked")


def finish(child: int) -> int:
    """Wait for a run, and return its exit code, negative if it was killed."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def check_reports(folder: Path) -> None:
    """Raise ValueError for a report of which there is only a part."""
    from pytest_accept.reports.json import read_record

    record, page = folder / "record.json", folder / "report.html"
    if record.exists():
        read_record(record)
    if page.exists() and not page.read_text().rstrip().endswith("</html>"):
        raise ValueError("half of a page is there")


def differences(one: Any, other: Any, where: str = "") -> list[str]:
    """Return where two Records differ, but for times; numbers of other batches by 1e-5."""
    if isinstance(one, dict) and isinstance(other, dict):
        keys = [each for each in {**one, **other} if each not in TIMES]
        return [
            each
            for key in keys
            for each in differences(one.get(key), other.get(key), f"{where}.{key}")
        ]
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        pairs = enumerate(zip(one, other, strict=True))
        return [each for at, pair in pairs for each in differences(*pair, f"{where}[{at}]")]
    if (
        isinstance(one, float)
        and isinstance(other, float)
        and math.isclose(one, other, rel_tol=1e-5, abs_tol=1e-5)
    ):
        return []
    return [] if one == other else [f"{where}: {one!r} and {other!r}"]


def left_over(folder: Path) -> list[str]:
    """Return what of killed runs is left that a run would read, or wait for."""
    from filelock import FileLock, Timeout

    found = []
    for file in (folder / "cache").rglob("*.lock"):
        try:
            with FileLock(file).acquire(timeout=0):
                pass
        except Timeout:
            found.append(f"{file.name} is locked")
    found += [f"{file.name} is there" for file in (folder / "cache").rglob("*.unfinished")]
    return found


def main(given: list[str] | None = None) -> int:
    """Kill runs, then compare; 1 if anything is not as it should be."""
    from results import write

    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="20 kills")
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args(given)
    folder = Path(tempfile.mkdtemp())
    try:
        kills = 20 if arguments.quick else arguments.kills
        numbers, found = compare(folder, kills, arguments.seed)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    write("faults", {**numbers, "differences": len(found)})
    return 1 if found else 0


def compare(folder: Path, kills: int, seed: int) -> tuple[dict[str, Any], list[str]]:
    """Return how many runs were killed how, and what differs from an undisturbed run afterwards.

    A run that ends before it is killed leaves later ones nothing to do: so its cache is removed.
    """
    os.environ.update(OMP_NUM_THREADS="1", TOKENIZERS_PARALLELISM="false", HF_HUB_OFFLINE="1")
    prepare(folder)
    began = time.monotonic()
    undisturbed = finish(start(folder, "undisturbed"))
    seconds = time.monotonic() - began
    if undisturbed not in (0, 1):
        raise RuntimeError((folder / "undisturbed.log").read_text())
    touched = int((folder / "undisturbed.touched").read_text())
    import_again((folder / "undisturbed.modules").read_text().split("\n"))
    draw = random.Random(seed)
    killed = {"by_files": 0, "by_time": 0, "too_late": 0}
    cold = True  # a run that finds nothing kept takes longer
    while killed["by_files"] + killed["by_time"] < kills:
        by_files = draw.random() < 2 / 3
        most = touched if cold else touched // 2
        child = start(folder, "killed", die_at=draw.randint(1, most) if by_files else None)
        if not by_files:
            time.sleep(draw.uniform(0, seconds / 3))
            os.kill(child, signal.SIGKILL)
        in_time = finish(child) == -signal.SIGKILL
        killed[("by_files" if by_files else "by_time") if in_time else "too_late"] += 1
        check_reports(folder / "killed" / "reports")
        cold = not in_time
        if cold:
            shutil.rmtree(folder / "killed" / "cache")
    clean = finish(start(folder, "killed"))
    records = [json.loads((folder / name / "reports" / "record.json").read_text()) for name in RUNS]
    found = differences(*records) + left_over(folder / "killed")
    if clean != undisturbed or not records[1]["criteria"]:
        found.append(f"exit codes {undisturbed} and {clean}: {(folder / 'killed.log').read_text()}")
    print(
        f"{kills} kills {killed}; a run takes {seconds:.2f} s and touches {touched} files; "
        f"{len(records[1]['criteria'])} criteria, {len(found)} differences from an undisturbed run"
    )
    for each in found[:20]:
        print(f"    {each}")
    return {**killed, "seconds_of_a_run": seconds, "files_of_a_run": touched}, found


if __name__ == "__main__":
    sys.exit(main())
