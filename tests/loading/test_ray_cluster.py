"""Predictions by workers on two machines, which one machine plays: the same as here, and all there
whichever worker dies.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from pytest_accept import (
    BackendError,
    ModelError,
    PredictionError,
    load_data,
    load_model,
    perplexity,
    read_record,
    settings,
)
from pytest_accept.loading import ray_cluster, saved
from pytest_accept.loading.ray_models import can_travel
from pytest_accept.loading.ray_worker import Wanted
from pytest_accept.prediction.encodings import Encodings
from pytest_accept.tasks import TextClassification
from tests.language_models import DOCUMENTS, make_causal
from tests.models import PAIRS, TEXTS, WORDS, make, quiet
from tests.plugin.test_record import timeless
from tests.taggers import SENTENCES, save_tagger

pytestmark = pytest.mark.slow

MANY = [f"{text} {i}" for i in range(60) for text in TEXTS]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Two nodes of one CPU each; the address is what a user would name."""
    import ray
    from ray.cluster_utils import Cluster

    node = {"num_cpus": 1, "object_store_memory": 80 * 2**20, "include_dashboard": False}
    cluster = Cluster(initialize_head=True, head_node_args=node)
    cluster.add_node(num_cpus=1, object_store_memory=80 * 2**20)
    yield f"ray:{cluster.address}"
    ray_cluster.close()
    ray.shutdown()
    cluster.shutdown()


def _pool() -> ray_cluster.Pool:
    (pool,) = ray_cluster._pools.values()
    return pool


def _of_worker(worker: Any, ask: Callable[[Any], Any]) -> Any:
    import ray

    return ray.get(worker.__ray_call__.remote(ask))


def _node(worker: Any) -> str:
    import ray

    return str(ray.get_runtime_context().get_node_id())


@pytest.fixture(scope="module")
def model(address: str, checkpoints: dict[str, Path]) -> Any:
    return load_model(checkpoints["bert"], backend=address)


@pytest.fixture(scope="module")
def local(checkpoints: dict[str, Path]) -> Any:
    return load_model(checkpoints["bert"])


def test_it_is_the_same_model(model: Any, local: Any) -> None:
    assert model.describe() == local.describe()
    assert model._backing.identity == local._backing.identity
    assert model.tokenizer("a film")["input_ids"] == local.tokenizer("a film")["input_ids"]
    assert not ray_cluster.is_own()


def test_predictions_are_the_same_from_both_machines(model: Any, local: Any) -> None:
    ours, theirs = model.predict(MANY), local.predict(MANY)
    np.testing.assert_allclose(ours.logits, theirs.logits, atol=1e-5)
    assert (ours.truncated == theirs.truncated).all()
    assert ours.truncated.any()
    np.testing.assert_allclose(
        model.predict(list(PAIRS)).logits, local.predict(list(PAIRS)).logits, atol=1e-5
    )
    workers = _pool()._workers
    assert len(workers) == len({_of_worker(each, _node) for each in workers}) == 2


def test_an_answer_is_kept_for_the_local_model_and_the_other_way(
    address: str, checkpoints: dict[str, Path], tmp_path: Path
) -> None:
    with settings.using(cache="use", cache_dir=tmp_path):
        far = load_model(checkpoints["bert"], backend=address)
        far.predict(MANY[:100])
        near = load_model(checkpoints["bert"])
        near.predict(MANY[:100])
        assert near._engine.forwards == 0
        near.predict(MANY[100:130])
        again = load_model(checkpoints["bert"], backend=address)
        asked: list[Any] = []
        again._engine.backend._ask = lambda lists: asked.extend(lists) or iter(())
        again.predict(MANY[:130])
        assert not asked


