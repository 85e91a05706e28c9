"""Exported ONNX models, as they are served: a folder with the graph, config.json and tokenizer."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from pytest_accept import settings
from pytest_accept.backends import Chosen
from pytest_accept.errors import ModelError, SettingError, expected
from pytest_accept.loading import checkpoint, fingerprints, saved
from pytest_accept.loading.backing import kept_of
from pytest_accept.loading.identity import Identity, is_own_code
from pytest_accept.loading.known import kind_of
from pytest_accept.loading.lengths import longest_input
from pytest_accept.loading.model import Model
from pytest_accept.loading.onnx_graph import Graph, read_graph, weight_files
from pytest_accept.loading.quiet import quiet
from pytest_accept.loading.sources import as_folder
from pytest_accept.prediction.backends.onnxruntime import OnnxBackend, Signature, signature_of
from pytest_accept.prediction.backends.torch_module import Reading
from pytest_accept.prediction.encodings import MASK
from pytest_accept.prediction.engine import Engine
from pytest_accept.records import ModelDescription
from pytest_accept.tasks import Task, TextClassification, TokenClassification, find

PROVIDERS = {"cpu": "CPUExecutionProvider", "cuda": "CUDAExecutionProvider"}
_TYPES = {"tensor(float)": "float32", "tensor(float16)": "float16", "tensor(double)": "float64"}
_NOT_TAKEN = ("revision", "allow_untrained", "allow_pickle", "trust_remote_code", "precision")


def load(source: str | Path, asked: saved.Asked, chosen: Chosen) -> Model:
    """Return the Model of a folder with an ONNX file.

    Option `file`: which one, if there are several; else model.onnx. The provider is that of the
    device: CPU, or CUDA where onnxruntime-gpu is installed and "cuda" is asked for.
    """
    chosen.check(("file",))
    _check_taken(asked)
    folder = _folder(source, asked)
    file = _file(folder, chosen.options.get("file"))
    graph = read_graph(file)
    weights = weight_files(file.parent, graph)
    config = checkpoint.read_config(folder)
    name = checkpoint.infer_task(folder, config, task=asked.task, allow_untrained=False)
    kind = find(name)
    if kind not in (TextClassification, TokenClassification):
        raise ModelError(
            f"The backend onnxruntime runs classifiers of texts and of tokens, but {str(source)!r} "
            f"is for {kind.name}. Load the original with torch instead."
        )
    tokenizer = _tokenizer(folder, asked)
    device = _device(asked.device)
    session = _session(file, device)
    signature = signature_of(session, asked.name or folder.resolve().name)
    module = _shape(config, kind)
    task = kind.of_config(module.config, asked.labels)
    limits = (longest_input(tokenizer, module, asked.max_length), signature.length)
    description = ModelDescription(
        name=asked.name or folder.resolve().name,
        source=str(source),
        task=kind.name,
        labels=task.labels,
        multi_label=task.multi_label,
        fingerprint=_fingerprint(folder, [file, *weights], tokenizer),
        dtype=_dtype(session, signature, graph),
        device=device,
        max_length=min((each for each in limits if each is not None), default=None),
    )
    padding = _padding(tokenizer, module.config, kind)
    run = Exported(session, signature, graph.rounds_by_batch, tokenizer, padding)
    return Model(task, OnnxBacking(description, run, task), description)


@dataclass(frozen=True, slots=True)
class Exported:
    """A session with what is known of it. `alone`: its texts cannot share a batch."""

    session: Any
    signature: Signature
    alone: bool
    tokenizer: Any
    padding: int | None


class OnnxBacking:
    """A session, which answers the question of its task and no other."""

    def __init__(self, description: ModelDescription, exported: Exported, task: Task) -> None:
        self.tokenizer = exported.tokenizer
        self.identity = _identity(description, exported)
        self._about = description
        self._exported = exported
        self._task = task

    def stamp(self) -> Hashable:
        """Return None: a session keeps what it has loaded."""
        return None

    def engine(self, reading: Reading) -> Engine:
        """Return an engine for the session; ModelError for a question that needs the weights."""
        name = self._about.name
        if reading != self._task:
            raise ModelError(
                f"This needs a torch model, but {name!r} is {OnnxBackend.kind}, which gives logits "
                "and nothing else. Ask the original instead."
            )
        exported = self._exported
        backend = OnnxBackend(
            name,
            exported.session,
            exported.signature,
            reading,
            tokenizer=exported.tokenizer,
            max_length=self._about.max_length,
            pad_id=self._pad_id(),
            alone=exported.alone,
            accelerated=self._about.device != "cpu",
        )
        return Engine(backend, kept=kept_of(name, self.identity, reading))

    def _pad_id(self) -> int | None:
        """Return the token to pad with, None if the graph cannot tell padding from text."""
        signature = self._exported.signature
        if MASK in signature.inputs:
            return self._exported.padding
        if signature.length is not None:
            raise ModelError(
                f"The ONNX model {self._about.name!r} takes texts of {signature.length} tokens and "
                f"has no input {MASK!r}, so it would read the padding as text. Export it with that "
                "input, or with a dynamic axis for the tokens."
            )
        return None


def _padding(tokenizer: Any, config: Any, task: type[Task]) -> int | None:
    of_tokenizer: int | None = tokenizer.pad_token_id
    if not task.needs_pad_token:
        return of_tokenizer or 0
    of_config: int | None = getattr(config, "pad_token_id", of_tokenizer)
    return of_config


def _check_taken(asked: saved.Asked) -> None:
    for name in _NOT_TAKEN:
        if getattr(asked, name, None):
            raise SettingError(
                f"{name}= is for checkpoints; the backend onnxruntime reads an exported file."
            )
    if asked.dtype != "auto":
        raise SettingError(
            f"dtype={str(asked.dtype)!r} is for checkpoints: an exported file is run as it is. "
            "Export it in that type."
        )
    further = sorted(set(asked.options) - {"subfolder"})
    if further:
        raise SettingError(f"The backend onnxruntime does not take {further[0]!r}.")


def _folder(source: str | Path, asked: saved.Asked) -> Path:
    if as_folder(source) is None:
        raise ModelError(
            f"The backend onnxruntime loads a folder, but {str(source)!r} is a name on the hub. "
            f"Download it once: hf download {source} --local-dir FOLDER. If it is a folder, write "
            "'./' before it."
        )
    return saved.find_folder(source, asked)


def _file(folder: Path, named: str | None) -> Path:
    """Return the ONNX file of a folder; ModelError for none, several, or one outside of it."""
    if named is not None:
        file = folder / named
        if not file.resolve().is_relative_to(folder.resolve()) or not file.is_file():
            raise ModelError(
                f"There is no ONNX file {named!r} in {str(folder)!r}. {_shown(folder)}"
            )
        return file
    files = sorted(folder.glob("*.onnx"))
    if len(files) > 1 and folder / "model.onnx" not in files:
        raise ModelError(
            f"There are several ONNX files in {str(folder)!r}. {_shown(folder)} Say which, as in "
            f"backend='onnxruntime,file={files[0].name}'."
        )
    if not files:
        raise ModelError(f"There is no ONNX file in {str(folder)!r}. {_shown(folder)}")
    return folder / "model.onnx" if folder / "model.onnx" in files else files[0]


def _shown(folder: Path) -> str:
    names = [each.relative_to(folder).as_posix() for each in sorted(folder.rglob("*.onnx"))[:8]]
    if names:
        return f"It has: {', '.join(names)}."
    return (
        "Export the model first (torch.onnx.export, or optimum), beside its config.json and its "
        "tokenizer."
    )


def _tokenizer(folder: Path, asked: saved.Asked) -> Any:
    if asked.tokenizer is None:
        return checkpoint.load_tokenizer(folder)
    if isinstance(asked.tokenizer, str | Path):
        return checkpoint.load_tokenizer(asked.tokenizer)
    return asked.tokenizer


def _device(device: Any) -> str:
    """Return "cpu" or "cuda"; SettingError for one that this onnxruntime has no provider for."""
    import onnxruntime

    wanted = device if device is not None else settings.current().device
    if wanted is None:
        return "cpu"
    try:
        kind = torch.device(wanted).type
    except (RuntimeError, TypeError) as error:
        raise SettingError(expected("device", "'cpu' or 'cuda'", wanted)) from error
    if PROVIDERS.get(kind) not in onnxruntime.get_available_providers():
        had = " and ".join(onnxruntime.get_available_providers())
        raise SettingError(
            f"This onnxruntime does not run on {kind!r}: it has {had}. For a CUDA GPU: "
            "pip uninstall onnxruntime && pip install onnxruntime-gpu"
        )
    return kind


def _session(file: Path, device: str) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    # As many as torch, which xdist's workers share; and no thread that waits by spinning.
    options.intra_op_num_threads = torch.get_num_threads()
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    providers = [PROVIDERS[device]]
    try:
        session = onnxruntime.InferenceSession(str(file), options, providers=providers)
    except Exception as error:
        first = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise ModelError(f"onnxruntime cannot load {str(file)!r}: {first}") from error
    if session.get_providers()[0] != providers[0]:
        raise ModelError(
            f"onnxruntime runs {str(file)!r} by {session.get_providers()[0]} instead of "
            f"{providers[0]}: are the CUDA libraries installed that it needs?"
        )
    return session


def _shape(config: dict[str, Any], kind: type[Task]) -> Any:
    """Return the module that was exported, without weights, for its config and its lengths."""
    import transformers

    with quiet(), torch.device("meta"):
        settled = transformers.AutoConfig.for_model(**config)
        return getattr(transformers, kind.auto_class).from_config(settled)


def _fingerprint(folder: Path, files: list[Path], tokenizer: Any) -> str:
    """Return the hash of graph, weights, config.json and tokenizer, wherever the folder is."""
    parts = [f"{each.name}:{fingerprints.of_file(each)}" for each in files]
    parts.append(f"config.json:{fingerprints.of_file(folder / 'config.json')}")
    return fingerprints.combined(*parts, fingerprints.of_tokenizer(tokenizer))


def _identity(about: ModelDescription, exported: Exported) -> Identity | None:
    """Return all that makes the answers of a session, None if a suite's own code is part of it."""
    import onnxruntime

    if is_own_code(kind_of(exported.tokenizer)):
        return None
    return (
        "onnxruntime",
        onnxruntime.__version__,
        tuple(exported.session.get_providers()),
        about.fingerprint,
        about.task,
        about.max_length,
    )


def _dtype(session: Any, signature: Signature, graph: Graph) -> str | None:
    if graph.quantized:
        return "int8"
    kinds = {each.name: each.type for each in session.get_outputs()}
    return _TYPES.get(kinds[signature.output])
