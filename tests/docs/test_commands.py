"""Commands of the pages, in CI recipes as in the text: their files parse, their options exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from tests.docs.blocks import PAGES, ROOT, Block, blocks, name

OURS = re.compile(r"(?:pytest|python -m pytest_accept)\b[^|;&`]*")
OPTION = re.compile(r"(?<![\w-])--[a-z][\w-]*")


def _all(*languages: str) -> list[Block]:
    return [block for page in PAGES for block in blocks(page) if block.language in languages]


@pytest.mark.parametrize("block", _all("yaml"), ids=lambda block: block.place)
def test_yaml_is_yaml(block: Block) -> None:
    assert yaml.safe_load(block.text)


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_options_of_the_pages_exist(page: Path, request: pytest.FixtureRequest) -> None:
    from pytest_accept.commands import parser

    known = {
        option
        for action in request.config._parser.optparser._actions
        for option in action.option_strings
    }
    known |= set(re.findall(OPTION, _help_of_commands(parser())))
    text = page.read_text(encoding="utf-8").replace("\\\n", " ")
    folded = re.sub(r"\n +(?=--)", " ", text)  # a folded block of YAML
    asked = {option for found in OURS.findall(folded) for option in OPTION.findall(found)}
    asked |= set(re.findall(r"(?<![\w-])--accept-[\w-]+", text))
    assert sorted(asked - known - {"--hypothesis-seed"}) == []


def _help_of_commands(parser: object) -> str:
    import argparse

    assert isinstance(parser, argparse.ArgumentParser)
    parts = [parser.format_help()]
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            parts += [_help_of_commands(each) for each in action.choices.values()]
    return "\n".join(parts)


def test_targets_of_make_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([\w-]+):", makefile, re.MULTILINE))
    asked = {
        target
        for page in PAGES
        for target in re.findall(r"`make ([\w-]+)`|^ {4}make ([\w-]+)", page.read_text(), re.M)
        for target in target
        if target
    }
    assert asked <= targets
    assert {"demo", "test"} <= asked
