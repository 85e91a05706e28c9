"""`probe`: what a frozen encoder knows, read off by a linear head."""

from __future__ import annotations

import json
import time
import warnings
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import torch

from pytest_accept import dry_run
from pytest_accept.data import Data
from pytest_accept.errors import DataError, SettingError
from pytest_accept.loading import Model, devices, fingerprints, identity, stand_ins
from pytest_accept.loading.backing import TorchBacking
from pytest_accept.loading.lengths import longest_input
from pytest_accept.records import ModelDescription, Training
from pytest_accept.settings import refuse_in_replay
from pytest_accept.tasks import TextClassification
from pytest_accept.training import arguments, bases, encoders, made, packages
from pytest_accept.training.examples import check_labels, check_several
from pytest_accept.training.trainer import DivergedError

CODE = 1
"""To be raised when this code makes another head of the same recipe."""

VERSIONS = ("torch", "transformers", "tokenizers", "scikit-learn")
HEAD = "head.safetensors"
ITERATIONS = 10_000


def probe(
    base: bases.Source,
    data: Data,
    *,
    seed: int = 0,
    pooling: Literal["mean", "cls", "last"] = "mean",
    C: float = 1.0,  # noqa: N803 - scikit-learn's name
    max_length: int | None = None,
    device: str | torch.device | None = None,
    name: str | None = None,
    revision: str | None = None,
    allow_pickle: bool = False,
    trust_remote_code: bool = False,
    **unknown: Any,
) -> Model:
    """Return a Model of `base`, frozen, with a linear head fitted to labelled data.

    The head is scikit-learn's LogisticRegression on the encoder's pooled hidden states (linear
    probing: Alain and Bengio 2016). A text is encoded once a session, however many probes learn
    from it, and the head is kept on disk as what `fine_tune` trains is.

    Args:
        base: A folder, a hub name, or a Model loaded from one. A head it has is left out.
        data: The examples, with two labels or more.
        seed: Changes nothing, because there is one best head; so a probe can stand where a recipe
            is asked for.
        pooling: "mean" of all tokens, "cls" for the first, "last" for the last (of decoders).
        C: The inverse of the strength of the L2 penalty, above 0.
        max_length: Tokens read of a text; None for all the encoder takes.
        device: A torch device; None for the settings', else the best at hand.
        name: What to call the model in reports.
        revision, allow_pickle, trust_remote_code: Of the base, as for `load_model`.

    Raises:
        SettingError: An argument is wrong, or scikit-learn is not installed.
        DataError: There is nothing to learn from the labels (LabelError: there are none).
        ModelError: The base cannot be loaded, or is no encoder.
        TrainingError: The fit does not converge.

    >>> model = probe("sentence-transformers/all-MiniLM-L6-v2", reviews)  # doctest: +SKIP
    """
    refuse_in_replay("trains a model")
    arguments.nothing_else("probe", unknown, probe.__kwdefaults__ or ())
    arguments.choice("pooling", pooling, encoders.POOLINGS)
    strength = arguments.number("C", C, "a number above 0", above=0)
    which = arguments.seed(seed)
    check_labels(data)
    if data.tagged:
        raise SettingError(
            f"{data.population!r} has tags, and a probe is a classifier of texts. Train the head "
            "of a tagger alone by fine_tune(base, data, freeze='encoder')."
        )
    check_several(data)
    _check_each_label(data)
    if dry_run.current() is not None:
        told = f"probe on {data.population}"
        return stand_ins.of_training(base, data, how=told, name=name, task=None)
    packages.need("probe", "scikit-learn", "sklearn.linear_model")
    found = bases.find(
        base, revision=revision, allow_pickle=allow_pickle, trust_remote_code=trust_remote_code
    )
    job = _Job(
        base=found,
        data=data,
        seed=which,
        pooling=pooling,
        strength=strength,
        max_length=max_length,
        device=devices.choose(device),
        name=name or f"probe of {found.name} on {data.population}",
    )
    return made.get(
        job.made_of(),
        job.log(),
        device=str(job.device),
        train=job.train,
        load=job.load,
        hint="A lower C is easier to fit.",
        examples=data.inputs,
    )


