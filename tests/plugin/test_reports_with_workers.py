"""Every kind of report is the same, whether one process ran the tests or two workers did."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pytest_accept import Record, read_record
from pytest_accept.reports import kinds, write_report
from tests.reports.made_records import make_record

SUITE = {
    "conftest": """
        import pytest

        SURE = {"good": 0.95, "bad": 0.05, "fine": 0.7, "awful": 0.1, "odd": 0.6}

        def train(seed):
            def predict(texts):
                known = [[SURE[each] for each in text.split() if each in SURE] for text in texts]
                positive = [min(0.99, max(each, default=0.5) + seed / 50) for each in known]
                return [[1 - p, p] for p in positive]

            from pytest_accept import load_model
            return load_model(predict, labels=["neg", "pos"], name=f"words {seed}")

        @pytest.fixture(scope="session")
        def model():
            return train(0)

        @pytest.fixture(scope="session")
        def other():
            return train(1)

        @pytest.fixture(scope="session")
        def reviews(load_data):
            return load_data("reviews.csv")
    """,
    "test_quality": """
        import pytest
        from pytest_accept import (
            accuracy, assert_accuracy_above, assert_brier_score_below, assert_group_gap_below,
            assert_recall_above,
        )

        pytestmark = pytest.mark.acceptance

        @pytest.mark.parametrize("source", ["shops", "tweets"])
        def test_quality(model, reviews, source):
            assert_accuracy_above(model, reviews, 0.95, where={"source": source})

        def test_positive(model, reviews):
            assert_recall_above(model, reviews, 0.9, label="pos")

        def test_losses(other, reviews):
            assert_brier_score_below(other, reviews, 0.2)

        def test_groups(other, reviews):
            assert_group_gap_below(other, reviews, 0.05, metric=accuracy, group="source")

        @pytest.mark.xfail
        def test_too_much(model, reviews):
            assert_accuracy_above(model, reviews, 0.999)

        def test_broken(model, reviews):
            assert len(reviews) == 3
    """,
    "test_behaviour": """
        import pytest
        from conftest import train
        from pytest_accept import accuracy, assert_flip_rate_below, assert_recipe_above, template
        from pytest_accept import assert_minimum_functionality, perturbations

        pytestmark = pytest.mark.acceptance

        def test_words(model):
            cases = template("{a} {b}", a=["good", "odd"], b=["film", "book"], label="pos")
            assert_minimum_functionality(model, cases, 0.9, capability="words", only_these=True)

        def test_links(model, reviews):
            assert_flip_rate_below(model, reviews, perturbations.urls(), 0.2)

        def test_recipe(reviews):
            assert_recipe_above(accuracy, train, reviews, 0.9, seeds=3)
    """,
}


CARD = """---
model-index:
- name: words 0
  results:
  - task: {type: text-classification}
    dataset: {name: films, type: films}
    metrics: [{type: accuracy, value: 0.5}]
---
# A model
"""


def timeless(record: Record) -> Record:
    """Return the Record as if the run had taken no time."""
    return replace(
        record,
        started="2026-11-30T20:00:00+00:00",
        seconds=0,
        criteria=tuple(replace(each, seconds=0) for each in record.criteria),
        trainings=tuple(replace(each, seconds=0) for each in record.trainings),
    )


def prepare(folder: Path) -> None:
    """Make a folder with a model card that says which of several models it is of."""
    folder.mkdir()
    (folder / "model-card").write_text(CARD)


def make_reports(record: Record, folder: Path, wanted: Iterable[str]) -> Path:
    """Write reports of these kinds into a new folder."""
    prepare(folder)
    for kind in wanted:
        line, written = write_report(record, kind, folder / kind)
        assert written, line
    return folder


def files(folder: Path) -> dict[str, bytes]:
    """Return the content of reports that are one file."""
    return {each.name: each.read_bytes() for each in folder.iterdir() if each.is_file()}


def events(folder: Path) -> dict[str, list[bytes]]:
    """Return the events of each of TensorBoard's runs, but for the one that begins a file."""
    from tensorboard.backend.event_processing.event_file_loader import EventFileLoader

    return {
        str(file.parent.relative_to(folder)): [
            event.SerializeToString()
            for event in EventFileLoader(str(file)).Load()
            if event.WhichOneof("what") != "file_version"
        ]
        for file in sorted(folder.rglob("events.out.*"))
    }


def runs(folder: Path) -> list[dict[str, Any]]:
    """Return what each of MLflow's runs holds."""
    from pytest_accept.reports.mlflow.places import find_place
    from pytest_accept.reports.mlflow.quiet import quietly

    with quietly(), find_place(folder, "mlflow").client() as client:
        experiment = client.get_experiment_by_name("acceptance").experiment_id
        found = client.search_runs([experiment], order_by=["tags.`acceptance.run`"])
        return [
            run.data.to_dictionary()
            | {"inputs": run.inputs.to_dictionary(), "name": run.info.run_name}
            for run in found
        ]


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Load what cannot be imported twice: pytester forgets what is imported while it is there."""
    folder = tmp_path_factory.mktemp("loaded") / "reports"
    make_reports(make_record(), folder, ("html", "tensorboard", "mlflow"))
    assert runs(folder / "mlflow")
    assert events(folder / "tensorboard")


@pytest.mark.slow
@pytest.mark.usefixtures("loaded")
def test_two_workers_write_what_one_process_writes(suite: pytest.Pytester, tmp_path: Path) -> None:
    suite.makeconftest(SUITE["conftest"])
    suite.makepyfile(**{name: text for name, text in SUITE.items() if name != "conftest"})
    keep = ("-m", "acceptance", "--accept-keep-predictions")
    alone = suite.runpytest(*keep, "-n", "0", "--accept-report", "json:alone.json")
    in_run = [kind for kind in kinds() if kind != "mlflow"]  # for that a run would take seconds
    prepare(suite.path / "two")
    asked = [f"--accept-report={kind}:two/{kind}" for kind in in_run]
    together = suite.runpytest_subprocess(*keep, "-n", "2", *asked)
    for result in (alone, together):
        result.assert_outcomes(passed=6, failed=3, xfailed=1)
    written = [f"acceptance report written: {kind}:two/{kind}" for kind in in_run]
    together.stdout.fnmatch_lines(written)
    records = [read_record(suite.path / name) for name in ("alone.json", "two/json")]
    # What the run wrote is what its Record gives later, in another process.
    files_only = [kind for kind in in_run if (suite.path / "two" / kind).is_file()]
    later = make_reports(records[1], tmp_path / "later", files_only)
    assert files(later) == files(suite.path / "two")
    one, two = map(timeless, records)
    assert one == two
    assert len(one.models) > 2
    folders = [
        make_reports(each, tmp_path / name, kinds()) for each, name in ((one, "one"), (two, "two"))
    ]
    made = [files(each) for each in folders]
    assert made[0] == made[1]
    assert {*made[0], "mlflow", "tensorboard"} == set(kinds())
    assert events(folders[0] / "tensorboard") == events(folders[1] / "tensorboard") != {}
    assert runs(folders[0] / "mlflow") == runs(folders[1] / "mlflow") != []
