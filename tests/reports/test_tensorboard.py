"""Event files, read back by TensorBoard itself: equal to the Record, in order, and inert."""

import math
import threading
import warnings
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.plugins.hparams.plugin_data_pb2 import HParamsPluginData
from tensorboard.util.tensor_util import make_ndarray

from pytest_accept.records import ConfusionMatrix, Figures, Record, ReliabilityBin
from pytest_accept.reports.tensorboard import texts, write
from tests.reports.made_records import HOSTILE, make_record

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", "html5lib's sanitizer is deprecated", DeprecationWarning)
    from tensorboard.plugin_util import markdown_to_safe_html

RUN = "2026-11-30T20-00-00Z"
STARTED = int(datetime.fromisoformat("2026-11-30T20:00:00+00:00").timestamp())


def read(folder: Path) -> Any:
    events = EventAccumulator(str(folder), size_guidance={"scalars": 0, "images": 0, "tensors": 0})
    return events.Reload()


def without_figures(started: str = "2026-11-30T20:00:00+00:00") -> Record:
    record = make_record(started)
    return replace(record, criteria=record.criteria[5:])


def text(events: Any, tag: str) -> str:
    (event,) = events.Tensors(f"{tag}/text_summary")
    return str(event.tensor_proto.string_val[0].decode())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("events") / "logs"
    before = set(threading.enumerate())
    write(make_record(), made)
    assert set(threading.enumerate()) == before
    return made


def test_a_record_is_a_run_with_one_below_it_for_each_model_and_training(folder: Path) -> None:
    assert [each.name for each in folder.iterdir()] == [RUN]
    below = sorted(each.name for each in (folder / RUN).iterdir() if each.is_dir())
    assert below == ["final", "probe", "words"]


def test_scalars_are_the_numbers_of_the_record(folder: Path) -> None:
    events, record = read(folder / RUN / "final"), make_record()
    tag = "acceptance/reviews/accuracy"
    estimate = record.criteria[0].verdict.estimate
    expected = {
        "value": estimate.value, "low": estimate.low, "high": estimate.high, "bar": 0.99,
        "margin": estimate.low - 0.99, "status": -1, "n": 120,
    }  # fmt: skip
    for name, number in expected.items():
        (event,) = events.Scalars(f"{tag}/{name}")
        assert event.value == np.float32(number)
        assert (event.step, event.wall_time) == (STARTED, STARTED)
    of_error = "acceptance/reviews/expected_calibration_error/margin"
    upper = record.criteria[4].verdict.estimate.high
    assert events.Scalars(of_error)[0].value == pytest.approx(0.9 - upper)
    assert events.Scalars("acceptance/reviews[source=a]/accuracy/status")[0].value == 1
    assert len(events.Tags()["scalars"]) == 5 * 7


def test_what_is_not_finite_is_left_out(folder: Path) -> None:
    names = {each.rpartition("/")[2] for each in read(folder / RUN / "words").Tags()["scalars"]}
    assert names == {"value", "low", "bar", "status", "n"}


def test_curves_have_the_counts_at_even_thresholds(folder: Path) -> None:
    events = read(folder / RUN / "final")
    assert "acceptance/reviews/roc_auc" not in events.Tags()["tensors"]  # it is that of the recall
    (event,) = events.Tensors("acceptance/reviews/recall(label=pos)")
    found = make_ndarray(event.tensor_proto)
    assert found.shape == (6, 101)
    figures = make_record().criteria[2].verdict.figures
    assert figures is not None
    assert figures.curve is not None
    points = figures.curve.thresholds
    for step in (0, 30, 50, 99):
        point = next(each for each in points if each.score >= step / 100)
        counts = [point.true_positives, point.false_positives]
        counts += [point.true_negatives, point.false_negatives]
        assert found[:4, step].tolist() == counts
        assert found[4, step] == np.float32(counts[0] / (counts[0] + counts[1]))
        assert found[5, step] == np.float32(counts[0] / (counts[0] + counts[3]))
    assert found[:, 100].tolist() == [0, 0, points[0].false_positives, 66, 0, 0]


def test_figures_are_pictures_each_once_a_population(folder: Path) -> None:
    events = read(folder / RUN / "final")
    assert events.Tags()["images"] == [
        "acceptance/reviews/accuracy/confusion",
        "acceptance/reviews[source=a]/accuracy/confusion",
        "acceptance/reviews/expected_calibration_error/reliability",
    ]
    for tag in events.Tags()["images"]:
        (image,) = events.Images(tag)
        assert image.encoded_image_string.startswith(b"\x89PNG")
        assert image.width > 300


def test_a_picture_has_letters_that_no_font_has_and_no_mathematics(tmp_path: Path) -> None:
    record = make_record()
    labels = ("$\\frac{a$", "\u65e5\u672c \x1b[31m", *(f"label {i}" for i in range(20)))
    counts = tuple(tuple(int(i == j) for j in range(22)) for i in range(22))
    figures = Figures(
        confusion=ConfusionMatrix(labels=labels, counts=counts),
        reliability=(ReliabilityBin(n=3, confidence=1.0, accuracy=1.0),),
    )
    verdict = replace(record.criteria[0].verdict, figures=figures, population="$x_$ " + HOSTILE)
    criteria = (replace(record.criteria[0], verdict=verdict),)
    write(replace(record, criteria=criteria), tmp_path)
    assert len(read(tmp_path / RUN / "final").Tags()["images"]) == 2


