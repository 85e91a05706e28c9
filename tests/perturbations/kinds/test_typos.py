"""Typos: four slips within one budget."""

from pytest_accept.perturbations.kinds.typos import typos
from tests.perturbations.kinds.checks import check_kind, results


def test_one_slip_of_each_sort() -> None:
    made = results(typos(), "a film")
    assert made[:4] == ["a flim", "a flm", "a fim", "a ffilm"]
    assert made[-1] == "a filk"


def test_order_of_kinds_and_common_budget() -> None:
    perturbation = typos(max_edits=2)
    assert [kind for kind, _ in perturbation.finders] == [
        "swapped letters",
        "dropped letters",
        "doubled letters",
        "keyboard typos",
    ]
    script = perturbation.script((0, 0, 0), (2, 0, 0), (2, 1, 0))
    assert script("a good film") == "a ggood flim"


def test_layout() -> None:
    perturbation = typos(layout="qwertz", max_edits=2)
    assert repr(perturbation) == "typos(layout='qwertz', max_edits=2)"
    assert "einz" in results(perturbation, "eint")


def test_manners() -> None:
    check_kind(typos, promise="same", language="any")
