"""Whatever a name contains, in source it stays a name."""

import ast
import io
import tokenize

import pytest

from pytest_accept.starter.literals import WIDTH, call, comment, literal

HOSTILE = [
    '"); import os; os.system("echo hurt")  #',
    "'''\n\"\"\"",
    "a\\",
    "a\nb\r\nc\x00\x1b[31m",
    "\u202egnp.exe\u2066",
    "\ud800 half a pair",
    "{braces} %s %(x)s",
    "",
    "日本語 ±",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_literal_is_read_back_as_what_it_was(text: str) -> None:
    assert ast.literal_eval(literal(text)) == text
    assert literal(text).isprintable()
    nested = {text: [text, 1], "b": (text,)}
    assert ast.literal_eval(literal(nested)) == nested


@pytest.mark.parametrize("text", HOSTILE)
def test_a_comment_ends_with_its_lines(text: str) -> None:
    lines = comment(f"measured on {text} and that is all")
    source = "\n".join(lines) + "\nx = 1\n"
    assert len(ast.parse(source).body) == 1
    kinds = {each.type for each in tokenize.generate_tokens(io.StringIO(source).readline)}
    assert tokenize.COMMENT in kinds
    assert all(line.startswith("# ") and line.isprintable() for line in lines)


def test_strings_are_in_double_quotes_where_they_hold_none() -> None:
    assert literal("pos") == '"pos"'
    assert literal("it's") == '"it\'s"'
    assert literal('say "no"') == "'say \"no\"'"


def test_a_call_is_laid_out_by_its_width() -> None:
    assert call("f", ["a", "b"]) == ["    f(a, b)"]
    middle = call("function", ["a" * 40, "b" * 36])
    assert middle == ["    function(", f"        {'a' * 40}, {'b' * 36}", "    )"]
    long = call("f", ["a" * 60, "b" * 60])
    assert long == ["    f(", f"        {'a' * 60},", f"        {'b' * 60},", "    )"]
    assert all(len(line) <= WIDTH for line in (*middle, *long))
