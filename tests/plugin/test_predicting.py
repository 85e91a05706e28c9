"""What a run costs and survives: each text once, Ctrl-C, texts that are cut, repeated data."""

import pytest

COUNTING = """
import pytest

asked = []

def predict(texts):
    asked.extend(texts)
    return [[0.1, 0.9] if "good" in text else [0.8, 0.2] for text in texts]

@pytest.fixture(scope="session")
def model(load_model):
    return load_model(predict, labels=["neg", "pos"], name="counted")
"""


def test_each_text_is_predicted_once_however_many_ask(suite: pytest.Pytester) -> None:
    suite.makeconftest(COUNTING)
    suite.makepyfile(
        """
        import pytest
        from conftest import asked
        from pytest_accept import accuracy, cross_entropy, f1

        @pytest.fixture(scope="session")
        def reviews(load_data):
            return load_data([
                {"text": f"{word} {i % 90}", "label": label, "half": i % 2}
                for i in range(100) for word, label in (("good", "pos"), ("bad", "neg"))
            ])

        @pytest.mark.parametrize("metric", [accuracy, cross_entropy, f1])
        @pytest.mark.parametrize("half", [None, 0, 1])
        def test_many(model, reviews, metric, half):
            metric(model, reviews if half is None else reviews.where(half=half))

        def test_loaded_again(load_model, reviews):
            from conftest import predict
            again = load_model(predict, labels=["neg", "pos"], name="counted")
            assert accuracy(again, reviews).value == 1

        def test_once():
            assert len(asked) == len(set(asked)) == 180
        """
    )
    suite.runpytest("-p", "no:randomly").assert_outcomes(passed=11)


@pytest.mark.slow
def test_ctrl_c_keeps_what_was_judged(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        """
        from pytest_accept import assert_accuracy_above

        def test_first(model, reviews):
            assert_accuracy_above(model, reviews, 0.9)

        def test_interrupted(load_model, reviews):
            def predict(texts):
                raise KeyboardInterrupt
            model = load_model(predict, labels=["neg", "pos"], name="slow")
            assert_accuracy_above(model, reviews, 0.9)

        def test_never_run(model, reviews):
            assert_accuracy_above(model, reviews, 0.9)
        """
    )
    result = suite.runpytest_subprocess("--accept-report", "json:record.json")
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines(
        [
            "*acceptance: 1 criterion, 1 accepted*",
            "acceptance report written: json:record.json",
            "*KeyboardInterrupt*",
        ]
    )


def test_repeated_and_conflicting_examples_are_counted_and_reported(
    suite: pytest.Pytester,
) -> None:
    suite.makeconftest(COUNTING)
    suite.makepyfile(
        """
        from pytest_accept import assert_accuracy_above, read_record

        def test_repeats(model, load_data):
            rows = [{"text": f"good {i}", "label": "pos"} for i in range(60)]
            rows += rows[:5] + [{"text": "good 7", "label": "neg"}]
            assert_accuracy_above(model, load_data(rows, name="reviews"), 0.8)
        """
    )
    result = suite.runpytest("--accept-report", "json:record.json")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(
        ["note: reviews: 5 of 66 examples repeat another*", "note: reviews: *equal texts count as*"]
    )
    result.stdout.fnmatch_lines(["note: reviews: 2 *different labels*"])
    from pytest_accept import read_record

    (data,) = read_record("record.json").data
    assert (data.duplicates, data.conflicts) == (5, 2)


def test_a_real_classifier_in_a_folder(suite: pytest.Pytester) -> None:
    from tests.models import build

    build(suite.path / "runs" / "tiny")
    suite.makepyfile(
        """
        from pytest_accept import accuracy, cross_entropy

        def test_folder(load_model, load_data):
            model = load_model("runs/tiny", task="text-classification")
            rows = [{"text": f"film number {i} " * 300, "label": model.labels[i % 2]}
                    for i in range(40)]
            data = load_data(rows, name="long")
            assert 0 <= accuracy(model, data).value <= 1
            assert cross_entropy(model, data) <= 30
            assert model.label("a film") in model.labels
        """
    )
    result = suite.runpytest("--accept-report", "json:record.json")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["note: long: 40 of 40 texts were longer than * tokens and cut *"])
    from pytest_accept import read_record

    (model,) = read_record("record.json").models
    assert (model.name, model.source, model.dtype) == ("tiny", "runs/tiny", "float32")
    assert model.fingerprint


def test_nan_logits_are_an_error_that_shows_the_texts(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        """
        from pytest_accept import assert_accuracy_above

        def test_broken(load_model, reviews):
            def predict(texts):
                return [[float("nan"), 1.0] for text in texts]
            model = load_model(predict, labels=["neg", "pos"], name="broken")
            assert_accuracy_above(model, reviews, 0.9)
        """
    )
    result = suite.runpytest()
    result.stdout.fnmatch_lines(
        ["E*PredictionError: *'broken' to be finite*that to '*thing number*is ?nan, 1?*"]
    )
