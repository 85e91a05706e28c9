"""Batched Hypothesis finds what plain `@given` finds, text by text, in far fewer calls."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, note, seed, settings, target
from hypothesis import strategies as st
from hypothesis.database import InMemoryExampleDatabase

from pytest_accept import SettingError
from pytest_accept.perturbations.hypothesis_runs import Plan
from pytest_accept.perturbations.kinds.casing import casing
from pytest_accept.perturbations.kinds.negation import negation
from pytest_accept.perturbations.kinds.typos import typos
from pytest_accept.perturbations.kinds.whitespace import whitespace
from pytest_accept.perturbations.kinds.zero_width import zero_width
from pytest_accept.perturbations.search import AskedModel, Search
from pytest_accept.prediction.predictions import Predictions
from pytest_accept.records import ModelDescription

TEXTS = [
    f"{one} was {two} and the {three} was {four}"
    for one in ("the film", "our little song")
    for two, three in (("bright", "ending"), ("awful", "long scene"))
    for four in ("good", "slow")
]
EXAMPLES = 24
DESCRIPTION = ModelDescription(name="rule", source="", task="", labels=("no", "yes"))


class Rule:
    """A model that says yes where a rule holds, and counts its calls."""

    labels = ("no", "yes")

    def __init__(self, rule: Callable[[str], bool]) -> None:
        self.rule = rule
        self.batches: list[list[str]] = []

    def predict(self, texts: Any) -> Predictions:
        self.batches.append(list(texts))
        yes = np.array([float(self.rule(text)) for text in texts])
        return Predictions(
            probabilities=np.column_stack([1 - yes, yes]),
            logits=None,
            labels=self.labels,
            multi_label=False,
            truncated=np.zeros(len(texts), np.bool_),
            model=DESCRIPTION,
        )


def stays(model: AskedModel, text: str, edit: Any) -> None:
    edited = edit.changed(text)
    if edited != text:
        assert model.label(edited) == model.label(text)


def search(model: Rule, texts: list[str], perturbation: Any, **changes: Any) -> list[Any]:
    options: dict[str, Any] = {
        "strategy": getattr(perturbation, "scripts_for", None),
        "property": stays,
        "key": lambda text: f"key of {text}",
        "corner": "a test",
        "max_examples": EXAMPLES,
        "database": None,
    }
    return Search(**{**options, **changes}).run(model, texts)


def plain(
    model: Rule, texts: list[str], perturbation: Any, max_examples: int = EXAMPLES
) -> list[Any]:
    """The same by an ordinary `@given` a text, one prediction a call."""
    found = []
    for text in texts:
        plan = Plan(key=f"key of {text}", corner="", max_examples=EXAMPLES, database=None)
        found.append(plainly(model, text, perturbation.scripts_for(text), plan))
    return found


def plainly(model: Rule, text: str, strategy: Any, plan: Plan) -> Any:
    last: list[Any] = []

    @settings(
        max_examples=plan.max_examples,
        database=None,
        deadline=None,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    @seed(plan.seed)
    @given(strategy)
    def holds(edit: Any) -> None:
        edited = edit.changed(text)
        if model.predict([edited]).label_ids[0] != model.predict([text]).label_ids[0]:
            last[:] = [edit]
            raise AssertionError

    try:
        holds()
    except AssertionError:
        return last[0]
    return None


def drawn(found: list[Any]) -> list[Any]:
    return [each and each.drawn for each in found]


RULES: dict[str, Callable[[str], bool]] = {
    "vowels": lambda text: sum(map(text.count, "aeiou")) % 3 == 0,
    "words": lambda text: len(set(text.split())) > 8 and "film" in text,
    "hash": lambda text: sum(map(ord, text)) % 50 > 1,
    "robust": lambda text: True,
}


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("perturbation", [typos(max_edits=3), typos() | casing()], ids=repr)
def test_the_same_as_plain_given_text_by_text(rule: str, perturbation: Any) -> None:
    ours = drawn(search(Rule(RULES[rule]), TEXTS, perturbation))
    assert ours == plain(Rule(RULES[rule]), TEXTS, perturbation)
    if rule == "robust":
        assert ours == [None] * len(TEXTS)
    else:
        assert any(ours)


def test_a_robust_model_takes_few_calls() -> None:
    model, counted = Rule(RULES["robust"]), Rule(RULES["robust"])
    search(model, TEXTS, typos(max_edits=2))
    plain(counted, TEXTS, typos(max_edits=2))
    # The edited texts, and once the originals that the property asks of.
    assert len(model.batches) == 2
    assert len(counted.batches) > 100 * len(model.batches)


def test_a_fragile_model_takes_few_calls_and_no_text_twice() -> None:
    model, counted = Rule(RULES["vowels"]), Rule(RULES["vowels"])
    search(model, TEXTS, typos(max_edits=3))
    plain(counted, TEXTS, typos(max_edits=3))
    assert len(counted.batches) > 8 * len(model.batches)
    asked = [text for batch in model.batches for text in batch]
    assert len(asked) == len(set(asked))


@pytest.mark.slow
@pytest.mark.parametrize("window", [1, 5, 1000])
def test_windows_change_nothing_but_the_batches(
    window: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = drawn(search(Rule(RULES["vowels"]), TEXTS, typos(max_edits=2)))
    monkeypatch.setattr("pytest_accept.perturbations.search.WINDOW", window)
    assert drawn(search(Rule(RULES["vowels"]), TEXTS, typos(max_edits=2))) == expected


@pytest.mark.parametrize(
    ("perturbation", "defect", "minimal"),
    [
        (casing(max_edits=3), str.isupper, None),
        (
            typos(max_edits=3),
            lambda text: any(a == b and a.isalpha() for a, b in pairwise(text)),
            "doubled letters",
        ),
        (zero_width(max_edits=3), lambda text: "\u200b" in text, "zero width"),
        (whitespace(max_edits=3), lambda text: "  " in text, ""),
    ],
    ids=["only upper case", "a doubled letter", "a zero-width space", "two spaces"],
)
def test_planted_defects_are_found_with_one_edit(
    perturbation: Any, defect: Callable[[str], bool], minimal: str | None
) -> None:
    texts = ["the story was bright", "our song was slow", "a plain ending"]
    found = search(Rule(defect), texts, perturbation, max_examples=200)
    for text, each in zip(texts, found, strict=True):
        (edit,) = each.drawn.edits(text)
        assert defect(each.drawn.changed(text))
        if minimal is not None:
            assert minimal in edit.kind


def test_a_model_that_breaks_on_not_is_found_with_one_edit() -> None:
    texts = ["The film is good.", "The story was great."]
    found = search(Rule(lambda text: "not" in text.split()), texts, negation(max_edits=2))
    for each, edited in zip(
        found, ["The film is not good.", "The story was not great."], strict=True
    ):
        assert each.drawn.changed(edited.replace("not ", "")) == edited


def test_found_ones_are_replayed_first_from_the_database() -> None:
    database = InMemoryExampleDatabase()
    first_model, second_model = Rule(RULES["hash"]), Rule(RULES["hash"])
    first = search(first_model, TEXTS, typos(max_edits=3), database=database)
    assert any(first)
    again = search(second_model, TEXTS, typos(max_edits=3), database=database)
    assert drawn(again) == drawn(first)
    for text, each in zip(TEXTS, first, strict=True):
        if each is not None:
            assert each.drawn.changed(text) in second_model.batches[0]
    # Another seed would find others, but what was found is still found.
    other = search(
        Rule(RULES["hash"]), TEXTS, typos(max_edits=3), database=database, max_examples=1
    )
    assert [each is not None for each in other] == [each is not None for each in first]
    # It belongs to the test that found it.
    elsewhere = search(
        Rule(RULES["hash"]),
        TEXTS,
        typos(max_edits=3),
        database=database,
        max_examples=1,
        corner="another test",
    )
    assert sum(each is not None for each in elsewhere) < sum(each is not None for each in first)


def test_a_dry_run_leaves_the_database_alone() -> None:
    database = InMemoryExampleDatabase()
    search(Rule(RULES["robust"]), TEXTS, typos(max_edits=3), database=database)
    assert not database.data


def test_questions_that_follow_from_answers() -> None:
    """A property may ask on, depending on what it was told."""

    def property(model: AskedModel, text: str, edit: Any) -> None:
        edited = edit.changed(text)
        if model.label(edited) == "yes" and model.label(text) == "no":
            assert model.label(edited.upper()) == "yes"

    model = Rule(lambda text: text.islower() and RULES["vowels"](text))
    found = search(model, TEXTS, typos(max_edits=2), property=property)
    assert any(found)
    one_by_one = [
        search(
            Rule(lambda text: text.islower() and RULES["vowels"](text)),
            [text],
            typos(max_edits=2),
            property=property,
        )[0]
        for text in TEXTS
    ]
    assert drawn(found) == drawn(one_by_one)


def test_any_strategy_and_what_it_draws() -> None:
    def property(model: AskedModel, text: str, words: list[str]) -> None:
        assume(len(words) != 2)
        note(f"appended {words}")
        words.append("changed by the property")
        assert model.label(" ".join([text, *words[:-1]])) == "no"

    strategy = st.lists(st.sampled_from(["very", "good", "bad"]), max_size=4)
    found = search(
        Rule(lambda text: text.count("good") > 1),
        ["a film", "a good film"],
        None,
        strategy=lambda text: strategy,
        property=property,
        max_examples=200,
    )
    assert [sorted(each.drawn[:-1]) for each in found][1] == ["good"]
    assert found[0].drawn[:-1].count("good") == 2


def test_a_steered_search_is_plain_hypothesis_too() -> None:
    """What `hypothesis.target` is told decides what is tried next: no dry run can know it."""

    def property(model: AskedModel, text: str, edit: Any) -> None:
        probability = model.probabilities([edit.changed(text)])[0, 1]
        target(float(sum(map(edit.changed(text).count, "aeiou")) * probability))
        assert sum(map(edit.changed(text).count, "aeiou")) < 16

    def run(model: Rule, texts: list[str]) -> list[Any]:
        options: dict[str, Any] = {"property": property, "max_examples": 60, "steered": True}
        return drawn(search(model, texts, typos(max_edits=6), **options))

    model = Rule(RULES["robust"])
    together = run(model, TEXTS[:4])
    assert together == [run(Rule(RULES["robust"]), [text])[0] for text in TEXTS[:4]]
    assert any(together)
    assert max(map(len, model.batches)) == 4


def test_a_random_property_is_explained() -> None:
    calls = []

    def property(model: AskedModel, text: str, edit: Any) -> None:
        calls.append(edit.changed(text))
        assert len(calls) % 7, "now and then"

    with pytest.raises(SettingError, match="no random numbers, no clock, no state kept between"):
        search(Rule(RULES["robust"]), TEXTS[:1], typos(), property=property)


def test_the_random_state_is_as_before() -> None:
    import random

    random.seed(5)
    before = random.getstate()
    search(Rule(RULES["vowels"]), TEXTS, typos(max_edits=2))
    assert random.getstate() == before


def test_ctrl_c_ends_the_search() -> None:
    import threading

    class Interrupted(Rule):
        def predict(self, texts: Any) -> Predictions:
            if len(self.batches) == 4:
                raise KeyboardInterrupt
            return super().predict(texts)

    before = threading.active_count()
    with pytest.raises(KeyboardInterrupt):
        search(Interrupted(RULES["vowels"]), TEXTS, typos(max_edits=3))
    assert threading.active_count() == before
