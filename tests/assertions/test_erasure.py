"""Comprehensiveness and sufficiency, against plain loops, closed forms and the null."""

import math
from collections.abc import Iterator

import numpy as np
import pytest
import torch

import pytest_accept as pa
from pytest_accept.assertions import erasure
from pytest_accept.attributions import attribute, input_x_gradient, random_attributions
from pytest_accept.statistics import mean_interval
from tests.linear_models import linear_model
from tests.models import TEXTS, make

FRACTIONS = (0.01, 0.05, 0.10, 0.20, 0.50)
WEIGHTS = {"good": 2.0, "bad": -1.5, "fine": 0.5, "film": 0.0, "long": -0.25}
FILLER = {f"w{i}": 0.0 for i in range(20)}


def linear(weights=WEIGHTS) -> pa.Model:
    module, tokenizer = linear_model(weights)
    return pa.load_model(module, tokenizer=tokenizer, labels=["neg", "pos"], name="linear")


def texts(*each: str) -> pa.Data:
    return pa.load_data([{"text": text} for text in each], label=None, name="texts")


def made(n: int, seed: int = 0) -> pa.Data:
    """Return texts of one word that counts among 5 to 10 that do not."""
    random = np.random.default_rng(seed)
    rows = []
    for _ in range(n):
        words = random.choice(list(FILLER), random.integers(5, 11)).tolist()
        words[random.integers(len(words))] = str(random.choice(["good", "bad"]))
        rows.append(" ".join(words))
    return texts(*rows)


@pytest.fixture(scope="module")
def network():
    return make("bert")


def probability(network, ids: list[int], label: int) -> float:
    with torch.no_grad():
        return float(network[0](torch.tensor([ids])).logits[0].softmax(-1)[label])


def plain(network, model: pa.Model) -> Iterator[tuple[float, float]]:
    """Yield both scores of each text of two tokens or more: one text, one fraction at a time."""
    for text in TEXTS:
        ids = network[1](text, truncation=True, max_length=48)["input_ids"]
        if len(ids) < 4:
            continue
        label = int(network[0](torch.tensor([ids])).logits[0].argmax())
        (explained,) = attribute(model, [text], method=input_x_gradient())
        ranked = sorted(range(1, len(ids) - 1), key=lambda i: -explained.scores[i])
        whole = probability(network, ids, label)
        lost, missing = [], []
        for fraction in FRACTIONS:
            top = set(ranked[: math.ceil(fraction * len(ranked))])
            without = [each for i, each in enumerate(ids) if i not in top]
            alone = [each for i, each in enumerate(ids) if i in top or i in (0, len(ids) - 1)]
            lost.append(whole - probability(network, without, label))
            missing.append(whole - probability(network, alone, label))
        yield float(np.mean(lost)), float(np.mean(missing))


def test_are_those_of_eraser_one_text_at_a_time(network) -> None:
    model = pa.load_model(network[0], tokenizer=network[1])
    data = texts(*(text for text in TEXTS if text))
    reference = np.array(list(plain(network, model)))
    for metric, column in ((pa.comprehensiveness, 0), (pa.sufficiency, 1)):
        found = metric(model, data, method="input_x_gradient")
        assert found.value == pytest.approx(reference[:, column].mean(), abs=1e-6)
        assert found.n == len(reference)
        assert "1 of 7 texts have fewer than two tokens and are left out" in found.notes


def sigmoid(logit: float) -> float:
    return 1 / (1 + math.exp(-logit))


def test_linear_model_in_closed_form() -> None:
    data = texts("good film bad long")
    options = {"method": input_x_gradient(), "fractions": (0.25, 0.5)}
    whole = sigmoid(2 - 1.5 - 0.25)
    found = pa.comprehensiveness(linear(), data, **options)
    without = sigmoid(-1.75), sigmoid(-1.75)  # "good", then "film" as well
    assert found.value == pytest.approx(whole - np.mean(without), abs=1e-6)
    assert found.options == "fractions=0.25|0.5, input x gradient"
    found = pa.sufficiency(linear(), data, **options)
    assert found.value == pytest.approx(whole - sigmoid(2), abs=1e-6)
    found = pa.sufficiency(linear(), data, label="neg", **options)
    alone = 1 - sigmoid(-1.5), 1 - sigmoid(-1.75)  # against it "bad", then "long" as well
    assert found.value == pytest.approx(1 - whole - np.mean(alone), abs=1e-6)


def test_random_orders_cancel_what_any_removal_costs() -> None:
    data = texts("good film")
    options = {"method": input_x_gradient(), "fractions": (0.5,), "draws": 2000}
    # A random order takes "good" half of the time, the explanation always.
    half = (sigmoid(2) - sigmoid(0)) / 2
    for metric in (pa.comprehensiveness_over_random, pa.sufficiency_over_random):
        assert metric(linear(), data, **options).value == pytest.approx(half, abs=0.02)


