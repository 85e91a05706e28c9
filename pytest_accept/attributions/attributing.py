"""`attribute`: texts, and a method, to a score for each token."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pytest_accept.attributions.attribution import Attribution
from pytest_accept.attributions.kinds import IntegratedGradients, Method, ScoringFunction
from pytest_accept.attributions.methods import method_of
from pytest_accept.errors import PredictionError, SettingError, expected, unknown

if TYPE_CHECKING:
    from pytest_accept.loading import Model


def attribute(
    model: Model,
    inputs: Any,
    *,
    method: Method | ScoringFunction | str = "integrated_gradients",
    label: str | Sequence[str] | None = None,
) -> list[Attribution]:
    """Return how much each token of texts (or pairs, or those of a Data) moved the model.

    What is explained is the logit of `label`: one for all texts, or one for each; None is the label
    that the model predicts. `method`: what `integrated_gradients()`, `input_x_gradient()`,
    `occlusion()`, `attention_rollout()`, `random_attributions()` or `captum(…)` return, the name of
    one of these, or a function of texts and labels that returns a sequence of scores for each text,
    one a token. Each text and label is attributed once, whoever asks and how often.

    SettingError for a model that is no text classifier, an unknown method or label, or a missing
    label where texts may have several at once. ModelError for a function, a tokenizer written in
    Python, and a module without the embeddings or attentions that the method needs.
    PredictionError for scores that are not finite, or not one for each token.

    >>> attribute(model, ["A wonderful film."], method="occlusion")  # doctest: +SKIP
    [<Attribution to 'pos': 'A' +0.1, 'wonderful' +3.2, 'film' -0.3, '.' +0.2>]
    """
    import numpy as np

    from pytest_accept.attributions.explained import Explained
    from pytest_accept.attributions.tokens import check, tokenised
    from pytest_accept.tasks.text_classification import as_inputs

    found = method_of(method)
    check(model)
    given = getattr(inputs, "inputs", inputs)
    if isinstance(given, str | bytes) or not hasattr(given, "__iter__"):
        raise PredictionError(expected("inputs", "a Data or a list of texts", inputs))
    texts = as_inputs(list(given))
    if not texts:
        return []
    labels = _labels(model, texts, label)
    asked = [Explained(text, at) for text, at in zip(texts, labels, strict=True)]
    _, tokens = tokenised(model.tokenizer, texts, model.max_length)
    scores = found.scores(model, asked, tokens)
    lacks: Sequence[float | None] = [None] * len(asked)
    if isinstance(found, IntegratedGradients):
        lacks = found.missed(model, asked)
    return [
        Attribution(
            text=text,
            label=model.labels[at],
            ids=each.ids,
            spans=each.spans,
            scores=np.where(each.real, row.astype(np.float64), 0.0),
            missed=lack,
        )
        for (text, at), each, row, lack in zip(asked, tokens, scores, lacks, strict=True)
    ]


def _labels(model: Model, texts: Sequence[Any], label: str | Sequence[str] | None) -> list[int]:
    if label is None:
        if model.multi_label and len(model.labels) > 1:
            raise SettingError(
                f"A text may have several labels of {model.name!r} at once: pass label=, the one "
                f"to explain: {', '.join(map(repr, model.labels))}."
            )
        found: list[int] = model.predict(texts).label_ids.tolist()
        return found
    names = [label] * len(texts) if isinstance(label, str) else list(label)
    if len(names) != len(texts):
        what = f"a label, or one for each of the {len(texts):,} texts"
        raise SettingError(f"Expected `label` to be {what}, but got {len(names):,}.")
    index = {name: at for at, name in enumerate(model.labels)}
    for name in names:
        if name not in index:
            raise SettingError(unknown(f"label of {model.name!r}", name, model.labels))
    return [index[name] for name in names]
