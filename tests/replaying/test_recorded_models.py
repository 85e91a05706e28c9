"""Models of a Record: which one a suite means, what they say, and what they cannot."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from pytest_accept import ReplayError, load_model, settings
from pytest_accept.records import ModelAnswers, ReadingAnswers, Record
from pytest_accept.replaying import Kept, RecordedModels, merged
from pytest_accept.replaying.keys import key_of
from pytest_accept.tasks.greedy_answers import GreedyAnswers
from pytest_accept.tasks.pseudo_likelihoods import PseudoLikelihoods
from tests.models import make
from tests.taggers import SENTENCES, tagger

TEXTS = ["a good film", "a bad film", "a dull book", "we loved it" * 40]


def recorded(*models: Any) -> Record:
    kept = Kept()
    for model in models:
        kept.note(model, model.name)
    answers, _ = merged([kept.part()])
    return Record(
        started="2026-11-30T12:00:00+00:00",
        seconds=1,
        exit_status=0,
        environment=None,
        settings={},
        answers=answers,
    )


@pytest.fixture(scope="module")
def classifier() -> Any:
    module, tokenizer = make()
    model = load_model(module, tokenizer=tokenizer, name="mine")
    model.predict(TEXTS)
    return model


def test_it_says_what_the_model_said(classifier: Any) -> None:
    model = RecordedModels(recorded(classifier), name="r.json").get("mine", {})
    assert model.describe() == classifier.describe()
    assert model.labels == ("neg", "pos")
    order = [TEXTS[3], TEXTS[0], TEXTS[3]]
    said, then = model.predict(order), classifier.predict(order)
    assert said.probabilities.tobytes() == then.probabilities.tobytes()
    assert said.logits.tobytes() == then.logits.tobytes()
    assert said.truncated.tolist() == [True, False, True]


def test_taggers_say_what_they_said_of_every_word() -> None:
    module, tokenizer = tagger()
    model = load_model(module, tokenizer=tokenizer, task="token-classification", name="tagger")
    then = model.predict(SENTENCES)
    again = RecordedModels(recorded(model), name="r.json").get("tagger", {}).predict(SENTENCES)
    assert [each.tobytes() for each in again.logits] == [each.tobytes() for each in then.logits]
    assert again.tags == then.tags


def test_several_labels_and_pairs() -> None:
    pairs = [("a good film", "it is good"), ("a good", "film it is good")]
    model = load_model(
        lambda texts: np.array([[len(a) / 99, len(b) / 99] for a, b in texts]),
        labels=["long", "old"],
        multi_label=True,
        name="both",
    )
    then = model.predict(pairs)
    again = RecordedModels(recorded(model), name="r.json").get("both", {}).predict(pairs)
    assert again.multi_label
    assert again.logits is None
    assert again.probabilities.tobytes() == then.probabilities.tobytes()


def test_what_it_was_not_asked_is_an_error_that_names_it(classifier: Any) -> None:
    hint = " (That run had --accept-seed 0, this one has 1.)"
    model = RecordedModels(recorded(classifier), name="r.json", hint=hint).get("mine", {})
    with pytest.raises(ReplayError) as caught:
        model.predict([*TEXTS, "something else", TEXTS[0], "and more"])
    assert str(caught.value) == (
        "The record r.json holds no prediction by 'mine' of 2 of 6 texts, such as 'something "
        "else'; 'and more'. A replay cannot make any: run with the model and "
        "--accept-keep-predictions. (That run had --accept-seed 0, this one has 1.)"
    )
    with pytest.raises(ReplayError, match=r"Of PseudoLikelihoods\(\) it holds nothing; it holds T"):
        model.read(PseudoLikelihoods(), TEXTS)


@pytest.mark.parametrize(
    ("ask", "what"),
    [
        (lambda model: model.tokenizer, "tokenizer"),
        (lambda model: model.module(), "weights"),
        (lambda model: model.gradients(), "gradients"),
        (lambda model: model.read(GreedyAnswers(4, ()), TEXTS), "weights and tokenizer"),
    ],
)
def test_what_needs_the_model_itself_is_refused(
    classifier: Any, ask: Callable[[Any], Any], what: str
) -> None:
    model = RecordedModels(recorded(classifier), name="r.json").get("mine", {})
    with pytest.raises(ReplayError, match=f"cannot be replayed: it needs the {what} of 'mine'"):
        ask(model)


@pytest.fixture
def two() -> Record:
    model = load_model(lambda texts: [[0.5, 0.5]] * len(texts), labels="ab", name="x")
    model.predict(TEXTS)
    record = recorded(model)
    (model,) = record.answers
    return replace(record, answers=(model, replace(model, asked=("y", "z, max_length=8"))))


def test_of_several_models_the_one_that_was_asked_for(two: Record) -> None:
    models = RecordedModels(two, name="r.json")
    assert models.get("y", {}) is models.get("z, max_length=8", {})
    assert models.get("x", {}) is not models.get("y", {})
    with pytest.raises(ReplayError, match=r"no model 'z'. .*Known: 'x', 'y', 'z, max_length=8'"):
        models.get("z", {})


def test_a_single_model_is_meant_whatever_it_is_called(classifier: Any) -> None:
    models = RecordedModels(recorded(classifier), name="r.json")
    assert models.get("another/path", {}) is models.get("another/path", {"task": None})
    with pytest.raises(ReplayError, match="It holds one model, and this suite asks for two"):
        models.get("a/second", {})
    with pytest.raises(ReplayError, match="this suite asks for two"):
        models.get("mine", {})


def test_the_fixture_accept_model_names_what_it_named_or_the_only_model(
    classifier: Any, two: Record
) -> None:
    assert (
        RecordedModels(recorded(classifier), name="r").accept_model == classifier.describe().source
    )
    assert RecordedModels(two, name="r").accept_model is None
    named = replace(two.answers[0], asked=("accept_model, max_length=8",))
    record = replace(two, answers=(named, two.answers[1]))
    assert RecordedModels(record, name="r").accept_model == named.model.source


def test_a_single_model_is_not_taken_for_a_second_one(classifier: Any) -> None:
    models = RecordedModels(recorded(classifier), name="r.json")
    models.get("mine", {})
    with pytest.raises(ReplayError, match="'other'.*this suite asks for two"):
        models.get("other", {})


@pytest.mark.parametrize("options", [{"task": "token-classification"}, {"labels": ["a", "b"]}])
def test_a_single_model_of_another_kind_is_not_meant(
    classifier: Any, options: dict[str, Any]
) -> None:
    with pytest.raises(ReplayError, match="'mine' for text-classification .* not the one asked"):
        RecordedModels(recorded(classifier), name="r.json").get("other", options)


def damaged(record: Record, **changes: Any) -> Record:
    (model,) = record.answers
    (reading,) = model.readings
    changed: ModelAnswers = replace(model, readings=(replace(reading, **changes),))
    return replace(record, answers=(changed,))


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"reading": "__import__('os').system('true')"}, "to a question that is not known"),
        ({"reading": "GreedyAnswers(4)"}, "to a question that is not known"),
        ({"reading": ""}, "to a question that is not known"),
        ({"columns": 3}, "3 numbers a row to TextClassification, which has 2"),
        ({"columns": 10**12}, "1000000000000 numbers a row"),
        ({"answers": ("0" * 16 + " nan 1",)}, "'nan', which is not a finite number"),
        ({"answers": ("0" * 16 + " 1",)}, "has not 2 numbers in each row"),
    ],
)
def test_damaged_answers_are_one_error(classifier: Any, changes: dict[str, Any], says: str) -> None:
    record = damaged(recorded(classifier), **changes)
    with pytest.raises(ReplayError, match="answers of 'mine' in r.json are damaged: ") as caught:
        RecordedModels(record, name="r.json")
    assert says in str(caught.value)


def test_an_answer_of_another_size_is_an_error_when_it_is_asked_for(classifier: Any) -> None:
    answers = (f"{key_of(TEXTS[0])} 1 2;3 4", f"{key_of(TEXTS[1])} 1 2", key_of(TEXTS[2]))
    record = damaged(recorded(classifier), answers=answers)
    model = RecordedModels(record, name="r.json").get("mine", {})
    assert model.predict([TEXTS[1]]).logits.tolist() == [[1, 2]]
    for text, size in ((TEXTS[0], 2), (TEXTS[2], 0)):
        with pytest.raises(ReplayError, match=f"'{text}' has {size} rows, but 1 are expected"):
            model.predict([text])


def test_what_a_function_answered_must_be_probabilities(two: Record) -> None:
    record = damaged(replace(two, answers=two.answers[:1]), answers=("0" * 16 + " 0.5 0.7",))
    with pytest.raises(ReplayError, match=r"are damaged: .*sums to 1\.2"):
        RecordedModels(record, name="r.json")


def test_a_record_without_answers_or_with_a_model_twice_is_refused(two: Record) -> None:
    with pytest.raises(ReplayError, match=r"no answers of models.*--accept-keep-predictions"):
        RecordedModels(replace(two, answers=()), name="r.json")
    with pytest.raises(ReplayError, match="two models asked for as x"):
        RecordedModels(replace(two, answers=(two.answers[0], two.answers[0])), name="r.json")


def test_an_unknown_task_is_an_error(two: Record) -> None:
    model = replace(two.answers[0], model=replace(two.answers[0].model, task="translation"))
    with pytest.raises(ReplayError, match="translation"):
        RecordedModels(replace(two, answers=(model,)), name="r.json")


@pytest.fixture
def replaying() -> Iterator[None]:
    with settings.using(replay="r.json"):
        yield


@pytest.mark.usefixtures("replaying")
def test_no_model_is_loaded_or_trained_in_a_replay() -> None:
    from pytest_accept import fine_tune, probe
    from pytest_accept.training.recipes import run

    ways: list[tuple[Callable[[], Any], str]] = [
        (lambda: load_model("runs/reviews"), "loads a model past the fixture load_model"),
        (lambda: load_model(len, labels="ab"), "loads a model past the fixture"),
        (lambda: fine_tune("bert", None), "trains a model"),
        (lambda: probe("bert", None), "trains a model"),
        (lambda: run(lambda seed: None), "trains models"),
    ]
    for way, does in ways:
        with pytest.raises(ReplayError, match=f"cannot be replayed: it {does}"):
            way()


def test_reading_answers_are_what_they_say(classifier: Any) -> None:
    (model,) = recorded(classifier).answers
    (reading,) = model.readings
    assert isinstance(reading, ReadingAnswers)
    assert (reading.columns, reading.dtype, len(reading.answers)) == (2, "float32", len(TEXTS))
    assert reading.reading.startswith("TextClassification(labels=('neg', 'pos')")
