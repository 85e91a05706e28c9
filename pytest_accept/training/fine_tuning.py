"""`fine_tune`: a model that goes on learning on data, or begins anew."""

from __future__ import annotations

import tempfile
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

import torch

from pytest_accept import dry_run
from pytest_accept.data import Data
from pytest_accept.errors import SettingError, expected
from pytest_accept.loading import Model, devices, load_model, stand_ins
from pytest_accept.loading.lengths import longest_input
from pytest_accept.loading.quiet import quiet
from pytest_accept.records import Training
from pytest_accept.settings import refuse_in_replay
from pytest_accept.tasks import TextClassification, TokenClassification
from pytest_accept.training import arguments, bases, made, packages, start, trainer
from pytest_accept.training.examples import check_labels, check_several, encoded
from pytest_accept.training.randomness import seeded
from pytest_accept.training.trainer import DivergedError, Plan, Progress

CODE = 1
"""To be raised when this code makes another model of the same recipe."""

VERSIONS = ("torch", "transformers", "tokenizers", "accelerate")


def fine_tune(
    base: bases.Source,
    data: Data,
    *,
    task: str | None = None,
    seed: int = 0,
    epochs: float = 3,
    batch_size: int = 16,
    learning_rate: float = 5e-5,
    warmup: float = 0.1,
    weight_decay: float = 0.01,
    freeze: Literal["none", "encoder"] = "none",
    from_scratch: bool = False,
    max_length: int | None = None,
    validation: Data | None = None,
    device: str | torch.device | None = None,
    name: str | None = None,
    revision: str | None = None,
    allow_pickle: bool = False,
    trust_remote_code: bool = False,
    **unknown: Any,
) -> Model:
    """Return a Model of `base` trained on labelled data by the transformers Trainer (AdamW).

    The same arguments give the same model, on one machine. It is kept on disk
    (`Settings.cache_dir`) by base, data, arguments and versions, and trained once however many
    tests, processes and runs ask for it.

    Args:
        base: A folder, a hub name, or a Model loaded from one. Its head is trained further if it
            has one with the data's labels, else a new one is drawn.
        data: The examples, with two labels or more.
        task: "text-classification" or "token-classification"; None takes it from the data.
        seed: Draws the head, the order of the examples and what dropout leaves out.
        epochs: How often every example is seen; above 0, may be a fraction.
        batch_size: Examples in a step.
        learning_rate: The highest; it falls linearly to 0.
        warmup: The share of the steps in which it rises to that, 0..1.
        weight_decay: AdamW's, at least 0.
        freeze: "encoder" trains the head alone.
        from_scratch: Forget the base's weights and begin with random ones, of the same
            architecture: what is the pretraining worth?
        max_length: Tokens read of a text, in training and after; None for all the model takes.
        validation: Keep the weights of the epoch with the least loss on these examples.
        device: A torch device; None for the settings', else the best at hand.
        name: What to call the model in reports.
        revision, allow_pickle, trust_remote_code: Of the base, as for `load_model`.

    Raises:
        SettingError: An argument is wrong, or accelerate is not installed.
        DataError: There is nothing to learn from the labels (LabelError: there are none).
        ModelError: The base cannot be loaded, or not for the task.
        TrainingError: The loss became NaN or infinite, at the step that it names.

    >>> model = fine_tune("bert-base-uncased", reviews, seed=1, epochs=2)  # doctest: +SKIP
    """
    refuse_in_replay("trains a model")
    arguments.nothing_else("fine_tune", unknown, fine_tune.__kwdefaults__ or ())
    number = arguments.number
    plan = Plan(
        seed=arguments.seed(seed),
        epochs=number("epochs", epochs, "a number above 0", above=0),
        batch_size=arguments.integer("batch_size", batch_size),
        learning_rate=number("learning_rate", learning_rate, "a number above 0", above=0),
        warmup=number("warmup", warmup, "a share of the steps, from 0 to 1", least=0, most=1),
        weight_decay=number("weight_decay", weight_decay, "a number of 0 or more", least=0),
    )
    arguments.choice("freeze", freeze, ("none", "encoder"))
    if freeze == "encoder" and from_scratch:
        raise SettingError(
            "freeze='encoder' together with from_scratch=True would leave the encoder random for "
            "good. Leave one of them out."
        )
    check_labels(data)
    _check_task(task, data)
    check_several(data)
    if validation is not None:
        check_labels(validation, "validation")
    how = "fine-tuned" if freeze == "none" else "fine-tuned (head only)"
    if from_scratch:
        how = "trained from scratch"
    if dry_run.current() is not None:
        told = f"{how} on {data.population}, seed {plan.seed}"
        return stand_ins.of_training(base, data, how=told, name=name, task=task)
    packages.need("fine_tune", "accelerate", "accelerate")
    found = bases.find(
        base, revision=revision, allow_pickle=allow_pickle, trust_remote_code=trust_remote_code
    )
    job = _Job(
        base=found,
        data=data,
        validation=validation,
        head=start.head_for(found, data),
        plan=plan,
        freeze=freeze,
        from_scratch=bool(from_scratch),
        max_length=max_length,
        device=_place(device),
        name=name or f"{found.name} {how} on {data.population}, seed {plan.seed}",
    )
    return made.get(
        job.made_of(),
        job.log(),
        device=str(job.device),
        train=job.train,
        load=job.load,
        hint="Try a lower learning_rate or a longer warmup, or look for odd examples.",
        examples=[each for some in (data, validation) if some is not None for each in some.inputs],
    )


