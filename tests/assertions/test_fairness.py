"""Group fairness of classifiers: fairlearn's values, bounds, small groups and bad input."""

import numpy as np
import pytest
from fairlearn import metrics as fairlearn
from fairlearn.metrics import MetricFrame
from sklearn.metrics import accuracy_score, f1_score

import pytest_accept as pa
from tests.assertions.conftest import World, make_world

RATES = (
    pa.demographic_parity_difference,
    pa.demographic_parity_ratio,
    pa.equal_opportunity_difference,
    pa.equalized_odds_difference,
)


def world_of(sizes: dict[str, int], says: dict[str, float], seed: int = 0) -> tuple:
    """Return predictions and half-positive data in which a group's examples are right so often."""
    random = np.random.default_rng(seed)
    rows, probabilities = [], []
    for group, size in sizes.items():
        for i in range(size):
            right = random.random() < says[group]
            rows.append({"text": f"{group} {i}", "label": ("neg", "pos")[i % 2], "group": group})
            positive = (i % 2 == 1) == right
            probabilities.append([0.1, 0.9] if positive else [0.9, 0.1])
    data = pa.load_data(rows, name="people", group="group")
    return pa.load_predictions(probabilities, labels=["neg", "pos"]), data


@pytest.mark.parametrize("metric", RATES, ids=lambda metric: metric.__name__)
@pytest.mark.parametrize(("k", "label"), [(2, None), (3, "good")])
def test_values_are_fairlearns(metric, k: int, label: str | None) -> None:
    world = make_world(seed=k, n=60, k=k, skill=1)
    labels = world.predictions.labels
    index = labels.index(label) if label else 1
    true, said = world.labels == index, world.predictions.label_ids == index
    for group in (["source"], ["source", "author"]):
        features = np.array([world.data.column(each) for each in group]).T
        theirs = getattr(fairlearn, metric.__name__)
        expected = theirs(true, said, sensitive_features=features)
        found = metric(world.predictions, world.data, group=group, label=label)
        assert found.value == pytest.approx(expected, abs=1e-12)
        assert found.low <= found.value <= found.high
        assert f"label={labels[index]}" in found.options


def test_gaps_of_metrics_are_those_of_a_metric_frame(world: World) -> None:
    def letter(row: dict) -> str:
        return row["author"][7:8]

    features = [each[7:8] for each in world.data.column("author")]
    for metric, theirs in ((pa.accuracy, accuracy_score), (pa.f1, macro_f1)):
        frame = MetricFrame(
            metrics=theirs,
            y_true=world.labels,
            y_pred=world.predictions.label_ids,
            sensitive_features=features,
        )
        options = {"group": letter, "metric": metric}
        gap = pa.group_gap(world.predictions, world.data, **options)
        assert gap.value == pytest.approx(frame.difference(), abs=1e-12)
        worst = pa.worst_group(world.predictions, world.data, **options)
        assert worst.value == pytest.approx(frame.group_min(), abs=1e-12)


def macro_f1(true, said):
    return f1_score(true, said, average="macro", zero_division=0)


def test_a_multi_label_model_is_asked_label_by_label() -> None:
    random = np.random.default_rng(0)
    probabilities = random.random((200, 3))
    names = ("funny", "sad", "loud")
    true = random.random((200, 3)) < 0.5
    rows = [
        {"text": str(i), "tone": "ab"[i % 2], **dict(zip(names, map(int, true[i]), strict=True))}
        for i in range(200)
    ]
    data = pa.load_data(rows, label=names, group="tone")
    predictions = pa.load_predictions(probabilities, labels=names, multi_label=True)
    found = pa.equalized_odds_difference(predictions, data, label="sad")
    expected = fairlearn.equalized_odds_difference(
        true[:, 1], probabilities[:, 1] > 0.5, sensitive_features=data.column("tone")
    )
    assert found.value == pytest.approx(expected, abs=1e-12)
    with pytest.raises(pa.SettingError, match=r"is multi-label\. Pass label=, one of 'funny', "):
        pa.demographic_parity_ratio(predictions, data)


