"""kill -9 at random moments of a run, 50 times: the next run's results are an undisturbed one's."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
RUN = """
import sys
from pathlib import Path
from faults import compare

numbers, found = compare(Path(sys.argv[1]), 50, seed=0)
assert numbers["by_files"] + numbers["by_time"] == 50
assert numbers["by_files"] > 5 and numbers["by_time"] > 5, numbers
sys.exit("\\n".join(found) or 0)
"""


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are made by fork here")
def test_fifty_killed_runs_change_no_result(tmp_path: Path) -> None:
    # In a process of its own, which has no threads yet: its forks need not import anything again.
    ran = subprocess.run(
        [sys.executable, "-c", RUN, str(tmp_path)],
        cwd=BENCHMARKS, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr
