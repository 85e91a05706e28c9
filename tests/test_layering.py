"""The layers of ARCHITECTURE.md against every import in the package."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "pytest_accept"
HEAVY = {"numpy", "torch", "transformers", "datasets", "hypothesis", "scipy", "pyarrow", "pandas"}
LIGHT = {  # imported at collection, so nothing heavy at module level
    "__init__", "plugin", "fixtures", "markers", "options", "errors", "records", "settings",
    "recording", "explanation",
}  # fmt: skip

ANSWERED = ("evidence.py", "figures.py", "per_example.py")  # files of assertions


def allowed() -> dict[str, set[str]]:
    """Return the allow-list: rows `| layer | may import |` of the table in ARCHITECTURE.md."""
    rows = re.findall(r"^\| `(\w+)` \|([^|]*)\|", (ROOT / "ARCHITECTURE.md").read_text(), re.M)
    return {layer: set(re.findall(r"`(\w+)`", others)) for layer, others in rows}


def layer_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path, *, typing_too: bool = True) -> list[ast.Import | ast.ImportFrom]:
    tree = ast.parse(path.read_text())
    skipped: set[int] = set()
    if not typing_too:
        for node in ast.walk(tree):
            if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
                skipped |= {id(inner) for inner in ast.walk(node)}
    found = (ast.Import, ast.ImportFrom)
    return [n for n in ast.walk(tree) if isinstance(n, found) and id(n) not in skipped]


def modules(node: ast.Import | ast.ImportFrom) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    assert node.level == 0, "imports are absolute"
    if node.module == "pytest_accept":
        return [f"pytest_accept.{alias.name}" for alias in node.names]
    return [node.module or ""]


FILES = sorted(PACKAGE.rglob("*.py"))


def test_every_layer_is_in_the_table() -> None:
    assert {layer_of(path) for path in FILES} == set(allowed())


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_only_what_its_layer_may(path: Path) -> None:
    layer = layer_of(path)
    used = {
        name.split(".")[1]
        for node in imports(path, typing_too=layer != "__init__")
        for name in modules(node)
        if name.startswith("pytest_accept.")
    }
    may = allowed()[layer] | {layer, "_configured", "_terminal"}
    assert used <= may, f"{layer} may not import {sorted(used - may)}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_only_the_plugin_layer_imports_pytest(path: Path) -> None:
    plugin_layer = {
        "plugin", "fixtures", "markers", "options", "collecting", "tracebacks", "junit_properties",
        "replays", "default_criteria", "unused_data", "plans", "workers",
    }  # fmt: skip
    used = {m.split(".")[0] for n in imports(path, typing_too=False) for m in modules(n)}
    assert not used & {"pytest", "_pytest"} or layer_of(path) in plugin_layer


@pytest.mark.parametrize(
    "path",
    [
        p
        for p in FILES
        if layer_of(p) in LIGHT
        # evidence, figures, what a Record keeps and what reads streams are imported when a question
        # is answered
        or (
            layer_of(p) == "assertions"
            and p.parent.name != "streamed"
            and not p.name.endswith(ANSWERED)
        )
    ],
    ids=lambda path: str(path.relative_to(PACKAGE)),
)
def test_what_is_imported_at_collection_is_light(path: Path) -> None:
    tree = ast.parse(path.read_text())
    top = [n for n in tree.body if isinstance(n, ast.Import | ast.ImportFrom)]
    used = {name.split(".")[0] for node in top for name in modules(node)}
    assert not used & HEAVY
