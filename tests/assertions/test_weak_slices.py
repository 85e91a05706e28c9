"""Weak slices: planted ones are found and said in words that work; a sound model has none."""

import functools
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pytest_accept as pa
from pytest_accept.slices import has_word
from tests.assertions import tagged
from tests.language_models import make_causal

WORDS = "the a film plot song story actor it was quite very really and so truly".split()


def reviews(n: int = 1600, seed: int = 0) -> pa.Data:
    """Reviews whose label is the adjective's, or its opposite after "not"."""
    random = np.random.default_rng(seed)
    rows = []
    for i in range(n):
        good, negated = random.random(2) < (0.5, 0.2)
        words = list(random.choice(WORDS, size=int(random.integers(2, 14))))
        words += (["not"] if negated else []) + ["good" if good else "bad"]
        rows.append(
            {
                "text": f"{' '.join(words)} {i}",
                "label": "pos" if good != negated else "neg",
                "source": ("shop", "film", "blog")[int(random.integers(3))],
                "author": f"author {i // 4}",
            }
        )
    return pa.load_data(rows, name="reviews")


def model(*, knows_not: bool, stray: float = 0.08) -> pa.Model:
    """A function that reads the adjective, sees "not" or does not, and errs now and then."""

    def says(texts: list[str]) -> np.ndarray:
        found = []
        for text in texts:
            words = text.split()
            good = ("good" in words) != (knows_not and "not" in words)
            flipped = np.random.default_rng(int(words[-1])).random() < stray
            found.append([0.1, 0.9] if good != flipped else [0.9, 0.1])
        return np.array(found)

    return pa.load_model(says, task="text-classification", labels=["neg", "pos"])


@pytest.fixture(scope="module")
def data() -> pa.Data:
    return reviews()


def test_a_model_that_does_not_know_not_is_caught_and_one_that_does_passes(data: pa.Data) -> None:
    sound = model(knows_not=True)
    assert pa.assert_no_weak_slice(sound, data, worse_by=0.12).status == "accepted"
    assert len(pa.find_weak_slices(sound, data)) == 0
    with pytest.raises(pa.AcceptanceFailure) as caught:
        pa.assert_no_weak_slice(model(knows_not=False), data, worse_by=0.12)
    verdict = caught.value.verdict
    assert verdict.status == "rejected"
    assert verdict.estimate.metric == "drop of accuracy in the worst slice"
    assert verdict.estimate.low > 0.5
    worst = verdict.evidence[0].parts[0]
    assert worst.where == "has_word('not')"
    assert worst.low == pytest.approx(verdict.estimate.low)
    assert worst.low < worst.value < worst.high
    assert verdict.evidence[1].title == "in has 'not': the most confident mistakes"
    assert all("not" in each.text for each in verdict.evidence[1].examples)
    assert "where=has_word('not')" in str(caught.value)


def test_a_finding_says_how_to_ask_for_it_again(data: pa.Data) -> None:
    planted = model(knows_not=False)
    found = pa.find_weak_slices(planted, data)
    worst = found[0]
    assert worst.expression == "where=has_word('not')"
    asked = eval(
        f"pa.accuracy(planted, data, {worst.expression})",
        None,
        dict(locals(), pa=pa, has_word=has_word),
    )
    assert (asked.value, asked.n) == (pytest.approx(worst.value), worst.n)
    assert worst.overall - worst.value == pytest.approx(worst.worse_by)
    assert 0 < worst.low < worst.worse_by < worst.high
    assert worst.p_value <= 0.05
    # "not" explains every pair with it, so there is nothing else.
    assert [each.name for each in found] == ["has 'not'"]
    shown = str(found).splitlines()
    assert shown[0].startswith("accuracy on reviews: 0.7")
    assert "1 of " in shown[0]
    assert "has 'not'   0.0" in shown[1]
    assert shown[1].endswith("where=has_word('not')")
    assert "a slice would be shown, 4 times in 5: one of 50 examples if worse by" in shown[2]
    assert str(pa.find_weak_slices(planted, data)) == str(found)


