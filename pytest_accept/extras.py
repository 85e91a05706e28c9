"""What an extra of a distribution brings, from its metadata: nothing of it is imported."""

from __future__ import annotations

from importlib.metadata import Distribution, EntryPoint, PackageNotFoundError, distribution
from importlib.util import find_spec


def missing_packages(entry: EntryPoint) -> list[str]:
    """Return the packages of the extra that is called as the entry point that are not installed.

    [] if its distribution has no such extra. A package whose version is another than the extra asks
    for counts as installed: it may do.
    """
    from packaging.requirements import InvalidRequirement, Requirement

    missing = []
    for line in (entry.dist.requires or []) if entry.dist is not None else []:
        try:
            requirement = Requirement(line)
        except InvalidRequirement:
            continue
        marker = requirement.marker
        if marker is None or marker.evaluate({"extra": ""}):
            continue
        if marker.evaluate({"extra": entry.name}) and not _is_installed(requirement.name):
            missing.append(requirement.name)
    return missing


def install_line(entry: EntryPoint) -> str:
    """Return how to install what an entry point needs, "" if it is of no distribution."""
    if entry.dist is None:
        return ""
    extra = f"[{entry.name}]" if entry.name in _extras(entry.dist) else ""
    return f"Install it with: pip install '{entry.dist.name}{extra}'"


def _extras(dist: Distribution) -> list[str]:
    return dist.metadata.get_all("Provides-Extra") or []


def _is_installed(name: str) -> bool:
    try:
        distribution(name)
    except PackageNotFoundError:
        # Another distribution may bring the same module, as mlflow-skinny does.
        return find_spec(name.replace("-", "_").partition(".")[0]) is not None
    return True
