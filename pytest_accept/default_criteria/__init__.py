"""A run without a suite: the default criteria as test items, and the file that is made of them."""

from pytest_accept.default_criteria.plugin import DefaultCriteria
from pytest_accept.default_criteria.source_module import FILE

__all__ = ["FILE", "DefaultCriteria"]
