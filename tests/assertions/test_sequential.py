"""Sequential criteria: what is asked, what is said, and what is judged at once as ever."""

import re
from itertools import pairwise

import numpy as np
import pytest

import pytest_accept as pa
from pytest_accept import settings
from pytest_accept.assertions import sequential
from pytest_accept.assertions.sequential import FIRST, shared_order, sizes
from pytest_accept.errors import AcceptanceFailure, SettingError
from pytest_accept.perturbations import typos
from pytest_accept.statistics import ConfidenceSequence
from tests.language_models import make_causal
from tests.masked_models import make_masked
from tests.models import WORDS
from tests.taggers import tagger

N = 3000


class Words:
    """A model that says what the first word of a text says, and counts the texts it reads."""

    def __init__(self, sure: float = 0.9) -> None:
        self.read = 0
        self.sure = sure

    def __call__(self, texts):
        self.read += len(texts)
        p = self.sure
        return [[p, 1 - p] if text.startswith("bad") else [1 - p, p] for text in texts]

    def model(self) -> pa.Model:
        return pa.load_model(self, labels=["neg", "pos"], name="words")


def reviews(rate: float, n: int = N, *, seed: int = 0, **columns) -> pa.Data:
    """Reviews of which a share `rate` is labelled as `Words` says."""
    generator = np.random.default_rng(seed)
    right = generator.permutation(np.arange(n) < round(rate * n))
    said = generator.random(n) < 0.5
    rows = [
        {
            "text": f"{'good' if pos else 'bad'} film number {i}",
            "label": "pos" if pos == ok else "neg",
            "source": "tweets" if i % 3 else "shops",
            "author": f"author {i // 5}",
        }
        for i, (pos, ok) in enumerate(zip(said.tolist(), right.tolist(), strict=True))
    ]
    return pa.load_data(rows, name="reviews", **columns)


@pytest.fixture(scope="module")
def good() -> pa.Data:
    """Of which the model says 9 in 10 right."""
    return reviews(0.9)


@pytest.mark.parametrize("claim", [True, "population", "data"])
def test_it_asks_for_no_more_than_it_takes(good: pa.Data, claim) -> None:
    words = Words()
    verdict = pa.assert_accuracy_above(words.model(), good, 0.85, sequential=claim)
    assert verdict.status == "accepted"
    estimate = verdict.estimate
    assert FIRST <= estimate.n < N / 3
    assert estimate.n <= words.read <= 1.4 * estimate.n + 1
    assert estimate.low >= 0.85
    assert estimate.method.endswith("sequential")
    assert estimate.population == "reviews"
    about = "exactly these 3,000 examples" if claim == "data" else "further examples like these"
    asked = f" ({words.read:,} were asked for)" if words.read > estimate.n else ""
    assert estimate.notes[0] == (
        f"decided after {estimate.n:,} of 3,000 examples in a random order{asked}; it is about "
        + about
    )


def test_a_bad_model_is_rejected_as_soon(good: pa.Data) -> None:
    words = Words()
    with pytest.raises(AcceptanceFailure) as caught:
        pa.assert_accuracy_above(words.model(), good, 0.96, sequential=True)
    verdict = caught.value.verdict
    assert verdict.status == "rejected"
    assert verdict.estimate.high < 0.96
    assert verdict.estimate.n <= words.read < N / 3
    assert "decided after" in str(verdict)


def test_value_bounds_and_evidence_are_of_what_was_seen(good: pa.Data) -> None:
    words = Words()
    verdict = pa.assert_accuracy_above(words.model(), good, 0.85, sequential=True)
    estimate = verdict.estimate
    seen = np.sort(shared_order(good)[: estimate.n])
    there = pa.accuracy(Words().model(), good.take(seen))
    assert estimate.value == pytest.approx(there.value)
    assert estimate.low < estimate.value < estimate.high
    origins = {good.origin(int(i)) for i in seen}
    shown = [each.origin for part in verdict.evidence for each in part.examples]
    assert shown
    assert set(shown) <= origins


