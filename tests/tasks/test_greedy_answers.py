"""Greedy answers in batches, against transformers' `generate` of one prompt at a time."""

import pytest
import torch

import pytest_accept as pa
from pytest_accept.tasks.greedy_answers import GreedyAnswers
from tests.language_models import make_causal, with_bos

PROMPTS = ("The cat", "a", "Long ago there was a", "x y z", "tell me. ", "b" * 70)


def one_by_one(module, tokenizer, prompt: str, new: int) -> list[int]:
    ids = tokenizer(prompt, verbose=False)["input_ids"]
    room = 64 - new
    if len(ids) > room:
        start = [tokenizer.bos_token_id] if ids[0] == tokenizer.bos_token_id else []
        ids = [*start, *ids[len(ids) - room + len(start) :]]
    out = module.generate(torch.tensor([ids]), max_new_tokens=new, do_sample=False)
    answer: list[int] = out[0, len(ids) :].tolist()
    end = tokenizer.eos_token_id
    return answer[: answer.index(end)] if end in answer else answer


@pytest.mark.parametrize("kind", ["gpt2", "llama", "gpt_neox", "opt"])
def test_are_those_of_generate(kind: str) -> None:
    module, tokenizer = make_causal(kind)
    model = pa.load_model(module, tokenizer=tokenizer, task="causal-lm")
    found = model.read(GreedyAnswers(8, ()), PROMPTS)
    for prompt, rows in zip(PROMPTS, found, strict=True):
        assert rows[:, 0].tolist() == one_by_one(module, tokenizer, prompt, 8)
    assert model.cut(GreedyAnswers(8, ()), PROMPTS).tolist() == [False] * 5 + [True]


def test_ends_with_a_stop_string_or_before_the_end_token() -> None:
    module, tokenizer = make_causal("gpt2")
    model = pa.load_model(module, tokenizer=tokenizer, task="causal-lm")
    free = [each[:, 0].astype(int).tolist() for each in model.read(GreedyAnswers(8, ()), PROMPTS)]
    stop = tokenizer.decode([free[0][2]])
    stopped = model.read(GreedyAnswers(8, (stop,)), PROMPTS)
    for rows, ids in zip(stopped, free, strict=True):
        assert tokenizer.decode(rows[:, 0].astype(int)) == _until(tokenizer.decode(ids), stop)
    module.generation_config.eos_token_id = [free[0][1], 0]
    ended = pa.load_model(module, tokenizer=tokenizer, task="causal-lm")
    assert ended.read(GreedyAnswers(8, ()), PROMPTS[:1])[0][:, 0].tolist() == free[0][:1]


def _until(text: str, stop: str) -> str:
    return text[: text.index(stop) + len(stop)] if stop in text else text


def test_settings_of_the_checkpoint_do_not_matter() -> None:
    module, tokenizer = make_causal("llama")
    model = pa.load_model(module, tokenizer=tokenizer, task="causal-lm")
    plain = model.read(GreedyAnswers(6, ()), PROMPTS)
    other, _ = make_causal("llama")
    config = other.generation_config
    config.do_sample, config.temperature, config.repetition_penalty = True, 3.0, 5.0
    sampled = pa.load_model(other, tokenizer=tokenizer, task="causal-lm")
    for one, two in zip(plain, sampled.read(GreedyAnswers(6, ()), PROMPTS), strict=True):
        assert one.tolist() == two.tolist()


def test_the_bos_token_stays_when_a_prompt_is_cut() -> None:
    module, tokenizer = make_causal("gpt2")
    with_bos(tokenizer)
    model = pa.load_model(module, tokenizer=tokenizer, task="causal-lm")
    (rows,) = model.read(GreedyAnswers(8, ()), PROMPTS[-1:])
    assert rows[:, 0].tolist() == one_by_one(module, tokenizer, PROMPTS[-1], 8)


def test_bad_input_is_explained() -> None:
    module, tokenizer = make_causal("gpt2")
    model = pa.load_model(module, tokenizer=tokenizer, task="causal-lm")
    with pytest.raises(pa.PredictionError, match="an answer of 63 leaves no room"):
        model.read(GreedyAnswers(63, ()), ["a"])
    with pytest.raises(pa.PredictionError, match="makes no tokens of the prompt ''"):
        model.read(GreedyAnswers(8, ()), [""])
