"""A linear bag of words, whose every attribution is known in closed form.

The logit of label k is bias[k] plus the sum of weights[word, k] over the words of the text. So the
score of a word is its weight minus the padding token's (integrated gradients; 0 here), its weight
(input x gradient, occlusion by deletion), or its weight minus the mask token's (0 here).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
import transformers
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

SPECIALS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


class LinearBagOfWords(torch.nn.Module):
    """Logits are sums over tokens of an embedding times a matrix; padding counts for nothing."""

    def __init__(self, weights: torch.Tensor, bias: torch.Tensor, *, width: int = 7) -> None:
        """`weights` (vocabulary, k) and `bias` (k,); `width` is that of the embeddings."""
        super().__init__()
        vocabulary, labels = weights.shape
        self.embedding = torch.nn.Embedding(vocabulary, width)
        self.head = torch.nn.Linear(width, labels)
        # Any factors of the weights do: what is attributed does not depend on which.
        mix = torch.linalg.qr(torch.randn(width, width, generator=torch.manual_seed(0)))[0]
        with torch.no_grad():
            self.head.weight.copy_(mix[:labels])
            self.embedding.weight.copy_(weights @ mix[:labels])
            self.head.bias.copy_(bias)

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor | None = None
    ) -> torch.Tensor:
        """Return the logits (b, k) of ids (b, t)."""
        embedded = self.embedding(input_ids)
        if attention_mask is not None:
            embedded = embedded * attention_mask[..., None]
        logits: torch.Tensor = self.head(embedded.sum(dim=1))
        return logits


def word_tokenizer(words: Sequence[str]) -> transformers.PreTrainedTokenizerFast:
    """A tokenizer of whole words, lower-cased, with [CLS] and [SEP] around a text."""
    vocabulary = {word: i for i, word in enumerate([*SPECIALS, *words])}
    inner = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))  # type: ignore[call-arg]
    inner.normalizer = normalizers.Lowercase()
    inner.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    inner.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=inner,
        model_max_length=64,
        unk_token="[UNK]",
        pad_token="[PAD]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        mask_token="[MASK]",
    )


def linear_model(
    weights: Mapping[str, float | Sequence[float]], *, bias: Sequence[float] = (0.0, 0.0)
) -> tuple[Any, Any]:
    """Return (module, tokenizer) in which each word adds its weights to the labels' logits.

    A number is added to the last label only. Special tokens and unknown words add nothing.
    """
    labels = len(bias)
    rows = torch.zeros(len(SPECIALS) + len(weights), labels)
    for i, each in enumerate(weights.values(), start=len(SPECIALS)):
        own = [0.0] * (labels - 1) + [each] if isinstance(each, int | float) else list(each)
        rows[i] = torch.tensor(own)
    module = LinearBagOfWords(rows, torch.tensor(bias, dtype=torch.float32)).eval()
    return module, word_tokenizer([*weights])
