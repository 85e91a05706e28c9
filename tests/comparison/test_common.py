"""Examples are the same if text and label are, wherever they stand."""

import numpy as np
import pytest

import pytest_accept as pa
from pytest_accept.comparison import compare
from pytest_accept.comparison.values import Change
from pytest_accept.records import Record
from tests.comparison.made import record

ROWS = [{"text": f"text {i}", "label": "pos" if i % 2 else "neg", "who": i // 2} for i in range(60)]


def judged(rows: list[dict[str, object]], wrong: set[object], **options: object) -> Record:
    """Return a Record of the accuracy of a model that has the texts in `wrong` wrong."""
    data = pa.load_data(rows, name="reviews")
    sure = np.array(
        [[0.9, 0.1] if (row["label"] == "neg") != (row["text"] in wrong) else [0.1, 0.9]
         for row in rows]
    )  # fmt: skip
    said = pa.load_predictions(sure, labels=["neg", "pos"], name="m")
    return record(pa.accuracy(said, data, **options))


def change(old: Record, new: Record) -> Change:
    return compare([("a.json", old), ("b.json", new)]).lines[0].overall


def texts(*numbers: int) -> set[object]:
    return {f"text {number}" for number in numbers}


def test_rows_in_another_order() -> None:
    turned = [ROWS[i] for i in np.random.default_rng(0).permutation(60)]
    found = change(judged(ROWS, texts(1, 2)), judged(turned, texts(2, 3, 4, 5)))
    assert found.paired is not None
    assert (found.paired.lost, found.paired.gained, found.paired.n) == (3, 1, 60)
    assert found.paired.left_out == 0


def test_what_only_one_of_them_has_and_what_was_relabelled_is_left_out() -> None:
    newer = [dict(row) for row in ROWS[10:]] + [{"text": "fresh", "label": "pos", "who": 99}]
    newer[0]["label"] = "pos"
    found = change(judged(ROWS, texts(20)), judged(newer, texts(21, 22)))
    assert found.paired is not None
    assert (found.paired.n, found.paired.left_out) == (49, 2)
    assert (found.paired.lost, found.paired.gained) == (2, 1)
    assert found.notes[-1] == (
        "paired on the 49 examples of both: 1 only the newer run has, 10 only the older run has, "
        "1 have another label than before"
    )
    assert "the data are not the same: their difference is not one of the models alone" in (
        found.notes
    )


def test_equal_examples_are_taken_one_for_one() -> None:
    twice = [*ROWS, *ROWS[:20]]
    found = change(judged(ROWS, texts(1)), judged(twice, texts(1, 3), cluster="who"))
    assert found.paired is not None
    assert (found.paired.n, found.paired.left_out, found.paired.lost) == (60, 20, 1)


def test_clusters_of_either_run_count() -> None:
    plain, clustered = judged(ROWS, texts(1)), judged(ROWS, texts(3, 4), cluster="who")
    for old, new in ((plain, clustered), (clustered, plain)):
        found = change(old, new).paired
        assert found is not None
        assert found.clusters == 30


def test_clusters_of_both_must_be_the_same() -> None:
    apart = [{**row, "who": i % 3} for i, row in enumerate(ROWS)]
    found = change(judged(ROWS, texts(1), cluster="who"), judged(apart, texts(3), cluster="who"))
    assert found.paired is None
    assert found.unpaired == "the runs put the examples into different clusters"


def test_nothing_in_common() -> None:
    other = [{**row, "text": f"another {i}"} for i, row in enumerate(ROWS)]
    found = change(judged(ROWS, texts(1)), judged(other, set()))
    assert (found.paired, found.unpaired) == (None, "the runs have no example in common")
    relabelled = [{**row, "label": "neg" if row["label"] == "pos" else "pos"} for row in ROWS]
    found = change(judged(ROWS, texts(1)), judged(relabelled, set()))
    assert found.unpaired.endswith("all of them because of their labels")


def test_what_got_worse_is_shown_if_its_text_is_in_the_record() -> None:
    found = change(judged(ROWS, texts(1)), judged(ROWS, texts(1, 4, 6)))
    assert found.paired is not None
    assert {each.text for each in found.paired.worse_examples} <= texts(4, 6)
    assert found.paired.worse_examples


@pytest.mark.parametrize("many", [1, 40])
def test_a_change_that_would_not_hold_among_many_is_shown_with_a_perhaps(many: int) -> None:
    data = pa.load_data(ROWS, name="reviews")
    truth = np.array([[1.0, 0.0] if row["label"] == "neg" else [0.0, 1.0] for row in ROWS])
    right = 0.1 + 0.8 * truth
    wrong = right.copy()
    wrong[:6] = wrong[:6, ::-1]
    old, new, as_right = (
        pa.load_predictions(each, labels=["neg", "pos"])
        for each in (right, wrong, 0.2 + 0.6 * truth)
    )
    runs = [
        record(pa.accuracy(one, data), *[pa.accuracy(other, data)] * (many - 1))
        for one, other in ((old, old), (new, as_right))
    ]
    found = compare([("a.json", runs[0]), ("b.json", runs[1])])
    shown = [each.overall.paired.shown for each in found.lines if each.overall.paired]
    assert shown[0] == ("worse" if many == 1 else "perhaps worse")
    assert not any(shown[1:])


def test_of_three_runs_each_step_and_the_whole_are_paired() -> None:
    runs = [judged(ROWS, wrong) for wrong in (texts(1), texts(1, 2, 3), texts(2, 3, 4))]
    line = compare(list(zip("abc", runs, strict=True))).lines[0]
    counts = [
        (each.paired.lost, each.paired.gained)
        for each in (*line.steps, line.overall)
        if each.paired is not None
    ]
    assert counts == [(2, 0), (1, 1), (3, 1)]
