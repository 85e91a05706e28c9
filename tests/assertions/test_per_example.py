"""What a Record keeps of the examples of an estimate: enough to have the estimate back, no more."""

from dataclasses import replace

import numpy as np
import pytest

import pytest_accept as pa
from pytest_accept.assertions.contributions import Sums, Values
from pytest_accept.assertions.per_example import kept
from pytest_accept.metrics.formulas import formula_of
from pytest_accept.packed_numbers import unpack
from pytest_accept.records import PerExample
from pytest_accept.swaps import gendered_words
from tests.assertions.conftest import World
from tests.linear_models import linear_model

WEIGHTS = {"good": 2.0, "bad": -2.0, "film": 0.0, "song": 0.1}


def rows_of(each: PerExample) -> np.ndarray:
    cells = unpack(each.cells, "<f8", "cells").reshape(-1, each.width)
    return cells[unpack(each.codes, "<u4", "codes", count=each.n)]


def test_the_estimate_follows_from_what_is_kept(world: World) -> None:
    for metric, options in (
        (pa.accuracy, {}),
        (pa.brier_score, {}),
        (pa.f1, {"average": "weighted"}),
        (pa.f1, {"label": "good"}),
        (pa.recall, {"label": "bad"}),
        (pa.matthews_corrcoef, {}),
        (pa.confusion, {"true": "good", "predicted": "fine"}),
    ):
        found = metric(world.predictions, world.data, **options)
        each = found.keep().each
        rows = rows_of(each)
        if each.formula == "mean":
            assert rows.mean() == pytest.approx(found.value, abs=1e-12)
            continue
        formula = formula_of(each.formula, each.arguments, each.width)
        assert formula(rows.sum(axis=0)[None, :])[0] == pytest.approx(found.value, abs=1e-12)
        assert each.examples == each.clusters == ""


def test_a_slice_says_which_examples_it_has_and_in_which_clusters(world: World) -> None:
    some = {"source": "tweets"}
    found = pa.accuracy(world.predictions, world.data, where=some, cluster="author").keep()
    part = world.data.where(source="tweets")
    positions = unpack(found.each.examples, "<u4", "examples")
    assert positions.tolist() == part.rows.tolist()
    clusters = unpack(found.each.clusters, "<u4", "clusters")
    assert len(np.unique(clusters)) == len(np.unique(part.clusters("author")))
    assert found.contents == pa.accuracy(world.predictions, world.data).keep().contents


def test_a_drawn_sample_of_texts_is_kept_as_one() -> None:
    module, tokenizer = linear_model(WEIGHTS)
    model = pa.load_model(module, tokenizer=tokenizer, labels=["neg", "pos"])
    rows = [{"text": f"{'good' if i % 2 else 'bad'} film song {i}"} for i in range(30)]
    data = pa.load_data(rows, label=None, name="films")
    found = pa.comprehensiveness(model, data, limit=12)
    each = found.keep().each
    assert each.n == 12
    assert (np.diff(unpack(each.examples, "<u4", "examples").astype(int)) > 0).all()
    assert rows_of(each).mean() == pytest.approx(found.value)


def test_what_is_no_sum_over_examples_is_not_kept(world: World) -> None:
    for metric in (pa.roc_auc, pa.expected_calibration_error):
        assert metric(world.predictions, world.data).keep is None
    drop = pa.metric_drop(world.predictions, world.data, against=world.predictions, metric=pa.f1)
    gap = pa.group_gap(world.predictions, world.data, metric=pa.accuracy, group="source")
    assert drop.keep is None
    assert gap.keep is None


def test_what_cannot_be_kept_well_is_not(world: World) -> None:
    n = len(world.data)
    sound = Values(values=np.zeros(n), bounds=(0, 1), clusters=None)
    assert kept(sound, world.data) is not None
    assert kept(replace(sound, values=np.full(n, np.inf)), world.data) is None
    assert kept(replace(sound, values=np.zeros(3)), world.data) is None
    assert kept(replace(sound, values=np.zeros(2)), world.data, np.array([5, 5])) is None
    nameless = Sums(
        rows=np.ones((n, 2)), formula=lambda sums: sums[..., 0], bounds=(0, 1), clusters=None
    )
    assert kept(nameless, world.data) is None


def test_searches_and_swaps_are_of_examples_too() -> None:
    def predict(texts: list[str]) -> list[list[float]]:
        sure = [0.9 if "good" in text and "she" not in text.split() else 0.2 for text in texts]
        return [[1 - each, each] for each in sure]

    model = pa.load_model(predict, labels=["neg", "pos"], name="m")
    rows = [
        {"text": f"he is {'good' if i % 3 else 'bad'} at {i}", "label": "pos" if i % 3 else "neg"}
        for i in range(12)
    ]
    data = pa.load_data(rows, name="people")
    swapped = pa.counterfactual_flip_rate(model, data, gendered_words())
    each = swapped.keep().each
    assert (each.n, each.examples) == (12, "")
    assert rows_of(each).mean() == swapped.value == pytest.approx(8 / 12)
    found = pa.attack_success_rate(model, data, lambda text: text.replace("he", "she"))
    each = found.keep().each
    assert (each.formula, each.n) == ("share", 12)
    assert rows_of(each).sum(axis=0).tolist() == [8, 12]
    assert found.value == pytest.approx(8 / 12)
