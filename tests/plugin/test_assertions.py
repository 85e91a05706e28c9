"""What a user reads when a criterion passes, fails, or cannot be decided."""

import pytest


def test_an_accepted_criterion_passes(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        """
        from pytest_accept import assert_accuracy_above

        def test_good_enough(model, reviews):
            verdict = assert_accuracy_above(model, reviews, 0.9)
            assert verdict.status == "accepted"
            assert verdict.estimate.value == 0.98
        """
    )
    suite.runpytest().assert_outcomes(passed=1)


def test_a_rejected_criterion_says_by_how_much_and_shows_the_mistakes(
    suite: pytest.Pytester,
) -> None:
    suite.makepyfile(
        test_a="""
        from pytest_accept import assert_accuracy_above

        def test_good(model, reviews):
            assert_accuracy_above(model, reviews, 0.999)
        """
    )
    result = suite.runpytest()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            ">*assert_accuracy_above(model, reviews, 0.999)",
            "E*AcceptanceFailure: accuracy on reviews: rejected, measured 0.980, "
            "demonstrated <= 0.991 at 95 % (n = 400), required >= 0.999",
            "E*the measured value is 0.019 below the bar",
            "E*the most confident mistakes:",
            'E*pos 0.60 said, neg true   "odd thing number 303"   reviews.csv row 304',
            "FAILED test_a.py::test_good - pytest_accept.AcceptanceFailure: accuracy*",
        ]
    )
    result.stdout.no_fnmatch_line("*judgement.py*")


def test_an_inconclusive_criterion_says_what_would_decide_it(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        """
        from pytest_accept import assert_accuracy_above

        def test_tweets(model, reviews):
            assert_accuracy_above(model, reviews.where(source="tweets"), 0.9)
        """
    )
    result = suite.runpytest()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "E*AcceptanceFailure: accuracy on reviews[[]source=tweets[]]: inconclusive, "
            "measured 0.920, demonstrated >= 0.860 at 95 % (n = 100), required >= 0.900",
            "E*about * examples like these would decide it (accept, 4 times in 5, *",
            "E*a true value of 0.9* or more would have been shown by this many",
        ]
    )


def test_a_plain_assert_judges_explains_and_records(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        """
        from pytest_accept import accuracy

        def test_accepted(model, reviews):
            assert accuracy(model, reviews) >= 0.9

        def test_rejected(model, reviews):
            assert 0.999 <= accuracy(model, reviews)
        """
    )
    result = suite.runpytest("--accept-report", "json:record.json")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        [
            "E*assert accuracy on reviews: rejected, measured 0.980, demonstrated <= 0.991 at *",
            'E*pos 0.60 said, neg true   "odd thing number 303"   reviews.csv row 304',
            "*acceptance: 2 criteria, 1 accepted, 1 rejected*",
        ]
    )


def test_a_point_estimate_is_judged_without_interval_and_says_so(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        """
        from pytest_accept import assert_accuracy_above

        def test_point(model, reviews):
            assert_accuracy_above(model, reviews, 0.98, point=True)

        def test_point_fails(model, reviews):
            assert_accuracy_above(model, reviews, 0.981, point=True)
        """
    )
    result = suite.runpytest()
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        [
            "E*accuracy on reviews: rejected, measured 0.980, demonstrated nothing: "
            "a point estimate, no interval (n = 400), required >= 0.981",
            "accuracy*point only*accepted",
        ]
    )


@pytest.mark.parametrize(
    ("policy", "outcome"), [("fail", {"failed": 1}), ("pass", {"passed": 1}), ("warn", {})]
)
def test_inconclusive_fails_warns_or_passes(
    suite: pytest.Pytester, policy: str, outcome: dict[str, int]
) -> None:
    suite.makepyfile(
        """
        from pytest_accept import assert_accuracy_above

        def test_tweets(model, reviews):
            assert_accuracy_above(model, reviews, 0.9, where={"source": "tweets"})
        """
    )
    result = suite.runpytest(f"--accept-inconclusive={policy}", "-W", "default")
    result.assert_outcomes(**(outcome or {"passed": 1, "warnings": 1}))
    result.stdout.fnmatch_lines(["accuracy*reviews?source=tweets?*inconclusive"])
    if policy == "warn":
        result.stdout.fnmatch_lines(["*InconclusiveWarning: accuracy on reviews*"])


def test_a_broken_check_is_not_an_assertion(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        """
        from pytest_accept import assert_accuracy_above

        def test_percent(model, reviews):
            assert_accuracy_above(model, reviews, 85)
        """
    )
    result = suite.runpytest()
    result.stdout.fnmatch_lines(
        [
            "E*SettingError: Expected `bar` to be a number between 0 and 1, the range of accuracy, "
            "but got 85 (int). Did you mean 0.85?"
        ]
    )
    result.stdout.no_fnmatch_line("*acceptance:*criteri*")


def test_the_traceback_ends_in_the_users_code(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        """
        def test_slice(model, reviews):
            reviews.where(sauce="tweets")
        """
    )
    result = suite.runpytest()
    result.stdout.fnmatch_lines(
        ["E*DataError: There is no column 'sauce'. Did you mean 'source'?*"]
    )
    result.stdout.no_fnmatch_line("*pytest_accept/data/*")


def test_a_cluster_column_widens_the_interval(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        """
        from pytest_accept import accuracy

        def test_clusters(model, reviews):
            plain = accuracy(model, reviews)
            clustered = accuracy(model, reviews, cluster="author")
            assert clustered.value == plain.value
            assert clustered.clusters == 50 and plain.clusters is None
            assert clustered.low < plain.low
        """
    )
    suite.runpytest().assert_outcomes(passed=1)


def test_predictions_of_a_model_elsewhere_are_judged_alike(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        """
        import csv
        from pytest_accept import accuracy, load_predictions
        from conftest import predict

        def test_stored(model, reviews, tmp_path):
            path = tmp_path / "elsewhere.csv"
            with path.open("w", newline="") as file:
                table = csv.writer(file)
                table.writerow(["neg", "pos"])
                table.writerows(predict(reviews.inputs))
            stored = load_predictions(path, labels=["neg", "pos"])
            tweets = reviews.where(source="tweets")
            for population in (reviews, tweets):
                ours, theirs = accuracy(model, population), accuracy(stored, population)
                assert (ours.value, ours.low, ours.n) == (theirs.value, theirs.low, theirs.n)
        """
    )
    suite.runpytest().assert_outcomes(passed=1)
