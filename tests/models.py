"""Tiny random models, built in code: real architectures and tokenizers, no download, milliseconds.

`build(folder, kind)` writes a checkpoint. The session-scoped fixtures build each kind once; a test
that changes a folder must copy it first.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
import transformers
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

KINDS = ("bert", "roberta", "gpt2", "multi_label", "nli", "sigmoid")

WORDS = """
    a an the this that it is was not very film book song story actor plot scene ending good bad
    great awful fine dull bright slow fast long short happy sad we i you they loved hated liked
    saw read heard and but or so because with without on in at all none some every never always
    ##s ##ed ##ing ##ly un ##able , . ! ?
"""
SPECIALS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]

TEXTS = (
    "a good film.",
    "the plot was awful, and the ending was not good!",
    "dull",
    "we loved this book because it is bright and happy and never slow",
    "",
    "unseenword zzz?",
    "they hated every scene in it , but i liked the song , the actor and all the long story " * 3,
    "this was a very very fast story with a short ending",
)
PAIRS = (
    ("a good film.", "the film is good"),
    ("the plot was awful, and the ending was not good!", "it was bad"),
    ("dull", "we loved this book because it is bright and happy and never slow"),
    ("", "nothing"),
    ("they saw the film at all", ""),
)


def wordpiece_tokenizer(max_length: int = 48) -> transformers.PreTrainedTokenizerFast:
    """A BERT tokenizer of a hundred words."""
    letters = [chr(code) for code in range(ord("a"), ord("z") + 1)]
    pieces = dict.fromkeys(
        [*SPECIALS, *WORDS.split(), *letters, *(f"##{each}" for each in letters)]
    )
    vocabulary = {token: index for index, token in enumerate(pieces)}
    inner = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))  # type: ignore[call-arg]
    inner.normalizer = normalizers.BertNormalizer(lowercase=True)
    inner.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    inner.decoder = decoders.WordPiece()
    inner.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=inner,
        model_max_length=max_length,
        model_input_names=["input_ids", "token_type_ids", "attention_mask"],
        unk_token="[UNK]",
        pad_token="[PAD]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        mask_token="[MASK]",
    )


def roberta_tokenizer() -> transformers.PreTrainedTokenizerFast:
    """Byte-level with RoBERTa's special tokens, without token types or a maximum length."""
    specials = ["<s>", "<pad>", "</s>", "<unk>"]
    inner = _byte_level(specials)
    inner.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0))
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=inner,
        model_input_names=["input_ids", "attention_mask"],
        bos_token="<s>",
        pad_token="<pad>",
        eos_token="</s>",
        cls_token="<s>",
        sep_token="</s>",
        unk_token="<unk>",
    )


def gpt2_tokenizer() -> transformers.PreTrainedTokenizerFast:
    """Byte-level without a padding token, as GPT-2's."""
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=_byte_level(["<|endoftext|>"]),
        model_input_names=["input_ids", "attention_mask"],
        eos_token="<|endoftext|>",
        bos_token="<|endoftext|>",
    )


def _byte_level(specials: list[str]) -> Tokenizer:
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {token: index for index, token in enumerate([*specials, *alphabet])}
    inner = Tokenizer(models.BPE(vocabulary, []))
    inner.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    inner.decoder = decoders.ByteLevel()
    return inner


def make(kind: str = "bert", *, labels: tuple[str, ...] = ("neg", "pos"), seed: int = 0) -> Any:
    """Return (model, tokenizer) of a kind, with random weights that depend on the seed alone."""
    sizes: dict[str, Any] = {
        "hidden_size": 16,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "intermediate_size": 32,
        # Large enough that the answers differ from text to text.
        "initializer_range": 0.5,
    }
    names = {"id2label": dict(enumerate(labels)), "label2id": {n: i for i, n in enumerate(labels)}}
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model, tokenizer = _make(kind, sizes, names)
        if kind != "gpt2":
            _centre(model, tokenizer)
        return model, tokenizer


def _centre(model: Any, tokenizer: Any) -> None:
    """Let the answers differ from text to text instead of all leaning to one label."""
    out = getattr(model.classifier, "out_proj", model.classifier)
    with torch.no_grad():
        out.weight *= 3
        batch = tokenizer(
            [text for text in TEXTS if text],
            padding=True,
            truncation=True,
            max_length=40,
            return_tensors="pt",
        )
        out.bias -= model(**batch).logits.mean(0)


def _make(kind: str, sizes: dict[str, Any], names: dict[str, Any]) -> Any:
    if kind == "roberta":
        tokenizer = roberta_tokenizer()
        config = transformers.RobertaConfig(
            vocab_size=len(tokenizer),
            max_position_embeddings=66,
            pad_token_id=1,
            type_vocab_size=1,
            **sizes,
            **names,
        )
        return transformers.RobertaForSequenceClassification(config).eval(), tokenizer
    if kind == "gpt2":
        tokenizer = gpt2_tokenizer()
        gpt2 = transformers.GPT2Config(
            vocab_size=len(tokenizer),
            n_embd=16,
            n_layer=2,
            n_head=2,
            n_positions=256,
            initializer_range=0.5,
            bos_token_id=0,
            eos_token_id=0,
            **names,
        )
        return transformers.GPT2ForSequenceClassification(gpt2).eval(), tokenizer
    tokenizer = wordpiece_tokenizer()
    extra = {}
    if kind in ("multi_label", "sigmoid"):
        extra = {"problem_type": "multi_label_classification"}
    bert = transformers.BertConfig(
        vocab_size=len(tokenizer), max_position_embeddings=64, **sizes, **names, **extra
    )
    return transformers.BertForSequenceClassification(bert).eval(), tokenizer


LABELS = {
    "multi_label": ("funny", "sad", "loud"),
    "nli": ("entailment", "neutral", "contradiction"),
    "sigmoid": ("toxic",),
}


def build(folder: Path, kind: str = "bert", *, seed: int = 0, **options: Any) -> Path:
    """Write a checkpoint of a kind into a folder and return the folder."""
    options.setdefault("labels", LABELS.get(kind, ("neg", "pos")))
    model, tokenizer = make(kind, seed=seed, **options)
    with quiet():
        model.save_pretrained(folder)
        tokenizer.save_pretrained(folder)
    return folder


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep transformers' progress bars out of the tests' output."""
    shown = transformers.logging.is_progress_bar_enabled()
    transformers.logging.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            transformers.logging.enable_progress_bar()


@pytest.fixture(scope="session")
def checkpoints(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One folder per kind; not to be changed."""
    root = tmp_path_factory.mktemp("checkpoints")
    return {kind: build(root / kind, kind) for kind in KINDS}


@pytest.fixture(scope="session")
def tiny_model_folder(checkpoints: dict[str, Path]) -> Path:
    """A BertForSequenceClassification checkpoint with the labels neg and pos; not to be changed."""
    return checkpoints["bert"]
