"""What the plugin costs a pytest run that judges nothing: both sides and their difference.

    python benchmarks/startup.py [--runs 40]

Runs `pytest` on one empty test in fresh interpreters, with and without the plugin, in turns, and
compares medians. Also counts the modules that the plugin adds.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PLUGIN = ["-p", "pytest_accept.plugin"]
COUNT = """
import sys, pytest
status = pytest.main(sys.argv[1:])
print("modules:", len(sys.modules))
"""


def run(folder: Path, arguments: list[str], code: list[str]) -> tuple[float, str]:
    """Return wall time in seconds and the output of one run in a fresh interpreter."""
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, *code, "-q", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return time.perf_counter() - start, done.stdout


def main() -> None:
    """Print both sides, the difference and the ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=40)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "test_empty.py").write_text("def test_nothing():\n    pass\n")
        times: dict[str, list[float]] = {"without": [], "with": []}
        for _ in range(runs):
            for side, arguments in (("without", []), ("with", PLUGIN)):
                times[side].append(run(folder, arguments, ["-m", "pytest"])[0])
        modules = {
            side: int(run(folder, arguments, ["-c", COUNT])[1].rsplit(":", 1)[1])
            for side, arguments in (("without", []), ("with", PLUGIN))
        }
    medians = {side: 1000 * statistics.median(values) for side, values in times.items()}
    print(f"{'bare pytest run':<16}{'median ms':>12}{'modules':>10}   ({runs} runs each, in turns)")
    for side, value in medians.items():
        print(f"{side:<16}{value:>12.1f}{modules[side]:>10}")
    pairs = zip(times["with"], times["without"], strict=True)
    paired = 1000 * statistics.median(one - other for one, other in pairs)
    added = modules["with"] - modules["without"]
    print(f"{'difference':<16}{paired:>12.1f}{added:>10}   (target: at most 3 ms and 5 modules)")
    print(f"{'ratio':<16}{medians['with'] / medians['without']:>12.3f}")


if __name__ == "__main__":
    main()
