"""pytest's settings are added to whatever file is there, and nothing else changes."""

import configparser
import tomllib
from pathlib import Path

import pytest

from pytest_accept.starter.ini import Ini, find_ini

SETTINGS = {"accept_confidence": "0.95"}

FILES = {
    "pytest.ini": "[pytest]\naddopts = -q\n",
    ".pytest.ini": "[pytest]\n",
    "pyproject.toml": (
        "[project]\nname = 'x'  # mine\n\n[tool.pytest.ini_options] # and this\n"
        'addopts = "-q"\nmarkers = [\n  "slow: [pytest]",\n]\n\n[tool.other]\na = 1\n'
    ),
    "tox.ini": "[tox]\nenvlist = py\n\n[pytest]\ntestpaths =\n    tests\n    more\n[flake8]\n",
    "setup.cfg": "[metadata]\nname = x\n[tool:pytest]",
}


def parsed(file: Path) -> dict[str, object]:
    if file.suffix == ".toml":
        return tomllib.loads(file.read_text(encoding="utf-8"))
    parser = configparser.RawConfigParser()
    parser.read(file, encoding="utf-8")
    return {name: dict(parser[name]) for name in parser.sections()}


def changed(ini: Ini) -> dict[str, object]:
    text = ini.with_settings(SETTINGS)
    assert text is not None
    ini.file.write_text(text, encoding="utf-8")
    return parsed(ini.file)


@pytest.mark.parametrize("name", FILES)
def test_settings_are_added_to_the_section_that_is_there(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.write_text(FILES[name], encoding="utf-8")
    before = parsed(file)
    ini = find_ini(tmp_path)
    assert (ini.file, ini.is_new) == (file, False)
    section = before
    for part in ini.section.split(".") if file.suffix == ".toml" else [ini.section]:
        section = section[part]  # type: ignore[assignment]
    section.update(SETTINGS)
    assert changed(ini) == before
    kept = FILES[name].splitlines()
    lines = file.read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not line.startswith("accept_")] == kept
    assert find_ini(tmp_path).settings.items() >= SETTINGS.items()


@pytest.mark.parametrize("text", ["", "[project]\nname = 'x'", "[tool.ruff]\nline-length = 88\n"])
def test_a_pyproject_without_pytest_gets_a_table(tmp_path: Path, text: str) -> None:
    (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")
    found = changed(find_ini(tmp_path))
    assert found.pop("tool")["pytest"] == {"ini_options": SETTINGS}  # type: ignore[index]
    before = tomllib.loads(text)
    before.pop("tool", None)
    assert found == before
    assert text in (tmp_path / "pyproject.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", FILES)
def test_line_ends_stay_as_they_are(tmp_path: Path, name: str) -> None:
    before = FILES[name].encode().replace(b"\n", b"\r\n")
    (tmp_path / name).write_bytes(before)
    text = find_ini(tmp_path).with_settings(SETTINGS)
    assert text is not None
    assert set(before.splitlines(keepends=True)[:-1]) <= set(
        text.encode().splitlines(keepends=True)
    )
    assert text.count("\n") == text.count("\r\n")


def test_a_file_is_made_where_there_is_none(tmp_path: Path) -> None:
    (tmp_path / "tox.ini").write_text("[tox]\n", encoding="utf-8")
    ini = find_ini(tmp_path)
    assert ini.file == tmp_path / "pytest.ini"
    assert changed(ini) == {"pytest": SETTINGS}


def test_settings_of_a_folder_above_are_those_of_pytest(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    assert find_ini(inner).file == tmp_path / "pytest.ini"


def test_the_native_table_of_pytest_9(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.pytest]\naddopts = ['-q']\n", encoding="utf-8")
    ini = find_ini(tmp_path)
    assert ini.section == "tool.pytest"
    assert changed(ini) == {"tool": {"pytest": {"addopts": ["-q"], **SETTINGS}}}


@pytest.mark.parametrize(
    "text",
    [
        "tool.pytest.ini_options = {addopts = '-q'}\n",
        "[tool]\npytest.ini_options.addopts = '-q'\n",
        "[tool.pytest.ini_options]\naccept_confidence = '0.9'\n",
    ],
)
def test_what_cannot_be_added_safely_is_left_alone(tmp_path: Path, text: str) -> None:
    file = tmp_path / "pyproject.toml"
    file.write_text(text, encoding="utf-8")
    assert find_ini(tmp_path).with_settings(SETTINGS) is None
    assert file.read_text(encoding="utf-8") == text


def test_a_file_that_nobody_can_read_is_not_changed(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[broken\n", encoding="utf-8")
    assert find_ini(tmp_path).with_settings(SETTINGS) is None
