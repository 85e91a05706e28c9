"""Hostile text in any field of a Record is text on the page, and nothing else."""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any, get_args, get_type_hints

import pytest

from pytest_accept.records import Record
from pytest_accept.reports.html.page import page
from pytest_accept.reports.html.visible_text import visible, visible_change
from tests.reports.parsed_page import Element, parse
from tests.reports.rich_records import rich_record

PAYLOADS = {
    "script": "<script>hacked=1</script>",
    "ends the script": "</script></style></title><script>hacked=1</script>",
    "attribute": "\" onmouseover=hacked=1 x='\" autofocus onfocus='hacked=1",
    "address": "javascript:hacked=1 data:text/html,<script>hacked=1</script>",
    "image": "<img src=x onerror=hacked=1><svg onload=hacked=1><use href=//evil.example/x>",
    "comment": "<!-- --!> <![CDATA[ ]]> <?x ?> &lt;b&gt; &#60;b> &amp;",
    "template": "{{ 7 * 7 }}{% raw %}{{ style }} {# #} ${7*7} #{7*7}",
    "mathtext": "$x^2$ $\\frac{ \\undefined $ % \\end{document}",
    "directions": "abc \u202e fed \u2066 x \u200f y \u200b z",
    "no characters": "a\x00b\x1b[31m\x08\x7f\x85 \ud800 \udfff \ufffe \ue000 \u2028",
    "spaces": "  two\tmore\r\nlines\n\n",
    "style": "</style><style>@import 'http://evil.example'</style> red;background:url(//evil)",
}


def strings(value: Any) -> Iterator[str]:
    """Yield every text of a Record that could come from outside."""
    if isinstance(value, str):
        yield value
    elif is_dataclass(value):
        for name in _open_fields(value):
            yield from strings(getattr(value, name))
    elif isinstance(value, tuple | list):
        for each in value:
            yield from strings(each)
    elif isinstance(value, dict):
        for key, each in value.items():
            yield key
            yield from strings(each)


def poisoned(value: Any, text: str) -> Any:
    """Return a copy with every such text replaced."""
    if isinstance(value, str):
        return text
    if is_dataclass(value):
        changed = {name: poisoned(getattr(value, name), text) for name in _open_fields(value)}
        return replace(value, **changed)  # type: ignore[type-var]
    if isinstance(value, tuple):
        return tuple(poisoned(each, text) for each in value)
    if isinstance(value, dict):
        return {f"{text}{at}": poisoned(each, text) for at, each in enumerate(value.values())}
    return value


def _open_fields(value: Any) -> list[str]:
    hints = get_type_hints(type(value))
    closed = {name for name, hint in hints.items() if get_args(hint) and _is_literal(hint)}
    return [each.name for each in fields(value) if each.name not in closed]


def _is_literal(hint: Any) -> bool:
    return all(isinstance(each, str) for each in get_args(hint))


@pytest.fixture(scope="module")
def rich() -> Record:
    return rich_record()


LENGTH = max(map(len, PAYLOADS.values()))


@pytest.fixture(scope="module")
def harmless(rich: Record) -> list[tuple[str, tuple[str, ...]]]:
    """Return the elements of a page whose texts are as long as those of the hostile pages."""
    return structure(parse(page(poisoned(rich, "x" * LENGTH))))


def structure(document: Element) -> list[tuple[str, tuple[str, ...]]]:
    return [(each.tag, tuple(each.attributes)) for each in document.all()]


@pytest.mark.parametrize("payload", PAYLOADS.values(), ids=PAYLOADS)
def test_a_payload_in_every_field_changes_no_element(
    rich: Record, harmless: list[tuple[str, tuple[str, ...]]], payload: str
) -> None:
    text = page(poisoned(rich, payload.ljust(LENGTH, "x")))
    hostile = parse(text)
    assert structure(hostile) == harmless
    said = " ".join(visible(payload).split())
    assert said in hostile.one("main").text
    assert len(hostile.all("script")) == len(hostile.all("style")) == 1
    assert not re.search(
        "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", text
    )
    text.encode()


def test_the_payload_reaches_every_kind_of_field(rich: Record) -> None:
    assert len(set(strings(poisoned(rich, "evil")))) <= 20, "only keys of dicts are told apart"
    before, after = list(strings(rich)), list(strings(poisoned(rich, "evil")))
    assert len(before) == len(after) > 150
    assert all("evil" in each for each in after)
    found = {type(each).__name__ for each in _values(rich)}
    assert found >= {
        "Answer", "Behaviour", "ConfusionMatrix", "Curve", "DataDescription", "Edited",
        "Environment", "Estimate", "Evidence", "Example", "MarkedSpan", "ModelDescription", "Part",
        "TextEdit", "TokenScore", "Training",
    }  # fmt: skip


def _values(value: Any) -> Iterator[Any]:
    if is_dataclass(value):
        yield value
        for each in fields(value):
            yield from _values(getattr(value, each.name))
    elif isinstance(value, tuple):
        for each in value:
            yield from _values(each)


def test_what_cannot_be_seen_is_written_out() -> None:
    assert visible("a\u202eb\x00\ud800\r\nc") == "a\\u202eb\\u0000\\ud800\nc"
    assert visible("na\u00efve \u65e5\u672c \U0001f600 \U0001f468\u200d\U0001f469") == (
        "na\u00efve \u65e5\u672c \U0001f600 \U0001f468\u200d\U0001f469"
    )
    assert visible("x" * 50, 10) == "xxxxxxxx …"
    assert visible_change("  \n") == "␣␣⏎"
    assert visible_change("\u0430") == "\u0430 U+0430", "it looks like a Latin letter"
    assert visible_change("\u200b") == "\\u200b"
