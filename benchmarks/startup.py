"""What the plugin costs a pytest run that judges nothing.

    python benchmarks/startup.py [--runs 60]

Runs `pytest` on one empty test in fresh interpreters: without a plugin, with an empty plugin (what
pytest itself pays for loading the first one), and with ours, in random order. Compares the medians
and counts the modules that each side has loaded in the end.
"""

import argparse
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import results

SIDES = {
    "without": [],
    "an empty plugin": ["-p", "empty_plugin"],
    "pytest_accept": ["-p", "pytest_accept.plugin"],
}
COUNT = """
import sys, pytest
status = pytest.main(sys.argv[1:])
print("modules:", len(sys.modules))
"""


def run(folder: Path, arguments: list[str], code: list[str]) -> tuple[float, str]:
    """Return wall time in milliseconds and the output of one run in a fresh interpreter."""
    command = [sys.executable, *code, "-q", "-p", "no:cacheprovider", *arguments]
    environment = {
        **os.environ,
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTHONPATH": str(folder),
        "PYTHONDONTWRITEBYTECODE": "",  # an installed package has its bytecode
    }
    start = time.perf_counter()
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=True
    )
    return 1000 * (time.perf_counter() - start), done.stdout


def main() -> None:
    """Print all sides, and what ours adds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=60)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "test_empty.py").write_text("def test_nothing():\n    pass\n")
        (folder / "empty_plugin.py").write_text('"""A plugin without hooks."""\n')
        times: dict[str, list[float]] = {side: [] for side in SIDES}
        for arguments in SIDES.values():
            run(folder, arguments, ["-m", "pytest"])
        for _ in range(runs):
            for side in random.sample(list(SIDES), len(SIDES)):
                times[side].append(run(folder, SIDES[side], ["-m", "pytest"])[0])
        modules = {
            side: int(run(folder, arguments, ["-c", COUNT])[1].rsplit(":", 1)[1])
            for side, arguments in SIDES.items()
        }
    print(f"{'bare pytest run':<18}{'median ms':>12}{'modules':>10}   ({runs} runs each)")
    for side, values in times.items():
        print(f"{side:<18}{statistics.median(values):>12.1f}{modules[side]:>10}")
    for other in ("without", "an empty plugin"):
        pairs = zip(times["pytest_accept"], times[other], strict=True)
        added = statistics.median(ours - theirs for ours, theirs in pairs)
        ratio = statistics.median(times["pytest_accept"]) / statistics.median(times[other])
        more = modules["pytest_accept"] - modules[other]
        print(f"against {other}: {added:+.1f} ms, {more:+} modules, ratio {ratio:.3f}")
    print("target: at most 3 ms and 5 modules more")
    medians = {side: statistics.median(values) for side, values in times.items()}
    results.write("startup", {"milliseconds": medians, "modules": modules})


if __name__ == "__main__":
    main()
