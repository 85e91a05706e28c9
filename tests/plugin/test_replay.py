"""`--accept-keep-predictions` and `--accept-replay`: a suite judged again without its models."""

import shutil
import sys

import msgspec
import pytest

from pytest_accept import Record, read_record
from tests.language_models import make_causal
from tests.masked_models import make_masked
from tests.models import build
from tests.taggers import save_tagger

KEEP = ("--accept-keep-predictions", "--accept-report", "json:run.json")
REPLAY = ("--accept-replay", "run.json", "--accept-report", "json:replay.json")

# The model runs while this file is there, and never without it.
FUNCTIONS = """
    from pathlib import Path

    import pytest

    THERE = Path(__file__).parent / "model_is_there"
    SURE = {"good": 0.95, "bad": 0.05, "fine": 0.7, "awful": 0.1, "odd": 0.6}

    def predict(texts):
        assert THERE.exists(), "a replay asked the model"
        found = []
        for text in texts:
            words = text.lower().split()
            shift = 0.02 * ("she" in words) + 0.001 * (len(text) % 7)
            p = min(0.99, SURE.get(words[0], 0.4) + shift)
            found.append([1 - p, p])
        return found

    def old(texts):
        return [[q, p] if "shop" in text else [p, q] for text, (p, q) in zip(texts, predict(texts))]

    def topics(pairs):
        assert THERE.exists(), "a replay asked the model"
        return [[len(a) % 10 / 10, len(b) % 10 / 10] for a, b in pairs]

    def tag(sentences):
        assert THERE.exists(), "a replay asked the model"
        return [["B-PER" if w[0].isupper() else "O" for w in words] for words in sentences]

    @pytest.fixture(scope="session")
    def model(load_model):
        return load_model(predict, labels=["neg", "pos"], name="words")

    @pytest.fixture(scope="session")
    def before(load_model):
        return load_model(old, labels=["neg", "pos"])

    @pytest.fixture(scope="session")
    def reviews(load_data):
        return load_data("reviews.csv")
"""

EVERYTHING = """
    import pytest
    from pytest_accept import *
    from pytest_accept.perturbations import typos
    from pytest_accept.swaps import gendered_words

    pytestmark = pytest.mark.acceptance
    OPINIONS = template("{adj} is what {who} said.", adj=["good", "bad", "odd"], who=["he", "she"],
                        label=lambda values: "pos" if values["adj"] == "good" else "neg")

    @pytest.mark.thresholds(accuracy_above=0.9, cross_entropy_below=0.5, f1_above=0.8)
    def test_quality(model, reviews, assert_thresholds):
        assert_thresholds(model, reviews)

    def test_plain(model, reviews):
        assert expected_calibration_error(model, reviews) <= 0.25

    def test_slices(model, reviews):
        assert_accuracy_above(model, reviews, 0.85, where={"source": "tweets"})
        assert_no_weak_slice(model, reviews, worse_by=0.3)

    def test_groups(model, reviews):
        assert_demographic_parity_difference_below(model, reviews, 0.3, group="source")

    def test_pair(model, before, reviews):
        assert_negative_flip_rate_below(model, before, reviews, 0.1)

    def test_typos(model, reviews):
        assert_flip_rate_below(model, reviews, typos(max_edits=1), 0.3, where={"source": "tweets"})

    def test_search(model, reviews):
        some = {"author": ["author 1", "author 40"]}
        assert_no_flip_within(model, reviews, typos(max_edits=1), where=some, max_examples=20)

    def test_template(model):
        assert_minimum_functionality(model, OPINIONS, 0.6, capability="Vocabulary")

    def test_swap(model):
        assert_counterfactual_flip_rate_below(model, OPINIONS, 0.5, gendered_words())

    def test_topics(load_model, load_data):
        import conftest
        pairs = load_data(
            [{"a": "x" * i, "b": "y" * (i // 2), "label": ["odd"] * (i % 2)} for i in range(40)],
            text=("a", "b"),
        )
        model = load_model(conftest.topics, labels=["odd", "even"], multi_label=True)
        assert_f1_above(model, pairs, 0.1)

    def test_tags(load_model, load_data):
        import conftest
        words = [{"text": ["Anna", f"sings{i}"], "label": ["B-PER", "O"]} for i in range(60)]
        tagger = load_model(conftest.tag, task="token-classification", labels=["O", "B-PER"])
        assert_entity_f1_above(tagger, load_data(words), 0.9)
        assert_entity_flip_rate_below(tagger, load_data(words), typos(max_edits=1), 0.5)
"""

