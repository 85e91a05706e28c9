"""Questions on data larger than memory: one pass gathers sums, from which metrics are read."""

from pytest_accept.assertions.streamed.measuring import MEASURES, measure

__all__ = ["MEASURES", "measure"]
