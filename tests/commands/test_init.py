"""`init`: a folder, the settings, a first suite; and nothing that is there is touched."""

from pathlib import Path

import pytest

from pytest_accept.__main__ import main
from tests.models import build
from tests.starter.test_source import check_format

SUITE = Path("acceptance/test_acceptance.py")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("checkpoint"))


def test_an_example_to_edit(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"made {SUITE}: an example to edit, for a text classifier",
        "made pytest.ini: accept_confidence, accept_inconclusive",
        f"next: set the bars in {SUITE}, then",
        "    pytest -m acceptance acceptance --accept-model MODEL --accept-data FILE",
    ]
    check_format(SUITE.read_text(encoding="utf-8"))
    assert Path("pytest.ini").read_text(encoding="utf-8").startswith("[pytest]\naccept_conf")


def test_default_criteria_for_a_model_and_data(
    checkpoint: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = "".join(f"text {row},{('good', 'bad')[row % 2]}\n" for row in range(80))
    Path("reviews.csv").write_text(f"text,label\n{rows}", encoding="utf-8")
    Path("runs").mkdir()
    Path("runs/final").symlink_to(checkpoint)
    given = ["init", "checks", "--model", "runs/final", "--data", "reviews.csv"]
    assert main(given) == 2
    said = capsys.readouterr().err
    assert "none of the model's" in said
    assert "--label-names" in said
    assert not Path("checks").exists()
    assert main([*given, "--label-names", "good=pos,bad=neg"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "made checks/test_acceptance.py: 11 default criteria for text-classification",
        "made pytest.ini: accept_confidence, accept_inconclusive",
        "next:",
        "    pytest -m acceptance checks",
        "its bars are defaults: set them to what you need, or measure what the model defends:",
        "    pytest --accept-model runs/final --accept-data reviews.csv --accept-label-names "
        "good=pos,bad=neg --accept-suggest checks/test_measured.py",
    ]
    source = Path("checks/test_acceptance.py").read_text(encoding="utf-8")
    check_format(source)
    assert 'load_model("runs/final", task="text-classification")' in source
    assert '"reviews.csv", label_names={"good": "pos", "bad": "neg"}' in source


def test_what_is_there_stays(capsys: pytest.CaptureFixture[str]) -> None:
    SUITE.parent.mkdir()
    SUITE.write_text("# mine\n", encoding="utf-8")
    ini = "[pytest]\naccept_confidence = 0.9\naccept_inconclusive = warn\n"
    Path("pytest.ini").write_text(ini, encoding="utf-8")
    assert main(["init"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[:2] == [f"left as it is: {SUITE}", "left as it is: pytest.ini"]
    assert SUITE.read_text(encoding="utf-8") == "# mine\n"
    assert Path("pytest.ini").read_text(encoding="utf-8") == ini


def test_lines_to_add_where_adding_would_be_a_risk(capsys: pytest.CaptureFixture[str]) -> None:
    text = "tool.pytest.ini_options = {addopts = '-q'}\n"
    Path("pyproject.toml").write_text(text, encoding="utf-8")
    assert main(["init"]) == 0
    said = capsys.readouterr().out
    assert (
        "pyproject.toml was not changed. Add to its section [tool.pytest.ini_options]:\n"
        '    accept_confidence = "0.95"\n'
        '    accept_inconclusive = "fail"\n'
    ) in said
    assert Path("pyproject.toml").read_text(encoding="utf-8") == text


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--model", "m"], "--model says half of what a suite is about: give --data as well"),
        (["--data", "d.csv"], "give --model as well"),
        (["file.txt"], "'file.txt' is a file: name a folder to make"),
        (["file.txt/inner"], "cannot be written"),
        (["--model", "./m", "--data", "d.csv"], "There is no folder './m'"),
    ],
)
def test_what_cannot_be_made_is_one_line(
    given: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("file.txt").write_text("a file\n", encoding="utf-8")
    assert main(["init", *given]) == 2
    errors = capsys.readouterr().err.splitlines()
    assert len(errors) == 1
    assert errors[0].startswith("pytest_accept init: error: ")
    assert said in errors[0]
    assert sorted(each.name for each in Path.cwd().iterdir()) == ["file.txt"]