def test_a_model_that_holds_a_group_back_is_rejected_and_a_fair_one_accepted() -> None:
    sizes = {"a": 600, "b": 600, "c": 300}
    fair = world_of(sizes, {"a": 0.9, "b": 0.9, "c": 0.9})
    planted = world_of(sizes, {"a": 0.9, "b": 0.9, "c": 0.7})
    for check in (pa.assert_equal_opportunity_difference_below, pa.assert_group_gap_below):
        assert check(*fair, 0.15).status == "accepted"
    pa.assert_demographic_parity_ratio_above(*fair, 0.8)
    with pytest.raises(pa.AcceptanceFailure, match=r"equalized_odds.*rejected") as failure:
        pa.assert_equalized_odds_difference_below(*planted, 0.1)
    shown = str(failure.value)
    assert "by noise alone (equalized_odds_difference by group)" in shown
    assert "c: the most confident mistakes about 'pos':" in shown
    true_positives, false_positives, missed = failure.value.verdict.evidence
    assert {(each.expected, each.predicted) for each in missed.examples} == {("pos", "neg")}
    assert all(each.text.startswith("c ") for each in missed.examples)
    assert true_positives.title.startswith("true positive rate by group, smallest first (0.8")
    assert (true_positives.parts[0].name, true_positives.parts[0].n) == ("c", 150)
    assert true_positives.parts[0].where == "{'group': 'c'}"
    assert false_positives.title.startswith("false positive rate by group, largest first (0.1")
    assert false_positives.parts[0].name == "c"


def test_a_small_group_is_named_and_leaves_the_criterion_open() -> None:
    predictions, data = world_of({"a": 900, "b": 900, "c": 12}, {"a": 0.9, "b": 0.9, "c": 0.9})
    for metric in (pa.group_gap, *RATES):
        found = metric(predictions, data)
        ratio = metric is pa.demographic_parity_ratio
        assert (found.low, found.high)[not ratio] == float(not ratio)
        assert any("fewer than 30" in note and "'c' (" in note for note in found.notes)
        verdict = found.judge(0.5, "above" if ratio else "below")
        assert (verdict.status, verdict.needed_n) == ("inconclusive", None)
    assert pa.group_gap(predictions, data, min_group_size=5).high < 0.5
    assert pa.worst_group(predictions, data).low == 0


def test_a_small_group_does_not_hide_a_gap_between_others() -> None:
    predictions, data = world_of({"a": 900, "b": 900, "c": 12}, {"a": 0.95, "b": 0.5, "c": 0.9})
    for metric in (pa.group_gap, pa.equal_opportunity_difference):
        assert metric(predictions, data).judge(0.2, "below").status == "rejected"
    assert pa.worst_group(predictions, data).judge(0.8, "above").status == "rejected"


