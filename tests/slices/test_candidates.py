"""Which slices a search looks at: all that are large enough, each once, as `where=` takes them."""

from typing import Any

import numpy as np
import pytest

import pytest_accept as pa
from pytest_accept.slices.candidates import Candidates, candidates
from pytest_accept.slices.condition import Condition


def odd_rows(n: int = 240) -> list[dict[str, Any]]:
    """Columns of every kind: strings, numbers, lists, missing cells, a copy, an identifier."""
    random = np.random.default_rng(0)
    words = "the plot was not good but we liked it".split()
    return [
        {
            "text": " ".join(random.choice(words, size=random.integers(1, 9))),
            "label": ("neg", "pos")[int(random.integers(2))],
            "source": ("shop", "film", "rare")[0 if i % 3 else 1 + (i % 40 == 0)],
            "copy": ("a", "b", "c")[0 if i % 3 else 1 + (i % 40 == 0)],
            "age": None if i % 5 == 0 else float(random.integers(100)),
            "level": int(random.integers(3)),
            "topics": [("war", "love")[j] for j in range(2) if random.random() < 0.5],
            "id": f"row {i}",
            "same": "x",
        }
        for i in range(n)
    ]


def made(data: pa.Data, **options: Any) -> Candidates:
    chosen = {"named": None, "over": ("columns", "length", "words", "confidence")}
    model = pa.load_predictions(
        np.random.default_rng(1).dirichlet([1, 1], len(data)), labels=["neg", "pos"]
    )
    return candidates(model, data, **{**chosen, "words": 5, "pairs": True, "least": 30, **options})


def test_where_takes_exactly_the_members_whatever_the_column_holds() -> None:
    data = pa.load_data(odd_rows())
    found = made(data)
    assert len(found.slices) > 60
    names = [each.name for each in found.slices]
    kinds = {each.kind for each in found.slices if not each.of}
    assert {"column level", "column topics", "column age", "length", "confidence"} <= kinds
    assert {"source=shop", "level=2", "topics=war", "has 'not'"} <= set(names)
    assert not any("id=" in name or "same=" in name or "label=" in name for name in names)
    seen = set()
    for each in found.slices:
        assert data.where(each.where).rows.tolist() == np.flatnonzero(each.members).tolist()
        assert 30 <= each.members.sum() <= len(data) - 30
        seen.add(each.members.tobytes())
        for half in each.of:
            assert not (each.members & ~found.slices[half].members).any()
            assert each.members.sum() < found.slices[half].members.sum()
        if isinstance(each.where, Condition):
            assert each.expression == f"where={each.where.expression}"
        else:
            assert each.expression == f"where={each.where!r}"
    assert len(seen) == len(found.slices)  # `copy` says the same as `source`
    assert "source=rare (2)" in found.notes[0]


def test_missing_cells_are_a_slice_of_a_column_of_few_values() -> None:
    rows = [{"text": "a", "label": "x", "city": None if i % 2 else "Rome"} for i in range(100)]
    found = made(pa.load_data(rows), over="columns", pairs=False)
    assert {each.name: each.where for each in found.slices} == {
        "city=Rome": {"city": "Rome"},
        "city=(missing)": {"city": None},
    }


def test_columns_that_say_the_label_are_left_out_unless_named() -> None:
    random = np.random.default_rng(0)
    shares = random.random(400)
    rows = [
        {"text": f"t {i}", "label": "pos" if share > 0.5 else "neg", "share": float(share)}
        for i, share in enumerate(shares)
    ]
    data = pa.load_data([{**row, "site": "ab"[i % 2]} for i, row in enumerate(rows)])
    found = made(data, over="columns")
    assert {each.kind for each in found.slices} == {"column site"}
    assert found.notes == (
        "columns that say the label, so not used: 'share' (columns= would name them)",
    )
    named = made(data, over="columns", named=["share", "label"], pairs=False)
    assert {each.kind for each in named.slices} == {"column share", "column label"}


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"over": "length", "least": 110}, "at least 110 of its 240 examples: the largest has"),
        ({"over": "columns", "named": []}, "there is none of any size. Lower min_size"),
        ({"over": ()}, "Expected `over` to be some of 'columns', 'length'"),
        ({"over": "colums"}, "no kind of slice for over= 'colums'. Did you mean 'columns'?"),
        ({"named": ["sourc"]}, "There is no column 'sourc'. Did you mean 'source'?"),
        ({"named": ["same"]}, "Column 'same' of .* is 'x' everywhere, so it makes no slices"),
    ],
)
def test_no_slices_are_one_clear_error(options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(pa.AcceptanceError, match=sentence):
        made(pa.load_data(odd_rows()), **options)
