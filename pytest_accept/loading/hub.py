"""A model on the Hugging Face hub, brought to a local folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pytest_accept.errors import ModelError

PATTERNS = ("*.safetensors", "*.json", "*.txt", "*.model", "*.codes")
OPTIONS = ("cache_dir", "token", "local_files_only", "force_download", "subfolder")
"""Arguments that say where files are, not how a model is made of them."""


def snapshot(
    name: str,
    *,
    revision: str | None = None,
    subfolder: str = "",
    allow_pickle: bool = False,
    trust_remote_code: bool = False,
    **options: Any,
) -> Path:
    """Return the folder of a model's files, downloaded unless the local cache has them.

    Only what loading needs is downloaded; nothing is when offline (`HF_HUB_OFFLINE=1`).
    """
    import huggingface_hub

    patterns = [*PATTERNS, *(["*.bin"] if allow_pickle else [])]
    patterns += ["*.py"] if trust_remote_code else []
    try:
        root = huggingface_hub.snapshot_download(
            name,
            revision=revision,
            allow_patterns=[f"{subfolder}/{each}" if subfolder else each for each in patterns],
            # A star also matches "onnx/…" and the like, which nobody asked for.
            ignore_patterns=None if subfolder else ["*/*"],
            **options,
        )
    except (OSError, ValueError) as error:
        raise ModelError(_explanation(name, revision, error)) from error
    folder = Path(root) / subfolder
    if not allow_pickle and not any(folder.glob("*.safetensors")):
        raise ModelError(
            f"The model {name!r} has no weights in safetensors files on the hub. If it has pickled "
            "ones, which can run any code, and you trust it, pass allow_pickle=True."
        )
    return folder


def config_folder(
    name: str, *, revision: str | None = None, subfolder: str = "", **options: Any
) -> Path:
    """Return a folder with a model's config.json alone, downloaded unless it is cached."""
    import huggingface_hub

    file = f"{subfolder}/config.json" if subfolder else "config.json"
    try:
        found = huggingface_hub.hf_hub_download(name, file, revision=revision, **options)
    except (OSError, ValueError) as error:
        raise ModelError(_explanation(name, revision, error)) from error
    return Path(str(found)).parent


def _explanation(name: str, revision: str | None, error: Exception) -> str:
    from huggingface_hub import errors

    at = f" (revision {revision!r})" if revision else ""
    if isinstance(error, errors.HFValidationError):
        return (
            f"The model {name!r} is neither a local folder nor a name on the Hugging Face hub, "
            "such as 'organisation/model'. If it is a folder, write './' before it."
        )
    if isinstance(error, errors.GatedRepoError):
        return (
            f"The model {name!r} is gated: accept its conditions on https://huggingface.co/{name} "
            "and log in with `hf auth login`."
        )
    if isinstance(error, errors.RevisionNotFoundError):
        return f"The model {name!r} has no revision {revision!r} on the Hugging Face hub."
    if isinstance(error, errors.RepositoryNotFoundError):
        return (
            f"There is no folder {name!r} here and no model of that name on the Hugging Face hub "
            "(or it is private: log in with `hf auth login`)."
        )
    return (
        f"The model {name!r}{at} is not a local folder, is not in the local Hugging Face cache, "
        f"and cannot be downloaded: {_first_line(error)} If a folder is meant, write './{name}'. "
        "If the machine is offline, download the model elsewhere, or name its cache with "
        "cache_dir=."
    )


def _first_line(error: Exception) -> str:
    line = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    return line if line.endswith(".") else line + "."
