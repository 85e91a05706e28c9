"""Source -> Data: labelled examples from files, the hub, and memory, and slices of them."""

from pytest_accept.data.data import Data
from pytest_accept.data.load import load_data

__all__ = ["Data", "load_data"]