def test_what_all_examples_leave_open_is_inconclusive() -> None:
    data = reviews(0.9, 1200)
    with pytest.raises(AcceptanceFailure) as caught:
        pa.assert_accuracy_above(Words().model(), data, 0.895, sequential=True)
    verdict = caught.value.verdict
    assert verdict.status == "inconclusive"
    assert verdict.estimate.n == 1200
    assert verdict.estimate.notes[0].startswith("not decided by all 1,200 examples")
    # 5 thousandths from the bar: z = 3.1 + 0.84 standard errors of 0.3 are some 56,000 examples.
    assert verdict.needed_n is not None
    assert 30_000 < verdict.needed_n < 90_000
    assert verdict.smallest_shown is not None
    assert 0.91 < verdict.smallest_shown < 0.95


@pytest.mark.parametrize(("rate", "status"), [(0.905, "accepted"), (0.895, "rejected")])
def test_all_of_the_data_decide_what_is_about_the_data(rate: float, status: str) -> None:
    data = reviews(rate, 400)
    with settings.using(inconclusive="pass"):
        verdict = judged(pa.assert_accuracy_above, data, 0.9, sequential="data")
    assert verdict.status == status
    assert verdict.estimate.low == verdict.estimate.high == verdict.estimate.value
    assert verdict.estimate.method == "all cases"
    assert verdict.estimate.value == pytest.approx(rate)
    assert "says nothing of others like them" in str(verdict)


def judged_by(words: Words, data: pa.Data, bar: float) -> pa.Verdict:
    with settings.using(inconclusive="pass"):
        try:
            return pa.assert_accuracy_above(words.model(), data, bar, sequential=True)
        except AcceptanceFailure as failure:
            return failure.verdict


def judged(assertion, data, bar, **options):
    try:
        return assertion(Words().model(), data, bar, **options)
    except AcceptanceFailure as failure:
        return failure.verdict


def test_all_criteria_share_an_order_and_so_the_predictions(good: pa.Data) -> None:
    words = Words()
    model = words.model()
    asked = []
    for assertion, bar in (
        (pa.assert_accuracy_above, 0.85),
        (pa.assert_brier_score_below, 0.4),
        (pa.assert_overconfidence_below, 0.1),
        (pa.assert_accuracy_below, 0.95),
    ):
        asked.append(asked_for(assertion(model, good, bar, sequential=True)))
    assert len(set(asked)) > 1
    assert words.read == max(asked) < N


def asked_for(verdict: pa.Verdict) -> int:
    """Return how many examples a criterion asked for."""
    said = verdict.estimate.notes[0]
    found = re.search(r"\(([\d,]+) were asked for\)", said) or re.search(r"after ([\d,]+)", said)
    assert found
    return int(found[1].replace(",", ""))


def test_a_slice_keeps_the_order_of_the_whole(good: pa.Data) -> None:
    part = good.where(source="tweets")
    whole = good.rows[shared_order(good)].tolist()
    inside = set(part.rows.tolist())
    assert part.rows[shared_order(part)].tolist() == [row for row in whole if row in inside]
    words = Words()
    verdict = pa.assert_accuracy_above(
        words.model(), good, 0.8, where={"source": "tweets"}, sequential=True
    )
    assert verdict.population == "reviews[source=tweets]"
    assert words.read == asked_for(verdict) < len(part)
    assert f"of {len(part):,} examples" in verdict.estimate.notes[0]


def test_the_order_is_that_of_seed_and_data(good: pa.Data) -> None:
    first = shared_order(good).tolist()
    assert sorted(first) == list(range(N))
    assert shared_order(reviews(0.9)).tolist() == first
    with settings.using(seed=1):
        assert shared_order(good).tolist() != first
    assert shared_order(reviews(0.9, seed=1)).tolist() != first


