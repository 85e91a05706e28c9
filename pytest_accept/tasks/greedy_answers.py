"""What a causal language model answers to a prompt, if it always takes the likeliest token."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import torch

from pytest_accept.errors import PredictionError
from pytest_accept.prediction.blocks import Blocks
from pytest_accept.prediction.encodings import IDS, MASK, Encodings
from pytest_accept.tasks.documents import Bos, beginning, documents


@dataclass(frozen=True)
class _Prompts(Encodings):
    """Prompts, with the tokenizer that finds the end of an answer."""

    tokenizer: Any = None


@dataclass(frozen=True)
class GreedyAnswers:
    """Prompts to the token ids of their answers, as (tokens, 1).

    An answer ends before the model's end-of-sequence token, with the first string of `stop`, or
    after `max_new_tokens`. A prompt that leaves no room for these is cut on the left.
    """

    columns: ClassVar[int] = 1

    max_new_tokens: int
    stop: tuple[str, ...]
    bos: Bos = "auto"

    def encode(self, tokenizer: Any, inputs: Sequence[str], max_length: int | None) -> Encodings:
        """Tokenise prompts as they stand; PredictionError if there is no room or no token."""
        room = None if max_length is None else max_length - self.max_new_tokens
        if room is not None and room < 2:
            raise PredictionError(
                f"The model takes {max_length:,} tokens, so an answer of {self.max_new_tokens:,} "
                "leaves no room for a prompt. Lower max_new_tokens."
            )
        start = beginning(tokenizer, self.bos)
        before = [] if start is None else [start]
        ids: list[list[int]] = []
        truncated = np.zeros(len(inputs), np.bool_)
        for i, document in enumerate(documents(tokenizer, inputs, "never")):
            prompt = document.ids.tolist()
            if not prompt and not before:
                raise PredictionError(
                    f"The tokenizer makes no tokens of the prompt {inputs[i]!r}, so there is "
                    "nothing to answer. Use bos='always', or leave such prompts out."
                )
            if room is not None and len(prompt) > room - len(before):
                truncated[i] = True
                prompt = prompt[len(prompt) - room + len(before) :]
            ids.append(before + prompt)
        found = Encodings.of({IDS: ids}, truncated)
        return _Prompts(found.columns, found.offsets, truncated, tokenizer=tokenizer)

    def read(
        self,
        module: Any,
        tensors: dict[str, Any],
        encodings: Encodings,
        indices: npt.NDArray[np.int64],
    ) -> Blocks:
        """Return the ids of the answers; PredictionError for a module that generates nothing."""
        assert isinstance(encodings, _Prompts)
        if not callable(getattr(module, "generate", None)):
            raise PredictionError(
                f"The model {type(module).__name__!r} has no `generate`: answers need a model of "
                "transformers."
            )
        ids, mask = _on_the_left(tensors[IDS], encodings.lengths[indices])
        ends = _ends(module, encodings.tokenizer)
        stopping = _Stops(encodings.tokenizer, self.stop, ids.shape[1])
        out = module.generate(
            input_ids=ids,
            **({"attention_mask": mask} if MASK in tensors else {}),
            generation_config=_greedy(self.max_new_tokens, ends),
            **({"stopping_criteria": [stopping]} if self.stop else {}),
        )
        answers = [
            self._ended(each, ends, encodings.tokenizer) for each in out[:, ids.shape[1] :].tolist()
        ]
        return Blocks.join([np.array(each, np.float64)[:, None] for each in answers])

    def _ended(self, ids: list[int], ends: Sequence[int], tokenizer: Any) -> list[int]:
        """Return an answer without what a batch goes on with until all its answers have ended."""
        for n, token in enumerate(ids):
            if token in ends:
                return ids[:n]
            if self.stop and any(each in tokenizer.decode(ids[: n + 1]) for each in self.stop):
                return ids[: n + 1]
        return ids


class _Stops:
    """Says which answers of a batch hold a string at which they end."""

    def __init__(self, tokenizer: Any, stop: Sequence[str], start: int) -> None:
        self._tokenizer = tokenizer
        self._stop = stop
        self._start = start

    def __call__(self, input_ids: torch.Tensor, scores: Any, **_: Any) -> torch.Tensor:
        texts = self._tokenizer.batch_decode(input_ids[:, self._start :])
        found = [any(each in text for each in self._stop) for text in texts]
        return torch.tensor(found, device=input_ids.device)


def _on_the_left(
    ids: torch.Tensor, lengths: npt.NDArray[np.int64]
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the ids with their padding on the left, and the mask: answers go on at the right."""
    width = ids.shape[1]
    shift = torch.from_numpy(width - lengths).to(ids.device)[:, None]
    at = torch.arange(width, device=ids.device)[None] - shift
    mask = at >= 0
    return ids.gather(1, at.clamp(min=0)), mask.long()


def _ends(module: Any, tokenizer: Any) -> list[int]:
    """Return the tokens that end an answer: the model's own, else the tokenizer's."""
    config = getattr(module, "generation_config", None)
    own = getattr(config, "eos_token_id", None)
    own = tokenizer.eos_token_id if own is None else own
    return [] if own is None else list(own) if isinstance(own, list | tuple) else [own]


def _greedy(most: int, ends: list[int]) -> Any:
    """Return a generation config that leaves nothing to that of the model."""
    from transformers import GenerationConfig

    return GenerationConfig(  # type: ignore[no-untyped-call]
        max_new_tokens=most,
        do_sample=False,
        num_beams=1,
        temperature=1.0,
        top_k=50,
        top_p=1.0,
        repetition_penalty=1.0,
        no_repeat_ngram_size=0,
        eos_token_id=ends or None,
        pad_token_id=ends[0] if ends else 0,
    )