def test_texts_say_the_verdict_with_its_evidence(folder: Path) -> None:
    whole = text(read(folder / RUN), "acceptance")
    assert whole.startswith("## May we ship? No\n\nOf 6 criteria")
    assert "| `accuracy of final` | `reviews` | `0.858` |" in whole
    assert "not judged: test_9.py::test_broken" in whole
    said = text(read(folder / RUN / "final"), "acceptance/reviews/accuracy")
    assert "**rejected** in `test_0.py::test_it`" in said
    assert "required >= 0.990" in said
    assert "| said | labelled | text | from |" in said
    html = markdown_to_safe_html(said)
    assert html.count("<tr>") == 1 + 3


def test_hostile_texts_are_inert(folder: Path) -> None:
    for events in (read(folder / RUN), read(folder / RUN / "words")):
        for tag in events.Tags()["tensors"]:
            html = markdown_to_safe_html(text(events, tag.removesuffix("/text_summary")))
            assert "alert(2)" in html
            for made in ("<script", "<a ", "<img", "<h1", "<strong>b", "\x1b"):
                assert made not in html


def test_training_curves_keep_their_own_steps(folder: Path) -> None:
    events = read(folder / RUN / "probe")
    losses = events.Scalars("training/loss")
    assert [each.step for each in losses] == [1, 2, 3]
    assert [each.value for each in losses[:2]] == [1, 0.5]
    assert math.isnan(losses[2].value)
    rates = [each.value for each in events.Scalars("training/learning_rate")]
    assert rates == pytest.approx([0.01, 0.02, 0.03])
    validation = events.Scalars("training/validation_loss")
    assert [each.step for each in validation] == [1, 2]
    assert validation[0].value == np.float32(0.7)


def test_hparams_are_settings_and_bars(folder: Path) -> None:
    metadata = read(folder / RUN / "final").summary_metadata
    content = metadata["_hparams_/session_start_info"].plugin_data.content
    asked = HParamsPluginData.FromString(content).session_start_info.hparams
    assert asked["bar/reviews/accuracy"].number_value == 0.99
    assert asked["confidence"].number_value == 0.95
    assert asked["fingerprint"].string_value == "ab12"
    assert "device" not in asked
    assert "_hparams_/experiment" not in metadata  # it would hide those of other runs


def test_several_records_are_several_runs_each_once(tmp_path: Path) -> None:
    first = without_figures("2026-11-30T20:00:00+00:00")
    second = without_figures("2026-12-01T08:30:00+02:00")
    write(first, tmp_path)
    (event_file,) = (tmp_path / RUN / "words").iterdir()
    write(second, tmp_path, earlier=(first, without_figures("2026-11-29T00:00:00+00:00")))
    write(second, tmp_path)
    runs = sorted(each.name for each in tmp_path.iterdir())
    assert runs == ["2026-11-29T00-00-00Z", RUN, "2026-12-01T06-30-00Z"]
    assert list((tmp_path / RUN / "words").iterdir()) == [event_file]
    assert len(list((tmp_path / runs[2] / "words").iterdir())) == 1
    found = [read(tmp_path / run / "words") for run in runs]
    (tag,) = (each for each in found[0].Tags()["scalars"] if each.endswith("/value"))
    steps = [events.Scalars(tag)[0].step for events in found]
    assert steps == sorted(set(steps))


def test_what_fails_half_way_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(without_figures(), tmp_path)
    before, threads = sorted(tmp_path.rglob("*")), set(threading.enumerate())

    def fail(_: object) -> str:
        raise OSError("disk full")

    monkeypatch.setattr(texts, "evidence", fail)
    with pytest.raises(OSError, match="disk full"):
        write(without_figures(), tmp_path)
    assert sorted(tmp_path.rglob("*")) == before
    assert set(threading.enumerate()) == threads


def test_what_cannot_take_its_place_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(without_figures(), tmp_path)
    before = sorted(tmp_path.rglob("*"))
    rename = Path.rename

    def fail(file: Path, target: Path) -> Path:
        if file.name == "new":
            raise OSError("held by another process")
        return rename(file, target)

    monkeypatch.setattr(Path, "rename", fail)
    with pytest.raises(OSError, match="held by another process"):
        write(without_figures(), tmp_path)
    assert sorted(tmp_path.rglob("*")) == before


def test_names_of_models_are_folders_inside_the_run(tmp_path: Path) -> None:
    record = make_record()
    names = ("../../etc", "...", "a:b", "a;b", "", "\u65e5" * 200)
    models = tuple(replace(record.models[0], name=name) for name in names)
    write(replace(record, models=models, criteria=(), trainings=()), tmp_path / "logs")
    assert [each.name for each in tmp_path.iterdir()] == ["logs"]
    below = {each.name for each in (tmp_path / "logs" / RUN).iterdir() if each.is_dir()}
    assert below == {".._etc".strip("._"), "unnamed", "a_b", "a_b (2)", "model", "\u65e5" * 80}
