"""MLflow without its telemetry, its log lines and its links, for as long as we call it."""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

_SETTINGS = {
    "MLFLOW_DISABLE_TELEMETRY": "true",  # asked for at import and again at every call
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
}
_LOGGERS = ("mlflow", "alembic")


@contextmanager
def quietly() -> Iterator[None]:
    """Import MLflow, change what must be changed of this process, and put it back."""
    settings = {name: os.environ.get(name) for name in _SETTINGS}
    os.environ.update(_SETTINGS)
    levels: dict[str, int] = {}
    try:
        with warnings.catch_warnings():
            # sqlalchemy finds old-fashioned how MLflow uses it.
            warnings.filterwarnings("ignore", category=DeprecationWarning)
            import mlflow  # noqa: F401 - it sets the level of its logger

            for name in _LOGGERS:
                levels[name] = logging.getLogger(name).level
                logging.getLogger(name).setLevel(logging.WARNING)
            yield
    finally:
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)
        for name, value in settings.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
