"""Answers of several processes put together, and what is left out."""

from dataclasses import replace

from pytest_accept import load_model
from pytest_accept.records import ModelAnswers
from pytest_accept.replaying import Kept, merged
from pytest_accept.replaying.keeping import Part
from tests.models import make

TEXTS = ["a good film", "a bad film", "a dull book", "we loved it"]


def predict(texts: list[str]) -> list[list[float]]:
    return [[1 - len(text) / 99, len(text) / 99] for text in texts]


def part_of(texts: list[str], *ways: str) -> Part:
    kept = Kept()
    model = load_model(predict, labels=["neg", "pos"])
    model.predict(texts)
    for asked in ways:
        kept.note(model, asked)
    return kept.part()


def lines(answers: tuple[ModelAnswers, ...]) -> list[str]:
    return [line for each in answers for reading in each.readings for line in reading.answers]


def test_workers_together_keep_what_one_process_would() -> None:
    alone, _ = merged([part_of(TEXTS, "runs/a", "./runs/a")])
    parts = [part_of(TEXTS[:3], "runs/a"), part_of([*TEXTS[2:], TEXTS[0]], "runs/a", "./runs/a")]
    assert merged(parts) == (alone, ())
    assert merged(reversed(parts)) == (alone, ())
    assert len(lines(alone)) == len(TEXTS)


def test_of_two_answers_to_an_input_the_same_is_kept_whoever_comes_first() -> None:
    one = part_of(TEXTS[:1], "runs/a")
    (model,) = one.answers
    (reading,) = model.readings
    other = replace(reading, answers=(f"{reading.answers[0]}0",))
    rounded = replace(one, answers=(replace(model, readings=(other,)),))
    there, back = merged([one, rounded]), merged([rounded, one])
    assert there == back
    assert len(lines(there[0])) == 1


def test_models_that_are_asked_for_alike_are_left_out_with_a_note() -> None:
    kept = Kept()
    for least in (0.0, 0.1):
        model = load_model(lambda texts, p=least: [[1 - p, p]] * len(texts), labels=["neg", "pos"])
        kept.note(model, "a.<lambda>")
    kept.note(load_model(predict, labels=["neg", "pos"]), "a.predict")
    found, notes = merged([kept.part(), part_of(TEXTS, "a.<lambda>")])
    assert [each.asked for each in found] == [("a.predict",)]
    (note,) = notes
    assert note.startswith("no answers of the models that are asked for as a.<lambda> are kept")
    assert "name=" in note


def test_a_model_that_workers_loaded_differently_is_left_out() -> None:
    one = part_of(TEXTS, "runs/a")
    other = replace(one.answers[0], model=replace(one.answers[0].model, fingerprint="0" * 32))
    found, (note,) = merged([one, Part(answers=(other,))])
    assert not found
    assert "asked for as runs/a" in note


def test_a_model_whose_weights_changed_is_left_out() -> None:
    module, tokenizer = make()
    model = load_model(module, tokenizer=tokenizer, name="mine")
    kept = Kept()
    kept.note(model, "mine")
    model.predict(TEXTS)
    assert len(lines(kept.part().answers)) == len(TEXTS)

    module.classifier.bias.data.add_(1)
    model.predict(TEXTS)
    part = kept.part()
    assert not part.answers
    assert part.notes == ("no answers of 'mine' are kept: its weights changed",)


def test_no_text_is_kept() -> None:
    found, _ = merged([part_of(TEXTS, "runs/a")])
    assert not any(word in line for line in lines(found) for word in ("film", "book", "loved"))
