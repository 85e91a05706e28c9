"""A suite without writing one: default criteria for a task, as the source of a test file.

What runs without a test file and what `--accept-suggest` writes come from the same generator: the
first with default bars, the second with bars that a measurement defends.
"""

from pytest_accept.starter.asked import Asked
from pytest_accept.starter.default_suite import default_suite
from pytest_accept.starter.defended import Measured
from pytest_accept.starter.source import default_source, suggested_source
from pytest_accept.starter.suite import Line, Suite

__all__ = [
    "Asked",
    "Line",
    "Measured",
    "Suite",
    "default_source",
    "default_suite",
    "suggested_source",
]
