"""The default criteria of a tagger."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

from pytest_accept.errors import DataError
from pytest_accept.starter.plan import Plan, group_option
from pytest_accept.starter.suite import SOME

TYPOS, GAP = 0.3, 0.1
"""Bars that are conventions: nothing in the data says how much is too much."""

_DICTIONARY = "a dictionary of each word's most frequent tag, made of the other half of the data,"

Sentence = tuple[str, ...]


def plan(plan: Plan) -> None:
    """Plan that a tagger beats a dictionary, stands typos, and treats groups alike.

    Raises DataError for data without tags.
    """
    from pytest_accept.assertions.entities import entity_f1
    from pytest_accept.assertions.tokens import token_accuracy

    data = plan.data
    if not data.tagged:
        raise DataError(
            f"{plan.asked.data!r} has no tag for each word, but the model {plan.asked.model!r} "
            "is a tagger. Give words and tags: a .conll file, or columns with a list of words "
            "and a list of tags each (--accept-text, --accept-label)."
        )
    entities = data.scheme is not None
    frequent = Counter(tag for tags in data.tag_sequences() for tag in tags).most_common(1)[0][0]
    always = _tagger(plan, lambda words: [frequent] * len(words))
    dictionary = _tagger(plan, _dictionary(data.inputs, data.tag_sequences(), frequent))
    trivial = (
        (_point(token_accuracy, always, data), f"tagging every word {frequent!r}"),
        (_point(token_accuracy, dictionary, data), _DICTIONARY),
    )
    plan.against("token_accuracy", "above", *max(trivial))
    name = "token_accuracy"
    if entities:
        name = "entity_f1"
        plan.against(name, "above", _point(entity_f1, dictionary, data), _DICTIONARY)
        plan.within(
            "test_typos",
            "assert_entity_flip_rate_below",
            TYPOS,
            "in few sentences other entities are found when they get a typo",
            perturbation="typos()",
            uses=("perturbations.typos",),
            data=SOME,
            marker="robustness",
        )
    columns = plan.group_columns()
    if columns is not None:
        plan.within(
            f"test_groups_have_like_{name}",
            "assert_group_gap_below",
            GAP,
            f"{name} differs little between groups ({' and '.join(map(repr, columns))})",
            options=(("metric", name), group_option(columns)),
            uses=(name,),
            marker="fairness",
        )


def _dictionary(sentences: Sequence[Sentence], tags: Sequence[Sequence[str]], other: str) -> Any:
    """Return a function that tags a sentence by what its words are in the other half of them."""
    counts: tuple[dict[str, Counter[str]], ...] = (defaultdict(Counter), defaultdict(Counter))
    half: dict[Sentence, int] = {}
    for number, (words, labelled) in enumerate(zip(sentences, tags, strict=True)):
        mine = half.setdefault(words, number % 2)
        for word, said in zip(words, labelled, strict=True):
            counts[mine][word][said] += 1
    best = tuple(
        {word: found.most_common(1)[0][0] for word, found in each.items()} for each in counts
    )

    def tag(words: Sequence[str]) -> list[str]:
        known = best[1 - half[tuple(words)]]
        return [known.get(word, other) for word in words]

    return tag


def _point(metric: Any, model: Any, data: Any) -> float:
    return float(metric(model, data, point=True).value)


def _tagger(plan: Plan, tag: Any) -> Any:
    from pytest_accept.loading import load_model

    labels = list(plan.data.label_names)
    if len(labels) < 2:
        raise DataError(
            f"All words of {plan.asked.data!r} are tagged {labels[0]!r}: nothing can be shown of a "
            "tagger. Bring sentences with other tags."
        )
    return load_model(
        lambda sentences: [tag(words) for words in sentences],
        labels=labels,
        task="token-classification",
        name="trivial",
    )
