"""What training needs and acceptance tests do not: packages of the extra `training`."""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from importlib.metadata import version

from pytest_accept.errors import SettingError


def need(feature: str, package: str, module: str) -> None:
    """Raise SettingError with the command that installs what a feature needs, if it is missing."""
    try:
        importlib.import_module(module)
    except ImportError as error:
        raise SettingError(
            f"{feature} needs the package {package} ({error}). Install it with\n"
            "  pip install 'pytest-model-acceptance[training]'"
        ) from error


def versions(packages: Iterable[str]) -> dict[str, str]:
    """Return the versions of packages that touch what a training comes to."""
    return {package: version(package) for package in packages}
