"""`--accept-suggest`: the default criteria as a file, with bars that the model defends."""

from pathlib import Path

import pytest

from tests.plugin.test_default_criteria import GIVEN, checkpoint, folder, rows  # noqa: F401
from tests.starter.test_source import check_format

NAME = "acceptance/test_reviews.py"
SOME = ("-k", "f1 or brier or calibration")


def written(folder: pytest.Pytester, name: str = NAME) -> str:  # noqa: F811
    return (folder.path / name).read_text(encoding="utf-8")


def test_the_file_passes_on_the_same_model(folder: pytest.Pytester) -> None:  # noqa: F811
    result = folder.runpytest(*GIVEN, *SOME, "--accept-suggest", NAME)
    result.stdout.fnmatch_lines(
        [f"{NAME} written: 2 criteria, 12 not defended and written as comments. Read it *"]
    )
    source = written(folder)
    check_format(source)
    assert 'load_model("model", task="text-classification")' in source
    assert 'load_data("reviews.csv")' in source
    again = folder.runpytest("-m", "acceptance", NAME)
    again.assert_outcomes(passed=2)
    again.stdout.no_fnmatch_line("*default criteria*")


def test_what_is_there_is_not_overwritten(folder: pytest.Pytester) -> None:  # noqa: F811
    file = folder.mkdir("acceptance") / "test_reviews.py"
    file.write_text("# mine\n", encoding="utf-8")
    result = folder.runpytest(*GIVEN, "--accept-suggest", NAME)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: --accept-suggest {NAME}: it is there already, *"])
    assert written(folder) == "# mine\n"


def test_a_suite_that_is_there_is_left_out(folder: pytest.Pytester) -> None:  # noqa: F811
    folder.makepyfile(test_own="def test_own(load_model): raise SystemExit")
    result = folder.runpytest(*GIVEN, "-k", "f1", "--accept-suggest", NAME)
    result.assert_outcomes(passed=1, deselected=13)
    assert "def test_f1" in written(folder)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("test_a.py",), "it measures a model on data: give --accept-model MODEL and * as well."),
        (("test_a.py", *GIVEN, "tests"), "*so it takes no test files: leave out tests."),
        (("a.py", *GIVEN), "pytest would not collect it: give a name such as test_model.py *"),
    ],
)
def test_what_cannot_be_written_is_said_before_anything_runs(
    folder: pytest.Pytester,  # noqa: F811
    given: tuple[str, ...],
    said: str,
) -> None:
    folder.mkdir("tests")
    result = folder.runpytest("--accept-suggest", *given)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: --accept-suggest {given[0]}: {said}"])


def test_nothing_measured_is_nothing_written(folder: pytest.Pytester) -> None:  # noqa: F811
    result = folder.runpytest(*GIVEN, "--accept-suggest", NAME, "--collect-only", "-q")
    result.stdout.fnmatch_lines([f"{NAME} NOT written: no criterion was measured*"])
    assert not (folder.path / NAME).exists()


def test_paths_are_from_the_root_directory(folder: pytest.Pytester) -> None:  # noqa: F811
    inner = folder.mkdir("inner")
    folder.path.joinpath("reviews.csv").rename(inner / "reviews.csv")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(inner)
        result = folder.runpytest(
            "--accept-model", "../model", "--accept-data", "reviews.csv", "-k", "f1",
            "--accept-suggest", "test_inner.py",
        )  # fmt: skip
    result.assert_outcomes(passed=1, deselected=13)
    assert 'load_data("inner/reviews.csv")' in written(folder, "inner/test_inner.py")
    folder.runpytest("inner/test_inner.py").assert_outcomes(passed=1)


def test_a_disk_that_refuses_is_one_line(
    folder: pytest.Pytester,  # noqa: F811
) -> None:
    Path(folder.path / "acceptance").write_text("a file\n", encoding="utf-8")
    result = folder.runpytest(*GIVEN, "-k", "f1", "--accept-suggest", NAME)
    result.assert_outcomes(passed=1, deselected=13)
    result.stdout.fnmatch_lines([f"{NAME} NOT written: *"])
