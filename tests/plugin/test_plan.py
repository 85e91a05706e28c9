"""`--accept-plan`: the criteria of a suite, with no model asked."""

import json
import re
from pathlib import Path

import pytest
import transformers

CONFTEST = """
import pytest

def predict(texts):
    raise RuntimeError("the model was asked")

@pytest.fixture(scope="session")
def model(load_model):
    return load_model(predict, labels=["neg", "pos"], name="words")

@pytest.fixture(scope="session")
def reviews(load_data):
    return load_data("reviews.csv")
"""


@pytest.fixture
def plan(suite: pytest.Pytester) -> pytest.Pytester:
    """Return the suite with a model that raises when it is asked."""
    suite.makeconftest(CONFTEST)
    return suite


def lines(result: pytest.RunResult) -> list[str]:
    """Return the lines of the plan, with single spaces."""
    return [re.sub(r" {2,}", " | ", line.strip()) for line in result.outlines]


def test_asserts_assertions_and_thresholds_are_lines(plan: pytest.Pytester) -> None:
    plan.makepyfile(
        """
        import pytest
        from pytest_accept import accuracy, assert_recall_above, f1

        def test_plain(model, reviews):
            assert accuracy(model, reviews) >= 0.9
            assert 0.8 <= f1(model, reviews)

        def test_helper(model, reviews):
            assert_recall_above(model, reviews, 0.8, label="pos", where={"source": "tweets"})

        @pytest.mark.confidence(0.99)
        @pytest.mark.thresholds(accuracy_above=0.9, brier_score_below=0.2)
        def test_marked(model, reviews, assert_thresholds):
            assert_thresholds(model, reviews)
        """
    )
    result = plan.runpytest("--accept-plan", "--accept-plan-true", "accuracy=0.95")
    assert result.ret == pytest.ExitCode.OK
    result.assert_outcomes(passed=3)
    said = lines(result)
    exact = "accuracy | reviews | 400 | >= 0.9 | >= 0.9364 | <= 0.859 | 0.95 | 98 % | 203"
    surer = "accuracy | reviews | 400 | >= 0.9 | >= 0.9434 | <= 0.846 | 0.95 | 93 % | 312"
    assert f"{exact} | 400 | yes" in said
    assert "f1 | reviews | 400 | >= 0.8 | - | - | unknown | - | - | 0 | ?" in said
    assert (
        "recall(label=pos) | reviews[source=tweets] | 46 | >= 0.8 | >= 0.9321 | <= 0.6244 | "
        "unknown | - | - | 0 | yes" in said
    )
    assert f"{surer} | 0 | yes" in said
    assert any(line.startswith("brier_score | reviews | 400 | <= 0.2 | *<= ") for line in said)
    assert "400 predictions in all, each text once" in said


def test_what_cannot_be_decided_is_said_and_fails_the_run(plan: pytest.Pytester) -> None:
    plan.makepyfile(
        """
        from pytest_accept import (
            assert_accuracy_above, assert_flip_rate_below, assert_group_gap_below
        )

        def test_few(model, reviews):
            assert_accuracy_above(model, reviews.where(source="tweets"), 0.98)

        def test_few_clusters(model, reviews):
            tweets = reviews.where(source="tweets")
            assert_flip_rate_below(model, tweets, str.upper, 0.2, cluster="author")
            assert_accuracy_above(model, tweets, 0.9, cluster="author")

        def test_small_groups(model, reviews):
            assert_group_gap_below(model, reviews, 0.3, group="author")

        def test_few_can_be_edited(model, reviews):
            def edit(text):
                return text.replace("number 39", "number 93")
            assert_flip_rate_below(model, reviews, edit, 0.2)
        """
    )
    result = plan.runpytest("--accept-plan")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.assert_outcomes(passed=4)
    result.stdout.fnmatch_lines(
        [
            "cannot be decided with this data:",
            "*accuracy of reviews[[]source=tweets[]] >= 0.98 (*test_few): even without a fault, "
            "100 examples show no more than 0.9705",
            "*test_few_clusters): even without a fault, 13 clusters show no less than 0.209*",
            "*test_small_groups): nothing is claimed of groups of fewer than min_group_size=30*",
            "*test_few_can_be_edited): edit() can change only 11 of 400 texts*",
            "perhaps not decided with this data:",
            "*accuracy*test_few_clusters): only if the values vary less*each of one kind",
        ]
    )


