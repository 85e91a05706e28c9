"""A baseline against data that have changed since."""

import numpy as np
import pytest

import pytest_accept as pa
from pytest_accept.baseline.format import Stored, stored
from pytest_accept.baseline.matching import Match, check, match, notes

Rows = list[tuple[str, str]]


def data_of(rows: Rows) -> pa.Data:
    return pa.load_data([{"text": text, "label": label} for text, label in rows], name="reviews")


def baseline_of(rows: Rows) -> Stored:
    values = np.linspace(0.1, 0.9, len(rows))
    data = data_of(rows)
    return stored(
        pa.load_predictions(np.stack([1 - values, values], axis=1), labels=["neg", "pos"]),
        data.inputs,
        [label for _, label in rows],
        role="m",
        data="reviews",
        data_fingerprint=data.fingerprint,
    )


BEFORE: Rows = [("a", "pos"), ("b", "neg"), ("c", "pos"), ("d", "neg")]


def found(now: Rows, before: Rows = BEFORE) -> Match:
    return match(baseline_of(before), data_of(now))


def counts(each: Match) -> tuple[int, int, int]:
    return each.added, each.removed, len(each.relabelled)


def test_the_same_examples_in_another_order_are_found() -> None:
    stored_before = baseline_of(BEFORE)
    again = match(stored_before, data_of(BEFORE[::-1]))
    assert counts(again) == (0, 0, 0)
    values = np.array(stored_before.answers.values)[again.lines, 1]
    assert values == pytest.approx(np.linspace(0.1, 0.9, 4)[::-1])


def test_rows_added_and_removed() -> None:
    changed = found([*BEFORE[1:], ("e", "pos"), ("f", "neg")])
    assert counts(changed) == (2, 1, 0)
    assert (changed.lines < 0).tolist() == [False, False, False, True, True]
    assert notes(changed, 3, 5) == (
        "2 of 5 examples are not in the baseline and are left out",
        "1 example of the baseline is no longer in the data",
    )


def test_rows_with_another_label() -> None:
    changed = found([("a", "neg"), *BEFORE[1:]])
    assert counts(changed) == (0, 0, 1)
    assert (changed.relabelled, changed.before) == ((0,), ("pos",))


def test_equal_texts_are_counted() -> None:
    twice = [("a", "pos"), ("a", "pos"), ("b", "neg")]
    assert counts(found(twice, twice)) == (0, 0, 0)
    assert counts(found([*twice, ("a", "pos")], twice)) == (1, 0, 0)
    assert counts(found(twice[1:], twice)) == (0, 1, 0)
    assert counts(found([("a", "neg"), *twice[1:]], twice)) == (0, 0, 1)
    assert (found([*twice, ("a", "pos")], twice).lines >= 0).all()


def test_equal_texts_with_different_labels_are_no_change() -> None:
    both = [("a", "pos"), ("a", "neg")]
    assert counts(found(both[::-1], both)) == (0, 0, 0)
    assert counts(found(both[:1], both)) == (0, 1, 0)


def test_labels_that_were_not_known_are_no_change() -> None:
    assert counts(found(BEFORE, [(text, "") for text, _ in BEFORE])) == (0, 0, 0)


def test_relabelled_rows_are_an_error_that_names_them() -> None:
    before = baseline_of(BEFORE)
    now = data_of([("a", "neg"), ("b", "pos"), ("c", "pos"), ("e", "pos")])
    changed = match(before, now)
    with pytest.raises(pa.DataError) as error:
        check(changed, before, now, "baselines/x.tsv", allow_relabelled=False)
    assert (
        "2 are relabelled (reviews row 1 is 'neg', was 'pos'; reviews row 2 is 'pos', was 'neg'), "
        "1 added, 1 removed"
    ) in str(error.value)
    check(changed, before, now, "baselines/x.tsv", allow_relabelled=True)
    assert "2 are labelled otherwise" in notes(changed, 4, 4)[-1]


def test_nothing_in_common_is_an_error() -> None:
    before, now = baseline_of(BEFORE), data_of([("x", "pos"), ("y", "neg")])
    with pytest.raises(pa.DataError, match="none of the 2 texts is among the 4 there"):
        check(match(before, now), before, now, "baselines/x.tsv", allow_relabelled=True)
