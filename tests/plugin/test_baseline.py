"""Baselines as a user sees them: written when all was accepted, compared with, kept otherwise."""

from pathlib import Path

import pytest

import pytest_accept as pa
from tests.models import build
from tests.plugin.conftest import CONFTEST

UPDATE = "--accept-update-baseline"
WORSE = CONFTEST.replace('"fine": 0.7', '"fine": 0.4')
SUITE = """
    from pytest_accept import assert_accuracy_above, assert_no_regression

    def test_good_enough(model, reviews):
        assert_accuracy_above(model, reviews, 0.9)

    def test_not_worse(model, reviews):
        assert_no_regression(model, reviews)
"""


@pytest.fixture
def regression(suite: pytest.Pytester) -> pytest.Pytester:
    """Return the suite with a bar, and a comparison with the baseline."""
    suite.makepyfile(SUITE)
    return suite


@pytest.fixture
def accepted(regression: pytest.Pytester) -> pytest.Pytester:
    """Return the suite after a first run that wrote the baseline."""
    result = regression.runpytest(UPDATE)
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(
        ["baseline written: baselines/reviews.words.tsv (400 examples, the first)"]
    )
    return regression


def file(suite: pytest.Pytester, name: str = "reviews.words.tsv") -> Path:
    return suite.path / "baselines" / name


def reviews(suite: pytest.Pytester, change: dict[str, str]) -> None:
    """Change lines of the data: "" takes one out."""
    path = suite.path / "reviews.csv"
    lines = path.read_text().splitlines()
    kept = [change.get(line.split(",")[0], line) for line in lines]
    path.write_text("\n".join(line for line in kept if line) + "\n")


def test_without_a_baseline_it_says_how_to_make_one(regression: pytest.Pytester) -> None:
    result = regression.runpytest()
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        ["E*DataError: There is no baseline of 'words' on 'reviews' yet: *reviews.words.tsv' does "
         f"not exist. Run the suite on an accepted model with {UPDATE}*"]
    )  # fmt: skip


def test_the_first_run_has_nothing_to_compare_with(regression: pytest.Pytester) -> None:
    result = regression.runpytest(UPDATE)
    result.stdout.fnmatch_lines(
        [
            "drop of accuracy  reviews *  0.000  *accepted",
            "note: reviews: there was no baseline to compare with*",
        ]
    )


def test_the_file_names_what_it_is_of_and_holds_no_text(accepted: pytest.Pytester) -> None:
    text = file(accepted).read_text()
    assert "# model: words\n" in text
    assert "# examples: 400\n" in text
    assert len(text.splitlines()) == 410
    assert "thing" not in text


def test_the_same_model_again_changes_nothing(accepted: pytest.Pytester) -> None:
    before = file(accepted).read_bytes()
    result = accepted.runpytest(UPDATE)
    result.stdout.fnmatch_lines(["baseline unchanged: baselines/reviews.words.tsv (400 examples)"])
    assert file(accepted).read_bytes() == before
    result = accepted.runpytest()
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["drop of accuracy  reviews *0.000 *<= 0.008 *<= 0.010 *accepted"])


def test_a_worse_model_is_rejected_and_the_baseline_stays(accepted: pytest.Pytester) -> None:
    before = file(accepted).read_bytes()
    accepted.makeconftest(WORSE)
    result = accepted.runpytest(UPDATE)
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(
        [
            "E*drop of accuracy on reviews: rejected, measured 0.2*required <= 0.010",
            "E*the most confident of the lost:",
            "E*pos 0.70 → neg 0.60, pos true*",
            "baseline not written: baselines/reviews.words.tsv: 2 of 2 criteria of 'words' on "
            "'reviews' not accepted: *test_good_enough, *test_not_worse",
        ]
    )
    assert file(accepted).read_bytes() == before


def test_one_criterion_that_is_not_accepted_keeps_it(regression: pytest.Pytester) -> None:
    regression.makepyfile(SUITE.replace("0.9)", "0.99)"))
    result = regression.runpytest(UPDATE)
    result.stdout.fnmatch_lines(["baseline not written: *: 1 of 2 criteria*: *test_good_enough"])
    assert not file(regression).exists()


