"""The values that travel: frozen, JSON-safe, with no behaviour beyond what they mean.

They cross three boundaries: from an assertion to pytest, from an xdist worker to the controller (so
everything must survive JSON), and from a run to whoever reads its Record later. `docs/record.md`
describes the Record's JSON; `SCHEMA_VERSION` changes with it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

SCHEMA_VERSION = 1

Direction = Literal["above", "below"]
Status = Literal["accepted", "rejected", "inconclusive"]

TestType = Literal["MFT", "INV", "DIR"]
"""Minimum functionality, invariance, directional expectation (Ribeiro et al. 2020)."""

DEFAULT_BAR = "default bar: "
"""How a note begins that says where a bar comes from which is ours and no requirement of a user."""

LOOKED = ("decided after ", "not decided by ")
"""How a note begins that says how many examples a sequential criterion took: of it alone."""

PAIR = " / "
"""Between the two texts of a pair where they are shown as one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextEdit:
    """A change of a text: `text[start:stop]` becomes `replacement`; `kind` as in "swapped letters".

    All edits of a text count characters of the text before any of them.
    """

    start: int
    stop: int
    replacement: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """What became of an example: its text after the edits, and what the model said of that."""

    text: str
    edits: tuple[TextEdit, ...]
    predicted: str
    probability: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What another model said of an example: the one before, or the original."""

    model: str
    predicted: str
    probability: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedSpan:
    """A mistake about an entity: `text[start:stop]` is where it is labelled, or else found.

    `expected` and `predicted` are the types labelled and found, "" for none: an entity was missed,
    or is spurious. `said` are the words that were found, where they are others than those labelled.
    """

    start: int
    stop: int
    expected: str
    predicted: str
    said: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenScore:
    """How much a token, `text[start:stop]`, moved the prediction: for it if positive, else against.

    In the attribution's own unit: only the scores of one text can be compared.
    """

    start: int
    stop: int
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of the population, and what was measured of it.

    `low` and `high` are bounds that hold for all parts of an Evidence together, each side at the
    confidence of its Estimate. `where` is what a user writes to get the part again, as in
    "{'source': 'tweets'}"; "" if `name` says it.
    """

    name: str
    value: float
    low: float
    high: float
    n: int
    where: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One example shown as evidence: its text, what was expected, what the model said.

    `probability` is the model's probability of `predicted`, in 0..1. `origin` says where the
    example stands, as in "tweets.tsv row 318" (rows count from 1, a header not counted). `edited`
    is there if the point is what an edit of the text does, `before` if it is what another model
    said, `spans` if it is which entities were missed or found wrongly, the surest first,
    `attributions` if it is what the prediction rests on.
    """

    text: str
    expected: str
    predicted: str
    probability: float
    origin: str
    edited: Edited | None = None
    before: Answer | None = None
    spans: tuple[MarkedSpan, ...] = ()
    attributions: tuple[TokenScore, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a person would want to see of a verdict: examples, parts of the population, or lines."""

    title: str
    examples: tuple[Example, ...] = ()
    lines: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfusionMatrix:
    """How often each label was predicted as which: `counts[true][predicted]`, in examples."""

    labels: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReliabilityBin:
    """Examples of like confidence: how many, how sure on average, and the share that was right.

    `confidence` and `accuracy` are in 0..1; equal ones are calibrated.
    """

    n: int
    confidence: float
    accuracy: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """What a label's score would find if it were said from `score`, in 0..1, upwards."""

    score: float
    true_positives: int
    false_positives: int
    true_negatives: int
    false_negatives: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """What each threshold on the score of one label finds, from the lowest to the highest."""

    label: str
    thresholds: tuple[Threshold, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What of a population is best drawn; what is empty does not fit the metric."""

    confusion: ConfusionMatrix | None = None
    reliability: tuple[ReliabilityBin, ...] = ()
    curve: Curve | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A measured quantity with its uncertainty.

    `low` and `high` are one-sided bounds, each holding with probability `confidence`. `n` counts
    examples, `clusters` the independent groups of them (None: every example is its own).
    `method` names the interval; "point" means that there is none and `low == value == high`, "all
    cases" that there need be none, because the criterion is about exactly these cases.
    `options` are the metric's own, where they are not the usual ones, as in "label=pos".
    `notes` are things a reader of the number must know, such as texts that were cut.
    `seeds` is how many runs of a recipe it is a mean over, None if it is about one model.

    Comparing an Estimate with a number judges it: `accuracy(model, data) >= 0.9` is a `Verdict`,
    true if it is accepted. `>` and `>=` both ask for "above", `<` and `<=` for "below".
    """

    metric: str
    value: float
    low: float
    high: float
    confidence: float
    n: int
    clusters: int | None = None
    method: str
    higher_is_better: bool
    population: str = ""
    options: str = ""
    notes: tuple[str, ...] = ()
    seeds: int | None = None

    @property
    def name(self) -> str:
        """The metric with the options that make it another one, as in "precision(label=pos)"."""
        return f"{self.metric}({self.options})" if self.options else self.metric

    def judge(self, bar: float, direction: Direction) -> Verdict:
        """Return the verdict on "this is `direction` `bar`", by the bounds alone."""
        return Verdict(
            status=decide(self.low, self.high, bar, direction),
            estimate=self,
            bar=bar,
            direction=direction,
            population=self.population,
        )

    def __ge__(self, bar: float) -> Verdict:
        return self.judge(bar, "above")

    def __gt__(self, bar: float) -> Verdict:
        return self.judge(bar, "above")

    def __le__(self, bar: float) -> Verdict:
        return self.judge(bar, "below")

    def __lt__(self, bar: float) -> Verdict:
        return self.judge(bar, "below")

    def __float__(self) -> float:
        return self.value

    def __str__(self) -> str:
        from pytest_accept.explanation import explain_estimate

        return explain_estimate(self)

    def __format__(self, specification: str) -> str:
        return format(self.value, specification) if specification else str(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """What a behavioural test is of: a capability, such as "negation", and the type of the test.

    `capability` and `name` are a user's own words, "" where there are none.
    """

    capability: str
    test_type: TestType
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The answer to one criterion.

    `bar` and `direction` are the criterion, `estimate` what was measured on `population`.
    `needed_n`: how many examples like these would decide an inconclusive criterion, None if no
    number would or none is needed; `needed_seeds`: how many runs of a recipe would, on these
    examples. `smallest_shown`: the true value at or beyond which this many
    examples would have shown the criterion 4 times in 5. A Verdict is true if the test may pass:
    accepted, or inconclusive where the settings tolerate that (`tolerated`). `behaviour` is there
    if the criterion is a behavioural test. `definition` says what the metric is and what its ends
    mean; `figures` are drawn by reports.
    """

    status: Status
    estimate: Estimate
    bar: float
    direction: Direction
    population: str
    needed_n: int | None = None
    needed_seeds: int | None = None
    smallest_shown: float | None = None
    evidence: tuple[Evidence, ...] = ()
    tolerated: bool = False
    behaviour: Behaviour | None = None
    definition: str = ""
    figures: Figures | None = None

    def __str__(self) -> str:
        from pytest_accept.explanation import explain

        return explain(self)

    def __bool__(self) -> bool:
        return self.status == "accepted" or (self.status == "inconclusive" and self.tolerated)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelDescription:
    """What identifies a model: enough to know whether another run judged the same one.

    `fingerprint` hashes weights, configuration and tokenizer; None means that the model (a
    callable, or stored predictions of one) cannot be fingerprinted. `precision` is "cascade" if
    texts were read in bfloat16 first, and in float32 where that might have said another label.
    """

    name: str
    source: str
    task: str
    labels: tuple[str, ...]
    multi_label: bool = False
    fingerprint: str | None = None
    dtype: str | None = None
    device: str | None = None
    max_length: int | None = None
    precision: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DataDescription:
    """What identifies labelled data. `duplicates` counts examples that repeat an earlier one with
    the same label, `conflicts` examples whose text occurs with another label too.
    """

    name: str
    source: str
    fingerprint: str
    n: int
    columns: tuple[str, ...]
    duplicates: int = 0
    conflicts: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """Which examples some data have, so that two Records can be compared example by example.

    `data` is an index into the Record's `data`. `texts` and `labels` are packed numbers, one for
    each of its `n` examples: a hash of 64 bits of the text, and of 32 of the label. They are no
    secrets: whoever guesses a text can check the guess.
    """

    data: int
    n: int
    texts: str
    labels: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PerExample:
    """What each example adds to an estimate, for a comparison with another Record.

    The estimate is the mean of a value of each example (`formula` "mean"), or a formula of the sum
    of a row of each: `metrics.formulas` has them by name. `cells` are the distinct rows, each of
    `width` numbers, and `codes` say which is whose; `possible` are the cells that could occur,
    "" where rows have no end. `examples` are positions in the data, "" for all of them in order,
    and `clusters` their clusters, "" where each is its own. `low` and `high` bound the estimate;
    `largest` is the largest value that an example could have had, None for `high`; `alternatives`
    what each would have added under each label, "" where nobody says. All of these strings are
    packed numbers.
    """

    formula: str
    arguments: dict[str, str | int] = field(hash=False)
    low: float
    high: float
    largest: float | None = None
    n: int
    width: int
    cells: str
    codes: str
    possible: str = ""
    examples: str = ""
    clusters: str = ""
    alternatives: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One line of the acceptance contract as judged: verdict, model, data, and the test it is in.

    `outcome` is that of the test: "passed", "failed", or "skipped" if it was expected to fail.
    `model` and `data` are indices into the Record's `models` and `data`. `seconds` is the time
    since the question was asked, predictions included. `line` is where the test begins in the file
    that `test` names, its decorators included, from 1; None where that is not known. `each` is
    there if the run kept predictions, and the estimate is one to which each example adds something.
    """

    test: str
    outcome: str
    verdict: Verdict
    model: int
    data: int
    seconds: float
    line: int | None = None
    each: PerExample | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingStep:
    """One step of a training: the mean `loss` of its batch, and the rate that it learned with.

    `step` counts from 1. `epoch` is how often all examples have been seen after it.
    """

    step: int
    epoch: float
    loss: float
    learning_rate: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    """How a model was trained: its seed, what it was trained from and on, and every step.

    `base` names the model that it began with, `data` the examples; "" where a user's own function
    trained. `validation_losses` are those after each epoch, if there were data for it: the model is
    that of the least. `seconds` is what the training took, whenever that was: `cached` says that
    this run took its result from disk. `failure` says why there is no model, None if there is one.
    `key` hashes all that makes the model, and names its folder in the cache; "" for a user's
    function.
    """

    name: str
    seed: int
    base: str = ""
    data: str = ""
    key: str = ""
    steps: tuple[TrainingStep, ...] = ()
    validation_losses: tuple[float, ...] = ()
    seconds: float
    cached: bool = False
    failure: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """Where a run took place: versions of Python and of the libraries that touch the numbers."""

    python: str
    platform: str
    versions: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingAnswers:
    """What a model answered to one way of reading it, such as "PseudoLikelihoods()".

    `answers` are lines: the content hash of an input (16 hex digits, never the text), "!" after it
    if the input was cut, and the numbers of the answer. Rows of `columns` numbers are separated by
    ";", numbers by spaces. They are those of the run to the last bit, once read as `dtype`.
    """

    reading: str
    columns: int
    dtype: Literal["float32", "float64"]
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelAnswers:
    """What a model of a run answered, for a replay: with `--accept-keep-predictions`.

    `asked` says how the suite asked for the model, as in "runs/reviews, max_length=128":
    `--accept-model` may have put another one in its place, which `model` describes.
    """

    asked: tuple[str, ...]
    model: ModelDescription
    readings: tuple[ReadingAnswers, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A whole run: what was judged, on what, under which settings, with what outcome.

    `started` is ISO 8601 in UTC, `seconds` the whole run, `exit_status` pytest's. `not_judged`
    names acceptance tests that failed for another reason than a criterion: their questions are
    open. `contents` and `answers` are there if the run kept predictions. Paths inside are relative
    to the pytest root directory, or a bare name outside of it.
    """

    schema_version: int = SCHEMA_VERSION
    started: str
    seconds: float
    exit_status: int
    environment: Environment | None
    settings: dict[str, str | float | int | bool | None]
    models: tuple[ModelDescription, ...] = ()
    data: tuple[DataDescription, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    trainings: tuple[Training, ...] = ()
    contents: tuple[Contents, ...] = ()
    not_judged: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())
    answers: tuple[ModelAnswers, ...] = ()


def decide(low: float, high: float, bar: float, direction: Direction) -> Status:
    """Return the verdict on one-sided bounds: the only place where the rule is written.

    "above": accepted if `low >= bar`, rejected if `high < bar`, else inconclusive. "below" is its
    mirror.
    """
    if direction == "above":
        if low >= bar:
            return "accepted"
        return "rejected" if high < bar else "inconclusive"
    if high <= bar:
        return "accepted"
    return "rejected" if low > bar else "inconclusive"
