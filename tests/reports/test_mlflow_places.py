"""Where `mlflow:WHERE` goes."""

from pathlib import Path

import pytest

from pytest_accept.reports.mlflow.places import find_place


def asked(folder: Path, given: str) -> tuple[str, str | None]:
    """Return what a report asks for that is written in a folder."""
    place = find_place(folder / Path(given).expanduser(), given)
    return place.address.replace(str(folder), "HERE"), (
        None if place.artifacts is None else place.artifacts.replace(folder.as_uri(), "HERE")
    )


@pytest.mark.parametrize(
    ("given", "address", "artifacts"),
    [
        ("runs", "sqlite:///HERE/runs/mlflow.db", "HERE/runs/artifacts"),
        ("a/b c", "sqlite:///HERE/a/b c/mlflow.db", "HERE/a/b%20c/artifacts"),
        ("sqlite:///acceptance.db", "sqlite:///HERE/acceptance.db", "HERE/acceptance-artifacts"),
        ("sqlite:///a/x.db", "sqlite:///HERE/a/x.db", "HERE/a/x-artifacts"),
        ("http://host:5000", "http://host:5000", None),
        ("postgresql://me:secret@host/db", "postgresql://me:secret@host/db", None),
        ("databricks", "databricks", None),
    ],
)
def test_addresses_are_kept_and_folders_hold_a_local_store(
    tmp_path: Path, given: str, address: str, artifacts: str | None
) -> None:
    assert asked(tmp_path, given) == (address, artifacts)


def test_an_absolute_database_stays_where_it_is(tmp_path: Path) -> None:
    given = f"sqlite:///{tmp_path}/deep/x.db"
    place = find_place(Path("/elsewhere") / given, given)
    assert place.address == given
    assert (tmp_path / "deep").is_dir()