def test_the_setting_asks_every_assertion_and_an_option_overrides_it(good: pa.Data) -> None:
    with settings.using(sequential="data"):
        words = Words()
        verdict = pa.assert_accuracy_above(words.model(), good, 0.85)
        assert words.read < N
        assert "exactly these 3,000" in verdict.estimate.notes[0]
        at_once = pa.assert_accuracy_above(words.model(), good, 0.85, sequential=False)
        assert at_once.estimate.method == "Clopper-Pearson"
        assert at_once.estimate.n == N
        alone = pa.accuracy(words.model(), good)
        assert alone.n == N


def test_what_is_no_mean_is_judged_at_once_and_says_so(good: pa.Data) -> None:
    with settings.using(sequential="population"):
        verdict = pa.assert_f1_above(Words().model(), good, 0.85)
        assert verdict.estimate.n == N
        note = "judged on all examples at once: f1 is no mean of what each example adds"
        assert note in verdict.estimate.notes
        point = pa.assert_accuracy_above(Words().model(), good, 0.85, point=True)
        assert "judged on all examples at once: a point estimate" in str(point)
    with pytest.raises(SettingError, match="f1 cannot be judged sequentially"):
        pa.assert_f1_above(Words().model(), good, 0.85, sequential=True)
    with pytest.raises(SettingError, match="point=True asks for no bounds"):
        pa.assert_accuracy_above(Words().model(), good, 0.85, sequential=True, point=True)


def test_clusters_and_repeated_texts_are_judged_at_once() -> None:
    by_author = reviews(0.95, 600, cluster="author")
    verdict = pa.assert_accuracy_above(Words().model(), by_author, 0.8, sequential=True)
    assert verdict.estimate.clusters == 120
    assert "judged on all examples at once: they come in clusters" in verdict.estimate.notes
    rows = [{"text": "good film", "label": "pos"}, {"text": "bad film", "label": "neg"}]
    unlike = [{"text": f"good film number {i}", "label": "pos"} for i in range(200)]
    repeated = pa.load_data([*rows * 50, *unlike], name="repeated")
    verdict = pa.assert_accuracy_above(Words().model(), repeated, 0.3, sequential=True)
    assert verdict.estimate.clusters == 202
    assert verdict.estimate.n == 300


def test_a_few_repeated_texts_are_examples_as_ever() -> None:
    """Even if by chance more than 1 in 20 of a part are."""
    unlike = [{"text": f"good film number {i}", "label": "pos"} for i in range(2000)]
    rows = [*unlike, *[{"text": "bad film", "label": "neg"}] * 101]
    data = pa.load_data(rows, name="few")
    assert data.duplicates == 100
    for seed in range(8):
        with settings.using(seed=seed):
            verdict = pa.assert_accuracy_above(Words().model(), data, 0.5, sequential=True)
        assert verdict.estimate.method.endswith("sequential")
        assert verdict.estimate.clusters is None
        assert not any("count as clusters" in note for note in verdict.estimate.notes)


def test_predictions_at_hand_and_few_examples_are_judged_at_once(good: pa.Data) -> None:
    said = Words().model().predict(good)
    verdict = pa.assert_accuracy_above(said, good, 0.85, sequential=True)
    assert verdict.estimate.method == "Clopper-Pearson"
    assert "judged on all examples at once: these predictions are at hand" in str(verdict)
    few = reviews(1.0, FIRST)
    verdict = pa.assert_accuracy_above(Words().model(), few, 0.85, sequential=True)
    assert verdict.estimate.method == "Clopper-Pearson"


def test_rates_under_a_perturbation_stop_as_well(good: pa.Data) -> None:
    words = Words()
    verdict = pa.assert_flip_rate_below(words.model(), good, typos(), 0.3, sequential=True)
    estimate = verdict.estimate
    assert verdict.status == "accepted"
    assert words.read <= 4 * asked_for(verdict) < 4 * N / 5
    seen = good.take(np.sort(shared_order(good)[: estimate.n]))
    there = pa.flip_rate(Words().model(), seen, typos())
    assert estimate.value == pytest.approx(there.value)


