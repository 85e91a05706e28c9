"""The command line and ini settings of acceptance tests."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pytest_accept.settings import Settings

KEEPING, REPLAY = "accept-keeping", "accept-replay"  # names of plugins, see `replays.py`

_settings_key = pytest.StashKey["Settings"]()


def add_options(parser: pytest.Parser) -> None:
    """Register every option, each with an ini setting of the same name."""
    group = parser.getgroup("acceptance", "acceptance tests of models (pytest-model-acceptance)")
    text: dict[str, Any] = {"default": None}
    for name, metavar, what in (
        (
            "model",
            "[SOURCE=]MODEL",
            "the model to judge: what the fixture `accept_model` names; on the command line, in a "
            "suite without that fixture, it takes the place of the model that `load_model` is "
            "asked for (of SOURCE, if the suite loads several); with --accept-data, where there is "
            "no suite, default criteria are judged",
        ),
        ("data", "DATA", "the labelled data to judge on: what the fixture `accept_data` names"),
        (
            "device",
            "DEVICE",
            "torch device, such as cuda:0, mps or cpu (default: the best at hand)",
        ),
        ("confidence", "LEVEL", "one-sided confidence of every bound (default: 0.95)"),
        (
            "inconclusive",
            "POLICY",
            "what an inconclusive criterion does to its test: fail, warn or pass (default: fail)",
        ),
        ("seed", "N", "seed of every resampling (default: 0)"),
        (
            "model-memory",
            "SIZE",
            "memory that loaded models may take together, such as 8GB (default: half of it)",
        ),
        (
            "cache-dir",
            "FOLDER",
            "where predictions and trained models are kept from run to run; of the ini, from "
            "pytest's root directory (default: pytest_accept in the user's cache folder)",
        ),
        (
            "cache",
            "POLICY",
            "what becomes of predictions: use (look them up, keep new ones), read (keep none), "
            "verify (compute a sample again and compare) or off (default: use)",
        ),
        (
            "cache-size",
            "SIZE",
            "what kept predictions may take on disk, such as 2GB (default: 10GB)",
        ),
        (
            "backend",
            "NAME",
            "what runs the models that are loaded by name, such as ray (default: torch, in this "
            "process)",
        ),
        ("text", "COLUMN", "the column with the texts, or a pair of them, for default criteria"),
        ("label", "COLUMN", "the column with the labels, for default criteria"),
        (
            "group",
            "COLUMN",
            "the column, or columns, whose groups the default criteria compare (default: one "
            "called group, gender, sex, race or the like)",
        ),
        ("split", "NAME", "the split of the data, for default criteria"),
        (
            "label-names",
            "DATA=MODEL,…",
            "which label of the model a label of the data is, for default criteria, such as "
            "1=positive,0=negative",
        ),
    ):
        group.addoption(f"--accept-{name}", metavar=metavar, help=what, **text)
        parser.addini(f"accept_{name.replace('-', '_')}", what, default=None)
    what = (
        "write the predictions of a model whose criteria were all accepted to the folder baselines "
        "beside the tests that ask for a baseline: what the next model is compared with"
    )
    group.addoption("--accept-update-baseline", action="store_true", help=what)
    what = (
        "let the run's record keep what the model said of each example, under a hash of its text: "
        "two such records are compared example by example, by python -m pytest_accept compare, and "
        "each can be judged again, by --accept-replay"
    )
    group.addoption("--accept-keep-predictions", action="store_true", help=what)
    parser.addini("accept_keep_predictions", what, type="bool", default=False)
    what = (
        "judge what the models answered in the run of this record, which kept their predictions: "
        "for other bars, another confidence or policy; no model is loaded"
    )
    group.addoption("--accept-replay", metavar="RECORD", help=what, **text)
    what = (
        "ask the model about a random part of the data, growing until each criterion on a mean or "
        "rate is decided: about further examples like these (population, the default), or about "
        "the data themselves (data)"
    )
    group.addoption(
        "--accept-sequential", metavar="OF", nargs="?", const="population", default=None, help=what
    )
    parser.addini("accept_sequential", what, default=None)
    what = (
        "run the default criteria on --accept-model and --accept-data, and write them to FILE as a "
        "test file, with bars that the measurement defends"
    )
    group.addoption("--accept-suggest", metavar="FILE", default=None, help=what)
    what = (
        "run no model: say what the data at hand can show of each criterion, and what a run would "
        "cost, as in the run of RECORD (default: the json report that is asked for, if it is there)"
    )
    group.addoption("--accept-plan", metavar="RECORD", nargs="?", const="", default=None, help=what)
    what = "the true value to plan for, such as accuracy=0.93; may be given several times"
    group.addoption(
        "--accept-plan-true", metavar="METRIC=VALUE", action="append", default=[], help=what
    )
    what = "write a report, such as json:acceptance.json; may be given several times"
    group.addoption("--accept-report", metavar="KIND:PATH", action="append", default=[], help=what)
    parser.addini("accept_report", what, type="linelist", default=[])


def option(config: pytest.Config, name: str) -> str | None:
    """Return an option as given on the command line, else in the ini, else None."""
    given = config.getoption(f"accept_{name}", None)
    return given if given is not None else config.getini(f"accept_{name}") or None


def may_lack_suite(config: pytest.Config) -> bool:
    """Return whether a run may have to do with default criteria, which is cheap to say.

    So is one to which a model or data was given on the command line itself, but no path, and one
    that is to write a suite.
    """
    if config.getoption("accept_suggest", None) is not None:
        return True
    return bool(typed(config)) and config.args_source is not pytest.Config.ArgsSource.ARGS


def typed(config: pytest.Config) -> set[str]:
    """Return which of "model" and "data" were given on the command line itself."""
    names = {str(each).partition("=")[0] for each in config.invocation_params.args}
    return {name for name in ("model", "data") if f"--accept-{name}" in names}


def settings(config: pytest.Config) -> Settings:
    """Return the run's settings; raises pytest.UsageError for a value that is none."""
    if _settings_key in config.stash:
        return config.stash[_settings_key]
    from pytest_accept.errors import BackendError, SettingError
    from pytest_accept.settings import Settings, bytes_of

    given: dict[str, Any] = {
        name: option(config, name)
        for name in (
            *("confidence", "inconclusive", "device", "seed", "model_memory"),
            *("cache", "cache_size", "sequential", "backend"),
        )
    }
    try:
        if given["confidence"] is not None:
            given["confidence"] = _number("confidence", given["confidence"], float)
        if given["seed"] is not None:
            given["seed"] = _number("seed", given["seed"], int)
        for name in ("model_memory", "cache_size"):
            if given[name] is not None:
                given[name] = bytes_of(name, given[name])
        given["sequential"] = _sequential(given["sequential"])
        given["cache_dir"] = _cache_dir(config)
        given["keep_predictions"] = bool(
            config.getoption("accept_keep_predictions", False)
            or config.getini("accept_keep_predictions")
        )
        given["replay"] = _replay(config)
        given["update_baseline"] = config.getoption("accept_update_baseline", False)
        given["hypothesis_seed"] = config.getoption("--hypothesis-seed", None)
        if given["backend"] is not None:
            from pytest_accept.backends import Chosen, find

            find(Chosen.of(given["backend"]))
        found = Settings(**{name: value for name, value in given.items() if value is not None})
    except (SettingError, BackendError) as error:
        raise pytest.UsageError(f"acceptance settings: {error}") from None
    config.stash[_settings_key] = found
    return found


