"""Anything that `load_data` takes -> a Source: one Table, its name, where its rows came from."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pytest_accept.data import arrow_tables
from pytest_accept.data.files import Source, read_files
from pytest_accept.data.folders import read_folder, split_of_datasets
from pytest_accept.data.hub import read_hub
from pytest_accept.data.options import Options
from pytest_accept.data.paths import SUFFIXES, is_path, missing_path
from pytest_accept.errors import DataError, SettingError, expected, unknown


def read_source(source: Any, options: Options) -> Source:
    """Return what the source holds."""
    if isinstance(source, str | Path):
        return _read_name(source, options)
    if isinstance(source, list | tuple):
        return _read_list(list(source), options)
    _check_memory_options(options)
    if _is_a(source, "datasets", "Dataset") or _is_a(source, "datasets", "DatasetDict"):
        return _from_datasets(source, options, name="data", origin="memory")
    if _is_a(source, "pandas", "DataFrame"):
        _check_no_split(options, "a DataFrame")
        return _in_memory(arrow_tables.from_frame(source))
    got = type(source).__name__
    raise DataError(
        f"Expected a path ({', '.join(SUFFIXES)}), a list of paths, a folder, a hub id, a "
        f"datasets.Dataset, a pandas.DataFrame or a list of dicts, but got {got}."
    )


def _read_name(source: str | Path, options: Options) -> Source:
    if not str(source).strip():
        raise DataError(f"{expected('source', 'a path or a hub id', source)}")
    if not is_path(source):
        loaded = read_hub(str(source), options)
        name = str(source).rsplit("/", 1)[-1]
        if not isinstance(loaded, dict):  # `load_dataset` took the split out already
            options = replace(options, split=None)
        return _from_datasets(loaded, options, name=name, origin=str(source))
    path = Path(source).expanduser()
    if not path.exists():
        raise DataError(missing_path(path))
    if not path.is_dir():
        _check_no_split(options, "one file")
        return read_files([path], options, origin=str(source))
    loaded = read_folder(path, options)
    if isinstance(loaded, Source):
        return loaded
    _check_memory_options(options)
    return _from_datasets(loaded, options, name=path.resolve().name, origin=str(source))


def _read_list(source: list[Any], options: Options) -> Source:
    if not source:
        raise DataError("The list of rows is empty: expected at least one example.")
    if isinstance(source[0], Mapping):
        _check_memory_options(options)
        _check_no_split(options, "a list of dicts")
        return _in_memory(arrow_tables.from_rows(source, "the list"))
    strange = next((each for each in source if not isinstance(each, str | Path)), None)
    if strange is not None:
        what = "a list of dicts (rows) or of paths"
        raise DataError(f"Expected {what}, but it holds {type(strange).__name__}.")
    _check_no_split(options, "a list of files")
    paths = [Path(each).expanduser() for each in source]
    return read_files(paths, options, origin=", ".join(map(str, source)))


def _from_datasets(loaded: Any, options: Options, *, name: str, origin: str) -> Source:
    one = split_of_datasets(loaded, options.split, origin)
    table = arrow_tables.plain(arrow_tables.from_dataset(one))
    return Source(table=table, name=name, origin=origin, files=((name, table.num_rows),))


def _in_memory(table: Any) -> Source:
    return Source(table=table, name="data", origin="memory", files=(("data", table.num_rows),))


def _is_a(source: object, module: str, name: str) -> bool:
    # A value of a package's class can exist only if the package is imported: so don't import it.
    kind = getattr(sys.modules.get(module), name, None)
    return kind is not None and isinstance(source, kind)


def is_stream(loaded: object) -> bool:
    """Say whether this is a dataset whose examples cannot be counted."""
    return _is_a(loaded, "datasets", "IterableDataset") or _is_a(
        loaded, "datasets", "IterableDatasetDict"
    )


def _check_no_split(options: Options, what: str) -> None:
    if options.split is not None:
        raise SettingError(expected("split", f"None, since {what} has no splits", options.split))


def _check_memory_options(options: Options) -> None:
    for name in options.extra:
        raise SettingError(
            f"{unknown('option', name, [])} (For data that is not read from a csv file or the hub.)"
        )
    if options.delimiter is not None:
        raise SettingError(
            expected("delimiter", "None where no text file is read", options.delimiter)
        )
    if options.encoding != "utf-8":
        what = "the default where no text file is read"
        raise SettingError(expected("encoding", what, options.encoding))