@dataclass(frozen=True, kw_only=True)
class _Job:
    """A probe that is asked for."""

    base: bases.Base
    data: Data
    seed: int
    pooling: str
    strength: float
    max_length: int | None
    device: torch.device
    name: str

    @property
    def task(self) -> TextClassification:
        """The task, with the labels that there are examples of."""
        names, data = self.data.label_names, self.data
        if data.multi_label:
            return TextClassification(names, multi_label=True)
        present = set(data.label_ids(names).tolist())
        return TextClassification(tuple(names[i] for i in sorted(present)))

    def made_of(self) -> dict[str, Any]:
        """Return all that makes the model, for the key of the cache."""
        return {
            "by": "probe",
            "code": CODE,
            "base_fingerprint": self.base.fingerprint,
            "data_fingerprint": self.data.fingerprint,
            "labels": self.task.labels,
            "multi_label": self.task.multi_label,
            "pooling": self.pooling,
            "C": self.strength,
            "max_length": self.max_length,
            "device": self.device.type,
            "versions": packages.versions(VERSIONS),
        }

    def log(self) -> Training:
        """Return what is known of the training beforehand."""
        return Training(
            name=self.name,
            seed=self.seed,
            base=self.base.name,
            data=self.data.population,
            seconds=0,
        )

    def train(self, folder: Path, key: str) -> Training:
        """Fit the head, save it into the folder, and return the log."""
        from safetensors.torch import save_file

        devices.share_threads()
        started = time.perf_counter()
        failure = None
        inputs: Any = self.data.inputs
        vectors = encoders.features(
            self.base,
            inputs,
            pooling=self.pooling,
            max_length=self._limit(),
            device=self.device,
        )
        try:
            weight, bias = fitted(vectors, self._targets(), C=self.strength)
        except DivergedError as error:
            failure = str(error)
        else:
            head = {"weight": weight, "bias": bias}
            tensors = {
                n: torch.from_numpy(np.ascontiguousarray(each, np.float32))
                for n, each in head.items()
            }
            save_file(tensors, folder / HEAD)
            about = {"base": str(self.base.folder.resolve()), **self.made_of()}
            text = json.dumps(about, indent=2, ensure_ascii=False)
            (folder / bases.PROBE).write_text(text + "\n", encoding="utf-8")
        seconds = round(time.perf_counter() - started, 3)
        return replace(self.log(), key=key, seconds=seconds, failure=failure)

    def load(self, folder: Path) -> Model:
        """Return the encoder with the head of a folder."""
        from safetensors.torch import load_file

        tensors = load_file(folder / HEAD)
        labels, size = tensors["weight"].shape
        head = torch.nn.Linear(size, labels)
        head.load_state_dict(tensors)
        head.to(self.device)
        weights = encoders.weights_of(self.base, self.device)
        limit = self._limit()
        description = ModelDescription(
            name=self.name,
            source=str(folder),
            task=self.task.name,
            labels=self.task.labels,
            multi_label=self.task.multi_label,
            fingerprint=fingerprints.combined(
                self.base.fingerprint, fingerprints.of_module(head), self.pooling, str(limit)
            ),
            dtype="float32",
            device=str(self.device),
            max_length=limit,
        )
        backing = TorchBacking(
            self.name,
            lambda: encoders.Probe(weights(), head, self.pooling).eval(),
            tokenizer=self.base.tokenizer,
            max_length=limit,
            identity=identity.of_files(description, weights(), self.base.tokenizer),
        )
        return Model(self.task, backing, description)

    def _limit(self) -> int | None:
        encoder = encoders.weights_of(self.base, self.device)()
        return longest_input(self.base.tokenizer, encoder, self.max_length)

    def _targets(self) -> npt.NDArray[Any]:
        if self.task.multi_label:
            return self.data.label_matrix(self.task.labels, multi_label=True).astype(np.int64)
        return self.data.label_ids(self.task.labels)


def _check_each_label(data: Data) -> None:
    """Raise DataError for a label of several that all examples have, or none."""
    if not data.multi_label:
        return
    shares = data.label_matrix(data.label_names, multi_label=True).mean(axis=0)
    constant = [n for n, share in zip(data.label_names, shares, strict=True) if share in (0, 1)]
    if constant:
        raise DataError(
            f"The label {constant[0]!r} is on all or on none of the {len(data):,} examples of "
            f"{data.population!r}, so there is nothing to tell apart. Leave its column out."
        )


def fitted(
    vectors: npt.NDArray[np.float64],
    targets: npt.NDArray[Any],
    *,
    C: float,  # noqa: N803
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return weight (k, d) and bias (k,) of a head for targets 0 … k-1, or of one for a matrix
    (n, k) of labels that each stand alone.

    DivergedError if the fit does not converge.
    """
    if targets.ndim == 2:
        each = [_logistic(vectors, column, C) for column in targets.T]
        return np.concatenate([w for w, _ in each]), np.concatenate([b for _, b in each])
    weight, bias = _logistic(vectors, targets, C)
    if len(weight) > 1:
        return weight, bias
    # Of two labels scikit-learn gives the difference of the logits.
    return np.concatenate((-weight, weight)) / 2, np.concatenate((-bias, bias)) / 2


def _logistic(
    vectors: npt.NDArray[np.float64], targets: npt.NDArray[Any], strength: float
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    with warnings.catch_warnings():
        warnings.simplefilter("error", ConvergenceWarning)
        try:
            model = LogisticRegression(C=strength, max_iter=ITERATIONS).fit(vectors, targets)
        except ConvergenceWarning as error:
            raise DivergedError(
                f"the head does not converge in {ITERATIONS:,} iterations"
            ) from error
    return model.coef_, model.intercept_
