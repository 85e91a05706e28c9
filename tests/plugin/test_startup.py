"""A run that judges nothing costs nothing: proven with booby-trapped packages on the path."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = (
    "numpy", "torch", "transformers", "datasets", "hypothesis", "scipy", "sklearn", "pandas",
    "pyarrow", "msgspec", "xxhash", "tqdm", "safetensors", "tokenizers",
)  # fmt: skip

SUITE = """
import pytest
from pytest_accept import (
    accuracy, assert_accuracy_above, assert_expected_calibration_error_below, assert_f1_above,
    assert_roc_auc_above, assert_cross_entropy_below, AcceptanceFailure, load_data, load_model,
    assert_flip_rate_below, assert_robust_accuracy_above, assert_no_flip_within, for_each_example,
    assert_attack_success_below, assert_counterfactual_flip_rate_below,
    assert_equalized_odds_difference_below, assert_group_gap_below, assert_ignores,
    assert_no_weak_slice, assert_plausibility_above, find_weak_slices,
)
from pytest_accept.attributions import attention_rollout, integrated_gradients, occlusion
from pytest_accept.perturbations import casing, typos
from pytest_accept.slices import confidence_between, has_word, longer_than
from pytest_accept.swaps import names_by_gender, religions, terms

METHODS = [attention_rollout(), integrated_gradients(steps=50), occlusion("delete")]
LONG = longer_than(40) & {"source": "tweets"}
SWAP = religions() | terms({"women": "women", "men": "men"})

@pytest.mark.acceptance
@pytest.mark.confidence(0.99)
def test_model(load_model, load_data, accept_model):
    assert_accuracy_above(load_model(accept_model), load_data("reviews.csv"), 0.9)
    assert_flip_rate_below(load_model(accept_model), load_data("reviews.csv"), typos(), 0.9)

def test_ordinary():
    assert True
"""


@pytest.fixture
def trapped(tmp_path: Path) -> Path:
    """Return a folder with a suite, and packages in `traps` that fail when they are imported."""
    for name in HEAVY:
        trap = tmp_path / "traps" / name
        trap.mkdir(parents=True)
        (trap / "__init__.py").write_text(f"raise RuntimeError('{name} was imported')")
    (tmp_path / "test_suite.py").write_text(SUITE)
    return tmp_path


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-p", "pytest_accept.plugin", *arguments]
    environment = {
        **os.environ,
        "PYTHONPATH": str(folder / "traps"),
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    }
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        (("-m", "not acceptance"), "1 passed, 1 deselected"),
        (("-k", "ordinary"), "1 passed, 1 deselected"),
        (("--help",), "--accept-model"),
        (("--markers",), "@pytest.mark.thresholds"),
        (("--fixtures",), "load_model"),
        (("--collect-only", "-q"), "test_suite.py::test_model"),
        (("--version",), "pytest"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_nothing_heavy_is_imported(trapped: Path, arguments: tuple[str, ...], shown: str) -> None:
    result = run(trapped, *arguments)
    assert "was imported" not in result.stdout + result.stderr
    assert result.returncode == 0, result.stdout + result.stderr
    assert shown in result.stdout


def test_the_trap_works(trapped: Path) -> None:
    result = run(trapped, "-k", "test_model", "--accept-model", "somewhere")
    assert result.returncode == 1
    assert "was imported" in result.stdout


def test_the_entry_point_loads_five_modules_of_ours_and_none_of_others() -> None:
    script = """
import sys, json, pytest, _pytest.config, _pytest.terminal
_pytest.config.get_config()
before = set(sys.modules)
import pytest_accept.plugin
print(json.dumps(sorted(set(sys.modules) - before)))
"""
    printed = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    ).stdout
    assert json.loads(printed) == [
        "pytest_accept",
        "pytest_accept.fixtures",
        "pytest_accept.markers",
        "pytest_accept.options",
        "pytest_accept.plugin",
    ]