def test_planted_defects_are_told_from_a_clean_model() -> None:
    clean, blind = linear({**WEIGHTS, **FILLER}), linear({"good": 0.0, "bad": 0.0, **FILLER})
    data = made(150)
    for assertion in (
        pa.assert_comprehensiveness_over_random_above,
        pa.assert_sufficiency_over_random_above,
    ):
        assert assertion(clean, data, 0.1)
        with pytest.raises(pa.AcceptanceFailure, match="rejected, measured 0.000"):
            assertion(blind, data, 0.1)
        with pytest.raises(pa.AcceptanceFailure, match="rejected"):
            assertion(clean, data, 0.1, method=random_attributions(3))


def test_an_explanation_that_says_nothing_does_not_gain_by_where_words_stand() -> None:
    data = texts(*(f"good w{i} w{i + 1} w{i + 2} w{i + 3} w{i + 4}" for i in range(16)))
    options = {"method": lambda texts, labels: [[1.0] * 6 for _ in texts], "draws": 20}
    for metric in (pa.comprehensiveness_over_random, pa.sufficiency_over_random):
        found = metric(linear({**WEIGHTS, **FILLER}), data, **options)
        assert found.low < 0 < found.high
        assert abs(found.value) < 0.1  # 0.28 if the first came first


@pytest.mark.slow
def test_a_random_explanation_is_seldom_better_than_random() -> None:
    runs, size = 150, 40
    found = pa.comprehensiveness_over_random(
        linear({**WEIGHTS, **FILLER}),
        made(runs * size),
        method=random_attributions(1),
        draws=1,
        fractions=(0.2,),
    )
    values = found.contributions().values
    assert abs(values.mean()) < 3 * values.std() / math.sqrt(len(values))
    intervals = [
        mean_interval(each, confidence=0.9, bounds=(-1, 1)) for each in values.reshape(runs, size)
    ]
    wrong = sum(each.low > 0 for each in intervals), sum(each.high < 0 for each in intervals)
    assert max(wrong) <= 0.1 * runs + 2 * math.sqrt(0.1 * 0.9 * runs)


def test_a_failure_shows_the_texts_and_what_they_rest_on() -> None:
    verdict = pa.comprehensiveness(linear(), texts("a good film", "bad long film")) >= 0.9
    shown = str(verdict)
    assert "the probability falls least (" in shown
    assert "[good +100%]" in shown


def test_limit_draws_evenly_and_says_so() -> None:
    found = pa.comprehensiveness(linear({**WEIGHTS, **FILLER}), made(50), limit=20)
    assert found.n == 20
    assert "20 of 50 texts, drawn evenly (limit=20)" in found.notes


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"fractions": (0.1, 1)}, "Expected `fractions` to be one or more shares"),
        ({"fractions": 0.1}, "Expected `fractions` to be one or more shares"),
        ({"replace": "zero"}, "Expected `replace` to be 'delete' or 'mask', but got 'zero' (str)."),
        ({"limit": 0}, "Expected `limit` to be an integer of 1 or more"),
        ({"label": "good"}, "There is no label 'good'"),
        ({"methods": "occlusion"}, "There is no option of comprehensiveness 'methods'. Did you"),
        ({"draws": 3}, "There is no option of comprehensiveness 'draws'. Known: 'cluster', "),
        ({"method": "occlusions"}, "There is no method of attribution 'occlusions'. Did you mean"),
    ],
)
def test_bad_options_are_refused(options, message: str) -> None:
    with pytest.raises(pa.SettingError) as error:
        pa.comprehensiveness(linear(), texts("good film"), **options)
    assert message in str(error.value)


def test_bad_questions_are_refused(world) -> None:
    with pytest.raises(pa.DataError, match=r"no text of 'texts' has two\."):
        pa.sufficiency(linear(), texts("good", ""))
    with pytest.raises(pa.SettingError, match="which can predict edited texts"):
        pa.sufficiency(world.predictions, world.data)
    with pytest.raises(pa.SettingError, match="Expected `draws` to be an integer of 1 or more"):
        pa.sufficiency_over_random(linear(), texts("good film"), draws=0)
    multi = make("multi_label", labels=("funny", "sad"))
    model = pa.load_model(multi[0], tokenizer=multi[1])
    with pytest.raises(pa.SettingError, match="Pass label=, one of 'funny', 'sad'"):
        pa.comprehensiveness(model, texts("good film"))
    assert pa.comprehensiveness(model, texts("good film"), label="sad").n == 1


def test_is_a_threshold() -> None:
    data = made(100)
    thresholds = {"comprehensiveness_over_random_above": 0.1, "sufficiency_below": 0.3}
    assert len(pa.judge_thresholds(linear({**WEIGHTS, **FILLER}), data, thresholds)) == 2
    assert erasure.FRACTIONS == FRACTIONS
