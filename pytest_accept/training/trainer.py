"""The transformers Trainer: silent, with our progress bar, and an eye on the loss of every step."""

from __future__ import annotations

import copy
import inspect
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
import transformers
from transformers.trainer_pt_utils import LengthGroupedSampler

from pytest_accept.prediction import progress
from pytest_accept.records import TrainingStep
from pytest_accept.training.examples import Examples, batch

Batch = dict[str, torch.Tensor]


class DivergedError(Exception):
    """A loss, or a weight in the end, is NaN or infinite: says what and when."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How to train. `warmup` is the share of the steps in which the learning rate rises."""

    seed: int
    epochs: float
    batch_size: int
    learning_rate: float
    warmup: float
    weight_decay: float


@dataclass
class Progress:
    """What has happened so far: every step, and the loss on the validation data of every epoch."""

    steps: list[TrainingStep] = field(default_factory=list)
    validation_losses: list[float] = field(default_factory=list)


def train(
    module: torch.nn.Module,
    examples: Examples,
    plan: Plan,
    so_far: Progress,
    *,
    name: str,
    folder: Path,
    pad_id: int,
    device: torch.device,
    validation: Examples | None = None,
) -> None:
    """Train a module in place and write down in `so_far` what happens.

    With `validation` the weights are in the end those of the epoch with the least loss on it.
    `folder` is for whatever the Trainer writes. DivergedError as soon as a loss is no number.
    """
    size = len(examples.encodings.lengths)
    total = math.ceil(plan.epochs * math.ceil(size / plan.batch_size))
    arguments = transformers.TrainingArguments(
        output_dir=str(folder),
        num_train_epochs=plan.epochs,
        per_device_train_batch_size=plan.batch_size,
        learning_rate=plan.learning_rate,
        warmup_steps=math.ceil(plan.warmup * total),
        weight_decay=plan.weight_decay,
        seed=plan.seed,
        use_cpu=device.type == "cpu",
        save_strategy="no",
        logging_strategy="no",
        report_to="none",
        disable_tqdm=True,
        dataloader_pin_memory=False,
        remove_unused_columns=False,
    )
    # More GPUs would each take a batch: another result on another machine.
    arguments._n_gpu = min(arguments.n_gpu, 1)
    taken = _batches(module, pad_id)
    with progress.bar(name, round(size * plan.epochs)) as bar:
        trainer = _Trainer(
            model=module,
            args=arguments,
            train_dataset=range(size),
            data_collator=lambda indices: taken(examples, indices),
        )
        trainer.remove_callback(transformers.PrinterCallback)
        trainer.lengths, trainer.so_far, trainer.bar = examples.encodings.lengths, so_far, bar
        best = None
        if validation is not None:
            best = _KeepBest(validation, taken, plan.batch_size, so_far)
            trainer.add_callback(best)
        trainer.train()
    if best is not None and best.weights is not None:
        module.load_state_dict(best.weights)
    for weight, tensor in module.named_parameters():
        if not torch.isfinite(tensor).all():
            raise DivergedError(f"weights ({weight}) are NaN or infinite after step {total}")


class _Trainer(transformers.Trainer):
    """Notes every step, stops at one that went wrong, and puts texts of like lengths together."""

    lengths: Any
    so_far: Progress
    bar: Any

    def _get_train_sampler(self, *_: Any) -> Any:
        return LengthGroupedSampler(self.args.train_batch_size, lengths=self.lengths.tolist())

    def training_step(self, model: Any, inputs: Any, *arguments: Any, **options: Any) -> Any:
        loss = super().training_step(model, inputs, *arguments, **options)
        self._note(float(loss))
        self.bar.update(len(inputs["labels"]))
        return loss

    def _note(self, loss: float) -> None:
        step, of = self.state.global_step + 1, self.state.max_steps
        if not math.isfinite(loss):
            raise DivergedError(f"the loss is {loss} at step {step} of {of}")
        self.so_far.steps.append(
            TrainingStep(
                step=step,
                epoch=round(step / of * self.args.num_train_epochs, 6),
                loss=loss,
                learning_rate=float(self._get_learning_rate()),
            )
        )


class _KeepBest(transformers.TrainerCallback):
    """Keeps the weights of the epoch with the least loss on the validation data."""

    def __init__(
        self, data: Examples, taken: Callable[..., Batch], batch_size: int, so_far: Progress
    ) -> None:
        self.data, self.taken, self.batch_size, self.so_far = data, taken, batch_size, so_far
        self.weights: dict[str, Any] | None = None

    def on_epoch_end(
        self, args: Any, state: Any, control: Any, model: Any = None, **_: Any
    ) -> None:
        """Measure, and keep what is best so far."""
        loss = self._loss(model)
        if loss < min(self.so_far.validation_losses, default=math.inf):
            self.weights = copy.deepcopy(model.state_dict())
        self.so_far.validation_losses.append(loss)

    @torch.no_grad()
    def _loss(self, model: Any) -> float:
        model.eval()
        total, size = 0.0, len(self.data.encodings.lengths)
        for start in range(0, size, self.batch_size):
            indices = range(start, min(start + self.batch_size, size))
            inputs = {k: v.to(model.device) for k, v in self.taken(self.data, indices).items()}
            total += float(model(**inputs).loss) * len(indices)
        return total / size


def _batches(module: torch.nn.Module, pad_id: int) -> Callable[[Examples, Sequence[int]], Batch]:
    """Return what makes a batch of examples, with the inputs that the module takes."""
    takes = inspect.signature(module.forward).parameters

    def taken(examples: Examples, indices: Sequence[int]) -> Batch:
        whole = batch(examples, indices, pad_id)
        return {name: tensor for name, tensor in whole.items() if name in takes}

    return taken
