"""Schemes of tags: told apart, read and written, and equal to seqeval's reading."""

from __future__ import annotations

import random
import warnings

import pytest
import seqeval.scheme
from seqeval.metrics.sequence_labeling import get_entities

from pytest_accept.data import tag_schemes
from pytest_accept.data.tag_schemes import SCHEMES, Span, detect, misplaced, spans, tags
from pytest_accept.errors import SettingError

LETTERS = {name: [letter for _, letter in scheme.letters] for name, scheme in SCHEMES.items()}


def random_spans(rng: random.Random, length: int, *, apart: bool = False) -> list[Span]:
    found, at = [], 0
    while at < length:
        stop = min(length, at + rng.randint(1, 4))
        if rng.random() < 0.6:
            found.append(Span(at, stop, rng.choice(["PER", "creative-work"])))
            stop += apart
        at = stop
    return found


def random_tags(rng: random.Random, letters: list[str]) -> list[str]:
    known = ["O", *(f"{letter}-{kind}" for letter in letters for kind in ("a", "b"))]
    return [rng.choice(known) for _ in range(rng.randint(1, 7))]


@pytest.mark.parametrize("scheme", SCHEMES)
def test_what_is_written_reads_the_same(scheme: str) -> None:
    rng = random.Random(1)
    for _ in range(300):
        length = rng.randint(1, 12)
        written = random_spans(rng, length, apart=scheme == "IO")
        said = tags(written, length, scheme)
        assert len(said) == length
        assert not misplaced(said, scheme)
        assert list(spans(said, scheme)) == written
        assert list(spans(said, scheme, strict=True)) == written


@pytest.mark.parametrize("scheme", ["IOB2", "IOB1", "BILOU", "IOBES", "BMES"])
def test_a_scheme_is_told_from_what_it_writes(scheme: str) -> None:
    rng = random.Random(2)
    sequences = [tags(random_spans(rng, 12), 12, scheme) for _ in range(50)]
    assert detect(sequences) == scheme


@pytest.mark.parametrize("scheme", ["IOB2", "IOB1"])
def test_one_pair_that_touches_parts_iob1_from_iob2(scheme: str) -> None:
    touching = [Span(0, 2, "PER"), Span(2, 3, "PER")]
    assert detect([tags(touching, 4, scheme)]) == scheme
    apart = [Span(0, 2, "PER"), Span(3, 4, "PER")]
    assert detect([tags(apart, 4, scheme)]) == {"IOB2": "IOB2", "IOB1": "IO"}[scheme]


def test_iob1_and_iob2_never_both_fit_where_there_is_a_b() -> None:
    rng = random.Random(3)
    for _ in range(3000):
        said = random_tags(rng, ["B", "I"])
        if any(tag[0] == "B" for tag in said):
            assert misplaced(said, "IOB1") or misplaced(said, "IOB2")


@pytest.mark.parametrize(
    ("sequence", "scheme"),
    [
        ("O O", "IOB2"),
        ("B-PER O B-LOC", "IOB2"),
        ("I-PER I-PER O", "IO"),
        ("PER PER O", "IO"),
        ("S-PER O", "IOBES"),
        ("U-PER O", "BILOU"),
        ("B-PER E-PER", "IOBES"),
        ("B I O B", "IOB2"),
        ("B M E S", "BMES"),
        ("DET NOUN VERB", None),
        ("I-PER O I-PER B-PER", "IOB1"),
    ],
)
def test_small_samples(sequence: str, scheme: str | None) -> None:
    assert detect([sequence.split()]) == scheme


def test_a_slip_does_not_change_the_scheme() -> None:
    sequences = [["B-PER", "I-PER", "O"]] * 20 + [["O", "I-PER", "O"]]
    assert detect(sequences) == "IOB2"
    assert misplaced(sequences[-1], "IOB2") == [1]
    assert misplaced(["B-PER", "O", "B-PER"], "BILOU") == [1, 3]


def test_bare_letters_have_one_type() -> None:
    assert spans(["B", "I", "O", "B"], "IOB2") == (Span(0, 2, "_"), Span(3, 4, "_"))
    assert tags([Span(0, 2, "_")], 3, "IOBES") == ("B", "E", "O")


@pytest.mark.parametrize("scheme", ["IOB1", "IOB2", "IOBES", "BILOU"])
def test_strict_reading_is_that_of_seqeval(scheme: str) -> None:
    theirs, rng = getattr(seqeval.scheme, scheme), random.Random(4)
    for _ in range(2000):
        said = random_tags(rng, LETTERS[scheme])
        (entities,) = seqeval.scheme.Entities([said], theirs).entities
        expected = tuple(Span(each.start, each.end, each.tag) for each in entities)
        assert spans(said, scheme, strict=True) == expected, said


@pytest.mark.parametrize("scheme", ["IOB1", "IOB2", "IOBES", "BILOU"])
def test_lenient_reading_is_that_of_seqeval(scheme: str) -> None:
    rng = random.Random(5)
    for _ in range(2000):
        said = random_tags(rng, LETTERS[scheme])
        known = [tag.replace("L-", "E-").replace("U-", "S-") for tag in said]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            entities = get_entities(known)
        assert spans(said, scheme) == tuple(Span(a, b + 1, kind) for kind, a, b in entities), said


def test_tags_of_no_scheme_are_outside() -> None:
    assert spans(["B-PER", "[SEP]", "I-PER"], "IOB2") == (Span(0, 1, "PER"), Span(2, 3, "PER"))


def test_an_unknown_scheme_names_the_known() -> None:
    with pytest.raises(SettingError, match="no tag scheme 'BOI'. Did you mean 'BIO'?"):
        spans(["O"], "BOI")
    assert spans(["B-PER"], "BIO") == spans(["B-PER"], "IOB2")


def test_every_scheme_has_its_rule() -> None:
    assert tag_schemes.RULES.keys() == SCHEMES.keys()