@pytest.mark.parametrize("how", ["SIGKILL", "ray.kill"])
def test_a_worker_that_dies_loses_nothing_and_repeats_nothing(
    how: str, model: Any, local: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    import ray

    pool = _pool()
    ray.get([each.ready.remote() for each in pool._workers])
    while len(pool._ready) < 2:  # until both take part
        pool.ask("tokenizer", model._backing._wanted)
    victim = pool._workers[0]
    pid = _of_worker(victim, lambda _: os.getpid())
    restarted: list[int] = []
    real = pool._restart
    monkeypatch.setattr(pool, "_restart", lambda each: (restarted.append(each), real(each)))
    # It holds what it is given until it dies.
    held = victim.__ray_call__.remote(lambda _: time.sleep(600))
    backend = model._engine.backend
    seen: list[int] = []
    answers = np.zeros((len(MANY), 2))
    for indices, blocks, _ in backend.stream(MANY):
        if not seen and how == "SIGKILL":
            os.kill(pid, signal.SIGKILL)
        elif not seen:
            ray.kill(victim, no_restart=False)
        seen += indices.tolist()
        answers[indices] = blocks.rows
    assert sorted(seen) == list(range(len(MANY)))
    assert restarted
    assert set(restarted) == {0}
    np.testing.assert_allclose(answers, local.predict(MANY).logits, atol=1e-5)
    del held


def test_inputs_that_kill_every_worker_are_an_error(
    model: Any, local: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ray_cluster, "DEATHS", 2)
    deadly = [lambda worker: worker.__ray_call__.remote(lambda _: os._exit(1))]
    with pytest.raises(BackendError, match="died 2 times of the same inputs"):
        next(_pool().run(deadly))
    assert model.predict([MANY[0] + " more"]).logits.shape == (1, 2)  # others are answered


def test_an_interrupted_prediction_keeps_what_has_arrived(
    address: str, checkpoints: dict[str, Path], local: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = load_model(checkpoints["bert"], backend=address)
    engine, real, calls = model._engine, model._engine._check, []

    def check(answers: Any, texts: list[str]) -> None:
        calls.append(texts)
        if len(calls) == 3:
            raise KeyboardInterrupt
        real(answers, texts)

    monkeypatch.setattr(engine, "_check", check)
    with pytest.raises(KeyboardInterrupt):
        model.predict(MANY)
    kept = engine.answered()[0]
    assert sorted(kept) == sorted(calls[0] + calls[1])
    monkeypatch.undo()
    np.testing.assert_allclose(model.predict(MANY).logits, local.predict(MANY).logits, atol=1e-5)


def test_errors_are_those_of_the_local_model(
    address: str, model: Any, local: Any, tmp_path: Path
) -> None:
    said = []
    for each in (model, local):
        with pytest.raises(PredictionError) as caught:
            each.predict(["half a \ud800 character"])
        said.append(str(caught.value))
    assert said[0] == said[1]
    module, tokenizer = make("bert")
    with torch.no_grad():
        module.classifier.bias[0] = float("nan")
    with quiet():
        module.save_pretrained(tmp_path / "nan")
        tokenizer.save_pretrained(tmp_path / "nan")
    broken = load_model(tmp_path / "nan", backend=address)
    with pytest.raises(PredictionError, match="NaN or infinite logits for 1 of 1 texts"):
        broken.predict(["a film"])


def test_what_is_unsafe_is_refused_there_too(address: str, tmp_path: Path) -> None:
    module, tokenizer = make("bert")
    with quiet():
        module.save_pretrained(tmp_path / "pickled")
        tokenizer.save_pretrained(tmp_path / "pickled")
    (tmp_path / "pickled" / "model.safetensors").unlink()
    torch.save(module.state_dict(), tmp_path / "pickled" / "pytorch_model.bin")
    with pytest.raises(ModelError, match="a pickle can run any code"):
        load_model(tmp_path / "pickled", backend=address)


def test_a_folder_that_is_not_on_the_worker_is_an_error(model: Any) -> None:
    wanted = Wanted(
        key="elsewhere", source="/no/such/folder", local=True, asked=saved.Asked(), settings={}
    )
    with pytest.raises(BackendError, match="'/no/such/folder' is not on the machine"):
        _pool().ask("describe", pickle.dumps(wanted))


def test_another_model_or_version_on_the_worker_is_an_error(model: Any) -> None:
    backing = model._backing
    makes = backing.loaded.makes
    sent = pickle.dumps(model._task)
    for what, other in [("fingerprint", "f00d"), ("torch", "1.0"), ("device", "cuda")]:
        with pytest.raises(BackendError, match=f"the {what} of .* and in this run {other}"):
            _pool().ask("answer", backing._wanted, {**makes, what: other}, sent, ["a"])


def test_taggers_and_language_models(address: str, tmp_path: Path) -> None:
    folder = save_tagger(tmp_path / "tagger")
    sentences = [*SENTENCES, SENTENCES[3] * 12]
    ours = load_model(folder, backend=address).predict(sentences)
    theirs = load_model(folder).predict(sentences)
    for mine, other in zip(ours.logits, theirs.logits, strict=True):
        np.testing.assert_allclose(mine, other, atol=1e-5)
    module, tokenizer = make_causal()
    with quiet():
        module.save_pretrained(tmp_path / "causal")
        tokenizer.save_pretrained(tmp_path / "causal")
    far, near = (load_model(tmp_path / "causal", backend=each) for each in (address, None))
    texts = load_data([{"text": each} for each in DOCUMENTS if each] * 2, label=None)
    found, other = (perplexity(each, texts) for each in (far, near))
    assert (found.value, found.n) == (pytest.approx(other.value, rel=1e-5), other.n)


class OfASuite:
    """A reading that workers could not import."""

    columns = 2

    def encode(self, tokenizer: Any, inputs: Any, max_length: int | None) -> Encodings:
        return TextClassification(("neg", "pos")).encode(tokenizer, inputs, max_length)

    def read(self, module: Any, tensors: Any, encodings: Any, indices: Any) -> Any:
        return np.ones((len(indices), 2))

    def __hash__(self) -> int:
        return 1


def test_what_cannot_travel_is_asked_here(model: Any, local: Any) -> None:
    assert not can_travel(OfASuite())
    assert can_travel(model._task)
    assert model.read(OfASuite(), ["a film"])[0].tolist() == [[1.0, 1.0]]
    assert type(model.module()) is type(local.module())
    assert model.gradients() is not None


def test_what_cannot_be_reached_or_started_is_an_error(
    model: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ray_cluster, "PATIENCE", 0.5)
    with pytest.raises(BackendError, match="each asks for 64 CPUs and 0 GPUs"):
        load_model(model.describe().source, backend="ray:auto,workers=1,cpus=64")


SUITE = """
    import pytest
    from pytest_accept import assert_accuracy_above, flip_rate
    from pytest_accept.perturbations import typos

    @pytest.fixture(scope="session")
    def model(load_model):
        return load_model("model")

    @pytest.fixture(scope="session")
    def data(load_data):
        return load_data("data.csv")

    @pytest.mark.acceptance
    def test_model(model, data):
        assert_accuracy_above(model, data, 0.2)
        assert flip_rate(model, data, typos()) <= 0.9
"""


def test_the_record_of_a_suite_is_the_same(
    address: str, checkpoints: dict[str, Path], pytester: pytest.Pytester
) -> None:
    (pytester.path / "model").symlink_to(checkpoints["bert"])
    words = [each for each in WORDS.split() if each.isalpha()]
    rows = [
        f"{' '.join(words[i : i + 2 + i % 7])},{'pos' if i % 3 else 'neg'}"
        for i in range(len(words) - 9)
    ]
    (pytester.path / "data.csv").write_text("\n".join(["text,label", *rows]))
    pytester.makepyfile(SUITE)
    pytester.makeini("[pytest]\nfilterwarnings = error\naddopts = --strict-markers")
    ray_cluster.close()  # whose workers hold all processors of the cluster
    running = _raylets()
    records = []
    for backend in ("torch", address, "ray,workers=1"):
        command = [sys.executable, "-m", "pytest", "--accept-report", "json:record.json"]
        command += ["--accept-cache=off", "-p", "no:cacheprovider", "--accept-backend", backend]
        run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
        assert run.returncode == 0, run.stdout + run.stderr
        records.append(_plain(timeless(read_record(pytester.path / "record.json"))))
        assert not _raylets() - running
    assert records[1:] == records[:1] * 2


def _plain(record: Any) -> str:
    """Return a Record as text, its probabilities to five digits."""
    import re

    return re.sub(r"\d+\.\d{6,}(e-?\d+)?", lambda each: f"{float(each[0]):.5f}", repr(record))


def _raylets() -> set[int]:
    found = set()
    for each in Path("/proc").iterdir():
        if each.name.isdigit():
            try:
                command = (each / "cmdline").read_bytes().split(b"\0")[0]
            except OSError:
                continue
            if command.endswith((b"/raylet", b"/gcs_server")):
                found.add(int(each.name))
    return found
