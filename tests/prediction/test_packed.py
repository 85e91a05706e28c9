"""Without padding a model says what it says of each text alone, or it is padded."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import torch
import transformers
from torch.nn import functional

from pytest_accept.loading import load_model
from pytest_accept.prediction.packing import attention, packable
from pytest_accept.prediction.packing.layout import CannotPack, Layout
from pytest_accept.prediction.packing.packing import Packing
from pytest_accept.prediction.packing.row import in_rows
from pytest_accept.tasks.document_losses import DocumentLosses
from pytest_accept.tasks.token_losses import TokenLosses
from tests.models import TEXTS, make, wordpiece_tokenizer

LABELS = {0: "a", 1: "b", 2: "c"}
INPUTS = [text for text in TEXTS if text] + ["the book was good", "a film was dull", "we saw it"]
FEW: dict[str, Any] = {
    "vocab_size": len(wordpiece_tokenizer()),
    "hidden_size": 16,
    "intermediate_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "max_position_embeddings": 64,
    "pad_token_id": 0,
    "bos_token_id": 0,
    "eos_token_id": 0,
    "id2label": LABELS,
    "label2id": {name: i for i, name in LABELS.items()},
}
SHARED = {**FEW, "num_key_value_heads": 1}
SIZED = {**SHARED, "head_dim": 8}
SMALL = {k: FEW[k] for k in ("vocab_size", "pad_token_id", "id2label", "label2id")}

T = transformers
# What reads rows, and what has to be padded. Hidden in the middle: positions that count from beyond
# the padding token, poolers, means of states, shared heads, experts, windows.
ENCODERS: dict[str, tuple[Any, str]] = {
    "bert": (T.BertConfig(**FEW), "rows"),
    "roberta": (T.RobertaConfig(**FEW), "rows"),
    "roberta, pad 1": (T.RobertaConfig(**{**FEW, "pad_token_id": 1}), "rows"),
    "xlm-roberta": (T.XLMRobertaConfig(**FEW), "rows"),
    "distilbert": (
        T.DistilBertConfig(
            dim=16, hidden_dim=32, n_layers=2, n_heads=2, max_position_embeddings=64, **SMALL
        ),
        "rows",
    ),
    "electra": (T.ElectraConfig(embedding_size=8, **FEW), "rows"),
    "albert": (T.AlbertConfig(embedding_size=8, **FEW), "rows"),
    "modernbert, mean": (T.ModernBertConfig(classifier_pooling="mean", **FEW), "rows"),
    "modernbert, narrow": (T.ModernBertConfig(local_attention=24, **FEW), "rows"),
    "mpnet": (T.MPNetConfig(**FEW), "padded"),
    "deberta-v2": (
        T.DebertaV2Config(relative_attention=True, pos_att_type=["p2c", "c2p"], **FEW),
        "padded",
    ),
    "xlnet": (T.XLNetConfig(d_model=16, n_layer=2, n_head=2, d_inner=32, **SMALL), "padded"),
    "t5": (
        T.T5Config(
            d_model=16,
            d_kv=8,
            d_ff=32,
            num_layers=2,
            num_heads=2,
            eos_token_id=3,
            decoder_start_token_id=0,
            **SMALL,
        ),
        "padded",
    ),
}
DECODERS: dict[str, tuple[Any, str]] = {
    "gpt2": (
        T.GPT2Config(n_positions=64, **{k: v for k, v in FEW.items() if k != "intermediate_size"}),
        "rows",
    ),
    "llama": (T.LlamaConfig(**SHARED), "rows"),
    "qwen2": (T.Qwen2Config(**SHARED), "rows"),
    "qwen3": (T.Qwen3Config(**SIZED), "rows"),
    "mistral": (T.MistralConfig(sliding_window=4096, **SIZED), "rows"),
    "mistral, narrow": (T.MistralConfig(sliding_window=12, **SIZED), "rows"),
    "gemma2": (T.Gemma2Config(**SIZED), "padded"),
    "gemma3": (T.Gemma3TextConfig(sliding_window=4096, **SIZED), "rows"),
    "opt": (T.OPTConfig(ffn_dim=32, word_embed_proj_dim=16, **FEW), "rows"),
    "gpt_neox": (T.GPTNeoXConfig(**FEW), "rows"),
    "smollm3": (T.SmolLM3Config(**SHARED), "rows"),
    "mixtral": (T.MixtralConfig(num_local_experts=4, **SHARED), "rows"),
    "bert that looks back": (T.BertConfig(is_decoder=True, **FEW), "rows"),
    "bloom": (T.BloomConfig(hidden_size=16, n_layer=2, n_head=2, **SMALL), "padded"),
    "mpt": (T.MptConfig(d_model=16, n_heads=2, n_layers=2, **SMALL), "padded"),
    "mamba": (T.MambaConfig(hidden_size=16, num_hidden_layers=2, **SMALL), "padded"),
    "qwen3_next": (T.Qwen3NextConfig(**SIZED), "padded"),
}
# Without double precision, and with sums in another order, a state of 16 numbers is this exact.
EXACT = 1e-5


def built(auto: Any, config: Any) -> Any:
    """Return a model of random weights, large enough that answers differ from text to text."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        module = auto.from_config(config).eval()
        with torch.no_grad():
            for each in module.parameters():
                each.add_(torch.randn_like(each) * 0.2)
    return module


