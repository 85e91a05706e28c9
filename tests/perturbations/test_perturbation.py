"""Perturbations: budgets, protected words, restrictions, composition, and plain `@given`."""

from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st

from pytest_accept import PredictionError, SettingError
from pytest_accept.perturbations.kinds.casing import casing
from pytest_accept.perturbations.kinds.gendered_words import gendered_words
from pytest_accept.perturbations.kinds.locations import locations
from pytest_accept.perturbations.kinds.negation import negation
from pytest_accept.perturbations.kinds.organizations import organizations
from pytest_accept.perturbations.kinds.person_names import person_names
from pytest_accept.perturbations.kinds.synonyms import synonyms
from pytest_accept.perturbations.kinds.typos import typos
from pytest_accept.perturbations.kinds.whitespace import whitespace
from pytest_accept.perturbations.made_by_users import from_sites
from pytest_accept.perturbations.perturbation import Perturbation

TEXT = "A wonderful film with a good story and a fine cast, not one dull minute in it."
KINDS = [typos, casing, whitespace, synonyms]

quick = settings(
    max_examples=30,
    deadline=None,
    database=None,
    derandomize=False,
    suppress_health_check=list(HealthCheck),
)


def stars(text: str) -> Any:
    """A site between all characters."""
    for at in range(len(text) + 1):
        yield at, at, ["*", "**"]


@quick
@given(edit=typos(max_edits=3))
def test_a_script_fits_every_text(edit: Any) -> None:
    for text in (TEXT, "", "a", "fine film"):
        assert len(edit.edits(text)) <= 3
        assert isinstance(edit(text), str)


def test_hypothesis_shrinks_by_dropping_edits() -> None:
    smallest = find(
        typos(max_edits=5),
        lambda edit: edit(TEXT) != TEXT,
        settings=settings(database=None, deadline=None),
        random=Random(0),
    )
    assert len(smallest.edits(TEXT)) == 1
    assert smallest.steps == ((0, 0, 0),)


def test_scripts_for_a_text_reach_all_that_it_offers() -> None:
    perturbation = from_sites(stars)
    seen = set()

    @settings(quick, max_examples=500, phases=[Phase.generate])
    @given(perturbation.scripts_for("abc"))
    def collect(edit: Any) -> None:
        seen.add(edit("abc"))

    collect()
    assert seen == {
        "*abc", "**abc", "a*bc", "a**bc", "ab*c", "ab**c", "abc*", "abc**"
    }  # fmt: skip


def test_a_script_is_what_its_repr_says() -> None:
    script = typos(max_edits=2, protect=["film"]).script((1, 2, 3), (0, 5, 0))
    assert repr(script) == "typos(max_edits=2, protect=['film']).script((1, 2, 3), (0, 5, 0))"
    again = eval(repr(script), {"typos": typos})
    assert again == script
    assert again(TEXT) == script(TEXT)
    assert again != typos(max_edits=3).script((1, 2, 3), (0, 5, 0))


