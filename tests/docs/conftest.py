"""One folder with the models and data that the pages speak of, made once."""

from pathlib import Path

import pytest

from tests.docs.world import make_world


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder; not to be changed."""
    return make_world(tmp_path_factory.mktemp("docs") / "world")
