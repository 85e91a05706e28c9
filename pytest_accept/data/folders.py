"""A folder -> what `save_to_disk` wrote to it, or its parquet files."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path, PurePath, PureWindowsPath
from typing import Any

from pytest_accept.data.files import read_files
from pytest_accept.data.options import Options
from pytest_accept.data.paths import SUFFIXES
from pytest_accept.errors import DataError, unknown

_SHARD = re.compile(r"-\d{5}-of-\d{5}(-[0-9a-f]+)?$")
_SPLITS = ("train", "training", "validation", "valid", "dev", "eval", "test", "testing")


def read_folder(folder: Path, options: Options) -> Any:
    """Return a folder's content: what `save_to_disk` wrote (a Dataset or DatasetDict), or a Source
    of its parquet files, which may be named by split as on the hub.
    """
    if (folder / "dataset_dict.json").exists() or (folder / "state.json").exists():
        return saved(folder)
    found = sorted(folder.glob("*.parquet")) or sorted(folder.glob("data/*.parquet"))
    if not found:
        others = [path.name for path in sorted(folder.iterdir()) if path.suffix in SUFFIXES]
        hint = f" It holds {', '.join(map(repr, others[:10]))}: pass one or a list of them."
        raise DataError(
            f"Expected the folder {str(folder)!r} to hold parquet files or what "
            f"`Dataset.save_to_disk` writes, but it holds neither.{hint if others else ''}"
        )
    files = files_of_split(found, folder, options.split)
    source = read_files(files, options, origin=str(folder))
    return replace(source, name=folder.name)


def saved(folder: Path) -> Any:
    """Return what `save_to_disk` wrote; DataError if it is damaged, or names files elsewhere."""
    import datasets

    try:
        whole = folder / "dataset_dict.json"
        splits = json.loads(whole.read_bytes())["splits"] if whole.exists() else []
        for split in splits:
            _check_within(split, whole)
        for state in (folder / "state.json", *(folder / each / "state.json" for each in splits)):
            if state.exists():
                for each in json.loads(state.read_bytes())["_data_files"]:
                    _check_within(each["filename"], state)
        return datasets.load_from_disk(str(folder))
    except DataError:
        raise
    except Exception as error:  # of datasets, pyarrow, json: each has its own kinds
        said = f"{type(error).__name__}: {str(error).strip() or 'no reason given'}"
        raise DataError(
            f"{str(folder)!r} is not what `Dataset.save_to_disk` writes, or is damaged: "
            f"{said.splitlines()[0][:300]}"
        ) from error


def _check_within(name: str, file: Path) -> None:
    if PurePath(name).name != name or PureWindowsPath(name).name != name:
        raise DataError(
            f"Expected {str(file)!r} to name what is in its folder, but it names {name[:200]!r}."
        )


def files_of_split(found: list[Path], folder: Path, split: str | None) -> list[Path]:
    """Return the files of a split, all of them if they are not named by any."""
    names = [_split_of(path) for path in found]
    if names == [path.stem for path in found] and not set(names) & set(_SPLITS):
        if split is not None:
            message = f"The {found[0].suffix[1:]} files of {str(folder)!r} are not named by split"
            raise DataError(f"{message} ({found[0].name!r}, …), so split={split!r} finds none.")
        return found
    chosen = choose_split(split, list(dict.fromkeys(names)), str(folder))
    return [path for path, name in zip(found, names, strict=True) if name == chosen]


def _split_of(path: Path) -> str:
    return _SHARD.sub("", path.stem)


def choose_split(split: str | None, splits: Sequence[str], called: str) -> str:
    """Return the split to take: the one asked for, or the only one; else an error lists them."""
    if split is None and len(splits) == 1:
        return splits[0]
    if split is None:
        listed = ", ".join(map(repr, splits))
        example = next((each for each in splits if each == "test"), splits[-1])
        message = f"{called!r} has several splits: {listed}."
        raise DataError(f"{message} Say which one, for example split={example!r}.")
    if split not in splits:
        raise DataError(f"{unknown('split', split, splits)} (In {called!r}.)")
    return split


def split_of_datasets(loaded: Any, split: str | None, called: str) -> Any:
    """Return the split to take of what `datasets` gives: one of several by name, or the only one.

    DataError, which lists them, for a split that is none of them.
    """
    if isinstance(loaded, dict):
        return loaded[choose_split(split, [str(each) for each in loaded], called)]
    own = [] if loaded.split is None else [str(loaded.split)]
    if split is not None and split not in own:
        raise DataError(f"{unknown('split', split, own)} (The dataset is one split.)")
    return loaded
