"""pytest's configuration: which file it is, and how settings are added without breaking it."""

from __future__ import annotations

import configparser
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pytest_accept.starter.literals import literal

SECTIONS = {
    "pytest.ini": "pytest",
    ".pytest.ini": "pytest",
    "pyproject.toml": "tool.pytest.ini_options",
    "tox.ini": "pytest",
    "setup.cfg": "tool:pytest",
}
"""The files in pytest's order, and the section that makes one of them pytest's own."""

_NATIVE = "tool.pytest"  # what pytest 9 reads of a pyproject.toml
_NEW = "pytest.ini"


@dataclass(frozen=True, slots=True)
class Ini:
    """A configuration file: `section` is pytest's in it, which may have to be made (`is_new`)."""

    file: Path
    section: str
    is_new: bool

    @property
    def settings(self) -> dict[str, Any]:
        """What the section says already."""
        return _read(self.file, self.section) or {}

    def with_settings(self, settings: Mapping[str, str]) -> str | None:
        """Return the file's text with these settings added; None if it cannot be done safely.

        Safely: read again, it says what it said before, and the settings.
        """
        try:
            text = self.file.read_text(encoding="utf-8") if self.file.exists() else ""
        except UnicodeDecodeError:
            return None
        lines = self.written(settings)
        header = f"[{self.section}]"
        if self.is_new:
            gap = (
                "" if not text or text.endswith("\n\n") else "\n" if text.endswith("\n") else "\n\n"
            )
            changed = f"{text}{gap}{header}\n" + "".join(f"{line}\n" for line in lines)
        else:
            kept = text.splitlines(keepends=True)
            at = [n for n, line in enumerate(kept) if line.split("#")[0].strip() == header]
            if len(at) != 1:
                return None
            end = "" if kept[at[0]].endswith("\n") else "\n"
            added = end + "".join(f"{line}\n" for line in lines)
            changed = "".join([*kept[: at[0] + 1], added, *kept[at[0] + 1 :]])
        if not self._is_sound(text, changed, settings):
            return None
        dos = self.file.exists() and b"\r\n" in self.file.read_bytes()
        return changed.replace("\n", "\r\n") if dos else changed

    def written(self, settings: Mapping[str, str]) -> list[str]:
        """Return the settings as the lines of this kind of file."""
        toml = self.file.suffix == ".toml"
        return [f"{name} = {literal(value) if toml else value}" for name, value in settings.items()]

    def _is_sound(self, before: str, after: str, settings: Mapping[str, str]) -> bool:
        old, new = _parsed(before, self.file), _parsed(after, self.file)
        if old is None or new is None:
            return False
        table = old
        for part in _parts(self.section, self.file):
            table = table.setdefault(part, {})
        table.update(settings)
        return old == new


def find_ini(folder: Path) -> Ini:
    """Return the file that pytest takes its settings from in a folder, else one to make there.

    pytest looks in the folder and then in those above it.
    """
    for place in (folder, *folder.parents):
        for name in ("pytest.toml", ".pytest.toml"):
            if (place / name).is_file():
                return Ini(place / name, "pytest", is_new=False)
        for name, section in SECTIONS.items():
            file = place / name
            if not file.is_file():
                continue
            native = name.endswith(".toml") and (_read(file, _NATIVE) or {}).keys() - {
                "ini_options"
            }
            if native:
                return Ini(file, _NATIVE, is_new=False)
            if _read(file, section) is not None or name.endswith("pytest.ini"):
                return Ini(file, section, is_new=_read(file, section) is None)
    for name in ("pyproject.toml",):
        if (folder / name).is_file():
            return Ini(folder / name, SECTIONS[name], is_new=True)
    return Ini(folder / _NEW, SECTIONS[_NEW], is_new=True)


def _read(file: Path, section: str) -> dict[str, Any] | None:
    """Return a section, None if it is not there or the file cannot be read."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    table = _parsed(text, file)
    for part in _parts(section, file):
        table = table.get(part) if isinstance(table, dict) else None
    return table if isinstance(table, dict) else None


def _parsed(text: str, file: Path) -> dict[str, Any] | None:
    try:
        if file.suffix == ".toml":
            return tomllib.loads(text)
        parser = configparser.RawConfigParser(strict=True, delimiters=("=", ":"))
        parser.optionxform = str  # type: ignore[assignment,method-assign]
        parser.read_string(text)
        return {name: dict(parser.items(name)) for name in parser.sections()}
    except (configparser.Error, ValueError, RecursionError):  # endless numbers, deep nesting
        return None


def _parts(section: str, file: Path) -> list[str]:
    return section.split(".") if file.suffix == ".toml" else [section]