def test_no_weights_no_tokenizer_and_no_report(
    plan: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    def loaded(*arguments: object, **options: object) -> None:
        raise RuntimeError("something was loaded")

    for loader in (transformers.PreTrainedModel, transformers.AutoTokenizer):
        monkeypatch.setattr(loader, "from_pretrained", loaded)
    config = {"architectures": ["BertForSequenceClassification"], "model_type": "bert",
              "id2label": {"0": "neg", "1": "pos"}, "max_position_embeddings": 64}  # fmt: skip
    (plan.path / "runs").mkdir()
    (plan.path / "runs" / "config.json").write_text(json.dumps(config))
    (plan.path / "record.json").write_text("precious")
    plan.makepyfile(
        """
        from pytest_accept import accuracy, assert_flip_rate_below, load_model
        from pytest_accept.perturbations import typos

        def test_saved(load_model, reviews):
            model = load_model("./runs")
            assert model.labels == ("neg", "pos")
            assert accuracy(model, reviews) >= 0.9
            assert_flip_rate_below(model, reviews, typos(), 0.2)

        def test_public(reviews):
            assert accuracy(load_model("./runs"), reviews) >= 0.9
        """
    )
    result = plan.runpytest("--accept-plan", "--accept-report", "json:record.json")
    assert result.ret == pytest.ExitCode.OK
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["no reports are written: a plan has no verdicts"])
    assert (plan.path / "record.json").read_text() == "precious"
    said = lines(result)
    counts = [line.split(" | ")[6] for line in said if line.startswith(("accuracy", "flip_rate"))]
    assert (counts[0], counts[2]) == ("400", "0")


def test_predictions_are_those_of_the_run(suite: pytest.Pytester) -> None:
    suite.makeconftest(
        CONFTEST.replace(
            'raise RuntimeError("the model was asked")',
            """asked.extend(texts)
    return [[0.2, 0.8] if len(text) % 7 else [0.8, 0.2] for text in texts]

asked = []

def pytest_sessionfinish():
    with open("asked.txt", "a") as file:
        file.write(f"{len(asked)} ")""",
        )
    )
    suite.makepyfile(
        """
        from pytest_accept import accuracy, assert_counterfactual_flip_rate_below, flip_rate
        from pytest_accept.perturbations import typos
        from pytest_accept.swaps import terms

        def test_all(model, reviews):
            accuracy(model, reviews.where(source="tweets")) >= 0
            flip_rate(model, reviews, typos(), draws=2) <= 1
            accuracy(model, reviews) >= 0
            swap = terms({"one": "good", "other": "bad"})
            assert_counterfactual_flip_rate_below(model, reviews, 1.0, swap)
        """
    )
    suite.runpytest()
    planned = suite.runpytest("--accept-plan")
    run, none = (suite.path / "asked.txt").read_text().split()
    assert none == "0"
    assert int(run) > 1000
    assert f"{int(run):,} predictions in all, each text once" in lines(planned)


def test_what_is_broken_fails_at_once(plan: pytest.Pytester) -> None:
    plan.makepyfile(
        """
        from pytest_accept import accuracy, assert_accuracy_above, assert_negative_flip_rate_below

        def test_slice(model, reviews):
            assert_accuracy_above(model, reviews, 0.9, where={"source": "tweet"})

        def test_bar(model, reviews):
            assert accuracy(model, reviews) >= 90

        def test_option(model, reviews):
            assert_accuracy_above(model, reviews, 0.9, clusters="author")

        def test_baseline(model, reviews, baseline):
            assert_negative_flip_rate_below(model, baseline, reviews, 0.1)
        """
    )
    result = plan.runpytest("--accept-plan")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.assert_outcomes(failed=4)
    result.stdout.fnmatch_lines(["*Expected `bar` to be a number between 0 and 1*"])


