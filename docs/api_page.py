"""The page of public names, made from the docstrings when the site is built (a hook of mkdocs)."""

from __future__ import annotations

import importlib
import inspect
import textwrap
from collections.abc import Iterable
from typing import Any

import pytest_accept

HEAD = """# Public names

**This page answers: what is there to import, with which arguments?**

Made from the docstrings, of which these are the first paragraphs: `help(pytest_accept.accuracy)`
shows all of one. Every metric has an `assert_<metric>_above` and an `assert_<metric>_below`, which
take a bar after the subjects and the same options.
"""

MODULES = {
    "pytest_accept.perturbations": "Edits for [robustness](criteria/robustness.md).",
    "pytest_accept.swaps": "Identities: [counterfactuals](criteria/fairness.md#counterfactuals).",
    "pytest_accept.slices": "Conditions for [`where=`](criteria/weak-spots.md#conditions).",
    "pytest_accept.attributions": "Scores of tokens for [explanations](criteria/explanations.md).",
}

_STARS: dict[Any, str] = {
    inspect.Parameter.VAR_POSITIONAL: "*",
    inspect.Parameter.VAR_KEYWORD: "**",
}


def on_files(files: Any, config: Any) -> Any:
    """Add the page to those that mkdocs has found."""
    from mkdocs.structure.files import File

    files.append(File.generated(config, "api.md", content=page()))
    return files


def page() -> str:
    """Return the page, in Markdown."""
    metrics = sorted(pytest_accept._METRICS)
    bars = {f"assert_{metric}_{side}" for metric in metrics for side in ("above", "below")}
    others = [name for name in pytest_accept.__all__ if name not in bars and name not in metrics]
    functions = [name for name in others if not name.startswith("assert_") and name.islower()]
    asserting = [name for name in others if name.startswith("assert_")]
    types = [name for name in others if name not in functions and name not in asserting]
    parts = [
        HEAD,
        *_section("Functions", pytest_accept, functions),
        *_section("Metrics", pytest_accept, metrics, bars=True),
        *_section("Further assertions", pytest_accept, asserting),
        *_section("Types and errors", pytest_accept, types),
    ]
    for home, what in MODULES.items():
        module = importlib.import_module(home)
        names = [name for name in module.__all__ if name not in ("KINDS", "GROUP")]
        parts += [*_section(f"`{home}`", module, names, what)]
    return "\n".join(parts)


def _section(
    title: str, module: Any, names: Iterable[str], what: str = "", *, bars: bool = False
) -> list[str]:
    lines = [f"## {title}", "", what, ""]
    for name in names:
        value = getattr(module, name)
        if not (inspect.isclass(value) or inspect.isroutine(value)):  # an alias of a type
            continue
        lines += [f"#### {name}", "", f"**`{name}{_signature(value)}`**", ""]
        if bars:
            lines += [f"`assert_{name}_above`, `assert_{name}_below`", ""]
        lines += [_first_paragraph(value), ""]
    return lines


def _first_paragraph(value: Any) -> str:
    text = inspect.getdoc(value) or ""
    return textwrap.fill(text.split("\n\n")[0].strip().replace("<", "&lt;"), 1000)


def _signature(called: Any) -> str:
    """Return the arguments without their types; nothing of a class, whose docstring says them."""
    if inspect.isclass(called):
        return ""
    shown: list[str] = []
    starred = False
    for parameter in inspect.signature(called).parameters.values():
        if parameter.kind is parameter.KEYWORD_ONLY and not starred:
            shown.append("*")
        starred = starred or parameter.kind in (parameter.KEYWORD_ONLY, parameter.VAR_POSITIONAL)
        mark = _STARS.get(parameter.kind, "")
        value = getattr(parameter.default, "__name__", None) or repr(parameter.default)
        default = "" if parameter.default is parameter.empty else f"={value}"
        shown.append(f"{mark}{parameter.name}{default}")
    return f"({', '.join(shown)})"
