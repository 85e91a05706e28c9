"""A metric refuses a model that is for something else, and says what fits it."""

import pytest
import transformers

import pytest_accept as pa
from tests.models import make, wordpiece_tokenizer
from tests.taggers import tagger

ROWS = [{"text": "a good film", "label": "pos"}, {"text": "dull", "label": "neg"}]


def test_a_tagger_is_not_asked_for_accuracy() -> None:
    module, tokenizer = tagger()
    model = pa.load_model(module, tokenizer=tokenizer)
    with pytest.raises(pa.SettingError, match=r"accuracy is a metric of models for text-classif"):
        pa.accuracy(model, pa.load_data(ROWS))
    with pytest.raises(pa.SettingError, match=r"is for token-classification\. Metrics for that: "):
        pa.assert_f1_above(model, pa.load_data(ROWS), 0.5)


@pytest.mark.parametrize(
    ("kind", "task"),
    [(transformers.BertLMHeadModel, "causal-lm"), (transformers.BertForMaskedLM, "fill-mask")],
)
def test_language_models_have_no_labels_to_predict(kind: type, task: str) -> None:
    config = make("bert")[0].config
    model = pa.load_model(kind(config), tokenizer=wordpiece_tokenizer())
    assert (model.task, model.labels) == (task, ())
    assert "labels" not in repr(model)
    with pytest.raises(pa.PredictionError, match="A model for .* has no labels to predict: ask"):
        model.predict(["a film"])
    with pytest.raises(pa.SettingError, match=rf"is for {task}\. Metrics for that: "):
        pa.accuracy(model, pa.load_data(ROWS))
    with pytest.raises(pa.ModelError, match=rf"for {task} has no labels, but got labels="):
        pa.load_model(kind(config), tokenizer=wordpiece_tokenizer(), labels=["a", "b"])
