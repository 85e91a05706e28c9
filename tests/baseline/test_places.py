"""Files are named after data and model, whatever these are called."""

from pathlib import Path

import pytest

import pytest_accept as pa
from pytest_accept.baseline import roles
from pytest_accept.baseline.places import of_data, place


@pytest.mark.parametrize(
    ("data", "role", "name"),
    [
        ("reviews", "runs/large", "reviews.runs-large.tsv"),
        ("reviews.v1", "org/name@main", "reviews-v1.org-name-main.tsv"),
        ("../../etc/passwd", "..", "etc-passwd.unnamed.tsv"),
        ("отзывы", "a b\tc\n", "отзывы.a-b-c.tsv"),
    ],
)
def test_names_are_safe(data: str, role: str, name: str) -> None:
    file = place(Path("suite"), data, role)
    assert file == Path("suite/baselines") / name


def test_long_names_are_cut_but_stay_different() -> None:
    one, other = (place(Path(), "d", "x" * 300 + end).name for end in "ab")
    assert one != other
    assert len(one) < 100


def test_baselines_of_some_data(tmp_path: Path) -> None:
    (tmp_path / "baselines").mkdir()
    for role in ("b", "a"):
        place(tmp_path, "reviews", role).touch()
    place(tmp_path, "reviews-2", "a").touch()
    assert [each.name for each in of_data(tmp_path, "reviews")] == [
        "reviews.a.tsv",
        "reviews.b.tsv",
    ]


def test_a_model_has_the_role_it_is_asked_for_by(tmp_path: Path) -> None:
    model = pa.load_model(lambda texts: [[0.5, 0.5]] * len(texts), labels=["a", "b"], name="own")
    assert roles.role_of(model) == "own"
    roles.remember(model, object(), root=tmp_path)
    assert roles.role_of(model) == "own"
    roles.remember(model, tmp_path / "runs" / "first", root=tmp_path)
    assert roles.role_of(model) == "runs/first"
    roles.remember(model, "runs/second", root=tmp_path)
    with pytest.raises(pa.SettingError, match="as 'runs/first' and as 'runs/second'"):
        roles.role_of(model)


def test_a_source_outside_of_the_root_keeps_its_name_only(tmp_path: Path) -> None:
    model = pa.load_model(lambda texts: [[0.5, 0.5]] * len(texts), labels=["a", "b"], name="own")
    roles.remember(model, Path("/models/large"), root=tmp_path)
    assert roles.role_of(model) == "large"
