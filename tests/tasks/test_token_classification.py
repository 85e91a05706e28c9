"""Words to pieces to tags: as transformers does it, and in windows where a text is long."""

import numpy as np
import pytest
import torch
from tokenizers import normalizers

from pytest_accept import load_data, load_model
from pytest_accept.errors import ModelError, PredictionError, SettingError
from pytest_accept.tasks.token_classification import TokenClassification, _windows
from tests.taggers import SENTENCES, TAGS, save_tagger, tagger


def reference(module, tokenizer, words: tuple[str, ...]) -> np.ndarray:
    """Return the logits of first pieces, by the tokenizer's own splitting of words."""
    splits = tokenizer.backend_tokenizer.pre_tokenizer
    if hasattr(splits, "add_prefix_space"):  # as transformers asks for with split words
        splits.add_prefix_space = tokenizer.add_prefix_space = True
    encoded = tokenizer(list(words), is_split_into_words=True, return_tensors="pt")
    first = [encoded.word_ids(0).index(i) for i in range(len(words))]
    with torch.no_grad():
        return module(**encoded).logits[0, first].numpy()


@pytest.mark.parametrize("kind", ["bert", "roberta", "gpt2"])
def test_logits_are_those_of_each_words_first_piece(kind: str) -> None:
    module, tokenizer = tagger(kind, positions=96)
    found = load_model(module, tokenizer=tokenizer).predict(list(SENTENCES))
    for words, logits, tags in zip(SENTENCES, found.logits, found.tags, strict=True):
        expected = reference(module, tagger(kind, positions=96)[1], words)
        np.testing.assert_allclose(logits, expected, atol=1e-5)
        assert tags == tuple(TAGS[i] for i in expected.argmax(axis=1))
    for each in found.probabilities:
        np.testing.assert_allclose(each.sum(axis=1), 1)


def test_a_sentence_in_a_batch_is_the_sentence_alone() -> None:
    module, tokenizer = tagger()
    together = load_model(module, tokenizer=tokenizer).predict(list(SENTENCES)).logits
    for words, logits in zip(SENTENCES, together, strict=True):
        alone = load_model(module, tokenizer=tokenizer).predict([words]).logits[0]
        np.testing.assert_allclose(logits, alone, atol=1e-5)


