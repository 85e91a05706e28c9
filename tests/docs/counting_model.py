"""A checkpoint that counts: a BERT whose attention adds up what each word says of a film.

Its weights are set, not trained. Query and key are zero, so every token is attended to alike; value
and output pass embeddings through; the first two dimensions of an embedding hold the word's score.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
import transformers

from tests.linear_models import word_tokenizer
from tests.models import quiet

# Keeps the layer norms from scaling every score up: the same in all words.
REST = [1.0, -1.0, 1.0, -1.0, 1.0, -1.0]


def counting_model(scores: Mapping[str, float], *, sureness: float = 1.0) -> tuple[Any, Any]:
    """Return (module, tokenizer): "pos" where the scores of a text's words sum to more than 0."""
    tokenizer = word_tokenizer([*scores])
    config = transformers.BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=8,
        num_hidden_layers=1,
        num_attention_heads=1,
        intermediate_size=8,
        max_position_embeddings=64,
        id2label={0: "neg", 1: "pos"},
        label2id={"neg": 0, "pos": 1},
    )
    module = transformers.BertForSequenceClassification(config).eval()
    with torch.no_grad():
        for name, parameter in module.named_parameters():
            if "LayerNorm" not in name:
                parameter.zero_()
        bert = module.bert
        words = bert.embeddings.word_embeddings.weight
        words[:, 2:] = torch.tensor(REST)
        for word, score in scores.items():
            token = tokenizer.convert_tokens_to_ids(word)
            words[token, 0], words[token, 1] = score, -score
        attention = bert.encoder.layer[0].attention
        attention.self.value.weight.copy_(torch.eye(8))
        attention.output.dense.weight.copy_(4 * torch.eye(8))
        bert.pooler.dense.weight[0, 0] = 2.0
        module.classifier.weight[:, 0] = torch.tensor([-sureness, sureness])
    return module, tokenizer


def save_counting_model(folder: Path, scores: Mapping[str, float], **options: float) -> Path:
    """Write its checkpoint and return the folder."""
    module, tokenizer = counting_model(scores, **options)
    with quiet():
        module.save_pretrained(folder)
        tokenizer.save_pretrained(folder)
    return folder
