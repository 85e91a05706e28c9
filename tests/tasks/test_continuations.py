"""Prefixes and continuations as tokens, by the convention of lm-evaluation-harness."""

import pytest
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

from pytest_accept.tasks.branches import packed, separate
from pytest_accept.tasks.continuations import Continued, Tree, trees
from tests.language_models import DOCUMENTS, with_bos
from tests.models import gpt2_tokenizer


@pytest.fixture(scope="module")
def tokenizer():
    """Byte-level with merges, so that what stands at a boundary may become one token."""
    inner = Tokenizer(models.BPE())
    inner.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    inner.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=400,
        show_progress=False,
        special_tokens=["<s>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )
    inner.train_from_iterator(
        ["because it is bright", "a mat", "bookish books", *DOCUMENTS] * 3, trainer
    )
    return PreTrainedTokenizerFast(tokenizer_object=inner, bos_token="<s>", eos_token="<s>")


def harness(tokenizer, context: str, continuation: str) -> tuple[list[int], list[int]]:
    """`_encode_pair` of lm-evaluation-harness."""
    spaces = len(context) - len(context.rstrip())
    if spaces:
        continuation = context[-spaces:] + continuation
        context = context[:-spaces]
    whole = tokenizer(context + continuation, add_special_tokens=False)["input_ids"]
    before = tokenizer(context, add_special_tokens=False)["input_ids"]
    return before, whole[len(before) :]


def sequences(tree: Tree) -> list[tuple[list[int], list[int]]]:
    """The context and the scored tokens of each branch."""
    return [
        (list(tree.trunk[: tree.first]), [*tree.trunk[tree.first :], *branch])
        for branch in tree.branches
    ]


@pytest.mark.parametrize(
    ("prefix", "ends"),
    [
        ("The cat sat on", (" the mat", " a mat", " it")),
        ("The cat sat on ", ("the mat", "a mat.")),
        ("We loved this book\n", ("because", "never")),
        ("We", (" loved this", " loved", " loved this book")),
    ],
)
def test_is_split_as_in_the_harness(tokenizer, prefix: str, ends: tuple[str, ...]) -> None:
    (tree,) = trees(tokenizer, [Continued(prefix, ends)], "auto")
    assert sequences(tree) == [harness(tokenizer, prefix, end) for end in ends]


def test_what_the_tokenizer_joins_across_the_boundary_is_read_as_it_stands(tokenizer) -> None:
    (tree,) = trees(tokenizer, [Continued("a boo", ("k", "ks", "t"))], "auto")
    for (context, scored), end in zip(sequences(tree), ("k", "ks", "t"), strict=True):
        assert context + scored == tokenizer("a boo" + end, add_special_tokens=False)["input_ids"]
        assert scored
    assert tokenizer.decode(tree.trunk[: tree.first]) == "a"  # " book" is one token, " boo" not


def test_common_beginnings_of_continuations_are_read_once(tokenizer) -> None:
    (tree,) = trees(tokenizer, [Continued("The cat", (" sat on a mat", " sat on it"))], "always")
    assert tree.trunk[0] == tokenizer.bos_token_id
    assert tokenizer.decode(tree.trunk[1:]) == "The cat sat on"
    assert tokenizer.decode(tree.trunk[tree.first :]) == " sat on"


def test_whole_texts_have_no_context_but_the_bos_token() -> None:
    plain = gpt2_tokenizer()
    pair = Continued("", ("It is.", "He is."))
    (without,) = trees(plain, [pair], "auto")
    assert (without.trunk, without.first) == ((), 1)
    layout = packed(without)
    assert layout.targets.tolist() == [*without.branches[0][1:], *without.branches[1][1:]]
    (begun,) = trees(with_bos(plain), [pair], "auto")
    assert (begun.trunk, begun.first) == ((plain.bos_token_id,), 1)
    assert len(packed(begun).targets) == 12


def test_what_is_too_long_is_cut_on_the_left_behind_the_bos_token() -> None:
    tree = Tree(trunk=(9, 1, 2, 3, 4, 5), first=5, branches=((6, 7), (8,)))
    assert tree.longest == 7
    assert tree.cut(7, 1) is tree
    assert tree.cut(5, 1) == Tree(trunk=(9, 3, 4, 5), first=3, branches=tree.branches)
    assert tree.cut(4, 0) == Tree(trunk=(3, 4, 5)[-3:], first=2, branches=tree.branches)
    assert tree.cut(2, 1) is None


def test_branches_are_split_where_they_do_not_fit_together() -> None:
    tree = Tree(trunk=(1, 2, 3), first=2, branches=((4, 5, 6), (7, 8, 9), (10, 11, 12), (13,)))
    assert [part.branches for part in tree.split(7)] == [tree.branches[:2], tree.branches[2:]]
    assert [len(part.branches) for part in tree.split(1)] == [1, 1, 1, 1]
    assert tree.split(100) == [tree]


def test_packed_and_separate_layouts_score_the_same_tokens() -> None:
    tree = Tree(trunk=(1, 2, 3), first=2, branches=((4, 5), (6,), ()))
    together = packed(tree)
    assert together.ids.tolist() == [1, 2, 3, 4]
    assert together.positions.tolist() == [0, 1, 2, 3]
    assert together.read.tolist() == [1, 2, 3, 2]
    assert together.targets.tolist() == [3, 4, 5, 6]
    assert together.of.tolist() == [0, 1, 1, 2]
    apart = separate(tree)
    assert [each.targets.tolist() for each in apart] == [[3, 6, 4, 5]]
    forked = Tree(trunk=(1, 2, 3), first=2, branches=((4, 5), (6,), (7, 8, 9)))
    apart = separate(forked)
    assert [each.ids.tolist() for each in apart] == [[1, 2, 3, 4], [1, 2, 3, 7, 8]]
    assert [each.targets.tolist() for each in apart] == [[3, 6, 4, 5], [7, 8, 9]]
    assert [each.of.tolist() for each in apart] == [[0, 2, 1, 1], [3, 3, 3]]
