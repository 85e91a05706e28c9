"""Hub names, offline: a cache as huggingface_hub lays it out, made by hand."""

import shutil
from pathlib import Path

import huggingface_hub
import numpy as np
import pytest

from pytest_accept.errors import ModelError
from pytest_accept.loading import ModelCache, load_model
from tests.models import TEXTS

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def hub(tmp_path: Path, tiny_model_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache that has one model, and no network."""
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    monkeypatch.chdir(tmp_path)
    root = tmp_path / "hub" / "models--someone--reviews"
    shutil.copytree(tiny_model_folder, root / "snapshots" / COMMIT)
    (root / "refs").mkdir()
    (root / "refs" / "main").write_text(COMMIT)
    return tmp_path / "hub"


def test_a_model_in_the_cache(hub: Path, tiny_model_folder: Path) -> None:
    model = load_model("someone/reviews", cache_dir=hub)
    assert model.name == "someone/reviews"
    assert model.describe().source == "someone/reviews"
    local = load_model(tiny_model_folder)
    assert model.fingerprint == local.fingerprint
    np.testing.assert_array_equal(model.probabilities(TEXTS), local.probabilities(TEXTS))
    by_commit = load_model("someone/reviews", cache_dir=hub, revision=COMMIT)
    assert by_commit.fingerprint == local.fingerprint


def test_the_session_cache_takes_hub_names(hub: Path) -> None:
    cache = ModelCache()
    model = cache.get("someone/reviews", cache_dir=hub)
    assert cache.get("someone/reviews", cache_dir=hub) is model


def test_a_model_that_is_not_there(hub: Path) -> None:
    with pytest.raises(ModelError) as caught:
        load_model("someone/else", cache_dir=hub)
    message = str(caught.value)
    assert "'someone/else' is not a local folder, is not in the local Hugging Face cache" in message
    assert "write './someone/else'" in message
    with pytest.raises(ModelError, match=r"someone/reviews' \(revision 'v2'\) is not a local"):
        load_model("someone/reviews", cache_dir=hub, revision="v2")


def test_what_is_neither_a_folder_nor_a_name(hub: Path) -> None:
    with pytest.raises(ModelError, match=r"neither a local folder nor a name .* write './'"):
        load_model("runs/reviews/best", cache_dir=hub)


def test_a_folder_here_comes_before_the_hub(hub: Path, tiny_model_folder: Path) -> None:
    Path("someone").mkdir()
    with pytest.raises(
        ModelError, match=r"There is no folder 'someone/reviews'. 'someone' has no f"
    ):
        load_model("someone/reviews", cache_dir=hub)
    shutil.copytree(tiny_model_folder, "someone/reviews")
    assert load_model("someone/reviews").name == "reviews"


def test_without_safetensors(hub: Path) -> None:
    folder = hub / "models--someone--reviews" / "snapshots" / COMMIT
    (folder / "model.safetensors").unlink()
    with pytest.raises(
        ModelError, match=r"'someone/reviews' has no weights in safetensors.*allow_pickle"
    ):
        load_model("someone/reviews", cache_dir=hub)
