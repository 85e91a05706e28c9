"""An audit: edited texts for a person to read, before a criterion is trusted with them."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path
from random import Random
from typing import Any

from pytest_accept.errors import DataError, SettingError, check_count, expected
from pytest_accept.marked_text import marked
from pytest_accept.perturbations.edits import flattened
from pytest_accept.perturbations.perturbation import Perturbation
from pytest_accept.records import PAIR

COLUMNS = ("original", "edited", "marked", "kinds", "promise", "label", "valid")


def sample(
    perturbation: Perturbation,
    data: Any,
    n: int = 100,
    *,
    seed: int = 0,
    path: str | Path | None = None,
) -> list[dict[str, str]]:
    """Draw `n` edited texts evenly from `data`, and write them to a csv at `path`, if given.

    `data` is a Data or a list of texts or of pairs of texts. Each row has the columns `original`,
    `edited`, `marked` (the edits in place), `kinds`, `promise` (of the label), `label` (of the
    original, if known) and `valid`, which is empty: fill in whether the promise holds, and give the
    share of rows where it does not to the criterion as `assumed_invalid`. The more rows, the surer:
    of 100 rows without a fault, up to 3 % may still be invalid (at 95 % confidence).

    Raises DataError if no text can be changed.
    """
    if not isinstance(perturbation, Perturbation):
        raise SettingError(expected("perturbation", "a perturbation such as typos()", perturbation))
    check_count("n", n)
    inputs = list(data.inputs if hasattr(data, "inputs") else data)
    able = [i for i, text in enumerate(inputs) if perturbation.can_change(text)]
    if not able:
        raise DataError(f"{perturbation!r} changes none of the {len(inputs):,} texts.")
    random = Random(seed)
    rows = []
    # Each text once before any comes twice.
    order = [i for _ in range(-(-n // len(able))) for i in random.sample(able, len(able))]
    for i in order[:n]:
        text = inputs[i]
        script = perturbation.draw_change(random, text)
        if script is None:  # all that it drew was protected
            continue
        whole, edits = flattened(text, script.edits(text))
        edited = script.changed(text)
        label = data.label_text(i) if hasattr(data, "label_text") else ""
        rows.append(
            {
                "original": whole,
                "edited": edited if isinstance(edited, str) else PAIR.join(edited),
                "marked": marked(whole, edits),
                "kinds": " + ".join(dict.fromkeys(edit.kind for edit in edits)),
                "promise": perturbation.promise,
                "label": label,
                "valid": "",
            }
        )
    if path is not None:
        _write(rows, Path(path))
    return rows


def _write(rows: Iterable[dict[str, str]], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8", errors="backslashreplace") as file:
        table = csv.DictWriter(file, COLUMNS)
        table.writeheader()
        table.writerows(rows)
