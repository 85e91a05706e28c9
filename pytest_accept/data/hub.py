"""A hub id -> datasets.Dataset, or an error that says how the id was understood."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pytest_accept.data.options import Options
from pytest_accept.data.paths import nearest
from pytest_accept.errors import DataError, SettingError, expected


def read_hub(source: str, options: Options) -> Any:
    """Return what `datasets.load_dataset` gives for a hub id: a Dataset, or a dict of splits.

    Keyword arguments go through (`revision=`, `data_files=`, `token=`, …); `config=` is the name of
    a configuration, which `load_dataset` calls `name`. Offline mode holds: `datasets` then looks
    in its cache alone.
    """
    import datasets

    if options.delimiter is not None:
        raise SettingError(expected("delimiter", "None for a hub id", options.delimiter))
    if options.encoding != "utf-8":
        raise SettingError(expected("encoding", "the default for a hub id", options.encoding))
    arguments = dict(options.extra)
    if "config" in arguments:
        arguments["name"] = arguments.pop("config")
    try:
        return datasets.load_dataset(source, split=options.split, **arguments)
    except Exception as error:  # the hub, the cache, the builder: each has its own kinds
        offline = bool(datasets.config.HF_HUB_OFFLINE)
        raise DataError(_not_loaded(source, error, offline=offline)) from error


def _not_loaded(source: str, error: Exception, *, offline: bool) -> str:
    lines = str(error).strip().splitlines()
    cause = f"{type(error).__name__}: {lines[0].rstrip('.') if lines else ''}".rstrip(": ")
    parts = [
        f"Cannot load {source!r}. It was taken as an id on the Hugging Face hub, because no file "
        f"or folder of that name is in {Path.cwd()}.",
        f"As a hub id: {cause}.",
    ]
    if offline:
        parts.append(
            "Offline mode is set (HF_HUB_OFFLINE or HF_DATASETS_OFFLINE), so only the cache of "
            "`datasets` was asked: load it once with the network, or unset the variable."
        )
    if "onfig name" in str(error):
        parts.append("Name the configuration with config='…'.")
    return " ".join([*parts, f"As a path: {nearest(Path(source))}"])
