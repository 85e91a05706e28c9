"""The html report of a run, and of its Record later."""

import importlib

import pytest

from pytest_accept.reports.html import write
from pytest_accept.reports.json import read_record
from tests.reports.parsed_page import parse

# What an inner run imports is forgotten, and matplotlib cannot be imported twice.
importlib.import_module("matplotlib.backends.backend_svg")

SUITE = """
import pytest
from pytest_accept import assert_accuracy_above

pytestmark = pytest.mark.acceptance

def test_words(model, reviews):
    assert_accuracy_above(model, reviews, 0.9)
    assert_accuracy_above(model, reviews, 0.99, where={"source": "tweets"})
"""


def test_a_run_writes_the_page_of_its_record(suite: pytest.Pytester) -> None:
    suite.makepyfile(test_it=SUITE)
    result = suite.runpytest(
        "-m", "acceptance", "--accept-report", "html:out/accept.html",
        "--accept-report", "json:accept.json",
    )  # fmt: skip
    result.stdout.fnmatch_lines(["acceptance report written: html:out/accept.html"])
    assert result.ret == 1
    document = parse((suite.path / "out" / "accept.html").read_text(encoding="utf-8"))
    assert document.one("h1").text == "No. Of 2 criteria 1 is rejected."
    write(read_record(suite.path / "accept.json"), suite.path / "later.html")
    assert (suite.path / "later.html").read_bytes() == (
        suite.path / "out" / "accept.html"
    ).read_bytes()