def test_a_test_that_broke_keeps_it(regression: pytest.Pytester) -> None:
    broken = (
        "\n    import pytest\n    pytestmark = pytest.mark.acceptance\n    def test_x(): 1 / 0\n"
    )
    regression.makepyfile(SUITE + broken)
    result = regression.runpytest(UPDATE)
    result.stdout.fnmatch_lines(
        ["baseline not written: *: what these tests ask is open, *: *test_x"]
    )
    assert not file(regression).exists()


def test_a_check_that_could_not_be_made_keeps_it(regression: pytest.Pytester) -> None:
    more = "\n    def test_x(model, reviews): assert_accuracy_above(model, reviews, 90)\n"
    regression.makepyfile(SUITE + more)
    result = regression.runpytest(UPDATE)
    result.stdout.fnmatch_lines(["baseline not written: *: what these tests ask is open, *test_x"])


def test_a_run_that_was_broken_off_keeps_it(regression: pytest.Pytester) -> None:
    regression.makepyfile(SUITE + "\n    def test_x(): 1 / 0\n    def test_y(): pass\n")
    result = regression.runpytest(UPDATE, "-x")
    result.stdout.fnmatch_lines(["baseline not written: *: the run was broken off*"])
    assert not file(regression).exists()


def test_an_expected_failure_does_not_keep_it(regression: pytest.Pytester) -> None:
    weak = """
    import pytest

    @pytest.mark.xfail(strict=True)
    def test_known_weakness(model, reviews):
        assert_accuracy_above(model, reviews.where(source="tweets"), 0.99)
    """
    regression.makepyfile(SUITE + weak)
    regression.runpytest(UPDATE).assert_outcomes(passed=2, xfailed=1)
    assert file(regression).exists()


@pytest.mark.slow
def test_workers_send_and_one_writes(accepted: pytest.Pytester) -> None:
    before = file(accepted).read_bytes()
    file(accepted).unlink()
    result = accepted.runpytest(UPDATE, "-n", "2")
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["baseline written: * (400 examples, the first)"])
    assert file(accepted).read_bytes() == before
    assert [each.name for each in file(accepted).parent.iterdir()] == ["reviews.words.tsv"]


def test_rows_added_and_removed_are_matched_by_content(accepted: pytest.Pytester) -> None:
    reviews(
        accepted,
        {
            "good thing number 0": "",
            "bad thing number 1": "bad new one,neg,shops,a\nbad other one,neg,shops,a",
        },
    )
    result = accepted.runpytest()
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(
        [
            "drop of accuracy  reviews *  398  accepted",
            "note: reviews: 2 of 400 examples are not in the baseline and are left out",
            "note: reviews: 2 examples of the baseline are no longer in the data",
        ]
    )
    result = accepted.runpytest(UPDATE)
    result.stdout.fnmatch_lines(
        ["baseline written: * (400 examples; 0 predictions changed, 2 examples added, 2 removed)"]
    )


def test_labels_that_changed_are_an_error_that_names_them(accepted: pytest.Pytester) -> None:
    reviews(accepted, {"good thing number 0": "good thing number 0,neg,shops,a"})
    result = accepted.runpytest()
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        ["E*DataError: The labels of 'reviews' are not those*: 1 is relabelled (reviews.csv row 1 "
         "is 'neg', was 'pos'), 0 added, 0 removed.*"]
    )  # fmt: skip
    accepted.runpytest(UPDATE).assert_outcomes(passed=2)
    accepted.runpytest().assert_outcomes(passed=2)


def test_other_labels_are_an_error_that_names_them(accepted: pytest.Pytester) -> None:
    text = file(accepted).read_text()
    file(accepted).write_text(text.replace("\tpos", "\tgood").replace('"pos"', '"good"'))
    result = accepted.runpytest("-k", "not_worse")
    result.stdout.fnmatch_lines(
        ["E*LabelError: *other labels than 'words': it lacks 'pos' and 'words' lacks 'good'.*"]
    )