WORDS = """
    from pytest_accept import assert_accuracy_above

    def test_words(model, reviews):
        assert_accuracy_above(model, reviews, 0.9)
"""


@pytest.fixture
def functions(suite: pytest.Pytester) -> pytest.Pytester:
    """Return a suite of functions as models, which are there until `forget` is called."""
    suite.makeconftest(FUNCTIONS)
    (suite.path / "model_is_there").touch()
    return suite


def forget(suite: pytest.Pytester) -> None:
    (suite.path / "model_is_there").unlink()


def records(suite: pytest.Pytester) -> tuple[Record, Record]:
    return read_record(suite.path / "run.json"), read_record(suite.path / "replay.json")


def assert_judged_alike(run: Record, replay: Record) -> None:
    assert [each.test for each in replay.criteria] == [each.test for each in run.criteria]
    for then, now in zip(run.criteria, replay.criteria, strict=True):
        assert now.verdict == then.verdict, then.test
        assert now.outcome == then.outcome
    assert (replay.models, replay.data) == (run.models, run.data)


def test_the_same_suite_is_judged_the_same_to_the_last_bit(functions: pytest.Pytester) -> None:
    functions.makepyfile(EVERYTHING)
    first = functions.runpytest(*KEEP)
    forget(functions)
    second = functions.runpytest(*REPLAY)
    assert second.parseoutcomes() == first.parseoutcomes()
    assert "errors" not in first.parseoutcomes()
    run, replay = records(functions)
    assert len(run.criteria) >= 14
    assert not run.not_judged
    assert_judged_alike(run, replay)
    assert len(run.answers) == 4
    assert not replay.answers


def test_it_says_what_it_is(functions: pytest.Pytester) -> None:
    functions.makepyfile(WORDS)
    functions.runpytest(*KEEP)
    forget(functions)
    result = functions.runpytest(*REPLAY)
    run, replay = records(functions)
    sentence = f"replayed from run.json, the record of {run.started}: no model was run"
    assert replay.notes[0] == sentence
    assert replay.settings["replay"] == "run.json"
    assert run.settings["replay"] is None
    result.stdout.fnmatch_lines([f"*{sentence}"])


def test_without_being_asked_to_a_record_keeps_no_answers(functions: pytest.Pytester) -> None:
    functions.makepyfile(WORDS)
    functions.runpytest("--accept-report", "json:run.json")
    assert read_record(functions.path / "run.json").answers == ()
    result = functions.runpytest(*REPLAY)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        ["*--accept-replay: The record run.json holds no answers*--accept-keep-predictions*"]
    )


def test_other_bars_confidence_and_policy_are_judged(functions: pytest.Pytester) -> None:
    functions.makepyfile(WORDS)
    functions.runpytest(*KEEP)
    forget(functions)
    functions.makepyfile(WORDS.replace("0.9)", "0.97)"))
    functions.runpytest(*REPLAY).assert_outcomes(failed=1)
    run, replay = records(functions)
    before, now = run.criteria[0].verdict, replay.criteria[0].verdict
    assert now.estimate == before.estimate
    assert (before.status, now.status) == ("accepted", "inconclusive")

    surer = ("--accept-confidence", "0.999", "--accept-inconclusive", "pass")
    functions.runpytest(*REPLAY, *surer).assert_outcomes(passed=1)
    now = read_record(functions.path / "replay.json").criteria[0].verdict
    assert now.estimate.value == before.estimate.value
    assert now.estimate.low < before.estimate.low


