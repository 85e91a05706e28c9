"""Does the tagger find the entities, and only those?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, Unpack

from pytest_accept.assertions.asked import Options
from pytest_accept.assertions.judgement import above, below, ranged
from pytest_accept.assertions.tag_question import TagQuestion, ask_tags
from pytest_accept.errors import DataError, SettingError, expected, unknown

if TYPE_CHECKING:
    from pytest_accept.assertions.contributions import Sums
    from pytest_accept.data import Data
    from pytest_accept.data.tag_schemes import Span
    from pytest_accept.loading import Model
    from pytest_accept.prediction.token_predictions import TokenPredictions
    from pytest_accept.records import Estimate
    from pytest_accept.statistics import Interval

Average = Literal["micro", "macro", "weighted"]
Match = Literal["exact", "boundary", "partial", "type"]

_FEW = 5


@ranged(0, 1)
def entity_precision(
    model: Model | TokenPredictions,
    data: Data,
    *,
    average: Average = "micro",
    type: str | None = None,
    types: Sequence[str] | None = None,
    match: Match = "exact",
    strict: bool = False,
    **options: Unpack[Options],
) -> Estimate:
    """Share of the entities found that are labelled so, in 0..1; 1 is no false alarm.

    An entity is right if its words and its type are (`match="exact"`). Else, by nervaluate's
    schemes: "boundary" (its exact), where the type does not count; "partial", where an overlap
    counts half, whatever the type; "type" (ent_type), where an overlap of the same type counts.

    `type` asks for one type of the model; else `average` over entities ("micro") or over types
    ("macro": each counts the same; "weighted": by labelled entities). `types` leaves out all other
    types, labelled or found; without it a labelled type that the model lacks is a LabelError.
    Predicted tags out of place begin an entity (conlleval), or with `strict` are dropped.

    Interval: over sentences, never entities: test inversion of the table of sentences by what they
    add; with `cluster="document"`, over documents. Definition: seqeval's `precision_score`, in its
    default or (`strict`) strict mode; nervaluate's `precision` for other matches. BILOU is read as
    IOBES: seqeval's default mode does not know its L and U.
    """
    choice = _Choice("precision", average, type, types, match, strict)
    return _measured(choice, model, data, options)


@ranged(0, 1)
def entity_recall(
    model: Model | TokenPredictions,
    data: Data,
    *,
    average: Average = "micro",
    type: str | None = None,
    types: Sequence[str] | None = None,
    match: Match = "exact",
    strict: bool = False,
    **options: Unpack[Options],
) -> Estimate:
    """Share of the labelled entities that are found, in 0..1; 1 is nothing missed.

    Arguments and interval as for `entity_precision`. Raises DataError if no entity is labelled.
    Definition: seqeval's `recall_score`; nervaluate's `recall` for other matches.
    """
    choice = _Choice("recall", average, type, types, match, strict)
    return _measured(choice, model, data, options)


@ranged(0, 1)
def entity_f1(
    model: Model | TokenPredictions,
    data: Data,
    *,
    average: Average = "micro",
    type: str | None = None,
    types: Sequence[str] | None = None,
    match: Match = "exact",
    strict: bool = False,
    **options: Unpack[Options],
) -> Estimate:
    """Harmonic mean of entity precision and recall, in 0..1; 1 is no false alarm, nothing missed.

    Arguments and interval as for `entity_precision`. Raises DataError if no entity is labelled.
    Definition: seqeval's `f1_score`; nervaluate's `f1` for other matches.
    """
    choice = _Choice("f1", average, type, types, match, strict)
    return _measured(choice, model, data, options)


@dataclass(frozen=True, slots=True)
class _Choice:
    formula: Literal["precision", "recall", "f1"]
    average: Average
    type: str | None
    types: Sequence[str] | None
    match: Match
    strict: bool

    def __post_init__(self) -> None:
        if self.average not in ("micro", "macro", "weighted"):
            what = "'micro', 'macro' or 'weighted' (or pass type= for one type)"
            raise SettingError(expected("average", what, self.average))
        if self.match not in ("exact", "boundary", "partial", "type"):
            what = "'exact', 'boundary', 'partial' or 'type'"
            raise SettingError(expected("match", what, self.match))
        if self.type is not None and self.types is not None:
            raise SettingError("`type` asks for one type and `types` for several: pass one.")

    def __str__(self) -> str:
        one = None if self.type is None else f"type={self.type}"
        averaged = None if self.average == "micro" else f"average={self.average}"
        parts = [
            one or averaged,
            None if self.types is None else f"types={'|'.join(self.types)}",
            None if self.match == "exact" else f"match={self.match}",
            "strict" if self.strict else None,
        ]
        return ", ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True, eq=False)
class Entities:
    """Labelled and found entities by sentence, of these `types` of the model alone."""

    true: list[list[Span]]
    predicted: list[list[Span]]
    types: tuple[str, ...]
    notes: tuple[str, ...]


def entities_of(
    question: TagQuestion, *, types: Sequence[str] | None = None, strict: bool = False
) -> Entities:
    """Return the entities of data and model under the model's names of types.

    Raises SettingError for a model whose labels say no entities, or for types that it lacks;
    LabelError for labelled types that it lacks, if `types` does not leave them out.
    """
    from pytest_accept.data.tag_matching import spans_in_types
    from pytest_accept.data.tag_schemes import misplaced, spans

    said = question.predictions.tags
    scheme = question.entity_scheme()
    wanted = _checked_types(types, question.types)
    true = spans_in_types(question.data, wanted, only=types is not None)
    found = [spans(tags, scheme, strict=strict) for tags in said]
    never = Counter(each.type for sentence in found for each in sentence)
    for name in {each.type for sentence in true for each in sentence}:
        never.pop(name, None)
    notes = []
    if never and types is None:
        listed = ", ".join(f"{name!r} ({count:,})" for name, count in never.most_common())
        notes.append(
            f"found, but never labelled here, so wrong each time: {listed}; types=[…] leaves out "
            "what is not labelled"
        )
    odd = sum(bool(misplaced(tags, scheme)) for tags in said)
    if odd:
        how = "and dropped (strict)" if strict else "and begin an entity (strict=True drops them)"
        notes.append(
            f"in {odd:,} of {len(said):,} sentences predicted tags are out of place, {how}"
        )
    kept = [[each for each in sentence if each.type in wanted] for sentence in found]
    return Entities(true=true, predicted=kept, types=wanted, notes=tuple(notes))


def _measured(
    choice: _Choice, model: Model | TokenPredictions, data: Data, options: Options
) -> Estimate:
    from pytest_accept.assertions.entity_evidence import marked_sentences

    takes = ("average", "type", "types", "match", "strict")
    question = ask_tags(f"entity_{choice.formula}", model, data, takes=takes, **options)
    types = choice.types if choice.type is None else [choice.type]
    found = entities_of(question, types=types, strict=choice.strict)
    notes = list(found.notes)
    if not any(found.true) and choice.formula != "precision":
        raise DataError(
            f"{question.metric} needs labelled entities, but {question.data.population} has none "
            f"of the types {', '.join(map(repr, found.types))}."
        )
    sums = _sums(question, found, choice)
    interval = _interval(question, sums)
    if choice.formula == "precision" and not any(found.predicted):
        interval = replace(interval, low=0.0, high=1.0, method="none")
        notes.append("no entity is found, so precision is not defined; counted as 0")
    if choice.type is None:
        notes += _sparse(found, choice.average)
    return question.answer(
        interval,
        higher_is_better=True,
        evidence=lambda asked: marked_sentences(
            asked, found.true, found.predicted, forgiven=_forgiven(choice)
        ),
        options=str(choice),
        notes=tuple(notes),
        contributions=lambda: sums,
    )


def _forgiven(choice: _Choice) -> set[str]:
    """Return the kinds of mistakes that do not lower the metric."""
    from pytest_accept.assertions.entity_evidence import MISSED, SPURIOUS, TYPE, WORDS

    kinds = {"precision": {MISSED}, "recall": {SPURIOUS}, "f1": set[str]()}[choice.formula]
    matched = {"boundary": {TYPE}, "partial": {TYPE}, "type": {WORDS}, "exact": set[str]()}
    return kinds | matched[choice.match]


def _sums(question: TagQuestion, found: Entities, choice: _Choice) -> Sums:
    """Return what each sentence adds to the metric."""
    from pytest_accept.assertions.contributions import Sums
    from pytest_accept.metrics import confusion
    from pytest_accept.metrics.entities import pooled_rows, sentence_rows, table

    pooled = choice.type is not None or choice.average == "micro"
    form = pooled_rows if pooled else sentence_rows
    rows = form(found.true, found.predicted, found.types, match=choice.match)
    average = "micro" if pooled else choice.average
    return Sums(
        rows=rows,
        formula=partial(getattr(confusion, choice.formula), average=average),
        bounds=(0, 1),
        clusters=question.clusters,
        possible=table(rows)[0],
    )


def _interval(question: TagQuestion, sums: Sums) -> Interval:
    from pytest_accept.metrics.entities import table
    from pytest_accept.statistics import clustered_interval, table_interval

    common: dict[str, Any] = {"confidence": question.confidence, "seed": question.seed}
    if sums.clusters is None:
        return table_interval(*table(sums.rows), sums.formula, **common)
    return clustered_interval(
        sums.rows, sums.clusters, sums.formula, possible=sums.possible, **common
    )


def _sparse(found: Entities, average: Average) -> list[str]:
    """Return notes on types of which the sample tells little or nothing."""
    labelled = Counter(each.type for sentence in found.true for each in sentence)
    predicted = Counter(each.type for sentence in found.predicted for each in sentence)
    notes = []
    absent = [name for name in found.types if not labelled[name] + predicted[name]]
    if absent and average == "macro":
        listed = ", ".join(map(repr, absent))
        notes.append(f"not in the average, since neither labelled nor found here: {listed}")
    rare = [f"{name!r} ({labelled[name]})" for name in found.types if 0 < labelled[name] < _FEW]
    if rare:
        notes.append(
            f"types with fewer than {_FEW} labelled entities, whose errors the bound cannot know: "
            + ", ".join(rare)
        )
    return notes


def _checked_types(types: Sequence[str] | None, known: tuple[str, ...]) -> tuple[str, ...]:
    if types is None:
        return known
    if isinstance(types, str) or not types:
        raise SettingError(expected("types", "a list of entity types of the model", types))
    for name in types:
        if name not in known:
            raise SettingError(unknown("entity type of the model", name, known))
    return tuple(dict.fromkeys(types))


assert_entity_precision_above = above(entity_precision)
assert_entity_precision_below = below(entity_precision)
assert_entity_recall_above = above(entity_recall)
assert_entity_recall_below = below(entity_recall)
assert_entity_f1_above = above(entity_f1)
assert_entity_f1_below = below(entity_f1)
