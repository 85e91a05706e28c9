"""A suite made of a model and a file: the model passes it, and a rushed checkpoint fails."""

from pathlib import Path

import pytest

from tests.example_suites.running import SUITES, make, run_here
from tests.starter.test_source import check_format

ROWS = 120


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder as of somebody new: two checkpoints, a file of reviews, and no test."""
    make("sentiment", "get_data.py", "train.py")
    (tmp_path / "runs").symlink_to(SUITES / "sentiment" / "runs")
    with (SUITES / "sentiment" / "data" / "reviews.tsv").open(encoding="utf-8") as reviews:
        rows = [next(reviews) for _ in range(ROWS + 1)]
    (tmp_path / "reviews.tsv").write_text("".join(rows), encoding="utf-8")
    return tmp_path


@pytest.mark.slow
def test_the_suggested_suite_passes_on_its_model_and_fails_on_a_rushed_one(folder: Path) -> None:
    given = ("--accept-model", "runs/final", "--accept-data", "reviews.tsv")
    cheap = ("-k", "not casing and not punctuation and not drop", "-p", "no:cacheprovider")
    suite = "acceptance/test_reviews.py"
    run_here(folder, *given, *cheap, "--accept-suggest", suite)
    source = (folder / suite).read_text(encoding="utf-8")
    check_format(source)
    for name in ("accuracy", "f1", "cross_entropy", "brier_score", "roc_auc", "recall", "typos"):
        assert f"def test_{name}(" in source
    options = ("-m", "acceptance", suite, "--strict-markers", "-p", "no:cacheprovider")
    assert run_here(folder, *options) == 0
    quality = ("-m", "acceptance and not robustness", *options[2:])
    assert run_here(folder, *quality, "--accept-model", "runs/rushed") == 1
