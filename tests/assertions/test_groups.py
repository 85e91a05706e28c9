"""The gap of any metric between groups, and its worst group, whatever the model is for."""

import functools
from pathlib import Path

import numpy as np
import pytest

import pytest_accept as pa
from pytest_accept import statistics
from tests.assertions.conftest import World
from tests.assertions.tagged import data_of, said_of
from tests.language_models import make_causal
from tests.models import make

LEVELS = {"confidence": 0.9}


@pytest.mark.parametrize(
    "metric",
    [
        pa.accuracy,
        pa.f1,
        pa.cross_entropy,
        pa.roc_auc,
        pa.expected_calibration_error,
        functools.partial(pa.recall, label="good"),
    ],
)
def test_a_gap_is_that_of_the_metric_asked_group_by_group(world: World, metric) -> None:
    parts = [world.data.where(source=each) for each in ("shops", "tweets")]
    each = [metric(world.predictions, part, **LEVELS) for part in parts]
    values = [found.value for found in each]
    gap = pa.group_gap(world.predictions, world.data, metric=metric, group="source", **LEVELS)
    assert gap.value == pytest.approx(max(values) - min(values))
    assert 0 <= gap.low <= gap.value <= gap.high
    # No farther than the bounds of both groups together, and farther than each alone.
    assert gap.high <= gap.value + sum(found.high - found.low for found in each)
    assert gap.metric == f"gap of {each[0].metric}"
    worst = pa.worst_group(world.predictions, world.data, metric=metric, group="source", **LEVELS)
    if worst.higher_is_better:
        assert worst.value == min(values)
        assert worst.low == pytest.approx(min(found.low for found in each))
        assert worst.high >= min(found.high for found in each)
    else:
        assert worst.value == max(values)
        assert worst.high == pytest.approx(max(found.high for found in each))
        assert worst.low <= max(found.low for found in each)


def test_the_table_of_groups_is_evidence(world: World) -> None:
    found = pa.worst_group(world.predictions, world.data, group="source")
    table, mistakes = found.judge(0.99, "above").evidence
    assert table.title == "accuracy by source, smallest first (0.740 over all)"
    names = [part.name for part in table.parts]
    values = [part.value for part in table.parts]
    assert values == sorted(values)
    assert table.parts[0].where == f"{{'source': {names[0]!r}}}"
    assert mistakes.title == f"{names[0]}: the most confident mistakes"
    for part in table.parts:
        own = pa.accuracy(world.predictions, world.data.where(source=part.name))
        assert part.low < own.low < own.high < part.high


def test_clusters_within_groups_widen_and_those_across_are_allowed_for(world: World) -> None:
    def width(**options: object) -> float:
        found = pa.group_gap(world.predictions, world.data, **options)  # type: ignore[arg-type]
        return found.high - found.value

    alone = width(group="source")
    assert width(group="source", cluster="author") > alone
    by_author = {"group": lambda row: int(row["author"][7:]) % 2, "cluster": "author"}
    assert width(**by_author) > width(group=by_author["group"])


