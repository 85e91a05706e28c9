"""`--accept-keep-predictions`: what each example adds is in the Record, and two of them compare."""

from dataclasses import replace

import pytest

from pytest_accept import Record, read_record
from pytest_accept.__main__ import main
from pytest_accept.comparison import compare

SUITE = """
    import functools
    import pytest
    import pytest_accept as pa
    from pytest_accept.perturbations import typos

    def test_it(model, reviews):
        assert pa.accuracy(model, reviews) >= 0.5
        assert pa.f1(model, reviews, where={"source": "tweets"}) >= 0.5
        assert pa.cross_entropy(model, reviews, cluster="author") <= 5

    def test_edits(model, reviews):
        few = reviews.take(__import__("numpy").arange(0, 400, 20), "few")
        assert pa.flip_rate(model, few, lambda text: "bad " + text) <= 1

    def test_rest(model, reviews):
        assert pa.roc_auc(model, reviews) >= 0.5
        assert pa.demographic_parity_difference(model, reviews, group="source", label="pos") <= 1
        pa.assert_no_regression(model, reviews, against=model, margin=0.1)
"""

OTHER = """
import pytest

SURE = {"good": 0.9, "bad": 0.1, "fine": 0.45, "awful": 0.2, "odd": 0.4}

def predict(texts):
    return [[1 - SURE[text.split()[0]], SURE[text.split()[0]]] for text in texts]

@pytest.fixture(scope="session")
def model(load_model):
    return load_model(predict, labels=["neg", "pos"], name="other words")

@pytest.fixture(scope="session")
def reviews(load_data):
    return load_data("reviews.csv")
"""


def run(suite: pytest.Pytester, name: str, *options: str) -> Record:
    suite.makepyfile(test_words=SUITE)
    report = f"json:{name}.json"
    result = suite.runpytest("--accept-report", report, *options)
    result.assert_outcomes(passed=3)
    return read_record(suite.path / f"{name}.json")


def test_nothing_is_kept_unless_asked_for(suite: pytest.Pytester) -> None:
    record = run(suite, "plain")
    assert record.contents == ()
    assert not any(each.each for each in record.criteria)
    assert record.settings["keep_predictions"] is False


def test_two_records_are_enough_for_paired_intervals(
    suite: pytest.Pytester, capsys: pytest.CaptureFixture[str]
) -> None:
    old = run(suite, "old", "--accept-keep-predictions")
    suite.makeconftest(OTHER)
    run(suite, "new", "--accept-keep-predictions")
    kept = [each.verdict.estimate.metric for each in old.criteria if each.each is not None]
    assert kept == ["accuracy", "f1", "cross_entropy", "flip_rate"]
    assert [(each.data, each.n) for each in old.contents] == [(0, 400)]
    capsys.readouterr()
    assert main(["compare", *(str(suite.path / f"{name}.json") for name in ("old", "new"))]) == 0
    said = capsys.readouterr().out
    lines = {
        [cell for cell in line.split("  ") if cell][1].strip(): line
        for line in said.splitlines()
        if "test_words.py" in line
    }
    assert "measured on the same examples, of 4 compared: 3 worse\n" in said
    assert "-0.225 [-0.266, -0.184] worse" in lines["accuracy"]
    assert lines["drop of accuracy(against=other words)"].startswith("accepted  ")
    assert "] worse" in lines["cross_entropy"]
    assert "unpaired" in lines["roc_auc"]
    assert "the estimate is not one to which each example adds something" in said
    assert "name: words → other words" in said


def test_the_change_is_what_a_baseline_says_of_it(suite: pytest.Pytester) -> None:
    """The older run writes the baseline that the newer one is compared with."""
    suite.makepyfile(
        test_words="""
        import pytest_accept as pa

        def test_it(model, reviews, baseline):
            assert pa.accuracy(model, reviews) >= 0.5
            assert pa.metric_drop(model, reviews, against=baseline, metric=pa.accuracy) <= 0.9
            assert pa.metric_drop(model, reviews, against=baseline, metric=pa.f1) <= 0.9
            assert pa.f1(model, reviews) >= 0.5
        """
    )
    keep = ("--accept-keep-predictions", "--accept-report")
    suite.runpytest(*keep, "json:old.json", "--accept-update-baseline").assert_outcomes(passed=1)
    suite.makeconftest(OTHER.replace('"other words"', '"words"'))
    suite.runpytest(*keep, "json:new.json").assert_outcomes(passed=1)
    records = [read_record(suite.path / f"{name}.json") for name in ("old", "new")]
    found = {line.name: line for line in compare(list(zip("ab", records, strict=True))).lines}
    for metric in ("accuracy", "f1"):
        change, drop = found[metric].overall.paired, found[f"drop of {metric}"].standings[1]
        assert change is not None
        assert drop is not None
        # A baseline keeps probabilities to six digits, and these metrics need none of them.
        assert (-change.value, -change.high, -change.low) == pytest.approx(
            (drop.value, drop.low, drop.high), abs=1e-12
        )


def test_the_ini_asks_too_and_texts_are_not_kept(suite: pytest.Pytester) -> None:
    suite.makeini("[pytest]\naddopts = -p no:cacheprovider\naccept_keep_predictions = true")
    record = run(suite, "kept")
    assert record.settings["keep_predictions"] is True
    bare = replace(
        record,
        criteria=tuple(
            replace(each, verdict=replace(each.verdict, evidence=())) for each in record.criteria
        ),
    )
    assert "thing number" not in repr(bare)
    assert len(repr((bare.contents, [each.each for each in bare.criteria]))) < 20_000