def test_a_long_document_is_read_in_windows_and_nothing_is_cut() -> None:
    module, tokenizer = tagger()
    words = (SENTENCES[0] + SENTENCES[1] + SENTENCES[3]) * 8
    model = load_model(module, tokenizer=tokenizer)
    found = model.predict([words])
    assert len(found.logits[0]) == len(words)
    assert not found.truncated.any()
    # The first words stand in the first window and the last in the last, as if they stood alone.
    pieces = [len(tokenizer(word, add_special_tokens=False)["input_ids"]) for word in words]
    shown = int(np.searchsorted(np.cumsum(pieces), 46, side="right"))
    first = reference(module, tokenizer, words[:shown])
    np.testing.assert_allclose(found.logits[0][: shown // 2], first[: shown // 2], atol=1e-5)


@pytest.mark.parametrize("seed", range(20))
def test_every_word_is_read_once_and_seen_from_both_sides(seed: int) -> None:
    random = np.random.default_rng(seed)
    lengths = random.integers(1, 9, random.integers(1, 200)).tolist()
    room = int(random.integers(8, 40))
    ends = np.cumsum([0, *lengths])
    read: list[int] = []
    for start, stop, first, last in _windows(lengths, room):
        assert ends[stop] - ends[start] <= room
        assert start <= first <= last <= stop
        read += range(first, last)
        for word in range(first, last):
            # Within the text, at least about a quarter of a window stands on either side.
            left, right = ends[word] - ends[start], ends[stop] - ends[word + 1]
            assert start == 0 or left >= room / 4 - 9
            assert stop == len(lengths) or right >= room / 4 - 9
    assert read == list(range(len(lengths)))


def test_a_word_too_long_for_the_model_is_cut_and_counted() -> None:
    module, tokenizer = tagger()
    found = load_model(module, tokenizer=tokenizer).predict([("a", "z" * 100, "film"), ("a",)])
    assert found.truncated.tolist() == [True, False]
    assert len(found.logits[0]) == 3


def test_a_word_without_pieces_is_read_as_unknown() -> None:
    module, tokenizer = tagger()
    model = load_model(module, tokenizer=tokenizer)
    strange, unknown = model.predict([("a", "\u200d", "film"), ("a", "[UNK]", "film")]).logits
    np.testing.assert_allclose(strange, unknown, atol=1e-6)


def test_a_word_without_pieces_and_no_unknown_token() -> None:
    module, tokenizer = tagger("gpt2")
    tokenizer.backend_tokenizer.normalizer = normalizers.Replace(" \u200d", "")
    with pytest.raises(PredictionError, match="no tokens of the word '.*' and has no unknown"):
        load_model(module, tokenizer=tokenizer).predict([("a", "\u200d")])


def test_half_a_character_is_an_error_that_shows_the_word() -> None:
    module, tokenizer = tagger()
    with pytest.raises(PredictionError, match=r"The word '\\udcff' is not valid Unicode"):
        load_model(module, tokenizer=tokenizer).predict([("a", "\udcff")])


@pytest.mark.parametrize("inputs", [["a good film"], [()], [("a", 3)], [[]]])
def test_what_are_no_words(inputs: list) -> None:
    module, tokenizer = tagger()
    with pytest.raises(PredictionError, match="Expected `input 1` to be a sentence as a list of w"):
        load_model(module, tokenizer=tokenizer).predict(inputs)


def test_a_saved_tagger_is_known_by_its_architecture(tmp_path) -> None:
    model = load_model(save_tagger(tmp_path))
    assert (model.task, model.labels, model.multi_label) == ("token-classification", TAGS, False)
    assert model.max_length == 48
    found = model.predict([list(SENTENCES[0])])
    assert found.inputs == [SENTENCES[0]]
    assert "1 sentences (4 words)" in repr(found)
    with pytest.raises(SettingError, match="Only a text classifier has labels of texts"):
        model.label("a film")


def test_one_label_is_too_few() -> None:
    module, tokenizer = tagger(labels=("O",))
    with pytest.raises(ModelError, match="needs two labels or more"):
        load_model(module, tokenizer=tokenizer)


def test_names_of_labels_may_be_given() -> None:
    module, tokenizer = tagger()
    named = load_model(module, tokenizer=tokenizer, labels=["O", "B-A", "I-A", "B-B", "I-B"])
    assert named.predict([("a",)]).tags[0][0] in named.labels
    with pytest.raises(ModelError, match="name the model's 5 labels"):
        load_model(module, tokenizer=tokenizer, labels=["O"])


def test_predictions_follow_the_data() -> None:
    module, tokenizer = tagger()
    rows = [{"text": list(words), "label": ["O"] * len(words)} for words in SENTENCES]
    data = load_data([{**row, "length": len(row["text"])} for row in rows])
    found = load_model(module, tokenizer=tokenizer).predict(data)
    short = data.where({"length": [1, 3]})
    assert [len(each) for each in found.for_data(short).logits] == [3, 1]
    assert found.take([2, 0]).inputs == [SENTENCES[2], SENTENCES[0]]
    others = load_data([{**row, "text": ["other"] * len(row["text"])} for row in rows])
    with pytest.raises(PredictionError, match="are not of this data"):
        found.for_data(others)


def test_the_task_of_labels_without_a_config() -> None:
    assert TokenClassification(("O", "B-X")).columns == 2


def shout(sentences: list[list[str]]) -> list[list[str]]:
    return [["B-PER" if word.isupper() else "O" for word in words] for words in sentences]


def test_a_function_of_sentences_is_a_tagger() -> None:
    model = load_model(shout, task="token-classification", labels=TAGS)
    found = model.predict([("I", "saw", "ANNA"), ("no",)])
    assert found.tags == [("B-PER", "O", "B-PER"), ("O",)]
    np.testing.assert_allclose(found.probabilities[1], [[1, 0, 0, 0, 0]], atol=1e-12)

    def sure(sentences: list[list[str]]) -> list[np.ndarray]:
        return [np.full((len(words), 5), 0.2) for words in sentences]

    assert load_model(sure, task="ner", labels=TAGS).predict([("a",)]).probabilities[0].max() == 0.2


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ([["O"]], "return 2 tags for 'a film', one for each word, but got 1"),
        ([["O", "O"]] * 2, "the tags of 1 sentences, as many as it was given, but got 2"),
        ([["O", "B-PRE"]], "tag 'B-PRE'.*Did you mean 'B-PER'"),
        ([[[1, 0, 0, 0, 0], [0.5, 0, 0, 0, 0]]], "the answer of '<lambda>' to 'a film'"),
    ],
)
def test_what_a_tagging_function_may_not_answer(answer: list, message: str) -> None:
    model = load_model(lambda sentences: answer, task="token-classification", labels=TAGS)
    with pytest.raises(PredictionError, match=message):
        model.predict([("a", "film")])


def test_a_tokenizer_that_makes_nothing_of_a_letter() -> None:
    module, tokenizer = tagger()
    tokenizer.backend_tokenizer.normalizer = normalizers.Replace("a", "")
    with pytest.raises(PredictionError, match=r"tokens around a text, but .* and \[\] with"):
        load_model(module, tokenizer=tokenizer).predict([("film",)])
