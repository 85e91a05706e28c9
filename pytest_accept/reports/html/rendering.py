"""Templates of this package as pages: escaped, self-contained, and allowed to load nothing."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from jinja2.ext import Extension
from markupsafe import Markup

from pytest_accept.reports.html.visible_text import visible


def render(template: str, **context: object) -> str:
    """Return a template of `templates/` as a page; whatever is not Markup is shown as text.

    The page's security policy forbids everything but the style and the script of `base.html`,
    which are named in it by their hashes.
    """
    return _environment().get_template(template).render(**context)


class _Unindented(Extension):
    """Templates without the spaces that begin their lines: a tenth of a large page."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        return re.sub(r"^[ \t]+", "", source, flags=re.MULTILINE)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("pytest_accept.reports.html"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        extensions=[_Unindented],
        trim_blocks=True,
    )
    for name in ("style.css", "script.js"):
        text = files(__package__).joinpath("templates", name).read_text(encoding="utf-8")
        kind = name.split(".", maxsplit=1)[0]
        environment.globals[kind] = Markup(text)
        environment.globals[f"{kind}_hash"] = _hash(text)
    return environment


def _finalize(value: object) -> object:
    """Return what a template prints: a text without characters that would not be seen."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"