def test_a_slice_of_two_conditions_is_found_as_a_pair() -> None:
    random = np.random.default_rng(1)
    rows, right = [], []
    for i in range(2000):
        source, region = (
            ("shop", "film")[i % 2],
            ("north", "south", "west")[int(random.integers(3))],
        )
        right.append(random.random() >= (0.5 if (source, region) == ("shop", "west") else 0.1))
        rows.append({"text": f"t {i}", "label": "pos", "source": source, "region": region})
    said = pa.load_predictions(
        np.where(np.array(right)[:, None], [0.2, 0.8], [0.8, 0.2]), labels=["neg", "pos"]
    )
    found = pa.find_weak_slices(said, pa.load_data(rows), over="columns")
    assert found[0].where == {"source": "shop", "region": "west"}
    assert found[0].low > 0.2
    assert pa.accuracy(said, pa.load_data(rows), where=found[0].where).value == found[0].value


def test_undecided_slices_are_named_with_what_would_be_accepted(data: pa.Data) -> None:
    sound = model(knows_not=True)
    with pytest.raises(pa.AcceptanceFailure, match="undecided: ") as caught:
        pa.assert_no_weak_slice(sound, data, worse_by=0.02)
    verdict = caught.value.verdict
    assert verdict.status == "inconclusive"
    assert verdict.needed_n is None or verdict.needed_n > 1600
    words = verdict.estimate.notes[0].split("worse_by=")[1]
    enough = float(words.split()[0])
    assert enough == pytest.approx(verdict.estimate.high, abs=1e-3)
    assert pa.assert_no_weak_slice(sound, data, worse_by=enough).status == "accepted"
    loose = pa.assert_no_weak_slice(sound, data, worse_by=0.9)
    values = [part.value for part in loose.evidence[0].parts]
    assert values == sorted(values, reverse=True)
    assert values[0] == loose.estimate.value
    assert pa.assert_no_weak_slice(sound, data, worse_by=0.5, point=True).estimate.method == "point"


def test_clusters_and_losses_and_slices_of_the_data(data: pa.Data) -> None:
    planted = model(knows_not=False)
    alone, clustered = (
        pa.find_weak_slices(
            planted, data, metric=pa.cross_entropy, over="words", pairs=False, cluster=cluster
        )
        for cluster in (None, "author")
    )
    assert clustered[0].name == alone[0].name == "has 'not'"
    assert 0 < clustered[0].low < alone[0].low
    assert clustered[0].value > clustered.overall.value
    part = {"source": ["shop", "film"]}
    some = pa.find_weak_slices(
        planted, data, where=part, pairs=False, metric=functools.partial(pa.f1, label="pos")
    )
    assert "has 'not'" in [each.name for each in some]
    assert some.overall.population == "reviews[source=shop|film]"


def test_a_slice_that_is_one_cluster_shows_nothing(data: pa.Data) -> None:
    shops = {"cluster": "source", "columns": ["source"], "over": "columns"}
    found = pa.find_weak_slices(model(knows_not=False), data, **shops)  # type: ignore[arg-type]
    assert not found
    assert "with so few clusters no slice could be shown to be worse" in str(found)
    with pytest.raises(pa.AcceptanceFailure) as caught:
        pa.assert_no_weak_slice(model(knows_not=False), data, **shops)  # type: ignore[arg-type]
    assert caught.value.verdict.status == "inconclusive"
    assert caught.value.verdict.estimate.low == -1


@pytest.mark.parametrize("whole", [True, False])
def test_predictions_instead_of_a_model_of_the_slice_or_of_all(data: pa.Data, whole: bool) -> None:
    shops = data.where(source="shop")
    said = model(knows_not=False).predict(data if whole else shops)
    with pytest.raises(pa.AcceptanceFailure, match="where=has_word"):
        pa.assert_no_weak_slice(said, shops, over="words")


