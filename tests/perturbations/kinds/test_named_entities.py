"""Named entities: people, places and organisations in one budget."""

from pytest_accept.perturbations.kinds.named_entities import named_entities
from tests.perturbations.kinds.checks import check_kind

TEXT = "John flew to Rome with Lufthansa."


def test_three_kinds() -> None:
    kinds = [kind for kind, _ in named_entities().sites(TEXT)]
    assert kinds == ["person names", "locations", "organizations"]


def test_one_budget() -> None:
    steps = ((0, 0, 0), (1, 0, 0), (2, 0, 0))
    assert named_entities().script(*steps)(TEXT) == "Ahmed flew to Rome with Lufthansa."
    both = named_entities(max_edits=3).script(*steps)(TEXT)
    assert both == "Ahmed flew to London with Ryanair."


def test_manners() -> None:
    check_kind(named_entities, promise="same", language="en")
