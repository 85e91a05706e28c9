"""`--accept-model` and `--accept-data` without a suite: the default criteria, as ordinary tests."""

import csv
import random
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from pytest_accept import load_model, read_record
from pytest_accept.default_criteria import FILE
from tests.models import WORDS, build

QUALITY = "accuracy or f1 or brier or roc"


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("checkpoint"))


@pytest.fixture(scope="module")
def rows(checkpoint: Path) -> list[tuple[str, str, str]]:
    """Texts with the labels that the tiny model gives them, one in twenty-five wrong."""
    model = load_model(checkpoint)
    draw = random.Random(0)
    words = [word for word in WORDS.split() if word.isalpha()]
    texts = [" ".join(draw.sample(words, draw.randint(3, 9))) for _ in range(200)]
    swapped = {"pos": "neg", "neg": "pos"}
    said = [model.labels[i] for i in model.predict(texts).label_ids]
    labels = [swapped[each] if row % 25 == 0 else each for row, each in enumerate(said)]
    return [
        (text, label, "fm"[row % 2])
        for row, (text, label) in enumerate(zip(texts, labels, strict=True))
    ]


@pytest.fixture
def folder(
    suite: pytest.Pytester,
    checkpoint: Path,
    rows: list[tuple[str, str, str]],
) -> pytest.Pytester:
    """A folder with a model, labelled data, and no test."""
    (suite.path / "conftest.py").unlink()
    (suite.path / "model").symlink_to(checkpoint)
    write(suite.path / "reviews.csv", ("text", "label", "gender"), rows)
    return suite