def test_examples_that_an_edit_leaves_alone_do_not_count() -> None:
    def shout(text: str) -> str:
        return text.upper() if "3" not in text else text

    data = reviews(0.9, 1000)
    words = Words()
    verdict = pa.assert_flip_rate_above(words.model(), data, shout, 0.2, sequential=True)
    seen = int(verdict.estimate.notes[0].split()[2])
    assert verdict.estimate.n < seen < 1000
    whole = pa.assert_flip_rate_above(Words().model(), data, shout, 0.2, sequential="data")
    assert any("how many of them an edit changes" in note for note in whole.estimate.notes)


def test_cross_entropy_takes_many_but_not_all(good: pa.Data) -> None:
    words = Words(0.7)
    verdict = pa.assert_cross_entropy_below(words.model(), good, 0.7, sequential=True)
    assert verdict.status == "accepted"
    assert verdict.estimate.high <= 0.7
    assert words.read == asked_for(verdict) < N


SIZE = 150
PAIRS = [{"good": f"Dogs number {i} bark.", "bad": f"Dogs number {i} barks."} for i in range(SIZE)]
CHOICES = ["many", "few"]
PROMPTS = [{"text": f"{i} and {i} are", "label": "many", "choices": CHOICES} for i in range(SIZE)]
GAPS = [
    {"text": f"{one} [MASK] is {other}", "label": "film"}
    for one in ("the", "a", "this")
    for other in WORDS.split()
    if other.isalpha()
]


@pytest.mark.parametrize(
    ("assertion", "make", "rows", "loading", "options"),
    [
        ("preference_rate", make_causal, PAIRS, {"text": ("good", "bad"), "label": None}, {}),
        ("multiple_choice_accuracy", make_causal, PROMPTS, {}, {}),
        ("exact_match", make_causal, PROMPTS, {}, {"max_new_tokens": 2}),
        ("top_k_accuracy", make_masked, GAPS, {}, {"k": 1}),
    ],
    ids=["preference", "choices", "answers", "masks"],
)
def test_language_models_stop_as_well(assertion, make, rows, loading, options) -> None:
    module, tokenizer = make()
    data = pa.load_data(rows, name="rows", **loading)
    metric = getattr(pa, assertion)
    measured = metric(pa.load_model(module, tokenizer=tokenizer), data, **options)
    side, bar = ("above", 0.2) if measured.value > 0.5 else ("below", 0.8)
    model = pa.load_model(module, tokenizer=tokenizer)
    judge = getattr(pa, f"assert_{assertion}_{side}")
    verdict = judge(model, data, bar, sequential=True, **options)
    assert verdict.status == "accepted"
    assert verdict.estimate.n < len(data)
    seen = data.take(np.sort(shared_order(data)[: verdict.estimate.n]))
    assert metric(model, seen, **options).value == pytest.approx(verdict.estimate.value)


def test_taggers_stop_as_well() -> None:
    module, tokenizer = tagger("bert")
    rows = [{"words": ["Ada", "saw", f"number{i}"], "tags": ["O"] * 3} for i in range(200)]
    data = pa.load_data(rows, text="words", label="tags", name="names")
    model = pa.load_model(module, tokenizer=tokenizer, task="token-classification")
    rate = pa.entity_flip_rate(model, data, typos()).value
    below = rate < 0.5
    judge = pa.assert_entity_flip_rate_below if below else pa.assert_entity_flip_rate_above
    verdict = judge(model, data, typos(), rate + (0.4 if below else -0.4), sequential=True)
    assert verdict.status == "accepted"
    assert verdict.estimate.n < 200


def test_thresholds_share_what_is_asked(good: pa.Data) -> None:
    words = Words()
    bars = {"accuracy_above": 0.85, "brier_score_below": 0.4, "f1_above": 0.8}
    verdicts = pa.judge_thresholds(words.model(), good, bars, sequential=True)
    assert [each.estimate.n < N for each in verdicts] == [True, True, False]
    bars.pop("f1_above")
    fresh = Words()
    verdicts = pa.judge_thresholds(fresh.model(), good, bars, sequential="data")
    assert fresh.read == max(map(asked_for, verdicts)) < N
    with pytest.raises(SettingError, match="Expected `sequential` to be True, False"):
        pa.judge_thresholds(words.model(), good, bars, sequential="yes")  # type: ignore[arg-type]


