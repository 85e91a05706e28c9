"""bfloat16 first, float32 where that might change the label."""

import numpy as np
import pytest
import torch

from pytest_accept.errors import ModelError, SettingError
from pytest_accept.loading import cascade, load_model
from pytest_accept.prediction.backends import cascade as backends
from pytest_accept.prediction.backends.cascade import SAFETY, CascadeBackend
from pytest_accept.prediction.engine import Engine
from tests.models import build
from tests.prediction.fakes import FakeBackend, texts_of
from tests.taggers import SENTENCES, save_tagger


class Says(FakeBackend):
    """Answers each text with the logits of a table."""

    def __init__(self, table: dict[str, list[float]]) -> None:
        super().__init__(start=10_000)
        self.columns = len(next(iter(table.values())))
        self.table = table

    def forward(self, prepared, indices):
        texts = [self._inputs[i] for i in indices]
        self.asked.append(texts)
        return np.array([self.table[each] for each in texts], np.float32)


def cascade_of(
    quick: dict[str, list[float]], exact: dict[str, list[float]], *, multi_label: bool = False
) -> tuple[Engine, CascadeBackend, Says]:
    asked = Says(exact)
    backend = CascadeBackend(Engine(Says(quick)), Engine(asked), multi_label=multi_label)
    return Engine(backend), backend, asked


def tables(margins: np.ndarray, errors: np.ndarray) -> tuple[dict, dict]:
    """Texts whose margin in the quick model, and its error, are given."""
    texts = texts_of(len(margins))
    quick = {each: [float(m), 0.0] for each, m in zip(texts, margins, strict=True)}
    exact = {each: [float(m + e), 0.0] for each, m, e in zip(texts, margins, errors, strict=True)}
    return quick, exact


def test_texts_with_a_wide_margin_are_believed(monkeypatch) -> None:
    monkeypatch.setattr(backends, "SAMPLE", 5)
    margins = np.linspace(0.01, 2, 200)
    quick, exact = tables(margins, np.full(200, -0.05))
    engine, backend, asked = cascade_of(quick, exact)
    rows, _ = engine.rows(list(quick))
    read = {each for batch in asked.asked for each in batch}
    unsure = {each for each, m in zip(quick, margins, strict=True) if m <= SAFETY * 0.05}
    assert unsure < read
    assert len(read - unsure) == 4  # of the sample, of which one was not sure
    assert backend.compared == len(read)
    assert backend.error == pytest.approx(0.05)
    for row, text in zip(rows, quick, strict=True):
        assert row.tolist() == pytest.approx(exact[text] if text in read else quick[text])
    # The first few are of the other label in truth, which bfloat16 does not see.
    truth = np.array([exact[each] for each in quick])
    assert (np.array(list(quick.values())).argmax(1) != truth.argmax(1)).any()
    assert (rows.argmax(1) == truth.argmax(1)).all()


def test_the_bound_grows_with_what_is_seen(monkeypatch) -> None:
    monkeypatch.setattr(backends, "SAMPLE", 2)
    margins = np.array([1.0, 0.03, 0.15, 0.5, 3.0])
    # The sample, the first and the last, errs by 0.01; what is unsure by that, by more; and so on.
    errors = np.array([0.01, -0.04, -0.2, 0.0, 0.01])
    quick, exact = tables(margins, errors)
    engine, backend, asked = cascade_of(quick, exact)
    rows, _ = engine.rows(list(quick))
    texts = list(quick)
    assert [sorted(batch) for batch in asked.asked] == [
        sorted((texts[0], texts[4])),
        [texts[1]],
        [texts[2]],
        [texts[3]],
    ]
    assert backend.bound == pytest.approx(SAFETY * 0.2)
    assert (rows.argmax(1) == np.array(list(exact.values())).argmax(1)).all()


def test_labels_that_stand_alone_are_unsure_near_nothing(monkeypatch) -> None:
    monkeypatch.setattr(backends, "SAMPLE", 1)
    quick = {"a": [2.0, -2.0], "bb": [3.0, 0.1], "ccc": [-0.1, 3.0], "dddd": [1.0, -1.0]}
    exact = {
        "a": [2.05, -2.0],
        "bb": [3.0, -0.02],
        "ccc": [0.02, 3.0],
        "dddd": [1.0, -1.0],
    }
    engine, _, asked = cascade_of(quick, exact, multi_label=True)
    rows, _ = engine.rows(list(quick))
    assert {each for batch in asked.asked for each in batch} == {"a", "bb", "ccc"}
    assert (rows > 0).tolist() == (np.array(list(exact.values())) > 0).tolist()