def parts_left(module: Any) -> Any:
    configs = {id(each.config): each.config for each in module.modules() if hasattr(each, "config")}
    hooks = sum(len(m._forward_hooks) + len(m._forward_pre_hooks) for m in module.modules())
    patched = sum("forward" in m.__dict__ for m in module.modules())
    return [dict(each.__dict__) for each in configs.values()], hooks, patched


def packing_of(model: Any, reading: Any = None) -> Packing:
    engine = model._engine if reading is None else model.engines()[reading]
    found: Packing = engine.backend.packing
    return found


@pytest.mark.parametrize("name", ENCODERS)
def test_classifiers(name: str) -> None:
    config, state = ENCODERS[name]
    module = built(transformers.AutoModelForSequenceClassification, config)
    before = parts_left(module)
    options = {"tokenizer": wordpiece_tokenizer(), "max_length": 40}
    model = load_model(module, **options)
    found = model.predict(INPUTS).logits
    alone = load_model(module, **options)
    wanted = np.concatenate([alone.predict([text]).logits for text in INPUTS])
    np.testing.assert_allclose(found, wanted, atol=EXACT)
    assert packing_of(model).state == state, packing_of(model).why
    assert packing_of(alone).state in ("untried", "padded")  # one by one
    assert parts_left(module) == before
    # Otherwise nothing would have been compared.
    assert np.ptp(wanted, axis=0).max() > 0.01


@pytest.mark.parametrize("name", ["bert", "roberta", "albert", "distilbert", "modernbert, mean"])
def test_taggers(name: str) -> None:
    module = built(transformers.AutoModelForTokenClassification, ENCODERS[name][0])
    options = {
        "tokenizer": wordpiece_tokenizer(),
        "max_length": 40,
        "task": "token-classification",
    }
    model = load_model(module, **options)
    inputs = [text.split() for text in INPUTS]
    found = model.predict(inputs).logits
    alone = load_model(module, **options)
    for each, ours in zip(inputs, found, strict=True):
        np.testing.assert_allclose(ours, alone.predict([each]).logits[0], atol=EXACT)
    assert packing_of(model).state == "rows"


@pytest.mark.parametrize("name", DECODERS)
def test_language_models(name: str) -> None:
    config, state = DECODERS[name]
    module = built(transformers.AutoModelForCausalLM, config)
    before = parts_left(module)
    options = {"tokenizer": wordpiece_tokenizer(), "max_length": 40, "task": "causal-lm"}
    question = DocumentLosses(context=32, stride=16)
    model = load_model(module, **options)
    found = model.ask(question, INPUTS)
    alone = load_model(module, **options)
    for text, ours in zip(INPUTS, found, strict=True):
        np.testing.assert_allclose(ours, alone.ask(question, [text])[0], atol=EXACT)
    assert packing_of(model, TokenLosses()).state == state
    assert parts_left(module) == before


@pytest.mark.parametrize("name", ["gpt2", "llama", "opt", "bert that looks back"])
def test_heads_on_the_last_token(name: str) -> None:
    module = built(transformers.AutoModelForSequenceClassification, DECODERS[name][0])
    options = {"tokenizer": wordpiece_tokenizer(), "max_length": 40}
    model = load_model(module, **options)
    found = model.predict(INPUTS).logits
    alone = load_model(module, **options)
    wanted = np.concatenate([alone.predict([text]).logits for text in INPUTS])
    np.testing.assert_allclose(found, wanted, atol=EXACT)
    assert packing_of(model).state == "rows"


def bert(**options: Any) -> tuple[Any, Any]:
    config = transformers.BertConfig(**FEW, **options)
    return built(transformers.AutoModelForSequenceClassification, config), load_model_options()


def load_model_options() -> dict[str, Any]:
    return {"tokenizer": wordpiece_tokenizer(), "max_length": 40}


def test_the_attention_of_the_user_stays() -> None:
    module, options = bert()
    module.set_attn_implementation("eager")
    model = load_model(module, **options)
    model.predict(INPUTS)
    assert packing_of(model).state == "padded"
    assert packing_of(model).why == "attention of the kind eager"
    assert module.config._attn_implementation == "eager"


