"""The suite to begin with where neither a model nor data is named: bars are for a person to set."""

from __future__ import annotations

FIRST_SUITE = '''\
"""Is this model good enough to ship?

    pytest -m acceptance {folder} --accept-model MODEL --accept-data FILE

The bars are examples: set each to what you need before you look at what the model does.
"""

import pytest
from pytest_accept import (
    assert_accuracy_above,
    assert_expected_calibration_error_below,
    assert_flip_rate_below,
)
from pytest_accept.perturbations import typos

pytestmark = pytest.mark.acceptance


@pytest.fixture(scope="session")
def model(load_model, accept_model):
    return load_model(accept_model)


@pytest.fixture(scope="session")
def examples(load_data, accept_data):
    return load_data(accept_data, text="text", label="label")


def test_accuracy(model, examples):
    assert_accuracy_above(model, examples, 0.80)


def test_calibration(model, examples):
    assert_expected_calibration_error_below(model, examples, 0.10)


@pytest.mark.robustness
def test_typos(model, examples):
    assert_flip_rate_below(model, examples, typos(max_edits=2), 0.20)
'''