def test_what_cannot_be_planned_is_listed_with_its_reason(plan: pytest.Pytester) -> None:
    plan.makepyfile(
        """
        import pytest
        from hypothesis import given, strategies as st
        from pytest_accept import AcceptanceFailure, accuracy, assert_accuracy_above

        pytestmark = pytest.mark.acceptance

        @pytest.fixture
        def said(model, reviews):
            return model.label(reviews.inputs[0])

        @given(text=st.sampled_from(["good", "bad"]))
        def test_given(model, text):
            assert model.label(text) == "pos"

        @given(number=st.integers())
        def test_given_a_criterion(model, reviews, number):
            assert_accuracy_above(model, reviews, 0.5)

        def test_number(model, reviews):
            found = accuracy(model, reviews)
            assert found >= 0.6
            assert found.value > 0.6

        def test_fixture(said):
            assert said == "pos"

        def test_nothing():
            pass

        @pytest.mark.xfail(strict=True, reason="known to be bad")
        def test_known(model, reviews):
            assert_accuracy_above(model, reviews, 0.9999)

        def test_expected(model, reviews):
            with pytest.raises(AcceptanceFailure):
                assert_accuracy_above(model, reviews, 0.9999)
        """
    )
    result = plan.runpytest("--accept-plan")
    assert result.ret == pytest.ExitCode.OK
    result.assert_outcomes(passed=6, skipped=1)
    found = [line for line in lines(result) if line.startswith("test_what_cannot_be_planned")]
    reasons = {line.partition("::")[2].partition(": ")[0]: line for line in found}
    for test, reason in {
        "test_given": "it needs what 'words' predicts",
        "test_number": "what follows its criteria: it needs the value of accuracy",
        "test_fixture": "a fixture: it needs what 'words' predicts",
        "test_nothing": "it has no criterion of ours",
        "test_known": "it expects a criterion to fail, and none does in a plan",
        "test_expected": "it expects a criterion to fail, and none does in a plan",
    }.items():
        assert reason in reasons[test]
    assert "test_given_a_criterion" not in reasons
    assert (
        sum(line.startswith("accuracy | reviews | 400 | >= 0.5 |") for line in lines(result)) == 1
    )


def test_every_kind_of_criterion_has_a_line(plan: pytest.Pytester) -> None:
    plan.makepyfile(
        """
        import functools
        from pytest_accept import (
            accuracy, assert_attack_success_below, assert_counterfactual_flip_rate_below,
            assert_invariant, assert_minimum_functionality, assert_no_flip_within,
            assert_no_regression, assert_no_weak_slice, assert_plausibility_above,
            assert_recipe_above, assert_worst_group_above, for_each_example, load_data, template,
        )
        from pytest_accept.perturbations import typos
        from pytest_accept.swaps import terms

        def test_searches(model, reviews):
            assert_attack_success_below(model, reviews, typos(), 0.5)
            assert_no_flip_within(model, reviews, typos())
            for_each_example(model, reviews, typos(), lambda asked, example, edit: None, name="own")

        def test_groups(model, reviews):
            assert_worst_group_above(model, reviews, 0.5, group="source")
            assert_no_weak_slice(model, reviews, worse_by=0.2)

        def test_two_models(model, load_model, reviews):
            def old(texts):
                raise RuntimeError("asked, too")
            before = load_model(old, labels=["neg", "pos"], name="old")
            assert_no_regression(model, reviews, against=before, margin=0.05)

        def test_cases(model):
            cases = template("It is {word}.", word=["good", "fine"], label="pos")
            assert_minimum_functionality(model, cases, 0.9)
            assert_invariant(model, cases, str.upper, 0.9)

        def test_swap(model, reviews):
            swap = terms({"one": "good", "other": "bad"})
            assert_counterfactual_flip_rate_below(model, reviews, 0.1, swap)

        def test_explanations(model, reviews):
            assert_plausibility_above(model, reviews, 0.5, limit=20)

        def test_recipe(fine_tune, reviews):
            recipe = functools.partial(fine_tune, "./base", reviews, epochs=1)
            assert_recipe_above(accuracy, recipe, reviews, 0.5, seeds=3)

        def test_own_recipe(reviews):
            def train(seed):
                raise RuntimeError("trained")
            assert_recipe_above(accuracy, train, reviews, 0.5, seeds=2)
        """
    )
    result = plan.runpytest("--accept-plan")
    result.assert_outcomes(passed=8)
    table = [line.split(" | ") for line in lines(result)]
    counts = {row[0]: row[2] for row in table if len(row) == 8}
    assert counts == {
        "criterion": "n",
        "attack_success_rate(typos()) of words": "?",
        "no_flip_within(typos()) of words": "400",
        "for_each_example of words": "400",
        "worst-group accuracy(group=source) of words": "400",
        "drop of accuracy in the worst slice of words": "400",
        "drop of accuracy(against=old) of words": "400",
        "minimum_functionality of words": "2",
        "invariance(upper) of words": "2",
        "counterfactual_flip_rate(terms(one, other)) ...": "196",
        "plausibility of words": "at most 20",
        "accuracy of fine_tune(epochs=1) (3 seeds)": "400 x 3",
        "accuracy of train (2 seeds)": "400 x 2",
    }