def write(path: Path, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(columns)
        table.writerows(rows)


GIVEN = ("--accept-model", "model", "--accept-data", "reviews.csv")


def collected(result: pytest.RunResult) -> list[str]:
    return [line.partition("::")[2] for line in result.outlines if line.startswith(f"{FILE}::")]


def test_they_are_collected_as_ordinary_tests(folder: pytest.Pytester) -> None:
    result = folder.runpytest(*GIVEN, "--collect-only", "-q")
    assert result.ret == pytest.ExitCode.OK
    assert collected(result) == [
        "test_accuracy",
        "test_f1",
        "test_cross_entropy",
        "test_brier_score",
        "test_roc_auc",
        "test_recall[neg]",
        "test_recall[pos]",
        "test_expected_calibration_error",
        "test_typos",
        "test_accuracy_drop_under_typos",
        "test_casing",
        "test_punctuation_and_whitespace",
        "test_groups_have_like_accuracy",
        "test_groups_have_like_errors",
    ]
    result.stdout.fnmatch_lines(
        ["not asked by default: weak slices: 200 examples make none*", "14 tests collected*"]
    )
    fair = folder.runpytest(*GIVEN, "--collect-only", "-q", "-m", "fairness and acceptance")
    assert collected(fair) == ["test_groups_have_like_accuracy", "test_groups_have_like_errors"]
    some = folder.runpytest(*GIVEN, "--collect-only", "-q", "-k", "recall or casing")
    assert collected(some) == ["test_recall[neg]", "test_recall[pos]", "test_casing"]


def test_they_say_that_their_bars_are_defaults(folder: pytest.Pytester) -> None:
    report = folder.path / "record.json"
    result = folder.runpytest(*GIVEN, "-k", QUALITY, "--accept-report", f"json:{report}")
    result.stdout.fnmatch_lines(
        [
            "default criteria for text-classification",
            "*accuracy * reviews *accepted",
            "note: default criteria: the bars are pytest_accept's, no requirements of yours.*",
        ]
    )
    result.stdout.no_fnmatch_line("note: *always saying*")
    record = read_record(report)
    assert any(note.startswith("default criteria: ") for note in record.notes)
    notes = record.criteria[0].verdict.estimate.notes
    assert [each for each in notes if each.startswith("default bar: always saying")]
    assert record.criteria[0].test == f"{FILE}::test_accuracy"
    assert not [each for each in folder.path.iterdir() if each.name.startswith("default")]


def test_what_fails_shows_where_its_bar_is_from(folder: pytest.Pytester) -> None:
    result = folder.runpytest(*GIVEN, "-k", "calibration")
    result.assert_outcomes(failed=1, deselected=13)
    result.stdout.fnmatch_lines(
        [
            "*# default bar: a convention: how sure the model is differs little from how often it",
            ">*assert_expected_calibration_error_below(model, examples, 0.1)",
            "E*pytest_accept.AcceptanceFailure: expected_calibration_error on reviews: *",
            f"*{FILE}:*: AcceptanceFailure",
        ]
    )


def test_unrelated_tests_are_deselected_and_said_to_be(folder: pytest.Pytester) -> None:
    folder.makepyfile(test_unit="def test_one(): raise SystemExit\ndef test_two(): assert 0\n")
    folder.makepyfile(test_broken="import nothing_of_this_name\n")
    result = folder.runpytest(*GIVEN, "-k", "test_accuracy and not drop", "-x")
    result.assert_outcomes(passed=1, deselected=15)
    result.stdout.fnmatch_lines(
        [
            "no test here asks for a model or data, so 2 other tests were deselected: *",
            "could not be collected, and do not speak of models: test_broken.py",
        ]
    )


@pytest.mark.parametrize(
    "source",
    [
        "def test_own(load_model): pass",
        "def test_own(accept_model): assert accept_model == 'model'",
        "import pytest\n@pytest.mark.acceptance\ndef test_own(): pass",
        "import pytest\n@pytest.fixture\ndef m(accept_data): pass\ndef test_own(m): pass",
    ],
)
def test_a_suite_is_never_replaced(folder: pytest.Pytester, source: str) -> None:
    folder.makepyfile(test_own=source, test_unit="def test_one(): pass")
    result = folder.runpytest(*GIVEN)
    result.assert_outcomes(passed=2)
    result.stdout.no_fnmatch_line("default criteria for*")
    used = "accept_data" in source
    assert result.ret == (pytest.ExitCode.OK if used else pytest.ExitCode.TESTS_FAILED)
    unused = "--accept-data reviews.csv replaced nothing: test_own.py loads its data by name"
    assert (unused in result.stdout.str()) != used


def test_a_suite_that_cannot_be_collected_is_an_error(folder: pytest.Pytester) -> None:
    folder.makepyfile(test_own="import nothing_of_this_name\nfrom pytest_accept import accuracy\n")
    result = folder.runpytest(*GIVEN)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*ModuleNotFoundError: No module named 'nothing_of_this_name'"])
    result.stdout.no_fnmatch_line("*default criteria*")


def test_a_fixture_of_the_same_name_is_not_ours(folder: pytest.Pytester) -> None:
    folder.makepyfile(
        "import pytest\n@pytest.fixture\ndef baseline(): pass\ndef test_one(baseline): pass"
    )
    result = folder.runpytest(*GIVEN, "--collect-only", "-q")
    assert "test_accuracy" in collected(result)


def test_a_path_says_what_to_run(folder: pytest.Pytester) -> None:
    folder.makepyfile(test_unit="def test_one(): pass")
    result = folder.runpytest(*GIVEN, "test_unit.py")
    result.assert_outcomes(passed=1)
    result.stdout.no_fnmatch_line("default criteria for*")
    assert result.ret == pytest.ExitCode.TESTS_FAILED


def test_options_in_addopts_do_not_change_what_runs(folder: pytest.Pytester) -> None:
    folder.makepyfile(test_unit="def test_one(): pass")
    folder.makeini(f"[pytest]\naddopts = {' '.join(GIVEN)}\n")
    folder.runpytest().assert_outcomes(passed=1)


@pytest.mark.parametrize(
    "given", [("--accept-model-memory", "8GB"), ("--accept-model-memory=8GB",)]
)
def test_an_option_whose_name_begins_alike_changes_nothing(
    folder: pytest.Pytester, given: tuple[str, ...]
) -> None:
    folder.makepyfile("def test_other(): pass")
    folder.runpytest_inprocess(*given).assert_outcomes(passed=1)


def test_the_other_half_may_be_in_the_ini(folder: pytest.Pytester) -> None:
    folder.makeini("[pytest]\naccept_data = reviews.csv\npython_functions = check_*\n")
    result = folder.runpytest("--accept-model", "model", "--collect-only", "-q")
    assert "test_accuracy" in collected(result)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            ("--accept-model", "model"),
            "*so --accept-model is for nothing. Give --accept-data FILE*",
        ),
        (("--accept-data", "reviews.csv"), "*--accept-data is for nothing. Give --accept-model *"),
        ((*GIVEN, "--accept-data", "rewiews.csv"), "*no file*rewiews.csv*mean 'reviews.csv'?"),
        ((*GIVEN, "--accept-model", "./modl"), "*no folder './modl'. Did you mean 'model'?"),
        (
            (*GIVEN, "--accept-data", "other.csv"),
            "*'other.csv' has the columns 'review', 'stars'. Say --accept-text COLUMN for the "
            "texts (there is no 'text') and --accept-label COLUMN for the labels (there is no *",
        ),
        ((*GIVEN, "--accept-data", "texts.csv"), "*has the column 'text'. Say --accept-label *"),
        ((*GIVEN, "--accept-label", "lable"), "*no column 'lable'. Did you mean 'label'?*"),
        ((*GIVEN, "--accept-group", "gander"), "*no column 'gander'. Did you mean 'gender'?*"),
        ((*GIVEN, "--accept-data", "empty.csv"), "*'empty.csv' has no rows*"),
        (
            (*GIVEN, "--accept-data", "one.csv"),
            "*All 200 examples of 'one.csv' are labelled 'pos'*",
        ),
        (
            (*GIVEN, "--accept-label-names", "pos=good"),
            "*The label 'good'*none of the model's.*--accept-label-names DATA=MODEL*",
        ),
        ((*GIVEN, "--accept-label-names", "pos"), "*Expected `label_names` to be pairs*"),
        ((*GIVEN, "--accept-data", "words.conll"), "*has words and tags, but*classifies whole*"),
    ],
)
def test_what_cannot_be_judged_is_one_clear_error(
    folder: pytest.Pytester, rows: list[tuple[str, str, str]], given: tuple[str, ...], said: str
) -> None:
    write(folder.path / "other.csv", ("review", "stars"), [row[:2] for row in rows])
    write(folder.path / "texts.csv", ("text",), [row[:1] for row in rows])
    write(folder.path / "empty.csv", ("text", "label"), [])
    write(folder.path / "one.csv", ("text", "label"), [(row[0], "pos") for row in rows])
    (folder.path / "words.conll").write_text("Anna B-PER\nsleeps O\n", encoding="utf-8")
    result = folder.runpytest(*given)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    errors = [line for line in result.errlines if line]
    assert len(errors) == 1
    result.stderr.fnmatch_lines([f"ERROR: {said}"])