@dataclass(frozen=True, kw_only=True)
class _Job:
    """A training that is asked for."""

    base: bases.Base
    data: Data
    validation: Data | None
    head: start.Head
    plan: Plan
    freeze: str
    from_scratch: bool
    max_length: int | None
    device: torch.device
    name: str

    def made_of(self) -> dict[str, Any]:
        """Return all that makes the model, for the key of the cache."""
        validation = self.validation
        return {
            "by": "fine_tune",
            "code": CODE,
            "base_fingerprint": self.base.fingerprint,
            "data_fingerprint": self.data.fingerprint,
            "validation_fingerprint": None if validation is None else validation.fingerprint,
            "task": self.head.task.name,
            "labels": self.head.task.labels,
            "multi_label": self.head.task.multi_label,
            **asdict(self.plan),
            "freeze": self.freeze,
            "from_scratch": self.from_scratch,
            "max_length": self.max_length,
            "device": self.device.type,
            "versions": packages.versions(VERSIONS),
        }

    def log(self) -> Training:
        """Return what is known of the training beforehand."""
        return Training(
            name=self.name,
            seed=self.plan.seed,
            base=self.base.name,
            data=self.data.population,
            seconds=0,
        )

    def train(self, folder: Path, key: str) -> Training:
        """Train, save the model into the folder, and return the log."""
        devices.share_threads()
        started = time.perf_counter()
        so_far, failure = Progress(), None
        try:
            self._train(folder, so_far)
        except DivergedError as error:
            failure = str(error)
        return replace(
            self.log(),
            key=key,
            steps=tuple(so_far.steps),
            validation_losses=tuple(so_far.validation_losses),
            seconds=round(time.perf_counter() - started, 3),
            failure=failure,
        )

    def load(self, folder: Path) -> Model:
        """Return the trained model."""
        return load_model(
            folder,
            task=self.head.task.name,
            name=self.name,
            device=self.device,
            max_length=self.max_length,
            trust_remote_code=self.base.trust_remote_code,
        )

    def _train(self, folder: Path, so_far: Progress) -> None:
        tokenizer = self.base.tokenizer
        with seeded(self.plan.seed):
            module, new = start.module_for(self.base, self.head, from_scratch=self.from_scratch)
            self.base.check_unchanged()
            if self.freeze == "encoder":
                start.freeze_encoder(module, new)
            limit = longest_input(tokenizer, module, self.max_length)
            examples, validation = (
                None if data is None else encoded(data, tokenizer, self.head.task, limit)
                for data in (self.data, self.validation)
            )
            assert examples is not None
            with quiet(), tempfile.TemporaryDirectory() as scratch:
                trainer.train(
                    module,
                    examples,
                    self.plan,
                    so_far,
                    name=self.name,
                    folder=Path(scratch),
                    pad_id=_pad_id(module, tokenizer),
                    device=self.device,
                    validation=validation,
                )
        with quiet():
            module.save_pretrained(folder)
            tokenizer.save_pretrained(folder)


def _check_task(task: str | None, data: Data) -> None:
    of_data = (TokenClassification if data.tagged else TextClassification).name
    if task in (None, of_data):
        return
    if task in (TextClassification.name, TokenClassification.name):
        raise SettingError(
            f"{data.population!r} is data to train for {of_data}, not for {task}: it has "
            f"{'tags of words' if data.tagged else 'labels of texts'}."
        )
    what = f"{TextClassification.name!r} or {TokenClassification.name!r}"
    raise SettingError(expected("task", what, task))


def _place(device: str | torch.device | None) -> torch.device:
    place = devices.choose(device)
    if place.index:
        raise SettingError(
            f"The transformers Trainer takes the first GPU, so fine_tune cannot train on "
            f"{str(place)!r}. Set CUDA_VISIBLE_DEVICES={place.index} and leave device out."
        )
    return place


def _pad_id(module: Any, tokenizer: Any) -> int:
    """Return the token to pad with; a model that knows none learns to take its end of text."""
    config = module.config
    if getattr(config, "pad_token_id", None) is None:
        known = (tokenizer.pad_token_id, tokenizer.eos_token_id, 0)
        config.pad_token_id = next(each for each in known if each is not None)
    return int(config.pad_token_id)