def test_a_damaged_baseline_is_an_error(accepted: pytest.Pytester) -> None:
    file(accepted).write_text(file(accepted).read_text()[:-30])
    result = accepted.runpytest("-k", "not_worse")
    result.stdout.fnmatch_lines(["E*DataError: The baseline *reviews.words.tsv' is damaged: *"])
    result = accepted.runpytest(UPDATE)
    result.stdout.fnmatch_lines(["baseline written: *; the old one could not be read)"])


TWO_DATA = """
    from pytest_accept import assert_no_regression

    def test_reviews(model, reviews):
        assert_no_regression(model, reviews)

    def test_tweets(model, load_data):
        assert_no_regression(model, load_data("reviews.csv", limit=300, name="tweets"), margin=0.02)
"""


def test_a_part_of_the_suite_leaves_the_other_baselines_alone(suite: pytest.Pytester) -> None:
    suite.makepyfile(TWO_DATA)
    suite.runpytest(UPDATE).assert_outcomes(passed=2)
    before = file(suite, "tweets.words.tsv").read_bytes()
    file(suite).unlink()
    suite.runpytest(UPDATE, "-k", "reviews").assert_outcomes(passed=1)
    assert file(suite).exists()
    assert file(suite, "tweets.words.tsv").read_bytes() == before


def test_a_slice_is_compared_with_the_baseline_of_the_whole(accepted: pytest.Pytester) -> None:
    accepted.makepyfile(
        """
        from pytest_accept import assert_no_regression

        def test_tweets(model, reviews):
            assert_no_regression(model, reviews, where={"source": "tweets"}, margin=0.05)
        """
    )
    before = file(accepted).read_bytes()
    result = accepted.runpytest(UPDATE)
    result.stdout.fnmatch_lines(
        ["drop of accuracy  reviews?source=tweets?*  100  accepted", "baseline unchanged: *"]
    )
    assert file(accepted).read_bytes() == before


def test_two_things_of_one_name_are_an_error(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        """
        from pytest_accept import assert_no_regression

        def test_two(model, reviews, load_data):
            assert_no_regression(model, reviews)
            assert_no_regression(model, load_data("reviews.csv", limit=300))
        """
    )
    result = suite.runpytest(UPDATE)
    result.stdout.fnmatch_lines(
        ["E*SettingError: Two different data ('reviews' and 'reviews') would have the same*"]
    )


def test_a_run_that_asks_for_none_says_so(suite: pytest.Pytester) -> None:
    suite.makepyfile("def test_nothing(): pass")
    result = suite.runpytest(UPDATE)
    result.stdout.fnmatch_lines(["baseline not written: no test asked for one (*"])
    assert result.ret == 0


def test_a_file_that_cannot_be_written_fails_the_run(regression: pytest.Pytester) -> None:
    (regression.path / "baselines").write_text("in the way")
    result = regression.runpytest(UPDATE)
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["baseline not written: baselines/reviews.words.tsv: *"])
    assert result.ret == 1


def test_the_fixture_stands_for_the_older_model(accepted: pytest.Pytester) -> None:
    accepted.makepyfile(
        """
        from pytest_accept import (
            assert_agreement_above, assert_negative_flip_rate_below, assert_no_regression, f1
        )

        def test_flips(model, reviews, baseline):
            assert_negative_flip_rate_below(model, baseline, reviews, 0.02)
            assert_agreement_above(model, baseline, reviews, 0.98)
            assert_no_regression(model, reviews, against=baseline, metric=f1, margin=0.03)
            assert_no_regression(model, reviews, against=baseline.of("words"), margin=0.03)

        def test_predictions(model, reviews, baseline):
            assert baseline(reviews).labels == model.labels
            found, said = baseline(reviews, model), model.predict(reviews)
            assert found.label_ids.tolist() == said.label_ids.tolist()
        """
    )
    accepted.runpytest().assert_outcomes(passed=2)