def test_a_metric_alone_knows_no_bar(good: pa.Data) -> None:
    with pytest.raises(SettingError, match="sequential=True is an option of assertions"):
        pa.accuracy(Words().model(), good, sequential=True)
    with pytest.raises(SettingError, match="Expected `sequential` to be True, False"):
        pa.assert_accuracy_above(Words().model(), good, 0.9, sequential="all")  # type: ignore[arg-type]


def test_what_was_shown_on_the_way_is_shown() -> None:
    """A run in which the bounds decide between two looks, and no more at the later one."""
    cut = 0
    for seed in range(30):
        words = Words()
        verdict = judged_by(words, reviews(0.9, 1500, seed=seed), 0.86)
        estimate = verdict.estimate
        if verdict.status != "accepted" or estimate.n in {*sizes(1500)}:
            continue
        cut += 1
        assert estimate.low >= 0.86
        assert estimate.n < words.read == asked_for(verdict)
        assert estimate.low < estimate.value
    assert cut


def test_probabilities_that_are_rounded_are_within_the_range() -> None:
    """Of three labels at a third each, one may be less sure than a third; and not in the first."""
    data = pa.load_data([{"text": f"film {i}", "label": "a"} for i in range(400)])
    odd = set(data.take(np.sort(shared_order(data)[300:302])).inputs)
    said = {True: [0.333, 0.333, 0.333], False: [0.9, 0.05, 0.05]}
    model = pa.load_model(
        lambda texts: [said[each in odd] for each in texts], labels=["a", "b", "c"]
    )
    with settings.using(inconclusive="pass"), pytest.raises(AcceptanceFailure) as caught:
        pa.assert_overconfidence_above(model, data, -0.1, sequential="data")
    estimate = caught.value.verdict.estimate
    assert (estimate.n, estimate.value) == (400, pytest.approx(-0.1 - 2 * 0.567 / 400))


def test_what_is_known_of_all_is_not_taken_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """At the last look bounds were wrong on the way, of data whose mean is the bar itself."""
    right = [True, False] * 123 + [False] * 45 + [True] * 52 + [False] * 7
    rows = [
        {"text": f"good film {i}", "label": "pos" if ok else "neg"} for i, ok in enumerate(right)
    ]
    data = pa.load_data(rows)
    monkeypatch.setattr(sequential, "shared_order", lambda data: np.arange(len(data)))
    for assertion in (pa.assert_accuracy_above, pa.assert_accuracy_below):
        estimate = judged(assertion, data, 0.5, sequential="data").estimate
        assert (estimate.low, estimate.high, estimate.n) == (0.5, 0.5, 350)
    path = ConfidenceSequence(bar=0.5, bounds=(0, 1), confidence=0.95, most=350, finite=True)
    assert path.add(np.array(right, float)).max() > path.goal


@pytest.mark.parametrize("n", [65, 70, 71, 100, 300, 5000, 5001])
def test_looks_grow_and_the_last_sees_all(n: int) -> None:
    found = list(sizes(n))
    assert found[-1] == n
    assert found[0] == FIRST or found == [n]
    assert all(one < other for one, other in pairwise(found))
    assert sum(found) < 5 * n


@pytest.mark.slow
def test_a_model_at_the_bar_is_accepted_no_more_often_than_promised() -> None:
    """Whole criteria, on data drawn anew: the share that is accepted though the rate is the bar."""
    accepted = 0
    reps = 100
    for seed in range(reps):
        generator = np.random.default_rng(seed)
        right = generator.random(400) < 0.8
        rows = [
            {"text": f"good {i}", "label": "pos" if ok else "neg"} for i, ok in enumerate(right)
        ]
        verdict = judged(pa.assert_accuracy_above, pa.load_data(rows), 0.8, sequential=True)
        accepted += verdict.status == "accepted"
    assert accepted / reps <= 0.05 + 3 * (0.05 * 0.95 / reps) ** 0.5
