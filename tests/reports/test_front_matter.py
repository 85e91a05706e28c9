"""A key in a README's metadata is changed, and every other byte is left as it is."""

import pytest
import yaml

from pytest_accept import DataError
from pytest_accept.reports.front_matter import FrontMatter

VALUE = [{"name": "words", "results": []}]
BLOCK = "key:\n- name: words\n  results: []\n"

REST = """# made by hand
license:   "apache-2.0"   # quoted
tags: [a,   'b']
language:
    - en
    - "no"
"""


def changed(text: str) -> str:
    return FrontMatter(text, "README.md").with_value("key", VALUE)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"---\n{REST}---\n# Title\n", f"---\n{REST}{BLOCK}---\n# Title\n"),
        (f"---\nkey: old\n{REST}---\n", f"---\n{BLOCK}{REST}---\n"),
        (f"---\n{REST}key:\n  - a: 1\n    b: [2]\n---\n", f"---\n{REST}{BLOCK}---\n"),
        (
            f"---\nkey:\n- a\n\n# of the license\n{REST}---\n",
            f"---\n{BLOCK}\n# of the license\n{REST}---\n",
        ),
        ("---\nkey:\na: 1\n---\n", f"---\n{BLOCK}a: 1\n---\n"),
        ('---\n"key": {a: 1}\na: 1\n---\n', f"---\n{BLOCK}a: 1\n---\n"),
        ("---\na: |\n  key: no\n\nb: 1\n---\n", f"---\na: |\n  key: no\n\nb: 1\n{BLOCK}---\n"),
        ("---\n# nothing yet\n---\nbody", f"---\n# nothing yet\n{BLOCK}---\nbody"),
        ("---\n\n---\nbody", f"---\n{BLOCK}---\nbody"),
        ("# Title\n\n---\nrule\n---\n", f"---\n{BLOCK}---\n# Title\n\n---\nrule\n---\n"),
        ("", f"---\n{BLOCK}---\n"),
        ("\ufeff---\na: 1\n---\nx", f"\ufeff---\na: 1\n{BLOCK}---\nx"),
        ("\n\n--- \na: 1\n---\n", f"---\n{BLOCK}---\n\n\n--- \na: 1\n---\n"),
        ("---\na: 1\n---   \nb\n\n\n", f"---\na: 1\n{BLOCK}---   \nb\n\n\n"),
        (
            "---\r\na: 1\r\nkey: 2\r\nb: 3\r\n---\r\nx\r\n",
            "---\r\na: 1\r\n" + BLOCK.replace("\n", "\r\n") + "b: 3\r\n---\r\nx\r\n",
        ),
        (
            "---\n  a: 1\n  key: 2\n  b: 3\n---\n",
            "---\n  a: 1\n  key:\n  - name: words\n    results: []\n  b: 3\n---\n",
        ),
    ],
)
def test_all_else_stays_byte_for_byte(before: str, after: str) -> None:
    assert changed(before) == after
    assert changed(after) == after, "and once more changes nothing"


def test_a_comment_behind_the_old_value_stays() -> None:
    text = "---\nkey: []  # none yet\na: 1\n---\n"
    assert changed(text) == f"---\n{BLOCK[:-1]}  # none yet\na: 1\n---\n"


@pytest.mark.parametrize(
    ("metadata", "said"),
    [
        ("a: [1\nb: 2", "README.md: its metadata is not YAML: line 3: "),
        ("a: 1\n b: 2", "README.md: its metadata is not YAML: line 3: mapping values"),
        ("a: !!python/object:os.system x", "not YAML: line 2: could not determine a constructor"),
        ("[a]: 1\n[b]: 2", "not YAML: line 2: found unhashable key"),
        ("- a\n- b", "README.md: its metadata is not a list of keys and values"),
        ("only words", "is not a list of keys and values"),
    ],
)
def test_metadata_that_cannot_be_read_is_an_error_that_says_where(metadata: str, said: str) -> None:
    with pytest.raises(DataError) as error:
        FrontMatter(f"---\n{metadata}\n---\n# Title\n", "README.md")
    assert said in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "metadata",
    ["{a: 1, key: 2}", "{a: 1}", "key: &x [1]\na: *x", "key: 1\na: 2\nkey: 3", "a: 1\n..."],
)
def test_metadata_that_would_be_touched_is_refused(metadata: str) -> None:
    with pytest.raises(DataError, match=r"metadata"):
        changed(f"---\n{metadata}\n---\n")


def test_strange_values_are_read_back_as_they_were() -> None:
    strange = ["---", "a\n---\nb", "# no", "no", "1e3", "2024-01-01", "\x1b[31m", "ü 😀", "- x", ""]
    text = FrontMatter("---\na: 1\n---\nbody\n", "README.md").with_value("key", strange)
    again = FrontMatter(text, "README.md")
    assert again.metadata == {"a": 1, "key": strange}
    assert again.body == "body\n"
    assert yaml.safe_load(again.yaml) == again.metadata
