"""What a user sees of robustness: rates, searches, the smallest edit, the same under -n 2."""

import json
from typing import Any

import pytest

SUITE = """
    import pytest
    from hypothesis import given, settings
    from pytest_accept import (
        assert_accuracy_drop_below, assert_attack_success_below, assert_flip_rate_below,
        assert_no_flip_within, assert_robust_accuracy_above, for_each_example,
    )
    from pytest_accept.perturbations import casing, typos, zero_width

    pytestmark = [pytest.mark.acceptance, pytest.mark.robustness]

    @pytest.fixture(scope="session")
    def brittle(load_model):
        def predict(texts):
            good = [any(word in text for word in ("good", "fine")) for text in texts]
            return [[0.1, 0.9] if yes else [0.8, 0.2] for yes in good]
        return load_model(predict, labels=["neg", "pos"], name="brittle")

    def test_typos(brittle, reviews):
        assert_flip_rate_below(brittle, reviews, typos(max_edits=2), 0.01)

    def test_casing(brittle, reviews):
        assert_robust_accuracy_above(brittle, reviews, casing(), 0.5)
        assert_accuracy_drop_below(brittle, reviews, casing(), 0.9)

    @pytest.mark.parametrize("word", ["good", "bad"])
    def test_search(brittle, reviews, word):
        some = reviews.where(lambda row: row["text"].startswith(word) and row["text"][-1] in "12")
        assert_attack_success_below(brittle, some, typos(max_edits=2), 0.01, max_examples=12)

    def test_none(brittle, reviews):
        tweets = reviews.where(source="tweets")
        elsewhere = zero_width(protect=["good", "fine"])
        assert_no_flip_within(brittle, tweets, elsewhere, max_examples=9)

    @settings(max_examples=20)
    @given(edit=typos(max_edits=2))
    def test_one(brittle, edit):
        assert brittle.label(edit("a bad film")) == "neg"
"""


@pytest.fixture
def robust(suite: pytest.Pytester) -> pytest.Pytester:
    suite.makepyfile(test_robust=SUITE)
    return suite


def criteria(suite: pytest.Pytester, *arguments: str, name: str = "record.json") -> Any:
    """Run the suite and return what was judged, without times."""
    suite.runpytest_subprocess("--accept-report", f"json:{name}", *arguments)
    record = json.loads((suite.path / name).read_text())
    return [(c["test"], c["verdict"]) for c in record["criteria"]]


def test_a_failing_rate_shows_the_smallest_edits_by_kind(robust: pytest.Pytester) -> None:
    result = robust.runpytest("-k", "typos")
    result.assert_outcomes(failed=1, deselected=5)
    result.stdout.fnmatch_lines(
        [
            ">*assert_flip_rate_below(brittle, reviews, typos(max_edits=2), 0.01)",
            "E*AcceptanceFailure: flip_rate(typos(max_edits=2), draws=3) on reviews: rejected, "
            "measured 0.*, demonstrated >= 0.*at 95 % (n = 400), required <= 0.010",
            "E*: * edits flip the prediction:",
            'E*pos 0.90 → neg 0.80, pos true   "*[[]*→*]*thing number*"   reviews.csv row*',
            "FAILED test_robust.py::test_typos - pytest_accept.AcceptanceFailure: flip_rat*",
        ]
    )
    result.stdout.no_fnmatch_line("*perturbed.py*")


def test_a_search_says_what_it_found_and_what_it_does_not_say(robust: pytest.Pytester) -> None:
    result = robust.runpytest("-k", "none or search")
    result.assert_outcomes(failed=2, passed=1, deselected=3)
    result.stdout.fnmatch_lines(
        [
            "E*attack_success_rate(typos(max_edits=2), max_examples=12)*rejected*",
            "E*found by search, at most 12 tries a text: that such an edit exists, not how often*",
        ]
    )


@pytest.mark.slow
def test_the_same_again_from_the_database_and_with_two_workers(robust: pytest.Pytester) -> None:
    usual = "--hypothesis-profile=default"  # in CI Hypothesis chooses its ci profile by itself
    first = criteria(robust, usual)
    assert len(first) == 6
    assert (robust.path / ".hypothesis" / "examples").is_dir()
    assert criteria(robust, usual, "-n", "2", name="again.json") == first
    assert criteria(robust, "--hypothesis-profile=ci", name="ci.json") == first


@pytest.mark.slow
def test_a_forced_hypothesis_seed_reaches_the_search(robust: pytest.Pytester) -> None:
    def edits(*arguments: str) -> Any:
        judged = criteria(robust, "-k", "search", *arguments)
        return [each["evidence"] for _, each in judged]

    one, again = edits("--hypothesis-seed=1"), edits("--hypothesis-seed=1")
    assert one == again
    assert one[0]


def test_evidence_travels_in_the_record(robust: pytest.Pytester) -> None:
    from pytest_accept import read_record

    robust.runpytest("-k", "typos", "--accept-report", "json:record.json")
    (criterion,) = read_record(robust.path / "record.json").criteria
    example = criterion.verdict.evidence[0].examples[0]
    assert example.edited is not None
    (edit,) = example.edited.edits
    edited = example.text[: edit.start] + edit.replacement + example.text[edit.stop :]
    assert edited == example.edited.text
    assert edit.kind in criterion.verdict.evidence[0].title


@pytest.mark.slow
def test_ctrl_c_during_a_search(robust: pytest.Pytester) -> None:
    robust.makepyfile(
        test_interrupted="""
        from pytest_accept import assert_no_flip_within
        from pytest_accept.perturbations import typos

        def test_interrupted(load_model, reviews):
            calls = []
            def predict(texts):
                calls.append(1)
                if len(calls) > 3:
                    raise KeyboardInterrupt
                return [[0.1, 0.9] if sum(map(ord, t)) % 9 else [0.9, 0.1] for t in texts]
            model = load_model(predict, labels=["neg", "pos"])
            assert_no_flip_within(model, reviews.where(source="tweets"), typos())
        """
    )
    result = robust.runpytest_subprocess("test_interrupted.py")
    assert result.ret == 2
    result.stdout.fnmatch_lines(["*KeyboardInterrupt*"])
