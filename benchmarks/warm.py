"""A suite run again, with its predictions in the store, against the same suite run cold.

    python benchmarks/warm.py [--quick]

The suite of the sentiment example (with --quick the files test_sentiment.py and test_behaviour.py)
is run twice, each time by pytest in a process of its own: cold, with an empty cache folder, and
warm, with what the cold run left there. Their Records must be equal but for times, and the warm run
must call the model 0 times. Seconds are of the CPU, so that a busy machine counts less; "asking the
model" is all that an engine does to get predictions that it has not: tokenising, batching, forward
passes. The rest of a run is shown by what it is spent on, each second counted once.

Needs the example's model and data: get_data.py and train.py in example_suites/sentiment.
"""

from __future__ import annotations

import argparse
import builtins
import contextlib
import functools
import importlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import results

SUITE = Path(__file__).parent.parent / "example_suites" / "sentiment"
QUICK = ("test_sentiment.py", "test_behaviour.py")
TARGET = 0.05

MODEL = "asking the model"
PARTS = {
    # What is measured of each part: the functions that do it, by module.
    MODEL: ("pytest_accept.prediction.engine:Engine._predict",),
    "looking up predictions": (
        "pytest_accept.prediction.store:Kept.look",
        "pytest_accept.prediction.store:Kept.keep",
        "pytest_accept.prediction.store:Kept.done",
        "pytest_accept.prediction.store:finish",
    ),
    "loading models": ("pytest_accept.loading.saved:from_saved",),
    "loading data": ("pytest_accept.data.load:_table",),
    "drawing edits": ("pytest_accept.assertions.perturbed:draw_scripts",),
    "searching edits": ("pytest_accept.perturbations.search:Search.run",),
}
IMPORTS, REST = "imports", "judging, pytest, all else"


