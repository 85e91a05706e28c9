"""A checkpoint folder to a module: checked first, so that nothing unsafe or untrained is loaded."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from pytest_accept.errors import ModelError
from pytest_accept.loading.plausible import check_config
from pytest_accept.loading.quiet import quiet
from pytest_accept.tasks import TASKS, Task, TextClassification, find, task_of

PICKLES = ("*.bin", "*.pt", "*.pth", "*.ckpt")
# A head that is random on purpose must be the same each time.
SEED = 0


def read_config(folder: Path, *, trust_remote_code: bool = False) -> dict[str, Any]:
    """Return a checkpoint's config.json; ModelError without one, or if it needs code of its own."""
    file = folder / "config.json"
    if not file.is_file():
        raise ModelError(_without_config(folder))
    try:
        config: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise ModelError(f"{str(file)!r} is not valid JSON: {error}.") from error
    check_config(config, folder, trusted=trust_remote_code)
    if not trust_remote_code and _needs_code(config):
        code = sorted({str(each).split(".")[0] + ".py" for each in config["auto_map"].values()})
        raise ModelError(
            f"The model {str(folder)!r} needs Python code of its own ({', '.join(code)}), which "
            "loading would run. Read it, and pass trust_remote_code=True if you trust it."
        )
    return config


def transformers_config(folder: Path) -> Any:
    """Return the config of a checkpoint that was loaded before, without its architecture's code."""
    from transformers import AutoConfig

    with quiet():
        return AutoConfig.from_pretrained(str(folder))


def check_weights(folder: Path, *, allow_pickle: bool, auto_class: str) -> bool:
    """Return whether the weights are safetensors; ModelError for none, or pickled ones."""
    if any(folder.glob("*.safetensors")):
        return True
    pickles = sorted(each.name for pattern in PICKLES for each in folder.glob(pattern))
    weights = [each for each in pickles if each.startswith("pytorch_model")]
    if not pickles or (allow_pickle and not weights):
        raise ModelError(_without_weights(folder))
    if not allow_pickle:
        name = (weights or pickles)[0]
        raise ModelError(
            f"The weights in {str(folder)!r} are pickled ({name}), and a pickle can run any code "
            "when it is loaded. If you trust it, pass allow_pickle=True, or convert it once:\n"
            f'  python -c "from transformers import {auto_class} as M; M.from_pretrained('
            f'{str(folder)!r}, use_safetensors=False).save_pretrained({str(folder)!r})"'
        )
    return False


def has_head(config: dict[str, Any], task: type[Task]) -> bool:
    """Return whether a checkpoint's architecture has the head for a task."""
    names = [str(each) for each in config.get("architectures") or ()]
    return any(task_of(each) is task for each in names)


def infer_task(
    folder: Path, config: dict[str, Any], *, task: str | None, allow_untrained: bool
) -> str:
    """Return the task asked for, else that of a checkpoint's architecture.

    ModelError if that is none that this version supports, or has no head for one.
    """
    if task is not None:
        return find(task).name
    names = [str(each) for each in config.get("architectures") or ()]
    remote = config.get("auto_map") or {}
    heads = [each for each in TASKS.values() if has_head(config, each) or each.auto_class in remote]
    # Who accepts random weights wants a classifier's head on what has none, as on a language model.
    if allow_untrained and not any(each.has_labels for each in heads):
        return TextClassification.name
    if heads:
        return heads[0].name
    supported = ", ".join(TASKS)
    if not names:
        raise ModelError(
            f"The config.json in {str(folder)!r} names no architecture, so the task cannot be "
            f"told. Pass task=, one of: {supported}."
        )
    raise ModelError(
        f"The model {str(folder)!r} is a {names[0]}, which has no head for a task that this "
        f"version supports ({supported}). Fine-tune it first, or pass allow_untrained=True to load "
        "it with a randomly initialised head."
    )


def load_tokenizer(source: str | Path, *, trust_remote_code: bool = False) -> Any:
    """Return the tokenizer of a folder; ModelError if it has none."""
    from transformers import AutoTokenizer

    try:
        with quiet():
            found = AutoTokenizer.from_pretrained(str(source), trust_remote_code=trust_remote_code)
    except Exception as error:
        raise ModelError(_without_tokenizer(source, _first_line(error))) from error
    # Of a folder without its files transformers makes one that knows no word at all.
    if not set(found.get_vocab()) - set(found.all_special_tokens):
        raise ModelError(_without_tokenizer(source, "Its files are missing."))
    return found


