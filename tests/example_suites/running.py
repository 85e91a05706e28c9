"""An example suite run as a user runs it: by pytest, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from filelock import FileLock

ROOT = Path(__file__).parent.parent.parent
SUITES = ROOT / "example_suites"


def make(suite: str, *scripts: str) -> None:
    """Run scripts of a suite that get its data and models, unless they are there."""
    for script in scripts:
        # One worker makes what several ask for.
        with FileLock(SUITES / suite / f"{script}.lock"):
            subprocess.run([sys.executable, str(SUITES / suite / script)], check=True)


def run(suite: str, *arguments: str) -> int:
    """Return pytest's exit status on a suite."""
    return run_here(ROOT, "-m", "acceptance", str(SUITES / suite), *arguments)


def run_here(folder: Path, *arguments: str) -> int:
    """Return pytest's exit status in a folder."""
    command = [sys.executable, "-m", "pytest", *arguments]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")}
    environment["PYTEST_ADDOPTS"] = "--accept-cache=off"  # what others asked before would show
    return subprocess.run(command, cwd=folder, env=environment, check=False).returncode