@pytest.mark.slow
def test_a_failing_given_test_shows_the_edit(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        from hypothesis import given, settings
        from pytest_accept.perturbations import swapped_letters

        @settings(database=None, derandomize=True)
        @given(edit=swapped_letters(max_edits=2))
        def test_survives(edit):
            assert "film" in edit("a good film")
        """
    )
    result = pytester.runpytest_subprocess("-q")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["*edit=swapped_letters(max_edits=2).script((0, 0, 0))*", "*edited: a good f[[]il→li]m*"]
    )


@pytest.mark.parametrize("kind", KINDS)
def test_draws_are_the_same_for_a_seed(kind: Any) -> None:
    one, other = (
        [kind(max_edits=3).draw(random, TEXT)(TEXT) for _ in range(20)]
        for random in (Random(1), Random(1))
    )
    assert one == other
    assert len(set(one)) > 1


def test_draws_are_even_among_places_and_choices() -> None:
    perturbation, random = from_sites(stars), Random(0)
    drawn = Counter(perturbation.draw(random, "abc")("abc") for _ in range(8000))
    assert len(drawn) == 8
    # 1,000 expected of each; the standard deviation is 30.
    assert all(abs(count - 1000) < 120 for count in drawn.values()), drawn


def test_draws_are_even_among_the_number_of_edits() -> None:
    perturbation, random = from_sites(stars, max_edits=2), Random(0)
    counts = Counter(len(perturbation.draw(random, TEXT).edits(TEXT)) for _ in range(4000))
    # Two edits at the same place come to one: 1 in 79 pairs.
    assert abs(counts[1] - 2025) < 130, counts


def test_a_share_of_the_words_is_rounded_up() -> None:
    perturbation = typos(max_edits=10, max_share=0.25)
    assert perturbation.limit("one") == 1
    assert perturbation.limit("one two three four five") == 2
    assert typos(max_edits=1, max_share=1.0).limit(TEXT) == 1
    random = Random(0)
    assert max(len(perturbation.draw(random, TEXT).edits(TEXT)) for _ in range(200)) == 5


def test_a_users_words_are_never_edited() -> None:
    kept = typos(protect="wonderful")
    random = Random(0)
    for _ in range(300):
        edited = kept.draw(random, TEXT)(TEXT)
        assert "wonderful" in edited
        assert " not " in edited, "negations are protected where the label must stay"
    assert not typos(protect=["film"]).can_change("film")
    assert not typos(protect=(word for word in ["film"])).can_change("film"), "an iterator too"
    assert not typos(protect=["FILM"]).can_change("Film")


def test_words_may_be_restricted() -> None:
    long = typos().only_words("[a-z]{9,}")
    random = Random(0)
    assert {edit.start for _ in range(200) for edit in long.draw(random, TEXT).edits(TEXT)} <= set(
        range(2, 11)
    )
    assert repr(long) == "typos().only_words('[a-z]{9,}')"
    assert not long.can_change("a good film")


def test_entities_may_be_left_alone() -> None:
    text = "We saw Anna in Paris."
    touched = {
        text[edit.start : edit.stop]
        for _ in range(200)
        for edit in typos().except_entities().draw(Random(_), text).edits(text)
    }
    assert touched
    spans = [(7, 11), (15, 20)]
    every = [typos().draw(Random(seed), text) for seed in range(200)]
    without = [typos().except_entities().draw(Random(seed), text) for seed in range(200)]

    def inside(scripts: list[Any]) -> int:
        return sum(
            start <= edit.start < stop
            for script in scripts
            for edit in script.edits(text)
            for start, stop in spans
        )

    assert inside(every) > 20
    assert inside(without) == 0
    own = typos().except_entities(lambda text: [(0, len(text) - 6)])
    assert all(
        edit.start >= 15 for s in range(50) for edit in own.draw(Random(s), text).edits(text)
    )


def test_either_of_two() -> None:
    either = typos(max_edits=2) | casing() | whitespace()
    assert isinstance(either, Perturbation)
    assert repr(either) == "(typos(max_edits=2) | casing() | whitespace())"
    kinds = Counter(
        edit.kind for seed in range(300) for edit in either.draw(Random(seed), TEXT).edits(TEXT)
    )
    for part in (typos(), casing(), whitespace()):
        assert set(kinds) & {kind for kind, _ in part.finders}, part
    # A part that cannot change the text is not chosen.
    assert all(either.draw(Random(seed), "aa aa")("aa aa") != "aa aa" for seed in range(50))


def test_or_with_an_ordinary_strategy_is_hypothesis_own() -> None:
    both = typos() | st.none()
    assert not isinstance(both, Perturbation)


def test_one_then_another() -> None:
    chain = typos().then(casing())
    assert repr(chain) == "typos().then(casing())"
    for seed in range(50):
        script = chain.draw(Random(seed), TEXT)
        edits = script.edits(TEXT)
        assert script(TEXT) == script.second(script.first.changed(TEXT))  # type: ignore[attr-defined]
        assert edits

    @quick
    @given(edit=chain)
    def works(edit: Any) -> None:
        assert edit(TEXT) == edit.second(edit.first(TEXT))

    works()

    @quick
    @given(edit=chain.scripts_for(TEXT))
    def fits(edit: Any) -> None:
        assert edit.edits(TEXT)

    fits()


@pytest.mark.parametrize(
    ("composed", "promise", "language"),
    [
        (typos() | casing(), "same", "any"),
        (typos() | negation(), "unknown", "en"),
        (typos().then(negation()), "flips", "en"),
        (negation().then(negation()), "unknown", "en"),
        (synonyms() | typos(), "same", "en"),
    ],
)
def test_what_a_composition_promises(composed: Perturbation, promise: str, language: str) -> None:
    assert (composed.promise, composed.language) == (promise, language)


def test_sides_of_pairs() -> None:
    pair = ("a good film", "a dull story")
    for side, changed in (("first", {0}), ("second", {1}), ("both", {0, 1})):
        perturbation = typos().on(side)  # type: ignore[arg-type]
        sides = {
            edit.side
            for seed in range(60)
            for edit in perturbation.draw(Random(seed), pair).edits(pair)
        }
        assert sides == changed
    one = typos().on("first").draw(Random(0), pair)(pair)
    assert one[0] != pair[0]
    assert one[1] == pair[1]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda: typos(max_edits=0), "Expected `max_edits` to be an integer of 1 or more, but got"),
        (lambda: typos(max_edits=True), "Expected `max_edits`"),
        (lambda: typos(max_share=0), "Expected `max_share` to be a number in (0, 1], or None"),
        (lambda: typos().on("left"), "Expected `side` to be 'first', 'second' or 'both'"),
        (lambda: typos().then("casing"), "Expected `other` to be a perturbation such as typos()"),
        (lambda: from_sites(stars, promise="none"), "Expected `promise` to be 'same', 'flips'"),
    ],
)
def test_wrong_arguments(wrong: Any, message: str) -> None:
    with pytest.raises(SettingError) as caught:
        wrong()
    assert message in str(caught.value)


def test_a_script_wants_a_text() -> None:
    with pytest.raises(PredictionError, match="Expected `text` to be a text or a pair of texts"):
        typos().script((0, 0, 0))(b"bytes")  # type: ignore[type-var]


def test_names_resolve_late_and_other_packages_add_theirs() -> None:
    import pytest_accept.perturbations as module

    assert set(module.KINDS) <= set(dir(module))
    assert callable(module.locations)
    assert module.locations.__name__ == "locations"
    assert locations().promise == "same"
    with pytest.raises(AttributeError, match="no perturbation 'tyops'. Did you mean 'typos'"):
        _ = module.tyops


def test_every_kind_is_an_entry_point() -> None:
    from importlib.metadata import entry_points

    from pytest_accept.perturbations import GROUP, KINDS

    entries = {entry.name: entry for entry in entry_points(group=GROUP)}
    assert set(KINDS) <= set(entries)
    for name in KINDS:
        assert entries[name].load()().name == name


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        (person_names, {"names": {"Ada": "f", "Eve": "f"}}),
        (locations, {"names": {"Ada": "f", "Eve": "f"}}),
        (organizations, {"names": {"Ada": "f", "Eve": "f"}}),
        (synonyms, {"lexicon": {"waiter": ["server"]}}),
        (gendered_words, {"pairs": {"lad": "lass"}}),
    ],
)
def test_a_list_of_ones_own_makes_another_perturbation(kind: Any, options: Any) -> None:
    own = kind(**options, max_edits=2)
    assert own.script((0, 0, 0)) != kind(max_edits=2).script((0, 0, 0))
    again = eval(repr(own), {kind.__name__: kind})
    text = "Ada told the waiter and the lad."
    assert again.sites(text) == own.sites(text)
    assert own.can_change(text)


def test_a_kind_of_another_package_is_found_under_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "shouting_package.py").write_text(
        "from pytest_accept.perturbations.made_by_users import from_function\n"
        "def shouting(): return from_function(str.upper, name='shouting')\n"
    )
    about = tmp_path / "shouting_package-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: shouting-package\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(
        "[pytest_accept.perturbations]\nshouting = shouting_package:shouting\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    from pytest_accept.perturbations import shouting  # type: ignore[attr-defined]

    assert shouting().script((0, 0, 0))("a film") == "A FILM"
