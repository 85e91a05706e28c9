"""What names inputs and questions in a Record."""

import pytest

from pytest_accept.attributions.gradients import ProductReading
from pytest_accept.baseline.contents import content_hash
from pytest_accept.replaying.keys import READINGS, key_of, question_of
from pytest_accept.tasks import TextClassification
from pytest_accept.tasks.continuations import Continued
from pytest_accept.tasks.document_losses import DocumentLosses
from pytest_accept.tasks.greedy_answers import GreedyAnswers


def test_a_text_has_the_hash_that_baselines_have() -> None:
    assert key_of("a good film") == content_hash("a good film")
    assert key_of(("a good film", "it is good")) == content_hash(("a good film", "it is good"))


def test_inputs_that_differ_in_where_a_text_ends_have_different_keys() -> None:
    inputs = [
        "abc",
        ("ab", "c"),
        ("a", "bc"),
        ("a", "b", "c"),
        Continued("a", ("b", "c")),
        Continued("a", ("bc",)),
        Continued("ab", ("c",)),
    ]
    assert len({key_of(each) for each in inputs}) == len(inputs)


def test_equal_questions_have_equal_names_and_others_have_others() -> None:
    logits = TextClassification(("neg", "pos"))
    assert question_of(logits) == question_of(TextClassification(("neg", "pos")))
    others = [
        TextClassification(("pos", "neg")),
        TextClassification(("neg", "pos"), multi_label=True),
        TextClassification(("neg", "pos"), gives="probabilities"),
        DocumentLosses(32, 16),
        DocumentLosses(32, 16, "always"),
        DocumentLosses(32, 8),
    ]
    assert len({question_of(each) for each in (logits, *others)}) == 1 + len(others)


@pytest.mark.parametrize("reading", [ProductReading(), GreedyAnswers(4, ()), ("scores of", len)])
def test_what_needs_the_model_has_no_name(reading: object) -> None:
    assert question_of(reading) is None


@pytest.mark.parametrize("reading", READINGS, ids=lambda each: each.__name__)
def test_names_say_nothing_of_this_process(reading: type) -> None:
    assert reading.__dataclass_params__.frozen  # type: ignore[attr-defined]
    assert reading.__repr__ is not object.__repr__