def test_repeated_texts_are_clusters_across_groups() -> None:
    rows = [
        {"text": f"text {i // 2}", "label": "np"[(i // 2) % 2], "group": "ab"[i % 2]}
        for i in range(400)
    ]
    said = [[0.9, 0.1] if (i // 2) % 7 else [0.1, 0.9] for i in range(400)]
    predictions = pa.load_predictions(said, labels=["n", "p"])
    found = pa.group_gap(predictions, pa.load_data(rows), group="group")
    assert "with that many repeats, equal texts count as clusters" in found.notes
    assert found.clusters == 200
    # Both groups hold the same texts: what is hard for one is hard for the other.
    apart = pa.load_data([{**row, "text": str(i)} for i, row in enumerate(rows)])
    assert found.high < pa.group_gap(predictions, apart, group="group").high / 2


def test_groups_of_a_tagger() -> None:
    sentences = ["Anna/B-PER sings", "in Rome/B-LOC today", "Bob/B-PER left Oslo/B-LOC"] * 40
    data = data_of(*sentences)
    right = ["B-PER O", "O B-LOC O", "B-PER O B-LOC"]
    said = [right[i % 3] if i % 3 < 2 else "O O B-LOC" for i in range(120)]
    data_groups = {
        "group": lambda row: "two" if len(row["text"]) == 3 and row["text"][0] == "Bob" else "one"
    }
    predictions = said_of(data, *said)
    found = pa.group_gap(predictions, data, metric=pa.entity_f1, cluster="document", **data_groups)
    assert found.value == pytest.approx(1 - 2 / 3)
    assert found.low > 0
    worst = pa.worst_group(predictions, data, metric=pa.token_accuracy, **data_groups)
    assert worst.value == pytest.approx(2 / 3)
    (shown, *mistakes) = worst.judge(0.9, "above").evidence
    assert shown.parts[0].name == "two"
    assert mistakes


def test_groups_of_a_language_model() -> None:
    module, tokenizer = make_causal("llama")
    model = pa.load_model(module, tokenizer=tokenizer, name="tiny")
    random = np.random.default_rng(0)
    texts = ["".join(random.choice(list("abc def"), 8 + i % 5)) for i in range(24)]
    rows = [{"good": each, "bad": each[::-1], "kind": "xy"[i % 2]} for i, each in enumerate(texts)]
    data = pa.load_data(rows, text="good", label=None, group="kind")
    perplexities = [pa.perplexity(model, data.where(kind=each)).value for each in "xy"]
    worst = pa.worst_group(model, data, metric=pa.perplexity, min_group_size=10)
    assert worst.value == pytest.approx(max(perplexities))
    assert not worst.higher_is_better
    assert 1 < worst.low < worst.value < worst.high < np.inf
    found = pa.group_gap(model, data, metric=pa.preference_rate, min_group_size=10)
    rates = [pa.preference_rate(model, data.where(kind=each)).value for each in "xy"]
    assert found.value == pytest.approx(max(rates) - min(rates))
    assert pa.group_gap(model, data, metric=pa.perplexity).high == np.inf  # small groups


def test_a_model_predicts_all_groups_in_one_go() -> None:
    module, tokenizer = make("bert")
    model = pa.load_model(module, tokenizer=tokenizer, name="tiny")
    rows = [
        {"text": f"a {'good' if i % 2 else 'dull'} film {i}", "label": "pos", "group": i % 4}
        for i in range(200)
    ]
    data = pa.load_data(rows, group="group")
    found = pa.group_gap(model, data)
    assert found.model == model.describe()
    answered = model.predict(data)
    assert pa.group_gap(answered, data).value == found.value


def test_a_metric_that_a_small_group_has_not_is_left_out_and_said() -> None:
    rows = [
        {
            "text": str(i),
            "label": "np"[i % 2] if i > 3 else "n",
            "group": "c" if i < 4 else "ab"[i % 3 > 0],
        }
        for i in range(200)
    ]
    data = pa.load_data(rows, group="group")
    said = pa.load_predictions([[0.8, 0.2], [0.3, 0.7]] * 100, labels=["n", "p"])
    found = pa.worst_group(said, data, metric=pa.recall, label="p")
    assert found.value == 1
    assert found.low == 0
    assert "recall is not defined on so few, and left out of the value: 'c'" in found.notes
    with pytest.raises(pa.DataError, match=r"recall of 'p' needs examples .*\[group=c\] has none"):
        pa.worst_group(said, data, metric=pa.recall, label="p", min_group_size=2)


def test_what_is_no_metric_is_refused(world: World) -> None:
    with pytest.raises(pa.SettingError, match="Expected `metric` to be a metric such as"):
        pa.group_gap(world.predictions, world.data, metric="accuracy", group="source")  # type: ignore[arg-type]
    with pytest.raises(pa.SettingError, match=r"returns an Estimate, but _by_nothing returned 3"):
        pa.group_gap(world.predictions, world.data, metric=_by_nothing, group="source")
    with pytest.raises(pa.SettingError, match="Expected `bar` to be a number between 0 and 1"):
        pa.assert_group_gap_below(world.predictions, world.data, 5, group="source")
    with pytest.raises(pa.SettingError, match="'mingroup_size'. Did you mean 'min_group_size'"):
        pa.group_gap(world.predictions, world.data, group="source", mingroup_size=10)


def _by_nothing(model: object, data: object) -> int:
    return 3


def test_intervals_that_hold_at_any_confidence_are_still_called_so() -> None:
    """One that was renamed would be extended from its own confidence, without a word."""
    folder = Path(statistics.__file__).parent
    source = "".join(
        each.read_text(encoding="utf-8")
        for each in folder.glob("*.py")
        if each.name != "extended_bounds.py"  # where they are listed
    )
    for method in statistics.COMPUTED:
        assert f'"{method}"' in source