def test_a_switch_of_the_attention_is_heeded_while_it_lasts() -> None:
    module, options = bert()
    model = load_model(module, **options)
    model.predict(INPUTS[:4])
    assert packing_of(model).state == "rows"
    module.set_attn_implementation("eager")
    model.predict(INPUTS[4:])
    assert module.config._attn_implementation == "eager"


@pytest.mark.parametrize("when", ["at once", "later"])
def test_an_error_in_a_row_is_answered_by_padding(monkeypatch, when: str) -> None:
    module, options = bert()
    model = load_model(module, **options)
    if when == "later":
        model.predict(INPUTS[:5])
        assert packing_of(model).state == "rows"

    def broken(*_: Any, **__: Any) -> Any:
        raise RuntimeError("no such kernel")

    before = parts_left(module)
    monkeypatch.setattr(attention, "_by_length", broken)
    found = model.predict(INPUTS).logits
    assert (packing_of(model).state, packing_of(model).why) == ("padded", "no such kernel")
    assert parts_left(module) == before
    monkeypatch.undo()
    np.testing.assert_allclose(
        found, load_model(module, **options).predict(INPUTS).logits, atol=1e-5
    )


def test_no_memory_to_try_is_no_error(monkeypatch) -> None:
    module, options = bert()
    whole = type(module).forward

    def crowded(self: Any, *args: Any, **kwargs: Any) -> Any:
        if kwargs["input_ids"].numel() > 40:
            raise RuntimeError("DefaultCPUAllocator: can't allocate memory")
        return whole(self, *args, **kwargs)

    model = load_model(module, **options)
    monkeypatch.setattr(type(module), "forward", crowded)
    found = model.predict(INPUTS).logits
    monkeypatch.undo()
    wanted = load_model(module, **options).predict(INPUTS).logits
    np.testing.assert_allclose(found, wanted, atol=1e-5)
    model.predict(["the film was good", "a good book"])
    assert packing_of(model).state == "rows"


def test_wrong_answers_of_rows_are_noticed(monkeypatch) -> None:
    module, options = bert()
    wanted = load_model(module, **options).predict(INPUTS).logits

    def whole(layout: Layout, states: Any, scaling: Any, causal: bool) -> torch.Tensor:
        return functional.scaled_dot_product_attention(*states, scale=scaling)[0].transpose(0, 1)

    monkeypatch.setattr(attention, "_by_length", whole)
    model = load_model(module, **options)
    np.testing.assert_allclose(model.predict(INPUTS).logits, wanted, atol=1e-5)
    assert packing_of(model).state == "padded"
    assert packing_of(model).why.startswith("logits that differ by")


def test_hooks_of_the_user_see_padded_batches() -> None:
    module, options = bert()
    model = load_model(module, **options)
    model.predict(INPUTS[:5])
    assert packing_of(model).state == "rows"
    seen: list[int] = []
    hook = module.bert.encoder.layer[0].register_forward_pre_hook(
        lambda _, args: seen.append(len(args[0]))
    )
    model.predict(INPUTS[5:])
    assert sum(seen) == len(INPUTS[5:])
    hook.remove()
    assert packing_of(model).state == "rows"


def test_threads_wait_for_each_other() -> None:
    module, options = bert()
    texts = [[f"{text} {i}" for text in INPUTS for i in range(20)] for _ in range(3)]
    wanted = load_model(module, **options).predict(texts[0]).logits
    readers = [load_model(module, **options) for _ in texts]
    before = parts_left(module)
    with ThreadPoolExecutor(len(texts)) as pool:
        found = list(pool.map(lambda model, asked: model.predict(asked).logits, readers, texts))
    for each in found:
        np.testing.assert_allclose(each, wanted, atol=1e-5)
    assert parts_left(module) == before


def test_errors_of_the_model_itself_are_raised() -> None:
    module, options = bert()

    def fails(*_: Any) -> None:
        raise ValueError("a head that fails")

    module.classifier.register_forward_hook(fails)
    before = parts_left(module)
    with pytest.raises(ValueError, match="a head that fails"):
        load_model(module, **options).predict(INPUTS)
    assert parts_left(module) == before


def test_layers_without_attention_are_refused() -> None:
    module, _ = bert()
    parts = packable.parts_of(module)
    module.bert.encoder.layer[1].forward = lambda states, *_, **__: states
    batch = {"input_ids": torch.ones(2, 3, dtype=torch.int64)}
    mask = torch.tensor([[1, 1, 1], [1, 0, 0]])
    with (
        torch.inference_mode(),
        in_rows(parts),
        pytest.raises(CannotPack, match="layers that do not all use"),
    ):
        module(**batch, attention_mask=mask)
    assert module.config._attn_implementation == "sdpa"


