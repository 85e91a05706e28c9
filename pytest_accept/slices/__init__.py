"""Conditions for `where=`: on a text's length, its words, a column, how sure a model is.

    from pytest_accept.slices import has_word, longer_than

    assert_accuracy_above(model, reviews, 0.8, where=longer_than(40))
    assert_accuracy_above(model, reviews, 0.8, where=has_word("not") & {"source": "tweets"})

`find_weak_slices` says what it found in these words. `a & b` is both, `~a` the others; a dict of
column and value may stand on either side of `&`.
"""

from pytest_accept.slices.columns import between, column
from pytest_accept.slices.condition import Condition
from pytest_accept.slices.confidence import confidence_between
from pytest_accept.slices.texts import has_word, length_between, longer_than, shorter_than

__all__ = [
    "Condition",
    "between",
    "column",
    "confidence_between",
    "has_word",
    "length_between",
    "longer_than",
    "shorter_than",
]
