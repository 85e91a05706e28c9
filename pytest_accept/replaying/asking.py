"""How a suite asks for a model, in words that mean the same in the next run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path, PurePath
from typing import Any

# Where a model runs is no part of what is asked for.
_PLACES = ("device",)


def asked_as(source: Any, options: Mapping[str, Any], *, root: Path, named: bool) -> str:
    """Return what was asked for, as in "runs/reviews, max_length=128".

    `named`: the source is what the fixture `accept_model` returned, whatever that was. A function
    or a module is called by where it is defined.
    """
    given = [
        f"{name}={_shown(each)}"
        for name, each in sorted(options.items())
        if name not in _PLACES and each is not None
    ]
    return ", ".join(["accept_model" if named else _name(source, root), *given])


def _name(source: Any, root: Path) -> str:
    if not isinstance(source, str | PurePath):
        where = source if hasattr(source, "__qualname__") else type(source)
        return f"{where.__module__}.{where.__qualname__}"
    path = Path(source)
    if not path.is_absolute():
        return path.as_posix()
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name


def _shown(value: Any) -> str:
    if isinstance(value, str | int | float | bool):
        return repr(value)
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_shown, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{k}: {_shown(v)}' for k, v in sorted(value.items()))}}}"
    # Such as torch.float16; of others (a tokenizer) what they are.
    return str(value) if type(value).__module__ == "torch" else type(value).__name__
