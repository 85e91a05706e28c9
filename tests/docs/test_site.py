"""The site builds without a warning, and asks nothing of other hosts."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import pytest_accept
from tests.docs.blocks import ROOT

pytestmark = pytest.mark.slow

FETCHED = re.compile(r'<(?:script|img|iframe|source)[^>]*\ssrc="(?:https?:)?//|@import\s+url\(http')


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "-d", str(folder)]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
    return folder


def test_every_public_name_is_on_the_page_of_names(site: Path) -> None:
    page = (site / "api.html").read_text(encoding="utf-8")
    assert [name for name in pytest_accept.__all__ if name not in page] == []


def test_no_page_fetches_anything(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    assert len(pages) > 20
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert not FETCHED.search(text), page.name
        links = re.findall(r'<link[^>]*rel="(?:stylesheet|preconnect|icon)"[^>]*>', text)
        assert not [link for link in links if 'href="http' in link or 'href="//' in link], page.name
