"""What cannot be attributed, and arguments that are wrong."""

import subprocess
import sys
from typing import Any

import pytest
import torch
import transformers

import pytest_accept as pa
from pytest_accept.attributions import (
    attention_rollout,
    attribute,
    captum,
    integrated_gradients,
    occlusion,
    predict_edited,
    random_attributions,
    tokens_of,
)
from tests.attributions.classifiers import TEXTS, loaded
from tests.linear_models import LinearBagOfWords, linear_model
from tests.taggers import tagger


def shout(texts: list[str]) -> list[list[float]]:
    return [[0.2, 0.8] for _ in texts]


ASK: list[Any] = [
    lambda model: attribute(model, TEXTS),
    lambda model: attribute(model, TEXTS, method=random_attributions()),
    lambda model: predict_edited(model, TEXTS, [[1]] * len(TEXTS)),
    lambda model: tokens_of(model, TEXTS),
]


@pytest.mark.parametrize("ask", ASK)
def test_a_function_has_no_tokens(ask: Any) -> None:
    model = pa.load_model(shout, labels=["neg", "pos"])
    with pytest.raises(pa.ModelError, match="'shout' is a function.*tokenizer=…"):
        ask(model)


@pytest.mark.parametrize("ask", ASK)
def test_a_tokenizer_in_python_does_not_say_where_tokens_stand(ask: Any) -> None:
    class Slow:
        is_fast = False
        model_max_length = 64
        pad_token_id = 0

    module, _ = linear_model({"good": 1.0})
    model = pa.load_model(module, tokenizer=Slow(), labels=["neg", "pos"], name="linear")
    with pytest.raises(pa.ModelError, match=r"fast tokenizer.*that of 'linear' \(Slow\)"):
        ask(model)


def test_a_tagger_has_no_label_of_a_text() -> None:
    module, tokenizer = tagger()
    model = pa.load_model(module, tokenizer=tokenizer, name="tagger")
    with pytest.raises(pa.SettingError, match="text classifier, but 'tagger' is for token-class"):
        attribute(model, TEXTS)


def test_labels_methods_and_their_arguments_are_checked() -> None:
    model = loaded()
    with pytest.raises(pa.SettingError, match="no label of 'bert' 'pso'. Did you mean 'pos'"):
        attribute(model, TEXTS, label="pso")
    with pytest.raises(pa.SettingError, match="one for each of the 4 texts, but got 2"):
        attribute(model, TEXTS, label=["pos", "neg"])
    with pytest.raises(pa.SettingError, match="Did you mean 'integrated_gradients'"):
        attribute(model, TEXTS, method="integrated_gradient")
    with pytest.raises(pa.SettingError, match="or a function, but got 3"):
        attribute(model, TEXTS, method=3)  # type: ignore[arg-type]
    with pytest.raises(pa.PredictionError, match="a list of texts, but got 'a good"):
        attribute(model, TEXTS[0])
    with pytest.raises(pa.PredictionError, match="number 2 of 2 is 7"):
        attribute(model, ["a", 7])
    for wrong in (0, 1.5, True):
        with pytest.raises(pa.SettingError, match="`steps` to be an integer of 1 or more"):
            integrated_gradients(wrong)  # type: ignore[arg-type]
    with pytest.raises(pa.SettingError, match="Say which of captum's methods"):
        attribute(model, TEXTS, method=captum)
    wrongs: list[tuple[Any, str]] = [
        (lambda: integrated_gradients(baseline="unk"), "`baseline` to be one of 'pad'"),  # type: ignore[arg-type]
        (lambda: occlusion("drop"), "`replace` to be one of 'mask', 'delete'"),  # type: ignore[arg-type]
        (lambda: attention_rollout(row="cls"), "`row` to be one of 'first'"),  # type: ignore[arg-type]
        (lambda: random_attributions(-1), "`seed` to be an integer of 0 or more"),
        (lambda: captum("LayerIntegratedGradient"), "Did you mean 'LayerIntegratedGradients'"),
        (lambda: captum("KernelShap", samples=3), "Did you mean 'n_samples'"),
        (lambda: captum("KernelShap", target=1), "no option of captum's KernelShap 'target'"),
    ]
    for call, says in wrongs:
        with pytest.raises(pa.SettingError, match=says):
            call()


def test_predictions_have_no_tokens() -> None:
    with pytest.raises(pa.SettingError, match="what load_model returned, not Predictions"):
        attribute(loaded().predict(TEXTS), TEXTS)  # type: ignore[arg-type]