def test_other_names_of_columns_and_labels(
    folder: pytest.Pytester, rows: list[tuple[str, str, str]]
) -> None:
    stars = {"pos": "5", "neg": "1"}
    columns = ("my, text", "stars", "source")
    write(folder.path / "other.csv", columns, [(t, stars[label], g) for t, label, g in rows])
    result = folder.runpytest(
        "--accept-model", "model", "--accept-data", "other.csv", "--accept-text", "my, text",
        "--accept-label", "stars", "--accept-label-names", "5=pos,1=neg",
        "--accept-group", "source", "-k", "f1 or like_accuracy",
    )  # fmt: skip
    result.assert_outcomes(passed=2, deselected=12)
    result.stdout.fnmatch_lines(["f1 *accepted", "gap of accuracy(group=source) *accepted"])


def test_the_last_failed_are_found_again(folder: pytest.Pytester) -> None:
    folder.makeini("[pytest]\n")
    folder.makepyfile(test_unit="def test_one(): assert 0\ndef test_two(): pass")
    folder.runpytest().assert_outcomes(passed=1, failed=1)
    some = ("-k", "test_accuracy and not drop or calibration")
    folder.runpytest(*GIVEN, *some).assert_outcomes(passed=1, failed=1, deselected=14)
    again = folder.runpytest(*GIVEN, "--lf", *some)
    again.assert_outcomes(failed=1, deselected=14)
    again.stdout.fnmatch_lines([f"FAILED {FILE}::test_expected_calibration_error*"])


def test_what_lf_has_skipped_may_be_a_suite(folder: pytest.Pytester) -> None:
    folder.makeini("[pytest]\n")
    folder.makepyfile(
        test_unit="def test_one(): assert 0", test_own="def test_own(load_model): pass"
    )
    folder.runpytest(*GIVEN).assert_outcomes(passed=1, failed=1)
    again = folder.runpytest(*GIVEN, "--lf")
    again.assert_outcomes(failed=1)
    again.stdout.no_fnmatch_line("*default criteria*")


def test_nothing_of_it_is_imported_in_other_runs(
    folder: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pytest_accept.default_criteria", None)
    monkeypatch.setitem(sys.modules, "pytest_accept.starter", None)
    folder.makepyfile(test_unit="def test_one(): pass")
    folder.runpytest().assert_outcomes(passed=1)
    folder.runpytest(*GIVEN, "test_unit.py").assert_outcomes(passed=1)


@pytest.mark.slow
def test_workers_judge_the_same_and_the_controller_writes(folder: pytest.Pytester) -> None:
    folder.makepyfile(test_unit="def test_one(): pass")
    report = ("--accept-report", "json:record.json")
    suggest = ("--accept-suggest", "acceptance/test_measured.py")
    result = folder.runpytest(*GIVEN, *report, *suggest, "-n", "2", "-k", "f1 or brier or roc")
    result.stdout.fnmatch_lines(
        [
            "note: default criteria: the bars are pytest_accept's*",
            "acceptance/test_measured.py written: 3 criteria, 11 not defended *",
        ]
    )
    record = read_record(folder.path / "record.json")
    names = ("test_f1", "test_brier_score", "test_roc_auc")
    assert [each.test for each in record.criteria] == [f"{FILE}::{name}" for name in names]


@pytest.mark.slow
def test_of_workers_an_error_is_said_once(folder: pytest.Pytester) -> None:
    refused = folder.runpytest(*GIVEN, "--accept-data", "rewiews.csv", "-n", "2")
    assert refused.ret == pytest.ExitCode.USAGE_ERROR
    assert refused.stdout.str().count("'rewiews.csv'") == 1
    refused.stdout.no_fnmatch_line("*INTERNALERROR*")