def test_a_rate_without_a_case_counts_as_zero_and_says_so() -> None:
    rows = [
        {"text": str(i), "label": "neg" if i < 40 else "pos", "group": i // 40} for i in range(80)
    ]
    said = pa.load_predictions([[0.2, 0.8]] * 80, labels=["neg", "pos"])
    found = pa.equal_opportunity_difference(said, pa.load_data(rows, group="group"))
    assert (found.value, found.low, found.high) == (1, 0, 1)
    assert "the true positive rate of '0' is not defined; counted as 0" in found.notes
    nobody = pa.load_predictions([[0.8, 0.2]] * 80, labels=["neg", "pos"])
    assert pa.demographic_parity_ratio(nobody, pa.load_data(rows, group="group")).value == 1


def test_predictions_of_everything_serve_a_part(world: World) -> None:
    part = world.data.where(source="tweets")
    options = {"group": "label", "label": "good"}
    whole = pa.demographic_parity_difference(world.predictions, part, **options)
    aligned = world.predictions.for_data(part)
    of_part = pa.demographic_parity_difference(aligned, part, **options)
    where = {"source": "tweets"}
    same = pa.demographic_parity_difference(world.predictions, world.data, where=where, **options)
    assert whole.value == of_part.value == same.value
    gaps = [
        pa.group_gap(world.predictions, part, group="label"),
        pa.group_gap(aligned, part, group="label"),
        pa.group_gap(world.predictions, world.data, group="label", where=where),
    ]
    assert len({(each.value, each.low, each.high, each.population) for each in gaps}) == 1


def test_labels_are_needed_only_where_rates_are_of_them() -> None:
    rows = [{"text": str(i), "group": "ab"[i % 2]} for i in range(80)]
    data = pa.load_data(rows, label=None, group="group")
    said = pa.load_predictions([[0.2, 0.8]] * 80, labels=["neg", "pos"])
    assert pa.demographic_parity_difference(said, data).value == 0
    with pytest.raises(pa.DataError, match="compares predictions with labels"):
        pa.equalized_odds_difference(said, data)


def test_thresholds_use_the_groups_of_the_data() -> None:
    world = world_of({"a": 400, "b": 400}, {"a": 0.9, "b": 0.9})
    bars = {
        "demographic_parity_difference_below": 0.15,
        "demographic_parity_ratio_above": 0.7,
        "equal_opportunity_difference_below": 0.15,
        "equalized_odds_difference_below": 0.15,
        "group_gap_below": 0.15,
        "worst_group_above": 0.8,
    }
    assert [v.status for v in pa.judge_thresholds(*world, bars)] == ["accepted"] * len(bars)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"min_group_size": 0}, "Expected `min_group_size` to be an integer of 1 or more"),
        ({"label": "great"}, "There is no label 'great'."),
        ({"grup": "source"}, "There is no option of demographic_parity_difference 'grup'. Did you"),
        ({}, "has 3 labels. Pass label=, one of 'bad', 'fine', 'good'."),
    ],
)
def test_bad_options_teach(world: World, options: dict, message: str) -> None:
    with pytest.raises(pa.SettingError, match=message):
        pa.demographic_parity_difference(
            world.predictions, world.data, **{"group": "source", **options}
        )


@pytest.mark.parametrize(("hits", "needed"), [(50, 2900), (0, 300)])
def test_groups_that_happen_to_measure_the_same_still_vary(hits: int, needed: int) -> None:
    """The width of a gap of 0 shrinks as 1/sqrt(n), but as 1/n where all rates are 0."""
    rows = [{"text": str(i), "label": "neg", "group": "ab"[i % 2]} for i in range(200)]
    said = [[0.1, 0.9] if i < 2 * hits else [0.9, 0.1] for i in range(200)]
    predictions = pa.load_predictions(said, labels=["neg", "pos"])
    data = pa.load_data(rows, group="group")
    bar = 0.05 if hits else 0.02
    for metric in (pa.demographic_parity_difference, pa.group_gap):
        found = metric(predictions, data)
        assert found.value == 0
        verdict = found.judge(bar, "below")
        assert verdict.status == "inconclusive"
        assert verdict.needed_n == pytest.approx(needed, rel=0.1)


def test_what_noise_alone_measures_is_not_taken_for_a_gap_that_more_examples_would_show() -> None:
    """Eight groups of 40 with the same rate measure 0.2; so do two groups of 150 that differ."""
    noisy = [16, 17, 18, 19, 21, 22, 23, 24]
    sizes = {True: ([40] * 8, noisy), False: ([150] * 2, [75, 105])}
    for by_noise, (groups, hits) in sizes.items():
        data = [(str(g), at < hit) for g, (n, hit) in enumerate(zip(groups, hits, strict=True))
                for at in range(n)]  # fmt: skip
        rows = [{"text": str(i), "label": "neg", "group": g} for i, (g, _) in enumerate(data)]
        said = [[1.0 - hit, float(hit)] for _, hit in data]
        predictions = pa.load_predictions(said, labels=["neg", "pos"])
        found = pa.demographic_parity_difference(predictions, pa.load_data(rows, group="group"))
        assert found.value == pytest.approx(0.2)
        verdict = found.judge(0.12 if by_noise else 0.13, "below")
        assert verdict.status == "inconclusive"
        assert (verdict.needed_n is None) == by_noise