def test_methods_are_named_without_loading_torch() -> None:
    code = (
        "import sys, pytest_accept.attributions as a; a.occlusion(); "
        "assert not {'torch', 'numpy', 'transformers'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_captum_is_an_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "captum.attr", None)
    with pytest.raises(pa.SettingError, match=r"pip install 'pytest-model-acceptance\[explain\]'"):
        captum("KernelShap")


def test_gradients_that_are_not_numbers_are_one_clear_error() -> None:
    class Rooted(torch.nn.Module):
        """Finite logits, but the slope of a root at 0 is infinite, and infinity times 0 is NaN."""

        def __init__(self, inner: torch.nn.Module) -> None:
            super().__init__()
            self.inner = inner

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
            return (0 * self.inner(input_ids, attention_mask)).abs().sqrt()

    module, tokenizer = linear_model({"good": 1.0})
    model = pa.load_model(Rooted(module), tokenizer=tokenizer, labels=["n", "p"], name="rooted")
    with pytest.raises(pa.PredictionError, match="integrated gradients to be finite.*'good'"):
        attribute(model, ["good"])


def test_a_module_without_input_embeddings_is_an_error() -> None:
    class Sums(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weights = torch.nn.Parameter(torch.ones(10, 2))

        def forward(self, input_ids: torch.Tensor) -> torch.Tensor:
            return self.weights[input_ids].sum(dim=1)

    _, tokenizer = linear_model({"good": 1.0})
    model = pa.load_model(Sums(), tokenizer=tokenizer, labels=["neg", "pos"], name="sums")
    with pytest.raises(pa.ModelError, match=r"'Sums' has no get_input_embeddings\(\) and 0 layers"):
        attribute(model, ["good"])
    (found,) = attribute(model, ["good"], method="occlusion", label="pos")
    assert found.scores.tolist() == [0, 0, 0]

    class Misnamed(Sums):
        def __init__(self) -> None:
            super().__init__()
            self.table = torch.nn.Embedding(10, 3)

        def get_input_embeddings(self) -> torch.nn.Module:
            return self.table

    model = pa.load_model(Misnamed(), tokenizer=tokenizer, labels=["neg", "pos"], name="sums")
    with pytest.raises(pa.ModelError, match="did not embed its input ids"):
        attribute(model, ["good"])


def test_a_module_that_computes_without_gradients_is_an_error() -> None:
    class Closed(LinearBagOfWords):
        @torch.no_grad()
        def forward(self, input_ids: torch.Tensor, attention_mask: Any = None) -> torch.Tensor:
            return super().forward(input_ids, attention_mask)

    module, tokenizer = linear_model({"good": 1.0})
    module.__class__ = Closed
    model = pa.load_model(module, tokenizer=tokenizer, labels=["neg", "pos"], name="closed")
    with pytest.raises(pa.ModelError, match="No gradient leads from the logits of 'Closed'"):
        attribute(model, ["good"])


def test_of_an_encoder_with_a_decoder_the_encoders_reading_is_explained() -> None:
    _, tokenizer = linear_model({"good": 1.0, "film": 0.0})
    config = transformers.BartConfig(
        vocab_size=len(tokenizer),
        d_model=16,
        encoder_layers=1,
        decoder_layers=1,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        encoder_ffn_dim=32,
        decoder_ffn_dim=32,
        max_position_embeddings=64,
        pad_token_id=0,
        bos_token_id=2,
        eos_token_id=3,
        decoder_start_token_id=3,
        init_std=0.5,
        num_labels=2,
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        module: Any = transformers.BartForSequenceClassification(config).eval().double()
    model = pa.load_model(module, tokenizer=tokenizer, labels=["neg", "pos"], name="bart")
    (found,) = attribute(model, ["good film good"], label="pos", method=integrated_gradients(100))
    ids = torch.from_numpy(found.ids)[None]
    base = torch.tensor([[2, 0, 0, 0, 3]])
    with torch.no_grad():
        embed = module.get_input_embeddings()
        decoder = module.model.decoder.embed_tokens
        shifted = torch.tensor([[3, 2, *found.ids[1:-1]]])
        ends = []
        for each in (ids, base):
            states = module.model(
                inputs_embeds=embed(each), decoder_inputs_embeds=decoder(shifted)
            ).last_hidden_state
            ends.append(module.classification_head(states[:, -1])[0, 1].item())
    assert abs(ends[0] - ends[1]) > 0.01
    assert found.scores.sum() == pytest.approx(ends[0] - ends[1], abs=1e-3)
