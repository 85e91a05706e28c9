"""Behavioural tests against plain loops, and what each is about: these cases, or their like."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pytest_accept as pa
from pytest_accept import AcceptanceFailure, DataError, SettingError
from pytest_accept.perturbations import from_function, from_sites
from pytest_accept.records import Behaviour
from pytest_accept.statistics import (
    finite_proportion_interval,
    mean_over_clusters_interval,
    proportion_interval,
)

PROBABILITY = {"good": 0.9, "great": 0.8, "odd": 0.6, "bad": 0.1, "very": 0.05, "not": -0.5}
ADJECTIVES = ["good", "great", "odd", "bad"]
NOUNS = [f"noun{i}" for i in range(10)]
PATTERNS = [f"{opening} {{noun}} is {{adj}}." for opening in "The That This Our Your My".split()]


def positive(text: str) -> float:
    words = text.lower().strip(".!").split()
    return float(np.clip(sum(PROBABILITY.get(word, 0) for word in words), 0, 1))


@pytest.fixture(scope="module")
def model() -> pa.Model:
    def predict(texts: list[str]) -> list[list[float]]:
        return [[1 - positive(text), positive(text)] for text in texts]

    return pa.load_model(predict, labels=["neg", "pos"], name="words")


def label(values: dict[str, str]) -> str:
    return "pos" if values["adj"] in ("good", "great") else "neg"


def cases(patterns: Any = PATTERNS[0], **options: Any) -> pa.Data:
    return pa.template(patterns, adj=ADJECTIVES, noun=NOUNS, label=label, **options)


def by_hand(data: pa.Data) -> list[bool]:
    """Return which cases the model predicts as labelled, by a plain loop."""
    right = []
    for i, text in enumerate(data.inputs):
        assert isinstance(text, str)
        right.append(("pos" if positive(text) > 0.5 else "neg") == data.label_text(i))
    return right


def test_cases_of_one_template_are_all_there_is_to_ask(model: pa.Model) -> None:
    data = cases()
    found = pa.minimum_functionality(model, data)
    assert found.value == np.mean(by_hand(data)) == 0.75  # "odd" is said to be positive
    assert (found.low, found.high, found.method) == (0.75, 0.75, "all cases")
    assert (found.n, found.clusters) == (40, None)
    assert (found >= 0.75).status == "accepted"
    verdict = found >= 0.76
    assert verdict.status == "rejected"
    assert "(all 40 cases), required >= 0.760" in str(verdict)
    assert "about exactly these cases" in str(verdict)
    assert "pos 0.60 said, neg true" in str(verdict)


def test_cases_of_several_templates_speak_of_templates(model: pa.Model) -> None:
    data = cases(PATTERNS)
    found = pa.minimum_functionality(model, data)
    codes = [PATTERNS.index(each) for each in data.column("template")]
    wanted = mean_over_clusters_interval(by_hand(data), codes, confidence=0.95, bounds=(0, 1))
    assert (found.value, found.low, found.high) == (wanted.value, wanted.low, wanted.high)
    assert (found.n, found.clusters) == (240, 6)
    verdict = found >= 0.7
    assert verdict.status == "inconclusive"
    assert "others like these 6 clusters (templates)" in str(verdict)
    assert "only_these=True" in str(verdict)


def test_what_it_is_about_can_be_said(model: pa.Model) -> None:
    data = cases(PATTERNS)
    assert pa.minimum_functionality(model, data, only_these=True).low == 0.75
    alone = pa.minimum_functionality(model, cases(), only_these=False)
    assert (alone.clusters, alone.method) == (1, "Dirichlet, by cluster")
    by_noun = pa.minimum_functionality(model, cases(), cluster="noun")
    assert by_noun.clusters == 10
    part = pa.minimum_functionality(model, data, where={"template": PATTERNS[1], "adj": "odd"})
    assert (part.value, part.method, part.n) == (0, "all cases", 10)


def test_drawn_cases_speak_of_all_they_are_drawn_from(model: pa.Model) -> None:
    data = cases(limit=25)
    found = pa.minimum_functionality(model, data)
    hits = sum(by_hand(data))
    wanted = finite_proportion_interval(hits, 25, 40, confidence=0.95)
    assert (found.low, found.high, found.method) == (wanted.low, wanted.high, "hypergeometric")
    assert found.low < found.value < found.high
    assert "a random 25 of 40 cases (seed 0)" in found.notes
    part = pa.minimum_functionality(model, data, where={"adj": ["good", "odd"]})
    assert part.method == "Clopper-Pearson"


@pytest.mark.slow
def test_a_template_that_fails_wholly_and_was_not_seen_is_allowed_for() -> None:
    """Where 1 template in 20 fails and the others err at times: accepted 5 % of times at most."""
    random = np.random.default_rng(0)
    rows = [
        {"text": f"case {i}", "label": "pos", "template": f"template {i // 30}"} for i in range(600)
    ]
    data = pa.load_data(rows, cluster="template")
    true, accepted = 0.95 * 0.99, 0
    for _ in range(200):
        rate = np.repeat(np.where(random.random(20) < 0.05, 0, 0.99), 30)
        right = random.random(600) < rate
        said = pa.load_predictions(np.stack([~right, right], axis=1), labels=["neg", "pos"])
        accepted += pa.minimum_functionality(said, data).low >= true
    assert accepted <= 0.05 * 200


def test_ordinary_data_are_no_cases(model: pa.Model) -> None:
    rows = [{"text": f"good {i}", "label": "pos", "author": "me"} for i in range(50)]
    found = pa.minimum_functionality(model, pa.load_data(rows))
    assert (found.low, found.method) == (
        proportion_interval(50, 50, confidence=0.95).low,
        "Clopper-Pearson",
    )
    one_author = pa.load_data(rows, cluster="author")
    assert pa.minimum_functionality(model, one_author).method == "Dirichlet, by cluster"
    assert pa.minimum_functionality(model, one_author, only_these=True).low == 1


def test_invariance_of_a_function(model: pa.Model) -> None:
    data = cases()
    edit = "really {}".format
    found = pa.invariance(model, data, edit)
    assert (found.value, found.low, found.method, found.n) == (1, 1, "all cases", 40)

    def denied(text: str) -> str:
        return text.replace("is great", "is not great").replace("is bad", "is not bad")

    found = pa.invariance(model, data, denied)
    changed = [text for text in data.inputs if isinstance(text, str) and denied(text) != text]
    stays = [(positive(text) > 0.5) == (positive(denied(text)) > 0.5) for text in changed]
    assert found.value == np.mean(stays) == 0.5
    assert (found.low, found.high, found.method, found.n) == (0.5, 0.5, "all cases", 20)
    assert "20 of 40 texts are left out" in str(found >= 0.9)
    assert "[+not ]" in str(found >= 0.9)
    assert "draws=1" in found.name


def words_put_in(*added: str, **options: Any) -> Any:
    def place(text: str) -> Any:
        yield text.index(" is ") + 4, text.index(" is ") + 4, added

    return from_sites(place, name="put_in", **options)


def test_invariance_under_a_perturbation(model: pa.Model) -> None:
    data, edits = cases(), words_put_in("not ", "so ", "very ")
    found = pa.invariance(model, data, edits, draws=4)
    assert found.value == pytest.approx(1 - pa.flip_rate(model, data, edits, draws=4).value)
    wanted = proportion_interval(round(found.value * 160), 160, confidence=0.95)
    assert (found.low, found.high) == (wanted.low, wanted.high)
    assert (found.method, found.n, found.clusters) == ("all cases, edits drawn", 40, None)
    several = pa.invariance(model, cases(PATTERNS), edits, draws=4)
    stays = 1 - np.array(
        [_flips(model, text, edits, 4) for text in cases(PATTERNS).inputs], dtype=float
    )
    codes = np.repeat(np.arange(6), 40)
    interval = mean_over_clusters_interval(stays, codes, confidence=0.95, bounds=(0, 1))
    assert several.value == pytest.approx(interval.value)
    assert (several.low, several.high) == pytest.approx((interval.low, interval.high))
    assert several.clusters == 6
    drawn = pa.invariance(model, cases(limit=30), edits)
    assert (drawn.clusters, drawn.n) == (None, 30)
    assert drawn.low < found.low
    assert not drawn.method.startswith("all cases")


def _flips(model: pa.Model, text: Any, edits: Any, draws: int) -> float:
    from pytest_accept.assertions.perturbed import draw_scripts

    scripts = draw_scripts(edits, text, draws=draws, seed=0)
    assert scripts is not None
    return float(np.mean([model.label(script(text)) != model.label(text) for script in scripts]))


def test_equal_texts_get_equal_draws_and_are_no_more_evidence(model: pa.Model) -> None:
    rows = [{"text": text} for text in cases().inputs]
    edits = words_put_in("not ", "so ")
    once = pa.invariance(model, pa.load_data(rows, label=None), edits, only_these=True)
    twice = pa.invariance(model, pa.load_data(rows * 2, label=None), edits, only_these=True)
    assert twice.value == once.value
    assert twice.low <= once.low


def test_directional_of_a_function(model: pa.Model) -> None:
    data = cases()

    def very(text: str) -> str:
        return text.replace(" is ", " is very ")

    up = pa.directional(model, data, very, label="pos", moves="up")
    assert (up.value, up.low, up.method) == (1, 1, "all cases")
    down = pa.directional(model, data, very, label="pos", moves="down", tolerance=0.04)
    assert down.value == 0
    assert "[+very ]" in str(down >= 0.9)
    assert "the farthest up, where down was expected (0.05, 0.05, 0.05)" in str(down >= 0.9)
    assert pa.directional(model, data, very, label="pos", moves="down", tolerance=0.06).value == 1
    assert "label=pos, moves=down, tolerance=0.04" in down.name
    # Each example's own label: right for "pos", wrong for "neg", by a plain loop.
    own = pa.directional(model, data, very, moves="up", tolerance=0.01)
    moved = []
    for i, text in enumerate(data.inputs):
        assert isinstance(text, str)
        change = positive(very(text)) - positive(text)
        moved.append(change if data.label_text(i) == "pos" else -change)
    assert own.value == np.mean(np.array(moved) >= -0.01) == 0.5
    # Without labels, of the label that was predicted first: "odd" is said to be positive.
    bare = pa.template(PATTERNS[0], adj=ADJECTIVES, noun=NOUNS)
    assert pa.directional(model, bare, very, moves="up", tolerance=0.01).value == 0.75


def test_a_direction_that_is_promised(model: pa.Model) -> None:
    positives = pa.template(PATTERNS[0], adj=["good", "great"], noun=NOUNS, label="pos")
    for promise, wanted in (("up", 1), ("down", 0), ("flips", 0)):
        edits = words_put_in("very ", promise=promise)
        found = pa.directional(model, positives, edits, tolerance=0.01)
        assert found.value == wanted
        assert f"moves={'up' if promise == 'up' else 'down'}" in found.name
        assert pa.directional(model, positives, edits, label="pos", tolerance=0.01).value == wanted
    with pytest.raises(SettingError, match="moves='up' or moves='down'.*promises 'same'"):
        pa.directional(model, positives, words_put_in("very "))
    with pytest.raises(SettingError, match="20 of 40 examples have another label than 'pos'"):
        pa.directional(model, cases(), words_put_in("very ", promise="up"), label="pos")
    unlabelled = pa.template(PATTERNS[0], adj=["good"], noun=NOUNS)
    with pytest.raises(SettingError, match="the right labels are not known"):
        pa.directional(model, unlabelled, words_put_in("very ", promise="up"), label="pos")


def test_assertions_and_their_behaviour(model: pa.Model) -> None:
    data = cases()
    verdict = pa.assert_minimum_functionality(
        model, data, 0.75, capability="Vocabulary", name="plain opinions"
    )
    assert verdict.behaviour == Behaviour(
        capability="Vocabulary", test_type="MFT", name="plain opinions"
    )
    with pytest.raises(AcceptanceFailure, match="minimum_functionality on The") as caught:
        pa.assert_minimum_functionality(model, data, 0.8, capability="Vocabulary", name="plain")
    assert "MFT of Vocabulary: plain" in str(caught.value)
    kept = pa.assert_invariant(model, data, str.upper, 0.99, capability="Case")
    assert kept.behaviour == Behaviour(capability="Case", test_type="INV", name="")
    moved = pa.assert_directional(
        model, data, lambda text: f"very {text}", bar=0.95, label="pos", moves="up"
    )
    assert moved.behaviour == Behaviour(capability="", test_type="DIR", name="")
    with pytest.raises(AcceptanceFailure, match="invariance"):
        pa.assert_invariant(model, data, lambda text: f"not {text}", 0.9)
    with pytest.raises(AcceptanceFailure, match="directional"):
        pa.assert_directional(model, data, lambda t: f"not {t}", 0.9, label="pos", moves="up")
    assert pa.accuracy(model, data).judge(0.5, "above").behaviour is None


def test_bad_input(model: pa.Model) -> None:
    data = cases()
    with pytest.raises(DataError, match="has none. Pass label= to template"):
        pa.minimum_functionality(model, pa.template("A {x}.", x=["b"]))
    with pytest.raises(DataError, match="Expected transform to return a text, .*made 3"):
        pa.invariance(model, data, lambda _: 3)
    with pytest.raises(DataError, match="changes none of the 40 texts"):
        pa.invariance(model, data, str)
    with pytest.raises(SettingError, match="a perturbation such as typos"):
        pa.invariance(model, data, "typos")
    with pytest.raises(SettingError, match="promises that it flips the label"):
        pa.invariance(model, data, words_put_in("not ", promise="flips"))
    with pytest.raises(SettingError, match="no label 'poss'. Did you mean 'pos'?"):
        pa.directional(model, data, str.upper, label="poss", moves="up")
    with pytest.raises(SettingError, match="`moves` to be 'up', 'down' or None, but got 'left'"):
        pa.directional(model, data, str.upper, moves="left")  # type: ignore[arg-type]
    for tolerance in (-0.1, 1, "x"):
        with pytest.raises(SettingError, match="`tolerance` to be a number in"):
            pa.directional(model, data, str.upper, moves="up", tolerance=tolerance)  # type: ignore[arg-type]
    with pytest.raises(SettingError, match="`capability` to be a text"):
        pa.minimum_functionality(model, data, capability="")
    with pytest.raises(SettingError, match="`only_these` to be True, False or None"):
        pa.minimum_functionality(model, data, only_these="yes")  # type: ignore[arg-type]
    with pytest.raises(SettingError, match="only_these=True asks about these cases alone"):
        pa.minimum_functionality(model, data, only_these=True, cluster="noun")
    for assertion in (pa.assert_minimum_functionality, pa.assert_invariant, pa.assert_directional):
        arguments: tuple[Any, ...] = (model, data, str.upper, 95)
        if assertion is pa.assert_minimum_functionality:
            arguments = (model, data, 95)
        with pytest.raises(SettingError, match="`bar` to be .* but got 95"):
            assertion(*arguments)


SUITE = [
    ("praise", "good a", "pos", 1), ("praise", "good b", "pos", 1), ("praise", "odd c", "neg", 2),
    ("scorn", "bad a", "neg", 3), ("scorn", "bad b", "neg", 3),
    ("oddity", "odd a", "neg", 4), ("oddity", "odd b", "neg", 4),
]  # fmt: skip


def test_every_functionality_is_judged(model: pa.Model, tmp_path: Path) -> None:
    path = tmp_path / "suite.csv"
    lines = [",".join(map(str, row)) for row in SUITE]
    path.write_text("functionality,test_case,label_gold,templ_id\n" + "\n".join(lines))
    suite = pa.load_behavioural_suite(path)
    rates = pa.functionality_rates(model, suite)
    assert {name: rate.value for name, rate in rates.items()} == {
        "praise": pytest.approx(2 / 3), "scorn": 1, "oddity": 0,
    }  # fmt: skip
    wanted = mean_over_clusters_interval([1, 1, 0], [1, 1, 2], confidence=0.95, bounds=(0, 1))
    assert (rates["praise"].low, rates["praise"].high) == (wanted.low, wanted.high)
    assert (rates["scorn"].method, rates["scorn"].low) == ("all cases", 1)
    with pytest.raises(AcceptanceFailure) as caught:
        pa.assert_functionalities_above(model, suite, 0.9)
    message = str(caught.value)
    assert message.startswith("2 of 3 functionalities are not accepted (worst first)\n")
    assert message.index("oddity") < message.index("praise")
    assert "suite[functionality=oddity]: rejected" in message
    assert len(caught.value.verdicts) == 2
    part = pa.assert_functionalities_above(
        model, suite, 0.9, where={"functionality": ["praise", "scorn"], "templ_id": [1, 3]}
    )
    assert [each.behaviour and each.behaviour.capability for each in part] == ["praise", "scorn"]
    named = pa.assert_functionalities_above(
        model, suite, 0.9, where={"templ_id": 3}, capability="Scorn"
    )
    assert named[0].behaviour == Behaviour(capability="Scorn", test_type="MFT", name="scorn")
    with pytest.raises(SettingError, match="`bar` to be"):
        pa.assert_functionalities_above(model, suite, 90)
    with pytest.raises(SettingError, match="`suite` to be a suite"):
        pa.assert_functionalities_above(model, cases(), 0.9)  # type: ignore[arg-type]


def test_edits_of_given_cases_are_bounded_by_a_binomial() -> None:
    """The exact error rate of Clopper-Pearson for draws of unequal rates is within its level."""
    random = np.random.default_rng(0)
    for shape in (0.1, 0.5, 3):
        for _ in range(20):
            rates = random.beta(9 * shape, shape, 40)
            chance = np.ones(1)
            for rate in rates:
                chance = np.convolve(chance, [1 - rate, rate])
            true = rates.mean()
            found = [proportion_interval(k, 40, confidence=0.95) for k in range(41)]
            assert chance[[each.low > true for each in found]].sum() <= 0.05
            assert chance[[each.high < true for each in found]].sum() <= 0.05


def test_one_edit_by_hand_is_the_same_as_a_function(model: pa.Model) -> None:
    """A perturbation with a single edit draws it every time: the claim is no narrower than that."""
    found = pa.invariance(model, cases(), from_function(str.upper))
    assert found.value == 1
    assert found.low < 1
