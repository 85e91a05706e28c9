"""The command line as a whole: its exit codes, and errors of one line without a traceback."""

import argparse
import io
import subprocess
import sys

import pytest

from pytest_accept import __main__ as command_line
from pytest_accept.errors import DataError


def answering(monkeypatch: pytest.MonkeyPatch, error: BaseException | None, code: int = 0) -> None:
    """Make the command line have one command, `try`, that ends as told."""

    def run(arguments: argparse.Namespace) -> int:
        if error is not None:
            raise error
        return code

    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("try").set_defaults(run=run)
    monkeypatch.setattr(command_line, "parser", lambda: parser)


def test_help_names_the_commands_and_imports_nothing_heavy() -> None:
    code = (
        "import sys; from pytest_accept.__main__ import main\n"
        "try: main(['--help'])\n"
        "except SystemExit as done: assert not done.code\n"
        "assert not {'numpy', 'torch', 'msgspec', 'pytest', 'jinja2'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert not done.stderr
    assert not done.returncode
    assert "compare" in done.stdout


def test_no_command_and_an_unknown_one_are_usage_errors(capsys: pytest.CaptureFixture[str]) -> None:
    for given in ([], ["compre"]):
        with pytest.raises(SystemExit) as done:
            command_line.main(given)
        assert done.value.code == 2
    assert "invalid choice: 'compre'" in capsys.readouterr().err


@pytest.mark.parametrize("code", [0, 1])
def test_a_commands_exit_code_is_that_of_the_process(
    code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    answering(monkeypatch, None, code)
    assert command_line.main(["try"]) == code


def test_an_error_is_one_line_on_stderr(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answering(monkeypatch, DataError("a.json is no Record:\n  \x1b[31mred"))
    assert command_line.main(["try"]) == 2
    said = capsys.readouterr()
    assert said.err == "pytest_accept try: error: a.json is no Record: \\u001b[31mred\n"
    assert not said.out


def test_ctrl_c_ends_quietly(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answering(monkeypatch, KeyboardInterrupt())
    assert command_line.main(["try"]) == 130
    assert capsys.readouterr().err == ""


def test_a_reader_that_goes_away_ends_it_quietly(monkeypatch: pytest.MonkeyPatch) -> None:
    class Closed(io.StringIO):
        def fileno(self) -> int:
            return 17

    redirected = []
    answering(monkeypatch, BrokenPipeError())
    monkeypatch.setattr(sys, "stdout", Closed())
    monkeypatch.setattr(command_line.os, "dup2", lambda new, old: redirected.append(old))
    assert command_line.main(["try"]) == 141
    assert redirected == [17]
