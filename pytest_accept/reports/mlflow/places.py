"""Where a run goes: a local store in a folder, or an address."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_SQLITE = "sqlite:///"


@dataclass(frozen=True, slots=True)
class Place:
    """The tracking address, and where a new experiment keeps its artifacts (None: it decides)."""

    address: str
    artifacts: str | None

    @contextmanager
    def client(self) -> Iterator[Any]:
        """Return a client, and let go of a local database: others may want to move or delete it."""
        from mlflow import MlflowClient

        made: Any = MlflowClient(tracking_uri=self.address, registry_uri=self.address)
        try:
            yield made
        finally:
            if self.address.startswith("sqlite:"):
                made._tracking_client.store.engine.dispose()


def find_place(path: Path, given: str) -> Place:
    """Return the place of a report: `path` is absolute, `given` as it was written.

    A local database and its artifacts are relative to where other reports are: not to a working
    directory that a test may have changed.
    """
    if given == "default":
        import mlflow

        return Place(address=mlflow.get_tracking_uri(), artifacts=None)
    if given.startswith(_SQLITE):
        folder = path.parents[len(Path(given).parts) - 1]
        database = folder / given.removeprefix(_SQLITE).partition("?")[0]
        return _local(database, database.parent / f"{database.stem}-artifacts")
    if "://" in given or given in ("databricks", "databricks-uc"):
        return Place(address=given, artifacts=None)
    return _local(path / "mlflow.db", path / "artifacts")


def _local(database: Path, artifacts: Path) -> Place:
    database.parent.mkdir(parents=True, exist_ok=True)
    return Place(address=f"{_SQLITE}{database}", artifacts=artifacts.absolute().as_uri())