class Meter:
    """CPU seconds of parts of a run, each second counted for the innermost part it is spent in."""

    def __init__(self) -> None:
        self.seconds = {IMPORTS: time.process_time(), REST: 0.0, **dict.fromkeys(PARTS, 0.0)}
        self.calls = dict.fromkeys(PARTS, 0)
        self.forwards = self.found = self.made = 0
        self._stack = [REST]
        self._since = time.process_time()

    @contextlib.contextmanager
    def inside(self, part: str) -> Iterator[None]:
        """Count the time inside for a part."""
        self._switch()
        self._stack.append(part)
        try:
            yield
        finally:
            self._switch()
            self._stack.pop()

    def _switch(self) -> None:
        now = time.process_time()
        self.seconds[self._stack[-1]] += now - self._since
        self._since = now

    def metered(self, part: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function, with its time counted."""

        def call(*args: Any, **options: Any) -> Any:
            if part in self.calls:
                self.calls[part] += 1
            with self.inside(part):
                return function(*args, **options)

        return call

    def pytest_configure(self) -> None:
        """Measure the parts from here on; what they import is loaded by every run of the suite."""
        builtins.__import__ = self.metered(IMPORTS, builtins.__import__)
        importlib.import_module = self.metered(IMPORTS, importlib.import_module)
        for part, functions in PARTS.items():
            for each in functions:
                self._replace(each, functools.partial(self.metered, part))
        self._replace("pytest_accept.prediction.engine:Engine._forward", self._counted)

    def _replace(self, where: str, by: Callable[[Any], Any]) -> None:
        module, _, name = where.partition(":")
        *owners, last = name.split(".")
        owner: Any = importlib.import_module(module)
        for each in owners:
            owner = getattr(owner, each)
        setattr(owner, last, by(getattr(owner, last)))

    def _counted(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **options: Any) -> Any:
            self.forwards += 1
            return function(*args, **options)

        return call

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        """Note what the store has counted, before it begins anew."""
        from pytest_accept.prediction import store

        self.found, self.made = store.counted.found, store.counted.made

    def numbers(self) -> dict[str, Any]:
        """Return what was measured."""
        self._switch()
        counted = {"forwards": self.forwards, "found": self.found, "made": self.made}
        return {"seconds": self.seconds, **counted}


def once(cache: str, report: str, files: list[str]) -> None:
    """Run the suite in this process, and print what was measured."""
    meter = Meter()
    arguments = [
        "-q",
        "-m",
        "acceptance",
        "-p",
        "no:cacheprovider",
        f"--accept-report=json:{report}",
    ]
    addopts = ["-o", f"accept_cache_dir={cache}", "-o", "addopts="]
    start = time.perf_counter()
    status = pytest.main([*arguments, *addopts, *files], plugins=[meter])
    wall = time.perf_counter() - start
    print("\n" + json.dumps({"status": int(status), "wall": wall, **meter.numbers()}))


def run(folder: Path, name: str, files: list[str]) -> dict[str, Any]:
    """Return what a process of its own measures of the suite, and the Record without its times."""
    report = folder / f"{name}.json"
    command = [sys.executable, __file__, "--once", str(folder / "cache"), str(report), *files]
    environment = {
        **os.environ,
        "OMP_NUM_THREADS": "1",
        "PYTHONDONTWRITEBYTECODE": "",  # an installed package has its bytecode
        "HYPOTHESIS_STORAGE_DIRECTORY": str(folder / "hypothesis"),
    }
    done = subprocess.run(
        command, cwd=SUITE.parent.parent, env=environment, check=False, stdout=subprocess.PIPE
    )
    output = done.stdout.decode()
    if done.returncode:
        sys.exit(f"the {name} run failed:\n{output}")
    found: dict[str, Any] = json.loads(output.splitlines()[-1])
    assert found["status"] == 0, f"the {name} run failed:\n{output}"
    found["record"] = timeless(json.loads(report.read_text(encoding="utf-8")))
    return found


def timeless(value: Any) -> Any:
    """Return a Record without the times in it."""
    if isinstance(value, list):
        return [timeless(each) for each in value]
    if isinstance(value, dict):
        times = ("seconds", "started")
        return {key: timeless(each) for key, each in value.items() if key not in times}
    return value


def main() -> None:
    """Print both runs, what the model costs in them, and what remains of the warm one."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="two of the suite's three files")
    parser.add_argument("--once", nargs="+", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.once:
        once(options.once[0], options.once[1], options.once[2:])
        return
    if not (SUITE / "runs" / "final").exists():
        print("left out: it needs the example's model (get_data.py and train.py, or make demo)")
        return
    files = [str(SUITE / each) for each in QUICK] if options.quick else [str(SUITE)]
    with tempfile.TemporaryDirectory() as name:
        run(Path(name) / "unmeasured", "first", files[-1:])  # writes bytecode
        cold, warm = (run(Path(name), each, files) for each in ("cold", "warm"))
    report(cold, warm)


def report(cold: dict[str, Any], warm: dict[str, Any]) -> None:
    """Print and write the numbers of both runs."""
    equal = cold.pop("record") == warm.pop("record")
    total, rest = (sum(each["seconds"].values()) for each in (cold, warm))
    asked = warm["seconds"][MODEL] / cold["seconds"][MODEL]
    print(f"{'CPU seconds':<28}{'cold':>10}{'warm':>10}")
    for part, seconds in cold["seconds"].items():
        print(f"{part:<28}{seconds:>10.2f}{warm['seconds'][part]:>10.2f}")
    print(f"{'all together':<28}{total:>10.2f}{rest:>10.2f}   {rest / total:.1%}")
    print(f"{'wall':<28}{cold['wall']:>10.2f}{warm['wall']:>10.2f}")
    print(f"{'forward calls':<28}{cold['forwards']:>10,}{warm['forwards']:>10,}")
    print(f"{'predictions made':<28}{cold['made']:>10,}{warm['made']:>10,}")
    print(f"{'predictions found':<28}{cold['found']:>10,}{warm['found']:>10,}")
    print(f"what the model costs: warm is {asked:.2%} of cold (target: <= {TARGET:.0%})")
    print(f"Records equal but for times: {'yes' if equal else 'NO'}")
    results.write(
        "warm", {"cold": cold, "warm": warm, "model": asked, "all": rest / total, "equal": equal}
    )
    if not equal or asked > TARGET:
        sys.exit("missed: a warm run must ask the model next to nothing and give the same Record")


if __name__ == "__main__":
    main()
