"""No run on local models and files asks the network for anything, nor do the commands."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any, NoReturn

import accelerate  # noqa: F401 - as much else below: what pytester forgets cannot be imported twice
import pytest
import transformers.trainer  # noqa: F401

import tests.plugin.conftest  # noqa: F401
from pytest_accept import fine_tune, load_data, using
from pytest_accept.__main__ import main
from tests.models import build

SUITE = """
import pytest
from pytest_accept import accuracy, assert_accuracy_above, assert_flip_rate_below
from pytest_accept.perturbations import typos

@pytest.fixture(scope="session")
def model(load_model):
    return load_model("model")

@pytest.fixture(scope="session")
def reviews(load_data):
    return load_data("reviews.csv")

def test_it(model, reviews):
    assert_accuracy_above(model, reviews, 0.01)

def test_typos(model, reviews):
    assert_flip_rate_below(model, reviews, typos(), 1.0)
"""


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return what was asked of the network, which refuses it: errors alone may be swallowed."""
    for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_DATASETS_OFFLINE"):
        monkeypatch.delenv(name, raising=False)
    seen: list[str] = []

    def refuse(*given: Any, **_: Any) -> NoReturn:
        seen.append(repr(given[-1]))
        raise OSError("no network in this test")

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse, raising=False)
    for name in ("getaddrinfo", "gethostbyname", "create_connection"):
        monkeypatch.setattr(socket, name, refuse)
    return seen


def test_the_network_is_refused(asked: list[str]) -> None:
    with pytest.raises(OSError, match="no network"), socket.socket() as made:
        made.connect(("127.0.0.1", 9))
    assert asked == ["('127.0.0.1', 9)"]


def test_a_run_its_reports_and_a_comparison(pytester: pytest.Pytester, asked: list[str]) -> None:
    build(pytester.path / "model")
    rows = "".join(f"a good film {at},pos\nthe plot was awful {at},neg\n" for at in range(20))
    (pytester.path / "reviews.csv").write_text(f"text,label\n{rows}")
    pytester.makepyfile(test_suite=SUITE)
    kinds = ("json:r.json", "html:r.html", "markdown:r.md", "csv:r.csv", "junit:r.xml")
    wanted = [f"--accept-report={kind}" for kind in kinds]
    result = pytester.runpytest("-p", "no:cacheprovider", "--accept-keep-predictions", *wanted)
    result.assert_outcomes(passed=2)
    assert json.loads(Path("r.json").read_text())["criteria"]
    assert main(["report", "r.json", "html:again.html", "markdown:again.md"]) == 0
    assert main(["compare", "r.json", "r.json", "html:compared.html", "json:compared.json"]) == 0
    again = pytester.runpytest("-p", "no:cacheprovider", "--accept-replay=r.json")
    again.assert_outcomes(passed=2)
    assert asked == []


def test_a_fine_tuning(tmp_path: Path, asked: list[str]) -> None:
    rows = [{"text": f"a good film {at}", "label": ("neg", "pos")[at % 2]} for at in range(8)]
    with using(cache_dir=str(tmp_path / "cache")):
        base = build(tmp_path / "model")
        model = fine_tune(base, load_data(rows), epochs=1, task="text-classification")
        model.predict(["a good film"])
    assert asked == []