def test_rows_that_were_added_are_missing_and_others_are_judged(functions: pytest.Pytester) -> None:
    functions.makepyfile(WORDS)
    functions.runpytest(*KEEP)
    forget(functions)
    file = functions.path / "reviews.csv"
    rows = file.read_text().splitlines(keepends=True)
    file.write_text("".join(rows[:-100]))
    result = functions.runpytest(*REPLAY)
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(
        ["*reviews: 300 examples, not those of run.json (400): answers were found by content"]
    )

    file.write_text("".join(rows) + "good and new,pos,shops,me\n")
    result = functions.runpytest(*REPLAY)
    result.assert_outcomes(failed=1)
    missing = "*holds no prediction by 'words' of 1 of 401 texts, such as 'good and new'. A replay*"
    result.stdout.fnmatch_lines([f"E*ReplayError: {missing}"])
    _, replay = records(functions)
    assert any("test_words: not replayed: The record" in each for each in replay.notes)
    assert len(replay.not_judged) == 0 or "test_words" in replay.not_judged[0]


def test_edits_of_another_seed_are_missing_and_the_error_says_why(
    functions: pytest.Pytester,
) -> None:
    functions.makepyfile(EVERYTHING)
    functions.runpytest(*KEEP, "-k", "typos")
    forget(functions)
    result = functions.runpytest(*REPLAY, "-k", "typos", "--accept-seed", "1")
    result.stdout.fnmatch_lines(["*(That run had --accept-seed 0, this one has 1.)"])


@pytest.mark.parametrize(
    "other", ["--accept-model=runs/other", "--accept-update-baseline", "--accept-plan"]
)
def test_what_makes_no_sense_in_a_replay_is_a_usage_error(
    functions: pytest.Pytester, other: str
) -> None:
    functions.makepyfile(WORDS)
    (functions.path / "run.json").write_text("{}")
    result = functions.runpytest(*REPLAY, other)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    option = other.partition("=")[0]
    result.stderr.fnmatch_lines([f"*--accept-replay judges what *{option} has no place in it*"])


@pytest.mark.parametrize("content", [None, "", "[]", "{}", '{"schema_version": 99}', "\0\xff"])
def test_what_is_no_record_is_a_usage_error(
    functions: pytest.Pytester, content: str | None
) -> None:
    functions.makepyfile(WORDS)
    if content is not None:
        (functions.path / "run.json").write_text(content)
    result = functions.runpytest(*REPLAY)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*--accept-replay: *run.json*"])


def test_damaged_answers_are_a_usage_error(functions: pytest.Pytester) -> None:
    functions.makepyfile(WORDS)
    functions.runpytest(*KEEP)
    file = functions.path / "run.json"
    record = msgspec.json.decode(file.read_bytes())
    record["answers"][0]["readings"][0]["answers"][7] = "0" * 16 + " NaN 1"
    file.write_bytes(msgspec.json.encode(record))
    result = functions.runpytest(*REPLAY)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*answers of 'words' in run.json are damaged: *'NaN'*"])
    assert "Traceback" not in result.stderr.str()


def test_what_a_record_says_cannot_move_the_cursor(functions: pytest.Pytester) -> None:
    functions.makepyfile(WORDS)
    functions.runpytest(*KEEP)
    file = functions.path / "run.json"
    record = msgspec.json.decode(file.read_bytes())
    record["answers"][0]["asked"] = ["\x1b[2Jmine\n::error::no"] * 2
    file.write_bytes(msgspec.json.encode(record))
    result = functions.runpytest(*REPLAY)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([r"*two models asked for as \u001b[[]2Jmine ::error::no*"])
    assert "\x1b" not in result.stderr.str()


def test_a_replay_can_keep_what_it_used(functions: pytest.Pytester) -> None:
    functions.makepyfile(EVERYTHING)
    functions.runpytest(*KEEP, "-k", "plain or typos")
    forget(functions)
    functions.runpytest(*REPLAY, "--accept-keep-predictions", "-k", "plain")
    run, replay = records(functions)
    ((used,), (whole,)) = replay.answers[0].readings, run.answers[0].readings
    assert set(used.answers) < set(whole.answers)
    shutil.move(functions.path / "replay.json", functions.path / "run.json")
    functions.runpytest(*REPLAY, "-k", "plain").assert_outcomes(passed=1, deselected=10)


