"""Where the scripts of this folder leave their numbers: files in benchmarks/results/."""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "results"
PACKAGES = ("torch", "transformers", "tokenizers", "numpy", "pytest", "ray", "onnxruntime")


def write(name: str, numbers: Mapping[str, Any]) -> None:
    """Write what a benchmark measured to `benchmarks/results/NAME.json`.

    `numbers` are plain values, or lists and dicts of them; of curves, a list of points each. What
    machine they were measured on is added here. A short form (`--quick` on the command line) is
    `NAME.short.json`, so that it does not replace the whole. Nothing that names this machine or its
    folders is written.
    """
    FOLDER.mkdir(exist_ok=True)
    short = "--quick" in sys.argv
    result = {
        "benchmark": name,
        "short_form": short,
        "measured": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine(),
        "numbers": dict(numbers),
    }
    # default: the scalars of numpy
    text = json.dumps(result, indent=2, allow_nan=False, default=float) + "\n"
    (FOLDER / f"{name}{'.short' * short}.json").write_text(text, encoding="utf-8")


def read(name: str) -> dict[str, Any] | None:
    """Return what a benchmark wrote last, of its whole form if that was ever run; None if none."""
    for file in (FOLDER / f"{name}.json", FOLDER / f"{name}.short.json"):
        if file.exists():
            found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
            return found
    return None


def machine() -> dict[str, Any]:
    """Return what a reader must know of the machine to compare numbers: cores and versions."""
    return {
        "cores": os.cpu_count(),
        # What else ran meanwhile: on a quiet machine at most what the benchmark itself used.
        "load": round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None,
        "processor": platform.machine(),
        "system": platform.system(),
        "python": platform.python_version(),
        "packages": {each: found for each in PACKAGES if (found := version_of(each)) is not None},
    }


def version_of(package: str) -> str | None:
    """Return the version of an installed package, None if it is not."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None