def test_a_record_tells_spreads_true_values_and_times(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        test_words="""
        from pytest_accept import assert_accuracy_above, assert_f1_above

        def test_all(model, reviews):
            assert_accuracy_above(model, reviews, 0.9, cluster="author")
            assert_f1_above(model, reviews, 0.9)
        """
    )
    suite.runpytest("--accept-report", "json:record.json")
    suite.makeconftest(CONFTEST)
    suite.makeini("[pytest]\naddopts = -p no:cacheprovider\naccept_report = json:record.json")
    by_ini = suite.runpytest("--accept-plan")
    given = suite.runpytest("--accept-plan", "record.json")
    assert by_ini.ret == given.ret == pytest.ExitCode.OK
    rows = [line.split(" | ") for line in lines(given)]
    accuracy, f1 = (next(row for row in rows if row[0] == name) for name in ("accuracy", "f1"))
    assert (accuracy[2], accuracy[6], accuracy[-1]) == ("400 in 50", "0.98 (record)", "yes")
    assert (f1[4][:3], f1[6], f1[7], f1[-1]) == ("~>=", "0.98 (record)", "~>99 %", "yes")
    assert "~ if values vary as in the record" in lines(given)
    assert "for 2 of 2 criteria, as in record.json" in given.stdout.str()
    assert lines(by_ini)[:-1] == lines(given)[:-1]
    assert read(suite.path / "record.json")["criteria"]


def read(path: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads(path.read_text())
    return found


def test_workers_are_not_needed(plan: pytest.Pytester) -> None:
    pytest.importorskip("xdist")
    plan.makepyfile(
        """
        from pytest_accept import assert_accuracy_above

        def test_one(model, reviews):
            assert_accuracy_above(model, reviews, 0.9)

        def test_two(model, reviews):
            assert_accuracy_above(model, reviews.where(source="shops"), 0.9)
        """
    )
    one, two = plan.runpytest("--accept-plan"), plan.runpytest("--accept-plan", "-n", "2")
    assert [line for line in lines(one) if " | " in line] == [
        line for line in lines(two) if " | " in line
    ]


def test_default_criteria_are_planned(plan: pytest.Pytester) -> None:
    config = {"architectures": ["BertForSequenceClassification"], "model_type": "bert",
              "id2label": {"0": "neg", "1": "pos"}}  # fmt: skip
    (plan.path / "runs").mkdir()
    (plan.path / "runs" / "config.json").write_text(json.dumps(config))
    (plan.path / "runs" / "model.safetensors").write_bytes(b"")
    result = plan.runpytest(
        "--accept-plan", "--accept-model", "./runs", "--accept-data", "reviews.csv"
    )
    assert any(line.startswith("accuracy | reviews | 400 |") for line in lines(result))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--accept-plan", "tests"), "*expected a Record, RECORD.json, but got 'tests'*"),
        (("--accept-plan=none.json",), "*There is no file *none.json: expected the Record*"),
        (("--accept-plan", "--accept-plan-true", "0.9"), "*expected METRIC=VALUE*got '0.9'*"),
        (("--accept-plan", "--accept-update-baseline"), "*no answers for --accept-update-base*"),
        (
            (
                "--accept-plan",
                "--accept-suggest=test_a.py",
                "--accept-model=m",
                "--accept-data=d.csv",
            ),
            "*no answers for --accept-suggest*",
        ),
    ],
)
def test_wrong_options_are_named(
    plan: pytest.Pytester, options: tuple[str, ...], message: str
) -> None:
    result = plan.runpytest(*options)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([message])


def test_true_values_of_no_criterion_or_out_of_range_fail(plan: pytest.Pytester) -> None:
    plan.makepyfile(
        """
        from pytest_accept import assert_accuracy_above

        def test_one(model, reviews):
            assert_accuracy_above(model, reviews, 0.9)
        """
    )
    result = plan.runpytest(
        "--accept-plan", "--accept-plan-true", "accurcy=0.9", "--accept-plan-true", "accuracy=95"
    )
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(
        ["*no criterion 'accurcy'. Did you mean 'accuracy'?*", "*95 is outside of the range of*"]
    )
