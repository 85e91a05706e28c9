"""Edits apply, compose and move spans; the edits of a text never depend on each other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_accept.perturbations.edits import Edit, apply, compose, flattened, moved

TEXT = "a wonderful film"


def edits_of(length: int) -> st.SearchStrategy[list[Edit]]:
    """Edits of a text of this length that do not clash."""
    one = st.tuples(st.integers(0, length), st.integers(0, length), st.text("xyz", max_size=3)).map(
        lambda drawn: Edit(min(drawn[:2]), max(drawn[:2]), drawn[2], drawn[2] or "cut")
    )
    return st.lists(one, max_size=4).map(without_clashes)


def without_clashes(listed: list[Edit]) -> list[Edit]:
    kept: list[Edit] = []
    for edit in listed:
        if not any(edit.clashes(other) for other in kept):
            kept.append(edit)
    return kept


def test_edits_count_the_characters_of_the_text_before_any_of_them() -> None:
    edits = [Edit(12, 16, "movie", "word"), Edit(0, 0, "Well, ", "prefix"), Edit(2, 11, "", "cut")]
    assert apply(TEXT, edits) == "Well, a  movie"
    assert apply(TEXT, reversed(edits)) == apply(TEXT, edits)


def test_a_pair_is_edited_on_either_side() -> None:
    edits = [Edit(0, 1, "A", "case"), Edit(0, 0, "- ", "dash", side=1)]
    assert apply(("a film", "it"), edits) == ("A film", "- it")
    whole, shown = flattened(("a film", "it"), edits)
    assert whole == "a film / it"
    assert [whole[e.start : e.stop] for e in shown] == ["a", ""]
    assert shown[1].start == whole.index("it")


@pytest.mark.parametrize(
    ("one", "other", "clash"),
    [
        (Edit(0, 3, "", "k"), Edit(3, 5, "", "k"), False),
        (Edit(0, 3, "", "k"), Edit(2, 5, "", "k"), True),
        (Edit(3, 3, "x", "k"), Edit(3, 3, "y", "k"), True),
        (Edit(3, 3, "x", "k"), Edit(3, 5, "y", "k"), False),
        (Edit(4, 4, "x", "k"), Edit(3, 5, "y", "k"), True),
        (Edit(0, 3, "", "k"), Edit(0, 3, "", "k", side=1), False),
    ],
)
def test_what_clashes(one: Edit, other: Edit, clash: bool) -> None:
    assert one.clashes(other) is other.clashes(one) is clash


@given(data=st.data(), text=st.text("abcdef", max_size=12))
def test_composed_edits_do_what_both_do(data: st.DataObject, text: str) -> None:
    first = data.draw(edits_of(len(text)))
    between = apply(text, first)
    second = data.draw(edits_of(len(between)))
    both = compose(text, first, second)
    assert apply(text, both) == apply(between, second)
    assert without_clashes(list(both)) == list(both)
    assert {kind for edit in both for kind in edit.kind.split(" + ")} <= {
        edit.kind for edit in (*first, *second)
    }


def test_composed_edits_keep_apart_what_is_apart() -> None:
    first, second = [Edit(0, 0, "oh ", "prefix")], [Edit(16, 18, "lf", "swap")]
    assert compose(TEXT, first, second) == (
        Edit(0, 0, "oh ", "prefix"),
        Edit(13, 15, "lf", "swap"),
    )
    over = compose(TEXT, [Edit(2, 11, "fine", "synonym")], [Edit(2, 3, "F", "case")])
    assert over == (Edit(2, 11, "Fine", "synonym + case"),)


def test_spans_move_with_the_text() -> None:
    word, film = (2, 11), (12, 16)
    edits = [Edit(0, 0, "oh ", "prefix"), Edit(4, 4, "xx", "inside"), Edit(12, 16, "it", "word")]
    edited = apply(TEXT, edits)
    assert [edited[a:b] for a, b in moved([word, film], edits)] == ["woxxnderful", "it"]
    crossing = [Edit(9, 14, "-", "cut")]
    assert [apply(TEXT, crossing)[a:b] for a, b in moved([word, film], crossing)] == [
        "wonderf",
        "lm",
    ]
    assert moved([word], [Edit(0, 16, "", "all")]) == [(0, 0)]


@given(data=st.data(), text=st.text("abcdef", max_size=12))
def test_untouched_spans_keep_their_text(data: st.DataObject, text: str) -> None:
    edits = data.draw(edits_of(len(text)))
    start = data.draw(st.integers(0, len(text)))
    stop = data.draw(st.integers(start, len(text)))
    ((left, right),) = moved([(start, stop)], edits)
    assert 0 <= left <= right <= len(apply(text, edits))
    touched = any((e.start < stop and start < e.stop) or start < e.start < stop for e in edits)
    if not touched:
        assert apply(text, edits)[left:right] == text[start:stop]