def _sequential(given: str | None) -> str | None:
    """Return what sequential criteria are about; UsageError for a word that is no choice of it."""
    from pytest_accept.settings import SEQUENTIAL

    if given is None or given in SEQUENTIAL:
        return given
    raise pytest.UsageError(
        f"--accept-sequential: expected 'population', 'data' or 'off', but got {given!r}. If this "
        f"names tests, name them before the option: pytest {given} --accept-sequential"
    )


def replayed(config: pytest.Config) -> Path | None:
    """Return the record to replay, made absolute, None if there is none."""
    given: str | None = config.getoption("accept_replay", None)
    return None if given is None else config.invocation_params.dir / Path(given).expanduser()


def keeps_or_replays(config: pytest.Config) -> bool:
    """Return whether what models answer is to be kept, or is taken from a record."""
    given = config.getoption("accept_replay", None) is not None
    keeps = config.getoption("accept_keep_predictions", False)
    return bool(given or keeps or config.getini("accept_keep_predictions"))


def check_settings(config: pytest.Config) -> None:
    """Check the settings at once if any is given; nothing is imported if none is."""
    names = (
        *("confidence", "inconclusive", "device", "seed", "model_memory", "cache_dir"),
        *("cache", "cache_size", "sequential", "backend"),
    )
    if any(option(config, name) is not None for name in names):
        settings(config)


def reports(config: pytest.Config) -> list[tuple[str, str, Path]]:
    """Return kind, path as given, and absolute path of every report asked for.

    A path on the command line is relative to where pytest was called, one in the ini to pytest's
    root directory: a test may change the working directory. Raises pytest.UsageError for an
    unknown kind, and for one typed on the command line itself whose extra is not installed; of one
    in the ini that is said at the end of a run that judges something.
    """
    from_ini = [(each, config.rootpath) for each in config.getini("accept_report")]
    called = config.invocation_params.dir
    given = [*from_ini, *((each, called) for each in config.getoption("accept_report", []))]
    if not given:
        return []
    from importlib.metadata import entry_points

    from pytest_accept.errors import unknown
    from pytest_accept.extras import install_line, missing_packages

    entries = {entry.name: entry for entry in entry_points(group="pytest_accept.reports")}
    known = sorted(entries)
    arguments = {
        str(each).removeprefix("--accept-report=") for each in config.invocation_params.args
    }
    found = []
    for report, folder in given:
        kind, colon, path = report.partition(":")
        if not colon or not path:
            raise pytest.UsageError(
                f"--accept-report: expected KIND:PATH such as json:acceptance.json, got {report!r}"
            )
        if kind not in known:
            raise pytest.UsageError(f"--accept-report: {unknown('kind of report', kind, known)}")
        missing = missing_packages(entries[kind]) if report in arguments else []
        if missing:
            raise pytest.UsageError(
                f"--accept-report {report}: it takes {' and '.join(missing)}, not installed here. "
                f"{install_line(entries[kind])}"
            )
        found.append((kind, path, folder / Path(path).expanduser()))
    return found


def _cache_dir(config: pytest.Config) -> str | None:
    """Return the folder asked for, made absolute: a test may change the working directory."""
    given: str | None = config.getoption("accept_cache_dir", None)
    if given is not None:
        return str(config.invocation_params.dir / Path(given).expanduser())
    named: str | None = config.getini("accept_cache_dir") or None
    return None if named is None else str(config.rootpath / Path(named).expanduser())


def _replay(config: pytest.Config) -> str | None:
    """Return what to call the record that is replayed, without places on this machine."""
    file = replayed(config)
    if file is None:
        return None
    root = config.rootpath
    return file.relative_to(root).as_posix() if file.is_relative_to(root) else file.name


def _number(name: str, text: str, kind: type[int] | type[float]) -> float:
    from pytest_accept.errors import SettingError, expected

    try:
        return kind(text)
    except ValueError:
        what = "an integer" if kind is int else "a number"
        raise SettingError(expected(name, what, text)) from None
