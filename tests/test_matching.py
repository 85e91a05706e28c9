"""Which criterion of one run is which of another."""

from pytest_accept.matching import matched
from tests.comparison.made import judged, plain


def values(*records: object) -> list[list[float | None]]:
    return [
        [None if each is None else each.criterion.verdict.estimate.value for each in line.runs]
        for line in matched(records)
    ]


def test_models_and_bars_may_differ() -> None:
    old = plain(judged(0.8, bar=0.7), models=("rushed",))
    new = plain(judged(0.9, bar=0.85), models=("final",))
    assert values(old, new) == [[0.8, 0.9]]


def test_metric_options_and_direction_may_not() -> None:
    old = plain(judged(0.8))
    for other in (
        judged(0.9, metric="f1"),
        judged(0.9, options="label=pos"),
        judged(0.9, direction="below"),
    ):
        assert values(old, plain(other)) == [[0.8, None], [None, 0.9]]


def test_what_a_suite_was_suggested_from_is_found_in_it() -> None:
    old = plain(
        judged(0.1, test="default_criteria.py::test_recall[neg]", metric="recall", options="neg"),
        judged(0.2, test="default_criteria.py::test_recall[pos]", metric="recall", options="pos"),
    )
    suite = "acceptance/test_x.py::test_recall"
    new = plain(
        judged(0.3, test=f"{suite}[neg]", metric="recall", options="neg"),
        judged(0.4, test=f"{suite}[pos]", metric="recall", options="pos"),
    )
    assert values(old, new) == [[0.1, 0.3], [0.2, 0.4]]
    notes = [line.notes for line in matched([old, new])]
    assert notes[0] == ["the test was default_criteria.py::test_recall[neg]"]


def test_a_renamed_test_is_found_if_no_other_asks_the_same() -> None:
    old = plain(judged(0.1, test="a.py::test_a"), judged(0.2, metric="f1"))
    new = plain(judged(0.3, metric="f1"), judged(0.4, test="a.py::test_b", bar=0.3))
    assert values(old, new, old) == [[0.1, 0.4, 0.1], [0.2, 0.3, 0.2]]
    two = plain(judged(0.4, test="a.py::test_b"), judged(0.5, test="a.py::test_c"))
    assert values(plain(judged(0.1, test="a.py::test_a")), two) == [
        [0.1, None],
        [None, 0.4],
        [None, 0.5],
    ]


def test_of_moved_tests_that_ask_the_same_those_of_one_name_belong_together() -> None:
    old = plain(judged(0.1, test="a.py::test_a"), judged(0.2, test="a.py::test_b"))
    other_file = plain(judged(0.4, test="b.py::test_b"), judged(0.3, test="b.py::test_a"))
    assert sorted(values(old, other_file)) == [[0.1, 0.3], [0.2, 0.4]]
    old = plain(judged(0.1, test="a.py::test"), judged(0.2, test="b.py::test"))
    other_folder = plain(judged(0.4, test="s/b.py::test"), judged(0.3, test="s/a.py::test"))
    assert sorted(values(old, other_folder)) == [[0.1, 0.3], [0.2, 0.4]]


def test_of_two_models_in_a_renamed_test_those_of_one_name_belong_together() -> None:
    old = plain(judged(0.1, model=0), judged(0.2, model=1), models=("small", "large"))
    renamed = "test_it.py::test_renamed"
    new = plain(
        judged(0.4, model=0, test=renamed), judged(0.3, model=1, test=renamed),
        models=("large", "small"),
    )  # fmt: skip
    assert sorted(values(old, new)) == [[0.1, 0.3], [0.2, 0.4]]


def test_new_and_gone_over_three_runs() -> None:
    one = plain(judged(0.1, metric="a"), judged(0.2, metric="b"))
    two = plain(judged(0.3, metric="b"))
    three = plain(judged(0.4, metric="a"), judged(0.5, metric="b"), judged(0.6, metric="c"))
    assert values(one, two, three) == [[0.1, None, 0.4], [0.2, 0.3, 0.5], [None, None, 0.6]]


def test_of_two_models_in_one_test_those_of_one_name_belong_together() -> None:
    old = plain(judged(0.1, model=0), judged(0.2, model=1), models=("small", "large"))
    new = plain(judged(0.4, model=0), judged(0.3, model=1), models=("large", "small"))
    assert sorted(values(old, new)) == [[0.1, 0.3], [0.2, 0.4]]


def test_of_two_renamed_models_those_of_one_part_do() -> None:
    old = plain(judged(0.1, model=0), judged(0.2, model=1), models=("a", "b"))
    new = plain(judged(0.4, model=1), judged(0.3, model=0), models=("c", "d"))
    assert sorted(values(old, new)) == [[0.1, 0.3], [0.2, 0.4]]


def test_equal_criteria_are_told_apart_by_their_bars() -> None:
    old = plain(judged(0.1, bar=0.7), judged(0.2, bar=0.9))
    new = plain(judged(0.4, bar=0.9), judged(0.3, bar=0.7))
    assert sorted(values(old, new)) == [[0.1, 0.3], [0.2, 0.4]]


def test_what_cannot_be_told_apart_is_matched_in_order_and_says_so() -> None:
    old = plain(judged(0.1), judged(0.2))
    new = plain(judged(0.3), judged(0.4), judged(0.5))
    lines = matched([old, new])
    assert values(old, new) == [[0.1, 0.3], [0.2, 0.4], [None, 0.5]]
    assert "2 and 3 criteria of this test do not differ" in lines[0].notes[0]
    assert not lines[2].notes


def test_a_model_that_is_named_by_an_option_may_be_another() -> None:
    old = plain(judged(0.1, options="against=rushed"), models=("rushed",))
    new = plain(judged(0.2, options="against=final"), models=("final",))
    other = plain(judged(0.3, options="against=teacher"), models=("final",))
    assert values(old, new) == [[0.1, 0.2]]
    assert values(new, other) == [[0.2, None], [None, 0.3]]