def test_a_batch_costs_what_its_texts_have() -> None:
    module, options = bert()
    model = load_model(module, **options)
    model.predict(INPUTS)
    engine = model._engine
    engine.budget.tokens, engine.budget.settled = 60, True
    seen: list[int] = []
    forward = module.bert.encoder.forward

    def seeing(states: torch.Tensor, *args: Any, **kwargs: Any) -> Any:
        seen.append(states.shape[1])
        return forward(states, *args, **kwargs)

    module.bert.encoder.forward = seeing
    model.predict([" ".join(["good"] * n) for n in range(1, 38)])
    # A special token stands on either side; longest first, as many as fit.
    wanted = [0]
    for length in range(39, 2, -1):
        if wanted[-1] + length > 60:
            wanted.append(0)
        wanted[-1] += length
    assert seen == wanted


@pytest.mark.parametrize("causal", [False, True])
def test_the_kernel_that_is_told_of_edges(monkeypatch, causal: bool) -> None:
    from torch.nn.attention import varlen

    def reference(*given: Any, scale: float, window_size: tuple[int, int], enable_gqa: bool) -> Any:
        q, k, v, edges, edges_k, *longest = given
        assert edges.dtype == edges_k.dtype == torch.int32
        assert longest == [4, 4]
        bounds = edges.tolist()
        parts = [
            functional.scaled_dot_product_attention(
                *(each[a:b].transpose(0, 1)[None] for each in (q, k, v)),
                scale=scale,
                is_causal=window_size == (-1, 0),
                enable_gqa=enable_gqa,
            )[0].transpose(0, 1)
            for a, b in pairwise(bounds)
        ]
        return torch.cat(parts)

    monkeypatch.setattr(varlen, "varlen_attn", reference)
    layout = Layout.of(torch.tensor([[1, 1, 1, 1], [1, 1, 0, 0], [1, 1, 0, 0], [1, 0, 0, 0]]))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        states = (torch.randn(1, 4, 9, 8), torch.randn(1, 2, 9, 8), torch.randn(1, 2, 9, 8))
    by_edges = attention._by_edges(layout, states, 0.3, causal)
    by_length = attention._by_length(layout, states, 0.3, causal)
    np.testing.assert_allclose(by_edges.numpy(), by_length.numpy(), atol=1e-6)


def test_layouts() -> None:
    mask = torch.tensor([[1, 1, 1], [1, 1, 0], [1, 1, 0], [1, 0, 0]])
    layout = Layout.of(mask)
    assert layout.groups == [(0, 1, 3), (3, 2, 2), (7, 1, 1)]
    assert layout.positions().tolist() == [[0, 1, 2, 0, 1, 0, 1, 0]]
    assert layout.edges.tolist() == [0, 3, 5, 7, 8]
    batch = torch.arange(12).view(4, 3) * mask
    row = layout.pack(batch)
    assert row.tolist() == [[0, 1, 2, 3, 4, 6, 7, 9]]
    assert layout.unpack(row[..., None])[..., 0].tolist() == batch.tolist()
    for wrong in ([[0, 1]], [[1, 0], [0, 0]]):
        with pytest.raises(CannotPack, match="hides more than padding"):
            Layout.of(torch.tensor(wrong))
    with pytest.raises(CannotPack, match="an output of shape"):
        layout.unpack(torch.zeros(1, 7, 2))


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"softcap": 3.0}, "softcap"),
        ({"s_aux": torch.ones(2)}, "s_aux"),
        ({"some_bias": torch.ones(2)}, "some_bias"),
        ({"sliding_window": 2}, "a window of 2 tokens"),
        ({"dropout": 0.1}, "dropout"),
    ],
)
def test_what_attention_is_told_and_cannot_heed(given: dict[str, Any], why: str) -> None:
    layout = Layout.of(torch.tensor([[1, 1, 1], [1, 1, 0]]))
    states = torch.zeros(1, 2, 5, 4)
    token = attention.reading.set(attention.Row(layout))
    try:
        with pytest.raises(CannotPack, match=why):
            attention.attention(torch.nn.Identity(), states, states, states, None, **given)
    finally:
        attention.reading.reset(token)


@pytest.mark.parametrize("kind", ["a function's", "bfloat16 on a GPU"])
def test_modules_that_are_not_tried(kind: str, monkeypatch) -> None:
    if kind == "a function's":
        with pytest.raises(CannotPack, match="not a model of transformers"):
            packable.parts_of(torch.nn.Linear(2, 2))
        return
    module, _ = make("bert")
    monkeypatch.setattr(type(module), "device", torch.device("cuda"))
    with pytest.raises(CannotPack, match=r"no kernel for torch.float32 on cuda"):
        packable.parts_of(module)
    packable.parts_of(module.bfloat16())
