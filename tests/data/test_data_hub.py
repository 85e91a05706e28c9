"""Hub ids: really read from the cache of `datasets`, offline; and what a failure says."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import datasets
import pytest

from pytest_accept.data import load_data
from pytest_accept.errors import DataError, SettingError

FEATURES = datasets.Features(
    {"text": datasets.Value("string"), "label": datasets.ClassLabel(names=["neg", "pos"])}
)


def part(*texts: str) -> datasets.Dataset:
    return datasets.Dataset.from_dict({"text": list(texts), "label": [1] * len(texts)}, FEATURES)


@pytest.fixture
def offline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache, no network, and an empty current folder."""
    monkeypatch.setattr(datasets.config, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "cache"


def fill(cache: Path) -> None:
    """Write what a download of "acme/tiny" leaves in the cache."""
    folder = cache / "acme___tiny" / "default" / "0.0.0" / "0123456789abcdef"
    folder.mkdir(parents=True)
    info = datasets.DatasetInfo(features=FEATURES, config_name="default", dataset_name="tiny")
    info.splits = datasets.splits.SplitDict(dataset_name="tiny")
    for name, dataset in (("train", part("a", "b")), ("test", part("c"))):
        with datasets.arrow_writer.ArrowWriter(
            path=str(folder / f"tiny-{name}.arrow"), features=FEATURES
        ) as writer:
            for row in dataset:
                writer.write(row)
            count, size = writer.finalize()
        info.splits.add(datasets.SplitInfo(name, num_examples=count, num_bytes=size))
    info.write_to_directory(str(folder))


def test_a_hub_id_is_read_from_the_cache_offline(offline: Path) -> None:
    fill(offline)
    data = load_data("acme/tiny", split="test")
    assert (data.name, data.inputs, data.label_text(0)) == ("tiny", ["c"], "pos")
    assert data.origin(0) == "tiny row 1"
    assert data.describe().source == "acme/tiny"


def test_a_hub_id_with_several_splits_lists_them(offline: Path) -> None:
    fill(offline)
    with pytest.raises(DataError, match="'acme/tiny' has several splits: 'train', 'test'"):
        load_data("acme/tiny")
    with pytest.raises(DataError, match=r"Unknown split .tset."):
        load_data("acme/tiny", split="tset")


def test_offline_without_the_dataset_says_both_readings(offline: Path) -> None:
    with pytest.raises(DataError) as caught:
        load_data("acme/unknown")
    message = str(caught.value)
    assert "Cannot load 'acme/unknown'. It was taken as an id on the Hugging Face hub" in message
    assert f"no file or folder of that name is in {offline.parent / 'here'}" in message
    assert "Offline mode is set" in message
    assert "As a path: The current folder holds no data file." in message
    assert caught.value.__cause__ is not None


def test_the_environment_variable_is_honoured(tmp_path: Path) -> None:
    code = "from pytest_accept.data import load_data; load_data('acme/unknown')"
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment | {"PYTHONPATH": str(Path(__file__).parents[2])},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert "Offline mode is set (HF_HUB_OFFLINE" in done.stderr.splitlines()[-1]


def test_load_dataset_gets_the_arguments(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    def load_dataset(*args: object, **kwargs: object) -> datasets.Dataset:
        calls.append((args, kwargs))
        return part("x")

    monkeypatch.setattr(datasets, "load_dataset", load_dataset)
    load_data("acme/tiny", split="test[:10%]", revision="abc", config="en", name="mine")
    assert calls == [(("acme/tiny",), {"split": "test[:10%]", "revision": "abc", "name": "en"})]


def test_a_missing_configuration_names_the_argument(monkeypatch: pytest.MonkeyPatch) -> None:
    def load_dataset(*args: object, **kwargs: object) -> None:
        raise ValueError("Config name is missing.\nPlease pick one among: ['en', 'fr']")

    monkeypatch.setattr(datasets, "load_dataset", load_dataset)
    with pytest.raises(DataError, match=r"Config name is missing\. .*config='…'"):
        load_data("acme/tiny")


def test_a_text_files_options_mean_nothing_to_the_hub() -> None:
    with pytest.raises(SettingError, match="`delimiter` to be None for a hub id"):
        load_data("acme/tiny", delimiter=";")