def test_the_model_that_took_the_place_of_another_is_found(suite: pytest.Pytester) -> None:
    folder = build(suite.path / "other", "bert")
    suite.makeconftest(
        """
        import pytest

        @pytest.fixture(scope="session")
        def model(load_model):
            return load_model("runs/first", max_length=16)

        @pytest.fixture(scope="session")
        def reviews(load_data):
            return load_data("reviews.csv")
        """
    )
    suite.makepyfile(WORDS)
    suite.runpytest(*KEEP, "--accept-model", "other").assert_outcomes(failed=1)
    shutil.rmtree(folder)
    suite.runpytest(*REPLAY).assert_outcomes(failed=1)
    run, replay = records(suite)
    assert run.answers[0].asked == ("runs/first, max_length=16",)
    assert run.models[0].source == "other"
    assert_judged_alike(run, replay)


def test_the_fixture_accept_model_names_the_model_of_the_record(suite: pytest.Pytester) -> None:
    folder = build(suite.path / "other", "bert")
    suite.makeconftest(
        """
        import pytest

        @pytest.fixture(scope="session")
        def model(load_model, accept_model):
            assert accept_model == "other"
            return load_model(accept_model)

        @pytest.fixture(scope="session")
        def reviews(load_data):
            return load_data("reviews.csv")
        """
    )
    suite.makepyfile(WORDS)
    suite.runpytest(*KEEP, "--accept-model", "other").assert_outcomes(failed=1)
    shutil.rmtree(folder)
    suite.runpytest(*REPLAY).assert_outcomes(failed=1)
    assert_judged_alike(*records(suite))


LANGUAGE = """
    import pytest
    from pytest_accept import *

    pytestmark = pytest.mark.acceptance
    TEXTS = ["The cat sat on the mat.", "dull", "We loved this book, it is bright. " * 9, "x"] * 5
    TEXTS = load_data([{"text": f"{text} {i}"} for i, text in enumerate(TEXTS)], label=None)

    @pytest.fixture(scope="session")
    def causal(load_model):
        return load_model("runs/causal", task="causal-lm")

    @pytest.fixture(scope="session")
    def masked(load_model):
        return load_model("runs/masked", task="fill-mask")

    @pytest.fixture(scope="session")
    def classifier(load_model):
        return load_model("runs/classifier")

    def test_documents(causal):
        assert_perplexity_below(causal, TEXTS, 1e6)
        assert_bits_per_byte_below(causal, TEXTS, 30, context=32, bos="always")

    def test_choices(causal):
        asked = [
            {"text": f"a good film {i}", "choices": ["bad", "is good"], "label": i % 2}
            for i in range(12)
        ]
        assert_multiple_choice_accuracy_above(causal, asked, 0.01, normalise="tokens")

    def test_pairs(causal, masked):
        pairs = [(f"a good {i}", f"bad {i}") for i in range(12)]
        pairs = load_data([dict(zip("ab", pair)) for pair in pairs], text=("a", "b"), label=None)
        assert_preference_rate_below(causal, pairs, 0.99)
        assert_preference_rate_above(masked, pairs, 0.01)

    def test_masked(masked):
        assert_pseudo_perplexity_below(masked, TEXTS, 1e6)

    def test_classifier(classifier):
        words = [{"text": f"a good film {'long ' * i}", "label": "pos"} for i in range(60)]
        assert_accuracy_above(classifier, words, 0.01)

    def test_tagger(load_model):
        words = [{"text": ["Anna", "sings", str(i)], "label": ["B-PER", "O", "O"]} for i in "123"]
        assert_token_accuracy_above(load_model("runs/tagger"), words, 0.01)

    @pytest.mark.explainability
    def test_explanations(classifier):
        words = [{"text": f"a good film {'long ' * i}", "label": "pos"} for i in range(6)]
        assert_comprehensiveness_above(classifier, words, 0.0)

    def test_answers(causal):
        asked = [{"text": f"a good film {i}", "label": "x"} for i in range(3)]
        assert_exact_match_above(causal, asked, 0.5, max_new_tokens=2)

    def test_training(fine_tune):
        fine_tune("runs/classifier", load_data([{"text": "a", "label": "pos"}]))
"""


