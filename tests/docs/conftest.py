"""One folder with the models and data that the pages speak of, made once."""

import importlib
import warnings
from pathlib import Path

import pytest

from tests.docs.world import make_world


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder; not to be changed."""
    return make_world(tmp_path_factory.mktemp("docs") / "world")


@pytest.fixture(scope="session")
def trackers() -> None:
    """Import what pytester, which starts later, must not forget: it cannot be imported twice."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in ("mlflow.store.tracking.sqlalchemy_store", "torch.utils.tensorboard"):
            importlib.import_module(name)
