"""Event files for TensorBoard: `tensorboard:FOLDER`, to be seen with `tensorboard --logdir FOLDER`.

    FOLDER/<started>/                 the verdict on the whole, as a text
    FOLDER/<started>/<model>/         scalars, curves, pictures, texts and hparams of its criteria
    FOLDER/<started>/<training>/      loss and learning rate of every step, validation losses

The step of a criterion is the time at which its run started, in seconds since 1970, and so is the
time of every event: in any view the runs of a folder stand in their order, and the same Record
gives the same events whenever they are written.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from pytest_accept.records import Curve, Figures, Record, Training
from pytest_accept.reports.inert_markdown import inline
from pytest_accept.reports.tracked import Tracked, TrackedModel, start, tracked_models, unlike

_THRESHOLDS = 101  # of a precision-recall curve: TensorBoard takes them for even steps in 0..1


def write(record: Record, path: Path, *, earlier: tuple[Record, ...] = ()) -> None:
    """Write the runs of a Record into a folder, beside those that are there.

    A Record that is there is written anew, all of it or nothing; earlier ones only if they are not.
    Raises ImportError without tensorboard or matplotlib.
    """
    for each in earlier:
        if not (path / _folder(each)).exists():
            _write_record(each, path)
    _write_record(record, path)


def _folder(record: Record) -> str:
    return f"{start(record):%Y-%m-%dT%H-%M-%SZ}"


def _write_record(record: Record, path: Path) -> None:
    from pytest_accept.reports.tensorboard import texts

    now = start(record).timestamp()
    with _whole_folder(path / _folder(record)) as folder:
        with _Run(folder, now) as run:
            run.text("acceptance", texts.summary(record))
        models = tracked_models(record)
        folders = unlike([_file_name(each.name) for each in models])
        for model, name in zip(models, folders, strict=True):
            with _Run(folder / name, now) as run:
                _write_model(run, model, record)
        for training in record.trainings:  # beside the criteria of the model that it made
            with _Run(folder / _file_name(_name(training)), now) as run:
                _write_training(run, training)


class _Run:
    """A writer of events which all happened when the run started."""

    def __init__(self, folder: Path, now: float) -> None:
        from torch.utils.tensorboard import SummaryWriter

        self.writer: Any = SummaryWriter(str(folder))
        self.at = {"global_step": int(now), "walltime": now}

    def __enter__(self) -> _Run:
        return self

    def __exit__(self, *_: object) -> None:
        self.writer.close()

    def text(self, tag: str, text: str) -> None:
        self.writer.add_text(tag, text, **self.at)

    def scalar(self, tag: str, value: float, step: int | None = None) -> None:
        at = self.at if step is None else self.at | {"global_step": step}
        self.writer.add_scalar(tag, value, **at)


def _write_model(run: _Run, model: TrackedModel, record: Record) -> None:
    from pytest_accept.reports.tensorboard import texts

    drawn: set[object] = set()
    for each in model.criteria:
        tag = f"acceptance/{each.population}/{each.metric}"
        for name, number in each.numbers.items():
            run.scalar(f"{tag}/{name}", number)
        run.text(tag, texts.evidence(each.criterion))
        figures = each.criterion.verdict.figures
        if figures is not None:
            _write_figures(run, tag, each, figures, drawn)
    _write_hparams(run, model, record)


def _write_figures(run: _Run, tag: str, of: Tracked, figures: Figures, drawn: set[object]) -> None:
    """Write the figures that no other criterion on the same population has."""
    from pytest_accept.reports.tensorboard import images

    def is_new(figure: object) -> bool:
        known = not figure or (of.population, figure) in drawn
        drawn.add((of.population, figure))
        return not known

    def show(name: str, picture: images.Picture) -> None:
        run.writer.add_image(f"{tag}/{name}", picture, dataformats="HWC", **run.at)

    title = f"{of.metric} on {of.population}"
    if figures.confusion is not None and is_new(figures.confusion):
        show("confusion", images.confusion_matrix(figures.confusion, title))
    if is_new(figures.reliability):
        show("reliability", images.reliability_diagram(figures.reliability, title))
    if figures.curve is not None and is_new(figures.curve):
        run.writer.add_pr_curve_raw(tag, **_curve(figures.curve), **run.at)


def _curve(curve: Curve) -> dict[str, Any]:
    """Return the counts at even steps of the threshold: those of the next score that is known."""
    known = curve.thresholds
    beyond = replace(
        known[0],
        true_positives=0,
        false_positives=0,
        true_negatives=known[0].false_positives + known[0].true_negatives,
        false_negatives=known[0].true_positives + known[0].false_negatives,
    )
    steps = [step / (_THRESHOLDS - 1) for step in range(_THRESHOLDS)]
    at = [next((each for each in known if each.score >= step), beyond) for step in steps]
    found = [each.true_positives + each.false_positives for each in at]
    labelled = [each.true_positives + each.false_negatives for each in at]
    return {
        "true_positive_counts": [each.true_positives for each in at],
        "false_positive_counts": [each.false_positives for each in at],
        "true_negative_counts": [each.true_negatives for each in at],
        "false_negative_counts": [each.false_negatives for each in at],
        "precision": [e.true_positives / max(1, n) for e, n in zip(at, found, strict=True)],
        "recall": [e.true_positives / max(1, n) for e, n in zip(at, labelled, strict=True)],
        "num_thresholds": _THRESHOLDS,
    }


def _write_hparams(run: _Run, model: TrackedModel, record: Record) -> None:
    """Write what the run was asked for, so that TensorBoard can compare runs by it."""
    from torch.utils.tensorboard import summary

    hparams: Any = summary.hparams
    asked: dict[str, str | float | None] = {
        "model": model.name,
        "fingerprint": model.model.fingerprint,
        **record.settings,
        **{f"bar/{each.population}/{each.metric}": each.bar for each in model.criteria},
    }
    # TensorBoard takes the first run's description of the experiment for that of all runs, and
    # without one it lists what the runs have.
    _, begin, end = hparams(asked, {})
    for part in (begin, end):
        run.writer.file_writer.add_summary(part, **run.at)


def _write_training(run: _Run, training: Training) -> None:
    for each in training.steps:
        run.scalar("training/loss", each.loss, each.step)
        run.scalar("training/learning_rate", each.learning_rate, each.step)
    for epoch, loss in enumerate(training.validation_losses, start=1):
        run.scalar("training/validation_loss", loss, epoch)
    said = training.failure or f"{len(training.steps):,} steps in {training.seconds:,.0f} s"
    run.text("training", inline(said))


def _name(training: Training) -> str:
    # Of a user's function the name does not say which seed it was.
    return training.name if training.key else f"{training.name} (seed {training.seed})"


def _file_name(name: str) -> str:
    """Return a name as that of a folder: on one level, and never hidden."""
    return re.sub(r"[^\w()=+.-]+", "_", name)[:80].strip("._") or "unnamed"


@contextmanager
def _whole_folder(path: Path) -> Iterator[Path]:
    """Take the place of a folder by what is put into the one returned, if nothing is raised."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".") as hidden:
        made = Path(hidden) / "new"
        made.mkdir()
        yield made
        old = Path(hidden) / "old"
        if path.exists():
            path.rename(old)
        try:
            made.rename(path)
        except OSError:
            if old.exists():
                old.rename(path)
            raise
