"""The summary of a run, whatever its texts are."""

import io

from pytest_accept.reports.terminal import show
from tests.reports.small_records import hostile_record


def test_no_line_moves_the_cursor_or_commands_the_runner_of_a_job() -> None:
    written = io.StringIO()

    class Terminal:
        def section(self, title: str, **_: object) -> None:
            self.line(title)

        def line(self, text: str, **_: object) -> None:
            assert text.isprintable()
            written.write(f"{text}\n")

        def write(self, text: str, **_: object) -> None:
            assert text.isprintable()
            written.write(text)

    show(hostile_record(), Terminal())  # type: ignore[arg-type]
    lines = written.getvalue().splitlines()
    assert sum("not judged" in each for each in lines) == 1
    assert not any(each.lstrip().startswith("::") or "##[" in each for each in lines)
