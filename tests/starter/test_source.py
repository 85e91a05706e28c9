"""Suites as source: valid, formatted, and safe whatever names it holds."""

import ast
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from pytest_accept.records import Direction, Status, Verdict
from pytest_accept.starter import Line, Measured, Suite, default_source, suggested_source
from pytest_accept.starter.suite import SOME
from tests.reports.small_records import criterion
from tests.starter.test_literals import HOSTILE

ACCURACY = Line(
    test="test_accuracy",
    assertion="assert_accuracy_above",
    direction="above",
    bar=0.575,
    reason="always saying 'pos' gets 0.5747",
)
TYPOS = Line(
    test="test_typos",
    assertion="assert_flip_rate_below",
    direction="below",
    bar=0.2,
    reason="a convention: few predictions change",
    data=SOME,
    perturbation="typos(max_edits=2)",
    uses=("perturbations.typos",),
    marker="robustness",
)
SLICES = Line(
    test="test_no_weak_slice",
    assertion="assert_no_weak_slice",
    direction="below",
    bar=0.2,
    reason="a convention: no part is much worse",
    bar_keyword="worse_by",
)


def recall(label: str) -> Line:
    return Line(
        test="test_recall",
        assertion="assert_recall_above",
        direction="above",
        bar=0.4,
        reason=f"saying {label!r} at random gets 0.3990",
        of=label,
    )


def suite(*lines: Line, model: str = "runs/final", data: str = "reviews.csv") -> Suite:
    return Suite(
        model=model,
        data=data,
        name="reviews",
        data_options=(),
        task="text-classification",
        n=800,
        lines=lines,
        left_out=("groups of the column 'sex': it has 1 different values (2 to 20 are compared)",),
    )


def measured(
    value: float, low: float, high: float, *, bar: float, direction: Direction, status: Status
) -> Measured:
    verdict: Verdict = criterion().verdict
    estimate = replace(verdict.estimate, value=value, low=low, high=high, n=800)
    return Measured(
        replace(verdict, estimate=estimate, bar=bar, direction=direction, status=status)
    )


GOOD = measured(0.868, 0.846, 0.889, bar=0.575, direction="above", status="accepted")
FLIPS = measured(0.077, 0.06, 0.0998, bar=0.2, direction="below", status="accepted")


def check_format(source: str) -> None:
    """Fail if ruff would lay the source out differently, or sort its imports."""
    for command in (["format", "--check"], ["check", "--select", "E9,F,I"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--isolated", "--stdin-filename", "a.py", "-"],
            cwd=Path(__file__).parent,  # where pytest_accept is a package as any other
            input=source.encode("utf-8"),
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, (done.stdout + done.stderr).decode()


def called(source: str) -> Iterable[str]:
    return [
        node.func.id
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    ]


def test_default_bars_say_that_they_are_defaults() -> None:
    source = default_source(suite(ACCURACY, recall("neg"), recall("pos"), TYPOS, SLICES))
    check_format(source)
    assert "    # default bar: always saying 'pos' gets 0.5747\n" in source
    assert "    assert_accuracy_above(model, examples, 0.575)\n" in source
    assert '        pytest.param("neg", 0.4, id="neg"),\n' in source
    assert "    assert_no_weak_slice(model, examples, worse_by=0.2)\n" in source
    assert "@pytest.mark.robustness\ndef test_typos(model, some_examples):\n" in source
    assert '"reviews.csv", limit=300, name="some of reviews"' in source
    assert "# Left out:\n# - groups of the column 'sex'" in source


def test_a_part_of_the_data_is_loaded_only_where_it_is_asked() -> None:
    assert "some_examples" not in default_source(suite(ACCURACY))
    assert "examples(load_data)" not in default_source(suite(TYPOS)).replace("some_examples", "")


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_stay_names(name: str) -> None:
    group = replace(SLICES, options=(("columns", repr([name])),), reason=f"{name}: a convention")
    hostile = replace(
        suite(ACCURACY, recall(name), recall("pos"), group, model=name, data=name),
        name=name,
        left_out=(f"recall of {name!r}: {name}",),
    )
    source = default_source(hostile)
    assert set(called(source)) == {
        "load_model", "load_data", "assert_accuracy_above", "assert_recall_above",
        "assert_no_weak_slice",
    }  # fmt: skip
    assert not any(isinstance(node, ast.Import) and node.names[0].name != "pytest"
                   for node in ast.walk(ast.parse(source)))  # fmt: skip
    strings = {n.value for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Constant)}
    assert name in strings
    written, _, _ = suggested_source(
        hostile, {0: GOOD}, path=f"acceptance/{name}.py", about=[f"the model {name} on {name}"]
    )
    assert written is not None
    assert set(called(written)) == {"load_model", "load_data", "assert_accuracy_above"}
    assert source.encode("utf-8")


def test_suggested_bars_are_what_was_shown_rounded_the_safe_way() -> None:
    source, kept, lost = suggested_source(
        suite(ACCURACY, TYPOS),
        {0: GOOD, 1: FLIPS},
        path="acceptance/test_reviews.py",
        about=["Measured on 2026-11-30: the model runs/final."],
    )
    assert source is not None
    check_format(source)
    assert (kept, lost) == (2, 0)
    assert "    pytest -m acceptance acceptance/test_reviews.py\n" in source
    assert "# Measured on 2026-11-30: the model runs/final.\n" in source
    assert (
        "    # measured 0.868, demonstrated >= 0.846 at 95 % (n = 800)\n"
        "    assert_accuracy_above(model, examples, 0.84)\n"
    ) in source
    assert "assert_flip_rate_below(model, some_examples, typos(max_edits=2), 0.11)" in source
    assert "passes by construction" in source.replace("\n", " ")
    assert "a miss is no proof of a worse model" in source.replace("\n", " ")


def test_what_a_measurement_does_not_defend_is_a_comment_with_the_reason() -> None:
    poor = measured(0.31, 0.27, 0.36, bar=0.2, direction="below", status="rejected")
    source, kept, lost = suggested_source(
        suite(ACCURACY, TYPOS, SLICES), {0: GOOD, 1: poor}, path="test_a.py", about=[]
    )
    assert source is not None
    check_format(source)
    assert (kept, lost) == (1, 2)
    text = " ".join(source.replace("\n#", "").split())
    assert "test_typos: measured 0.310, demonstrated >= 0.270 at 95 % (n = 800), which is" in text
    assert "rejected at the default bar 0.2 (a convention: few predictions change)" in text
    assert "it would pass at 0.37." in text
    assert "not judged in this run: test_no_weak_slice." in text
    assert "assert_flip_rate_below" not in source


def test_a_bar_that_is_no_better_than_a_trivial_one_is_not_suggested() -> None:
    near = measured(0.60, 0.5752, 0.62, bar=0.575, direction="above", status="accepted")
    source, kept, _ = suggested_source(
        suite(ACCURACY, TYPOS), {0: near, 1: FLIPS}, path="test_a.py", about=[]
    )
    assert source is not None
    assert kept == 1
    assert "too narrowly to be sure of another run" in source.replace("\n#  ", "")


def test_a_bar_that_only_rounding_loses_is_the_default_one() -> None:
    near = measured(0.65, 0.585, 0.7, bar=0.575, direction="above", status="accepted")
    source, _, _ = suggested_source(suite(ACCURACY), {0: near}, path="test_a.py", about=[])
    assert source is not None
    assert "assert_accuracy_above(model, examples, 0.575)" in source


def test_there_is_no_file_where_nothing_is_defended() -> None:
    assert suggested_source(suite(ACCURACY), {}, path="test_a.py", about=[]) == (None, 0, 1)