def load_module(
    folder: Path,
    task: type[Task],
    *,
    safe: bool,
    dtype: str | torch.dtype,
    labels: Sequence[str] | None,
    allow_untrained: bool,
    trust_remote_code: bool,
    options: dict[str, Any],
) -> torch.nn.Module:
    """Return the model of a checkpoint, in memory of its own; ModelError if part of it is random.

    `labels` name those of a head that is made here, None where the checkpoint has its own.
    """
    import transformers

    if labels is not None:
        options = {"num_labels": len(labels), **options}
    try:
        with quiet(), torch.random.fork_rng(devices=[]):
            torch.manual_seed(SEED)
            module, info = getattr(transformers, task.auto_class).from_pretrained(
                str(folder),
                dtype=dtype,
                use_safetensors=safe,
                output_loading_info=True,
                trust_remote_code=trust_remote_code,
                **options,
            )
    except Exception as error:
        raise ModelError(
            f"transformers cannot load {str(folder)!r} for {task.name}: {type(error).__name__}: "
            f"{_first_line(error)}"
        ) from error
    random = sorted({*info["missing_keys"], *(each[0] for each in info["mismatched_keys"])})
    if random and not allow_untrained:
        raise ModelError(_untrained(folder, task, random))
    _own_memory(module)
    return module.eval()  # type: ignore[no-any-return]


def _own_memory(module: torch.nn.Module) -> None:
    """Copy weights that still lie in the file: who overwrites it would change the model unseen."""
    with torch.no_grad():
        for tensor in (*module.parameters(), *module.buffers()):
            if tensor.device.type == "cpu":
                tensor.data = tensor.data.clone()


def _needs_code(config: dict[str, Any]) -> bool:
    from transformers import CONFIG_MAPPING

    return bool(config.get("auto_map")) and config.get("model_type") not in CONFIG_MAPPING


def _without_config(folder: Path) -> str:
    if (folder / "adapter_config.json").is_file():
        return (
            f"{str(folder)!r} is a PEFT adapter, not a whole model. Merge it once with "
            "merge_and_unload() and save the result."
        )
    return f"{str(folder)!r} has no config.json, so it is not a saved model. {_contents(folder)}"


def _without_weights(folder: Path) -> str:
    if any(folder.glob("*.onnx")):
        return (
            f"{str(folder)!r} has no weights for torch, but an exported ONNX model. To judge that "
            "one, as it is served: load_model(…, backend='onnxruntime'), or --accept-backend "
            "onnxruntime for a whole run."
        )
    return (
        f"{str(folder)!r} has no weights (model.safetensors, or model-…-of-….safetensors). "
        f"{_contents(folder)}"
    )


def _contents(folder: Path) -> str:
    children = sorted(folder.iterdir())
    inside = [
        each
        for each in children
        if each.is_dir() and (each / "config.json").is_file() and any(each.glob("*.safetensors"))
    ]
    if inside:
        names = " or ".join(repr(str(each)) for each in inside[-3:])
        return f"Did you mean {names}?"
    names = ", ".join(each.name + ("/" if each.is_dir() else "") for each in children[:12])
    return f"It has: {names}{', …' if len(children) > 12 else ''}." if children else "It is empty."


def _without_tokenizer(source: str | Path, why: str) -> str:
    return (
        f"{str(source)!r} has no tokenizer that transformers can load: {why} Save it there with "
        "tokenizer.save_pretrained(…), or pass tokenizer=."
    )


def _untrained(folder: Path, task: type[Task], random: list[str]) -> str:
    shown = ", ".join(random[:4]) + (f" and {len(random) - 4} more" if len(random) > 4 else "")
    return (
        f"The model {str(folder)!r} lacks weights that {task.name} needs; they would be random: "
        f"{shown}. Fine-tune it first, choose a checkpoint with that head, or pass "
        "allow_untrained=True."
    )


def _first_line(error: Exception) -> str:
    line = (str(error).strip() or type(error).__name__).splitlines()[0]
    return line if line.endswith((".", "!", "?")) else line + "."
