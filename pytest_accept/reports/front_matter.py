"""The YAML at the head of a README.md: one key of it is changed, all else left as it is written."""

from __future__ import annotations

import re
from typing import Any

from pytest_accept.errors import DataError

# As the Hugging Face Hub finds it.
_BLOCK = re.compile(r"(\s*---(?:\r\n|\r|\n))([\S\s]*?)((?:\r\n|\r|\n)---[ \t]*(?:\r\n|\n|$))")
_MOST = 1_000_000  # values, with those that anchors repeat
_BYTE_ORDER_MARK = "\ufeff"


class FrontMatter:
    """A text with its metadata. Raises DataError if they are there and cannot be read as YAML.

    `metadata` are the values by key, empty if the text has none.
    """

    def __init__(self, text: str, name: str) -> None:
        self.name = name
        self.mark = _BYTE_ORDER_MARK if text.startswith(_BYTE_ORDER_MARK) else ""
        rest = text.removeprefix(_BYTE_ORDER_MARK)
        found = _BLOCK.match(rest)
        self.has_block = found is not None
        self.newline = "\r\n" if "\r\n" in rest else "\n"
        self.opening, self.yaml, self.closing = (
            found.groups() if found else (f"---{self.newline}", "", f"---{self.newline}")
        )
        self.body = rest[found.end() :] if found else rest
        self.metadata = self._read(self.yaml)

    def with_value(self, key: str, value: Any) -> str:
        """Return the text with a key of the metadata replaced, or added at their end.

        Raises DataError if that would touch other metadata, which anchors and braces can lead to.
        """
        import yaml

        block = yaml.safe_dump({key: value}, sort_keys=False, allow_unicode=True, width=1000)
        before, column, after = self._around(key)
        lines = block.rstrip("\n").split("\n")
        block = self.newline.join(" " * column + line for line in lines)
        changed = before + block.lstrip(" ") + after
        expected = {**self.metadata, key: value}
        if self._read(changed) != expected:
            raise DataError(
                f"{self.name}: {key} cannot be replaced without touching other metadata. Write the "
                "metadata one key a line, without braces around them and without anchors (&, *)."
            )
        return self.mark + self.opening + changed + self.closing + self.body

    def _around(self, key: str) -> tuple[str, int, str]:
        """Return what is written before and after a key with its value, and the key's column."""
        import yaml

        root = yaml.compose(self.yaml, Loader=yaml.SafeLoader)
        pairs = root.value if root is not None else []
        column = pairs[0][0].start_mark.column if pairs else 0
        for name, value in pairs:
            if name.value == key:
                start, end = name.start_mark.index, value.end_mark.index
                return self.yaml[:start], column, self.yaml[start + _length(self.yaml[start:end]) :]
        before = self.yaml.rstrip("\r\n")
        between = self.newline if before else ""
        after = self.yaml[len(before) :] if self.has_block else self.newline
        return before + between + " " * column, column, after

    def _read(self, text: str) -> dict[str, Any]:
        import yaml

        try:
            found = yaml.safe_load(text)
            _check_size(found)
        except (RecursionError, OverflowError) as error:
            raise DataError(f"{self.name}: its metadata are nested too deep, or endless") from error
        except (yaml.YAMLError, ValueError, TypeError) as error:
            mark = getattr(error, "problem_mark", None)
            where = f"line {mark.line + 2}: " if mark is not None else ""
            problem = getattr(error, "problem", None) or str(error)
            raise DataError(f"{self.name}: its metadata is not YAML: {where}{problem}") from error
        if found is None:
            return {}
        if not isinstance(found, dict):
            raise DataError(f"{self.name}: its metadata is not a list of keys and values")
        return found


def _check_size(value: Any) -> None:
    """Raise OverflowError for metadata that a few anchors make endless to compare or to write."""
    sizes: dict[int, int] = {}

    def size(part: Any) -> int:
        if not isinstance(part, dict | list | tuple | set):
            return 1
        if id(part) not in sizes:
            sizes[id(part)] = _MOST  # of what holds itself
            within = part.values() if isinstance(part, dict) else part
            sizes[id(part)] = 1 + sum(map(size, within))
        return sizes[id(part)]

    if size(value) > _MOST:
        raise OverflowError("anchors within anchors")


def _length(written: str) -> int:
    """Return the length of a value as written, without blank lines and comments that follow it."""
    lines = written.splitlines(keepends=True)
    while lines and (not lines[-1].strip() or lines[-1].lstrip().startswith("#")):
        lines.pop()
    return len("".join(lines).rstrip("\r\n"))
