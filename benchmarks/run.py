"""Runs the short form of every benchmark, or of those named, and draws the plots.

    python benchmarks/run.py [NAME …]

Each script is a process of its own. All of them run, whatever fails; the whole fails if one did, or
took longer than it may.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
LIMIT = 600
SHORT_FORMS: dict[str, tuple[str, ...]] = {
    "startup": ("--runs", "20"),
    "throughput": ("--quick",),
    "precision": ("--quick",),
    "peers": ("--quick",),
    "suite": ("--quick",),
    "warm": ("--quick",),
    "store": ("--quick",),
    "streaming": ("--quick",),
    "sequential": ("--quick",),
    "workers": ("--quick",),
    "cluster": ("--quick",),
    "robustness": ("--quick",),
    "attributions": ("--quick",),
    "multiple_choice": ("--quick",),
    "perplexity": ("--quick",),
    "training": ("--quick",),
    "faults": ("--quick",),
    "fuzz": ("--quick",),
}


def main() -> None:
    """Run them one after the other, and say which failed."""
    failed = []
    for name in sys.argv[1:] or SHORT_FORMS:
        print(f"\n== {name}", flush=True)
        start = time.perf_counter()
        command = [sys.executable, str(HERE / f"{name}.py"), *SHORT_FORMS[name]]
        try:
            status = subprocess.run(command, check=False, timeout=LIMIT).returncode
        except subprocess.TimeoutExpired:
            status = 1
            print(f"stopped after {LIMIT} s")
        print(f"-- {name}: {time.perf_counter() - start:.0f} s", flush=True)
        if status:
            failed.append(name)
    subprocess.run([sys.executable, str(HERE / "plots.py")], check=True)
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()