def test_what_has_been_measured_is_kept_for_the_next_question(monkeypatch) -> None:
    monkeypatch.setattr(backends, "SAMPLE", 4)
    quick, exact = tables(np.full(20, 3.0), np.full(20, 0.01))
    engine, backend, asked = cascade_of(quick, exact)
    texts = list(quick)
    engine.rows(texts[:10])
    assert backend.compared == 4
    engine.rows(texts[10:])
    assert backend.compared == 4
    assert sum(map(len, asked.asked)) == 4
    # Nothing is remembered twice, or of data that are larger than memory.
    assert not backend._exact.answered()[0]
    assert not backend._quick.answered()[0]


def test_texts_that_are_asked_later_are_read_exactly_where_they_are_unsure(monkeypatch) -> None:
    monkeypatch.setattr(backends, "SAMPLE", 4)
    quick, exact = tables(np.array([3.0] * 10 + [0.01, 3.0]), np.full(12, -0.02))
    engine, backend, asked = cascade_of(quick, exact)
    texts = list(quick)
    engine.rows(texts[:10])
    rows, _ = engine.rows(texts[10:])
    assert backend.compared == 5
    assert asked.asked[-1] == [texts[10]]
    assert rows.argmax(axis=1).tolist() == [1, 0]


@pytest.mark.parametrize("kind", ["bert", "multi_label"])
def test_a_real_model_keeps_its_labels(tmp_path, kind, monkeypatch) -> None:
    monkeypatch.setattr(backends, "SAMPLE", 8)
    if not cascade.pays(torch.device("cpu")):
        pytest.skip("this processor has no bfloat16")
    folder = build(tmp_path / kind, kind)
    random = np.random.default_rng(0)
    words = "a good bad film plot was not very happy dull slow".split()
    texts = [" ".join(random.choice(words, n)) for n in random.integers(1, 20, 150)]
    model = load_model(folder, precision="cascade")
    found = model.predict(texts)
    exact = load_model(folder).predict(texts)
    assert model.describe().precision == "cascade"
    assert model.dtype == "float32"
    assert (found.probabilities > 0.5).tolist() == (exact.probabilities > 0.5).tolist()
    assert found.probabilities.tolist() != exact.probabilities.tolist()
    backend = model._engine.backend
    assert isinstance(backend, CascadeBackend)
    assert backend.compared < len(set(texts))
    assert model.module().dtype == torch.float32


def test_a_tagger_keeps_its_tags(tmp_path) -> None:
    if not cascade.pays(torch.device("cpu")):
        pytest.skip("this processor has no bfloat16")
    folder = save_tagger(tmp_path / "tagger")
    found = load_model(folder, precision="cascade").predict(SENTENCES)
    exact = load_model(folder).predict(SENTENCES)
    for ours, theirs in zip(found.logits, exact.logits, strict=True):
        assert ours.argmax(1).tolist() == theirs.argmax(1).tolist()


def test_a_device_without_bfloat16_reads_float32(tiny_model_folder, monkeypatch) -> None:
    monkeypatch.setattr(cascade, "pays", lambda device: False)
    model = load_model(tiny_model_folder, precision="cascade")
    assert model.describe().precision is None
    assert model.label("a good film") == load_model(tiny_model_folder).label("a good film")


def test_what_has_no_cascade(tiny_model_folder, tmp_path) -> None:
    with pytest.raises(SettingError, match="Expected `precision` to be None or 'cascade', but got"):
        load_model(tiny_model_folder, precision="half")
    with pytest.raises(SettingError, match="dtype='torch.bfloat16' has no place in it"):
        load_model(tiny_model_folder, precision="cascade", dtype="bfloat16")
    with pytest.raises(SettingError, match="precision='cascade' is for saved models"):
        load_model(lambda texts: texts, labels=["a", "b"], precision="cascade")
    with pytest.raises(SettingError, match="not for the backend 'ray'"):
        load_model(tiny_model_folder, precision="cascade", backend="ray")
    import transformers

    folder = tmp_path / "half"
    half = load_model(tiny_model_folder, dtype="bfloat16")
    half.module().save_pretrained(folder)
    transformers.AutoTokenizer.from_pretrained(tiny_model_folder).save_pretrained(folder)
    if cascade.pays(torch.device("cpu")):
        with pytest.raises(ModelError, match="is in bfloat16: precision='cascade' is for float32"):
            load_model(folder, precision="cascade")


def test_criteria_on_probabilities_say_whose_these_are(tiny_model_folder) -> None:
    if not cascade.pays(torch.device("cpu")):
        pytest.skip("this processor has no bfloat16")
    from pytest_accept import accuracy, brier_score, load_data, roc_auc

    model = load_model(tiny_model_folder, precision="cascade")
    words = ["good", "bad", "dull", "happy", "slow", "fine"]
    rows = [{"text": f"{a} {b}", "label": "pos"} for a in words for b in words]
    data = load_data([*rows, {"text": "a film", "label": "neg"}])
    assert any("bfloat16" in note for note in brier_score(model, data).plain().notes)
    assert any("bfloat16" in note for note in roc_auc(model, data).plain().notes)
    assert not any("bfloat16" in n for n in accuracy(model, data).plain().notes)