def test_taggers_are_searched_over_sentences() -> None:
    rows, logits = [], []
    random = np.random.default_rng(0)
    for i in range(240):
        rows.append({"text": [f"w{i}", "x"], "label": ["B-PER", "O"], "source": "ab"[i % 2]})
        missed = random.random() < (0.6 if i % 2 else 0.05)
        said = np.zeros((2, len(tagged.LABELS)))
        said[0, tagged.LABELS.index("O" if missed else "B-PER")] = said[1, 0] = 3
        logits.append(said)
    data = pa.load_data(rows, name="dev")
    said = tagged.predictions_of(data, logits)
    (found,) = pa.find_weak_slices(said, data, metric=pa.entity_recall)
    assert found.where == {"source": "b"}
    assert found.value == pa.entity_recall(said, data, where=found.where).value
    with pytest.raises(pa.SettingError, match="is for text classification"):
        pa.find_weak_slices(said, data, metric=pa.entity_f1, over=["confidence"])


def test_language_models_are_searched_over_documents(tmp_path: Path) -> None:
    network, tokenizer = make_causal()
    network.save_pretrained(tmp_path)
    tokenizer.save_pretrained(tmp_path)
    rows = [{"text": "a good film " * (2 + i % 3), "kind": "ab"[i % 2]} for i in range(48)]
    data = pa.load_data(rows, label=None, cluster="kind")
    plain = pa.load_data(rows, label=None)
    language_model = pa.load_model(tmp_path, task="text-generation")
    options: dict[str, Any] = {"metric": pa.perplexity, "min_size": 12, "over": "columns"}
    verdict = pa.assert_no_weak_slice(language_model, plain, worse_by=1e9, point=True, **options)
    worst = max(pa.perplexity(language_model, plain, where={"kind": each}).value for each in "ab")
    assert verdict.estimate.value == pytest.approx(
        worst - pa.perplexity(language_model, plain).value
    )
    assert verdict.estimate.metric == "rise of perplexity in the worst slice"
    with pytest.raises(pa.DataError, match="there is none of any size"):
        pa.find_weak_slices(language_model, data, **options)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"metric": pa.roc_auc}, "roc_auc does not say what each example adds to it, so it cannot"),
        ({"metric": "accuracy"}, "Expected `metric` to be a metric such as pytest_accept.accuracy"),
        ({"worse_by": 10}, "less than 1, but got 10 (int). Did you mean 0.1?"),
        ({"worse_by": -0.1}, "Expected `worse_by` to be a number of 0 or more"),
        ({"min_size": 0.6}, "Expected `min_size` to be a number of examples, 10 or more, or a sha"),
        (
            {"min_size": 1500},
            "at least 1,500 of its 1,600 examples: the largest has 546. Lower min_size",
        ),
        ({"columns": "sauce"}, "There is no column 'sauce'. Did you mean 'source'?"),
        ({"words": -1}, "Expected `words` to be an integer of 0 or more, but got -1"),
        ({"over": "word"}, "no kind of slice for over= 'word'. Did you mean 'words'?"),
        ({"colums": ["source"]}, "for weak slices 'colums'. Did you mean 'columns'?"),
        ({"labell": "pos"}, "no option of accuracy 'labell'"),
    ],
)
def test_bad_input_is_one_clear_error(data: pa.Data, options: Any, sentence: str) -> None:
    with pytest.raises(pa.AcceptanceError) as caught:
        pa.assert_no_weak_slice(model(knows_not=True), data, **options)
    assert sentence in str(caught.value)


def test_a_search_has_no_point(data: pa.Data) -> None:
    with pytest.raises(pa.SettingError, match="shown by bounds, so find_weak_slices has no point="):
        pa.find_weak_slices(model(knows_not=True), data, point=True)


def test_a_metric_that_is_the_same_everywhere_has_no_weak_slice(data: pa.Data) -> None:
    perfect = model(knows_not=True, stray=0.0)
    assert not pa.find_weak_slices(perfect, data)
    assert pa.assert_no_weak_slice(perfect, data, worse_by=0.03).status == "accepted"
