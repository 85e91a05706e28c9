"""What a user sees of behavioural tests: the matrix of capabilities by types of test."""

from __future__ import annotations

import pytest

from pytest_accept import read_record

SUITE = """
    from pytest_accept import (
        assert_directional, assert_invariant, assert_minimum_functionality, lexicon, template,
    )

    OPINIONS = template(
        "{adj} is what {a:noun} was.", adj=["good", "bad", "odd", "fine"], noun=lexicon("objects"),
        label=lambda values: "pos" if values["adj"] in ("good", "fine") else "neg",
    )

    def test_plain(model):
        assert_minimum_functionality(
            model, OPINIONS.where(adj=["good", "bad"]), 0.9, capability="Vocabulary", name="plain"
        )

    def test_odd(model):
        assert_minimum_functionality(model, OPINIONS, 0.9, capability="Vocabulary")

    def test_case(model):
        assert_invariant(model, OPINIONS, lambda text: f"{text}!", 0.9, capability="Punctuation")

    def test_direction(model):
        assert_directional(
            model, OPINIONS, lambda text: text.replace("fine", "good"), 0.9,
            label="pos", moves="up", min_changed=0.2,
        )
"""


def test_the_matrix(suite: pytest.Pytester) -> None:
    suite.makepyfile(SUITE)
    result = suite.runpytest("--accept-report", "json:record.json")
    result.assert_outcomes(passed=3, failed=1)
    result.stdout.fnmatch_lines(
        [
            "*acceptance: 4 criteria, 3 accepted, 1 rejected*",
            "plain: minimum_functionality * accepted",
            "minimum_functionality * 0.750 * rejected",
            "4 criteria are about exactly the cases given, not about others like them",
            "",
            "capability             MFT                           INV  * DIR",
            "Vocabulary             1 of 2 accepted, worst 0.750  -    * -",
            "Punctuation            -                             1 of 1 accepted, worst 1.000  -",
            "(no capability named)  -  * -  * 1 of 1 accepted, worst 1.000",
        ]
    )
    assert "each bound holds" not in result.stdout.str()
    record = read_record(suite.path / "record.json")
    kept = [criterion.verdict.behaviour for criterion in record.criteria]
    assert [each and (each.test_type, each.capability, each.name) for each in kept] == [
        ("MFT", "Vocabulary", "plain"),
        ("MFT", "Vocabulary", ""),
        ("INV", "Punctuation", ""),
        ("DIR", "", ""),
    ]


def test_no_matrix_without_behavioural_tests(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        """
        from pytest_accept import accuracy

        def test_it(model, reviews):
            assert accuracy(model, reviews) >= 0.9
        """
    )
    assert "capability" not in suite.runpytest().stdout.str()


def test_importing_the_names_is_cheap(trapped_suite: pytest.Pytester) -> None:
    result = trapped_suite.runpytest_subprocess("--collect-only", "-q")
    assert "was imported" not in result.stdout.str() + result.stderr.str()
    result.stdout.fnmatch_lines(["*::test_it"])


@pytest.fixture
def trapped_suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """Return a suite that imports all names, with packages that fail when they are imported."""
    for name in ("numpy", "torch", "transformers", "datasets", "hypothesis", "scipy", "pyarrow"):
        trap = pytester.mkdir(f"traps_{name}") / name
        trap.mkdir()
        (trap / "__init__.py").write_text(f"raise RuntimeError('{name} was imported')")
        monkeypatch.syspath_prepend(str(trap.parent))
        monkeypatch.setenv("PYTHONPATH", str(trap.parent), prepend=":")
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makeini("[pytest]\naddopts = -p pytest_accept.plugin")
    pytester.makepyfile(
        """
        from pytest_accept import (
            assert_directional, assert_functionalities_above, assert_invariant,
            assert_minimum_functionality, directional, functionality_rates, invariance, lexicon,
            load_behavioural_suite, minimum_functionality, suggest, template, templates,
        )

        NAMES = lexicon("first_names") + lexicon("objects")

        def test_it():
            pass
        """
    )
    return pytester
