"""The fenced blocks of the pages: their language, title and text."""

from __future__ import annotations

import re
import shlex
import textwrap
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]

_FENCE = re.compile(r"^( *)```(\w+)([^\n]*)\n(.*?)^\1```[ ]*$", re.MULTILINE | re.DOTALL)
_TITLE = re.compile(r'title="([^"]+)"')


@dataclass(frozen=True)
class Block:
    """A fenced block of a page."""

    page: Path
    line: int
    language: str
    title: str | None
    text: str

    @property
    def place(self) -> str:
        """Where it stands, as editors read it."""
        return f"{self.page.relative_to(ROOT)}:{self.line}"


@dataclass(frozen=True)
class Command:
    """A command of a console block, and the lines that it is said to print."""

    block: Block
    line: str
    printed: tuple[str, ...]

    @property
    def words(self) -> list[str]:
        """The command's words, without what a shell takes for itself."""
        return shlex.split(self.line, comments=True)


def blocks(page: Path, language: str | None = None) -> list[Block]:
    """Return the blocks of a page in their order, those of one language if it is given."""
    text = page.read_text(encoding="utf-8")
    found = []
    for match in _FENCE.finditer(text):
        title = _TITLE.search(match[3])
        line = text.count("\n", 0, match.start()) + 1
        inner = textwrap.dedent(match[4])
        found.append(Block(page, line, match[2], title[1] if title else None, inner))
    return [each for each in found if language in (None, each.language)]


def commands(block: Block) -> list[Command]:
    """Return the commands of a console block: lines that begin with "$ ", and what they print."""
    found: list[tuple[str, list[str]]] = []
    for line in block.text.replace("\\\n", " ").splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        elif found:
            found[-1][1].append(line)
    return [Command(block, line, tuple(printed)) for line, printed in found]


def name(page: Path) -> str:
    """Return what tests call a page."""
    return page.relative_to(ROOT).as_posix()
