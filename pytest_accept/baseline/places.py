"""Where a baseline is kept: beside the tests that ask for it, one file for each data and model."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

FOLDER = "baselines"
SUFFIX = ".tsv"
_LONGEST = 80


def place(suite: Path, data: str, role: str) -> Path:
    """Return the file of a suite's baseline, as in "baselines/reviews.runs-large.tsv".

    Names are made fit for any file system: whatever is no letter, digit, "_" or "-" becomes "-".
    Two names that become the same are told apart by what the file says.
    """
    return suite / FOLDER / f"{_plain(data)}.{_plain(role)}{SUFFIX}"


def of_data(suite: Path, data: str) -> list[Path]:
    """Return the files of a suite's baselines of some data, for whichever model."""
    return sorted((suite / FOLDER).glob(f"{_plain(data)}.*{SUFFIX}"))


def _plain(name: str) -> str:
    plain = re.sub(r"[^\w-]+", "-", name).strip("-") or "unnamed"
    if len(plain.encode()) <= _LONGEST:
        return plain
    digest = hashlib.blake2b(name.encode(), digest_size=4).hexdigest()
    return plain.encode()[: _LONGEST - 9].decode(errors="ignore") + "-" + digest