def test_the_baseline_of_another_model_is_not_written(accepted: pytest.Pytester) -> None:
    before = file(accepted).read_bytes()
    accepted.makepyfile(
        """
        from pytest_accept import assert_no_regression

        def test_other(load_model, reviews, baseline):
            other = load_model(
                lambda texts: [[0.4, 0.6]] * len(texts), labels=["neg", "pos"], name="other"
            )
            assert_no_regression(other, reviews, against=baseline.of("words"), margin=0.9)
        """
    )
    result = accepted.runpytest(UPDATE)
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["drop of accuracy(against=baseline of words) *"])
    assert file(accepted).read_bytes() == before
    assert len(list(file(accepted).parent.iterdir())) == 1


def test_it_is_read_outside_of_a_suite(
    accepted: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pa, "_configured", None)
    old = pa.load_baseline(file(accepted))
    data = pa.load_data(accepted.path / "reviews.csv")
    found = pa.metric_drop(old(data), data, against=old)
    assert (found.value, found.n) == (0, 400)
    with pytest.raises(pa.DataError, match="There is no baseline"):
        pa.load_baseline(accepted.path / "none.tsv")


def test_another_checkpoint_is_compared_with_the_one_whose_place_it_takes(
    suite: pytest.Pytester,
) -> None:
    for name, seed in (("first", 0), ("second", 1)):
        build(suite.path / "runs" / name, "bert", seed=seed)
    suite.makepyfile(
        """
        from pytest_accept import assert_no_regression

        def test_not_worse(load_model, reviews):
            assert_no_regression(load_model("runs/first"), reviews, margin=0.9)
        """
    )
    suite.runpytest(UPDATE).assert_outcomes(passed=1)
    assert [each.name for each in (suite.path / "baselines").iterdir()] == [
        "reviews.runs-first.tsv"
    ]
    result = suite.runpytest("--accept-model", "runs/second", UPDATE)
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(
        ["baseline written: *reviews.runs-first.tsv (400 examples; * predic*"]
    )
    text = (suite.path / "baselines" / "reviews.runs-first.tsv").read_text()
    assert "# model: runs/first\n# accepted: second\n" in text


TAGGERS = """
    import pytest
    from pytest_accept import (
        assert_agreement_above, assert_negative_flip_rate_below, assert_no_regression, entity_f1,
        token_cross_entropy,
    )
    from tests.assertions.tagged import data_of, said_of

    PAIRS = [(f"in Bonn{i}/B-LOC", f"Anna{i}/B-PER saw Rome/B-LOC") for i in range(30)]
    GOLD = data_of(*(each for pair in PAIRS for each in pair))

    def test_tagger(baseline):
        said = said_of(GOLD, *("O B-LOC", "B-PER O B-LOC") * 30)
        assert_no_regression(said, GOLD, metric=entity_f1, margin=0.5)
        assert_negative_flip_rate_below(said, baseline, GOLD, 0.9, cluster="document")
        assert_agreement_above(said, baseline, GOLD, 0.1, cluster="document")

    def test_probabilities_are_not_kept():
        said = said_of(GOLD, *("O B-LOC", "B-PER O B-LOC") * 30)
        with pytest.raises(Exception, match="keeps the tag of each word"):
            assert_no_regression(said, GOLD, metric=token_cross_entropy)
"""


def test_taggers_have_baselines_too(suite: pytest.Pytester) -> None:
    suite.makepyfile(TAGGERS)
    suite.runpytest(UPDATE).assert_outcomes(passed=2)
    text = file(suite, "dev.m.tsv").read_text()
    assert "\tO B-LOC\tO B-LOC\t0." in text
    assert "Bonn" not in text
    suite.runpytest().assert_outcomes(passed=2)
    suite.makepyfile(TAGGERS.replace('*("O B-LOC",', '*("O O",'))
    result = suite.runpytest("-k", "test_tagger")
    result.stdout.fnmatch_lines(["drop of entity_f1 *0.200 *", "negative_flip_rate *0.500 *"])