def test_models_with_weights_are_replayed_without_them(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = suite.path / "runs"
    build(runs / "classifier", "bert")
    save_tagger(runs / "tagger")
    for name, (module, tokenizer) in {"causal": make_causal(), "masked": make_masked()}.items():
        module.save_pretrained(runs / name)
        tokenizer.save_pretrained(runs / name)
    suite.makepyfile(LANGUAGE)
    replayable = "not (explanations or answers or training)"
    first = suite.runpytest(*KEEP, "-k", replayable)
    shutil.rmtree(runs)
    for package in ("transformers", "tokenizers", "safetensors"):
        monkeypatch.setitem(sys.modules, package, None)  # importing it is an error now

    second = suite.runpytest(*REPLAY)
    run, replay = records(suite)
    assert len(run.criteria) == 8, first.stdout.str()
    assert all(each.model.fingerprint for each in run.answers)
    for then, now in zip(run.criteria, replay.criteria, strict=True):
        assert now.verdict.estimate == then.verdict.estimate, then.test
        assert now.verdict.status == then.verdict.status
        # Tokens are not in the record, so they cannot be shown.
        shown = now.verdict.evidence == then.verdict.evidence
        assert shown or then.verdict.estimate.metric in ("perplexity", "bits_per_byte")
    assert any("cut there" in note for note in replay.notes), "texts that were cut are counted"

    second.stdout.fnmatch_lines_random(
        [
            "E*ReplayError: This cannot be replayed: it needs the tokenizer of 'classifier'*",
            "E*ReplayError: This cannot be replayed: it needs the *of 'causal'*",
            "E*ReplayError: This cannot be replayed: it trains a model*",
        ]
    )
    lacking = [each.partition(": not replayed: ") for each in replay.notes if "not repl" in each]
    assert [test.partition("::")[2] for test, _, _ in lacking] == [
        "test_explanations",
        "test_answers",
        "test_training",
    ]
    assert len(replay.not_judged) == 3


def test_default_criteria_are_replayed_without_a_suite(suite: pytest.Pytester) -> None:
    (suite.path / "conftest.py").unlink()
    folder = build(suite.path / "model", "bert")
    some = ("--accept-data", "reviews.csv", "-k", "accuracy or f1")
    suite.runpytest(*KEEP, *some, "--accept-model", "model")
    shutil.rmtree(folder)
    suite.runpytest(*REPLAY, *some)
    run, replay = records(suite)
    assert len(run.criteria) >= 2
    assert_judged_alike(run, replay)


def test_what_needs_a_gpu_is_replayed_without_one(functions: pytest.Pytester) -> None:
    functions.makepyfile(WORDS)
    functions.runpytest(*KEEP)
    forget(functions)
    functions.makepyfile(f"import pytest\npytestmark = pytest.mark.requires_gpu\n{dedented(WORDS)}")
    functions.runpytest(*REPLAY).assert_outcomes(passed=1)


def dedented(text: str) -> str:
    return "\n".join(line[4:] for line in text.splitlines())


@pytest.mark.slow
def test_workers_replay_and_keep_what_one_process_does(functions: pytest.Pytester) -> None:
    functions.makepyfile(EVERYTHING)
    some = ("-k", "quality or tags")
    functions.runpytest(*KEEP, *some)
    forget(functions)
    functions.runpytest_subprocess(*REPLAY, "--accept-keep-predictions", *some, "-n", "2")
    run, replay = records(functions)
    assert_judged_alike(run, replay)
    assert replay.answers == run.answers


def test_what_a_sequential_run_did_not_ask_about_is_missing_and_the_error_says_why(
    functions: pytest.Pytester,
) -> None:
    functions.makepyfile(EVERYTHING)
    functions.runpytest(*KEEP, "-k", "typos", "--accept-sequential=population")
    forget(functions)
    result = functions.runpytest(*REPLAY, "-k", "typos")
    result.stdout.fnmatch_lines(["*replay it with --accept-sequential=population, too.)"])
    result = functions.runpytest(*REPLAY, "-k", "typos", "--accept-sequential=population")
    result.stdout.no_fnmatch_line("*ReplayError*")
