"""Does an edit exist? Found by search, counted by the definitions of the literature."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import settings
from hypothesis.database import InMemoryExampleDatabase

import pytest_accept as pa
from pytest_accept.assertions.attack_success import _attack
from pytest_accept.perturbations.kinds.contractions import contractions
from pytest_accept.perturbations.kinds.doubled_letters import doubled_letters
from pytest_accept.perturbations.kinds.negation import negation
from pytest_accept.perturbations.kinds.typos import typos
from pytest_accept.perturbations.made_by_users import from_sites
from tests.models import make

ROWS = [
    {"text": f"The {word} film number {i} was seen by many people", "label": label}
    for i, (word, label) in enumerate(
        [("good", "pos"), ("fine", "pos"), ("slow", "neg"), ("happy", "neg")] * 3
    )
]


def answer(texts: Sequence[str]) -> list[list[float]]:
    """Good, fine and happy are positive: one in four examples is wrong, and typos in them flip."""
    positive = [any(word in text for word in ("good", "fine", "happy")) for text in texts]
    return [[0.1, 0.9] if yes else [0.8, 0.2] for yes in positive]


@pytest.fixture(scope="module")
def model() -> pa.Model:
    return pa.load_model(answer, labels=["neg", "pos"], name="words")


@pytest.fixture(scope="module")
def data() -> pa.Data:
    return pa.load_data(ROWS, name="reviews")


def test_what_is_wrong_already_is_left_out(model: pa.Model, data: pa.Data) -> None:
    found = pa.attack_success_rate(model, data, typos(), max_examples=100)
    assert found.n == 9
    assert found.value == pytest.approx(6 / 9)
    assert found.method == "Clopper-Pearson"
    assert found.options == "typos(), max_examples=100"
    bare = pa.load_data([{"text": row["text"]} for row in ROWS], label=None)
    assert pa.attack_success_rate(model, bare, typos(), max_examples=100).n == 12
    # Robust accuracy keeps it, as wrong.
    assert pa.robust_accuracy(model, data, typos(), draws=1).n == 12


def test_evidence_is_the_smallest_edit(model: pa.Model, data: pa.Data) -> None:
    verdict = pa.attack_success_rate(model, data, typos(max_edits=4), max_examples=100) <= 0.1
    assert verdict.status == "rejected"
    for evidence in verdict.evidence:
        for example in evidence.examples:
            assert example.edited is not None
            (edit,) = example.edited.edits
            near = example.text[edit.start - 5 : edit.stop + 5]
            assert any(word in near for word in ("good", "fine"))
    assert "that such an edit exists, not how often it happens" in str(verdict)


def test_clusters_widen(model: pa.Model) -> None:
    rows = [{**row, "author": i // 2} for i, row in enumerate(ROWS)]
    data = pa.load_data(rows)
    plain = pa.attack_success_rate(model, data, typos())
    clustered = pa.attack_success_rate(model, data, typos(), cluster="author")
    assert clustered.value == plain.value
    assert clustered.clusters == 6
    assert clustered.low < plain.low


def test_a_single_flip_rejects(model: pa.Model, data: pa.Data) -> None:
    with pytest.raises(pa.AcceptanceFailure) as caught:
        pa.assert_no_flip_within(model, data, typos(), max_examples=100)
    verdict = caught.value.verdict
    assert (verdict.status, verdict.bar, verdict.estimate.method) == ("rejected", 0, "search")
    assert verdict.estimate.n == 12
    said = str(verdict)
    assert "at 95 %" not in said.partition("\n")[0], "a search has no confidence"
    assert "found in" in said


def test_no_flip_within_is_no_proof(model: pa.Model, data: pa.Data) -> None:
    verdict = pa.assert_no_flip_within(
        model, data, typos(protect=["good", "fine", "happy"]), max_examples=30
    )
    assert verdict.status == "accepted"
    assert verdict.needed_n is None
    assert "none found" in str(verdict)


def test_the_result_is_the_same_again_and_in_other_slices(model: pa.Model, data: pa.Data) -> None:
    def edits(verdict: pa.Verdict) -> Any:
        return {
            e.origin: e.edited.edits for each in verdict.evidence for e in each.examples if e.edited
        }

    once = pa.attack_success_rate(model, data, typos(max_edits=2), max_examples=40) <= 0
    again = pa.attack_success_rate(model, data, typos(max_edits=2), max_examples=40) <= 0
    assert edits(once) == edits(again)

    def found(part: pa.Data) -> dict[Any, Any]:
        attack = _attack("x", model, part, typos(max_edits=2), max_examples=40)
        return {part.inputs[at]: each.drawn for at, each in attack.found.items()}

    whole = found(data)
    first = data.where(lambda row: row["label"] == "pos", name="first")
    assert found(first) == {text: drawn for text, drawn in whole.items() if text in first.inputs}


def test_a_forced_hypothesis_seed_changes_what_is_tried(model: pa.Model, data: pa.Data) -> None:
    asked: list[list[str]] = []

    def watching(texts: Sequence[str]) -> list[list[float]]:
        asked.append(sorted(texts))
        return answer(texts)

    runs = []
    for seed in (None, 1, 1, 2):
        watched = pa.load_model(watching, labels=["neg", "pos"], name=f"watched {len(runs)}")
        asked.clear()
        with pa.using(hypothesis_seed=seed):
            pa.attack_success_rate(watched, data, typos(), max_examples=5)
        runs.append([list(batch) for batch in asked])
    assert runs[1] == runs[2]
    assert runs[0] != runs[1] != runs[3]


def test_the_database_of_the_profile_is_used(model: pa.Model, data: pa.Data) -> None:
    database = InMemoryExampleDatabase()
    settings.register_profile("kept", settings(), database=database)
    before = settings.get_current_profile_name()
    try:
        settings.load_profile("kept")
        pa.attack_success_rate(model, data, typos(), max_examples=50)
        assert len(database.data) >= 6
        kept = len(database.data)
        with pa.using(hypothesis_seed=3):
            pa.attack_success_rate(model, data, typos(max_edits=2), max_examples=50)
        assert len(database.data) == kept, "a forced seed replays and keeps nothing"
    finally:
        settings.load_profile(before)


LONG = " ".join(f"word{chr(97 + i % 26)}{chr(97 + i // 26)}" for i in range(120))


@pytest.mark.slow
@pytest.mark.parametrize("guide", ["importance", "margin"])
def test_a_guide_finds_what_chance_does_not(guide: Any) -> None:
    """One word among 120 matters: a few tries find it only where they are led."""
    texts = [f"{LONG[: 300 + i * 7]} decisive {LONG[300 + i * 7 :]}" for i in range(6)]

    def decided(asked: Sequence[str]) -> list[list[float]]:
        if guide == "margin":
            # The fewer e's, the smaller the margin: a slope to climb.
            scores = [min(0.99, 0.5 + 0.03 * (text.count("e") - 5)) for text in asked]
            return [[1 - score, score] for score in scores]
        return [[0.1, 0.9] if "decisive" in text else [0.9, 0.1] for text in asked]

    def one_letter_less(text: str) -> Any:
        return ((at, at + 1, [""]) for at in range(len(text)) if text[at] != " ")

    model = pa.load_model(decided, labels=["no", "yes"], name=guide)
    if guide == "margin":
        plain = LONG.replace("e", "a")[:200]
        texts = [f"{plain[: 90 + i]} eeeeeeeeee {plain[90 + i :]}" for i in range(6)]
    data = pa.load_data([{"text": text, "label": "yes"} for text in texts])
    edits = from_sites(one_letter_less, max_edits=1 if guide == "importance" else 12)
    tries = 30 if guide == "importance" else 200
    by_chance = pa.attack_success_rate(model, data, edits, max_examples=tries)
    led = pa.attack_success_rate(model, data, edits, max_examples=tries, guide=guide)
    assert led.value > by_chance.value
    assert f"guide={guide}" in led.options


def test_another_batch_size_finds_the_same() -> None:
    module, tokenizer = make("bert")
    texts = [f"we loved the {word} and the long story" for word in ("film", "song", "plot", "book")]
    data = pa.load_data([{"text": text} for text in texts], label=None)
    found = []
    for tokens in (32, 768):
        model = pa.load_model(module, tokenizer=tokenizer, allow_untrained=True, name="tiny")
        model._engine.budget.tokens = tokens
        model._engine.budget.settled = True
        verdict = pa.attack_success_rate(model, data, typos(max_edits=3), max_examples=60) <= 0
        calls = model._engine.forwards
        found.append((verdict.estimate.value, verdict.status, calls, verdict))
    small, large = found
    assert small[2] > 2 * large[2], "the batches differ"
    assert small[0] == large[0] > 0

    def edits(verdict: pa.Verdict) -> list[Any]:
        examples = [e for each in verdict.evidence for e in each.examples]
        return [(e.text, e.edited.edits) for e in examples if e.edited]

    assert edits(small[3]) == edits(large[3])


def test_gradients_lead_to_where_a_replacement_hurts() -> None:
    """The embedding of one word decides: its replacements come first."""
    import torch

    module, tokenizer = make("bert")
    with torch.no_grad():
        table = module.get_input_embeddings().weight
        ids = tokenizer.convert_tokens_to_ids(["good", "awful"])
        table[ids[1]] = -table[ids[0]] * 3
    model = pa.load_model(module, tokenizer=tokenizer, allow_untrained=True, name="tiny")
    text = "the film and the story and the plot of it was good"

    def swaps(text: str) -> Any:
        for word in ("film", "story", "plot", "good"):
            at = text.find(word)
            if at >= 0:
                yield at, at + len(word), ["scene", "song", "awful"]

    from pytest_accept.assertions.guiding import by_gradient
    from pytest_accept.assertions.question import ask

    question = ask("x", model, pa.load_data([{"text": text}], label=None), labelled=False)
    guided = by_gradient(model, question, [0], from_sites(swaps))[0]
    ((_, places),) = guided.sites(text)  # type: ignore[attr-defined]
    # Compare with the loss itself, for every replacement.
    said = question.predictions.label_ids[0]

    def drop(start: int, stop: int, replacement: str) -> float:
        edited = text[:start] + replacement + text[stop:]
        before = question.predictions.probabilities[0, said]
        return float(before - model.probabilities([edited])[0, said])

    first = max(drop(s.start, s.stop, r) for _, s in places[:1] for r in s.replacements[:1])
    every = [drop(s.start, s.stop, r) for _, s in places for r in s.replacements]
    assert first >= sorted(every)[len(every) // 2], "better than half of all"
    assert module.get_input_embeddings().weight.grad is None
    assert (
        pa.attack_success_rate(
            model, pa.load_data([{"text": text}], label=None), from_sites(swaps), guide="gradient"
        ).n
        == 1
    )


def test_gradients_need_a_torch_model(model: pa.Model, data: pa.Data) -> None:
    with pytest.raises(pa.ModelError, match="Search with guide='importance' instead"):
        pa.attack_success_rate(model, data, typos(), guide="gradient")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"max_examples": 0}, "Expected `max_examples` to be an integer of 1 or more"),
        ({"min_changed": -1}, "Expected `min_changed` to be a number in 0..1"),
        ({"guide": "luck"}, "Expected `guide` to be None, 'margin', 'importance' or 'gradient'"),
        ({"perturbation": negation()}, "needs a perturbation that promises of the right label"),
    ],
)
def test_wrong_options(model: pa.Model, data: pa.Data, options: Any, message: str) -> None:
    with pytest.raises(pa.SettingError) as caught:
        pa.attack_success_rate(model, data, **{"perturbation": typos(), **options})
    assert message in str(caught.value)


def test_nothing_to_attack(model: pa.Model, data: pa.Data) -> None:
    with pytest.raises(pa.DataError, match=r"contractions\(\) changes none of the 12 texts"):
        pa.assert_no_flip_within(model, data, contractions())
    wrong = pa.load_data([{"text": "a happy film", "label": "neg"}] * 3)
    with pytest.raises(pa.DataError, match="of the 3 of 'data' none is"):
        pa.attack_success_rate(model, wrong, typos())


def test_nothing_is_accepted_if_too_few_can_be_changed(model: pa.Model) -> None:
    rows = [{"text": f"The slow film {i}", "label": "neg"} for i in range(9)]
    data = pa.load_data([*rows, {"text": "I do not like it", "label": "neg"}], name="films")
    with pytest.raises(pa.AcceptanceFailure, match="inconclusive"):
        pa.assert_no_flip_within(model, data, contractions())
    verdict = pa.attack_success_rate(model, data, contractions()) <= 0.9
    assert verdict.status == "inconclusive"
    assert verdict.needed_n is None
    assert "in 9 of 10 texts, more than min_changed=0.5 allows: nothing is acc" in str(verdict)
    assert pa.assert_no_flip_within(model, data, contractions(), min_changed=0.1)
    good = pa.load_data([*rows, {"text": "a good film", "label": "pos"}])
    few = typos().only_words("good")
    with pytest.raises(pa.AcceptanceFailure, match="rejected"):
        pa.assert_no_flip_within(model, good, few)


def test_short_and_odd_texts_are_no_problem(model: pa.Model) -> None:
    texts = ["", "a", "good", "\u05e9\u05dc\u05d5\u05dd good", "\U0001f600 good film"]
    data = pa.load_data([{"text": text} for text in texts], label=None)
    with pytest.raises(pa.AcceptanceFailure) as caught:
        pa.assert_no_flip_within(model, data, doubled_letters() | typos(max_edits=2))
    assert "finds nothing to change in 2 of 5 texts" in str(caught.value)
