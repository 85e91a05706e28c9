"""What names an answer in the store: hashes of the input, and of all else that makes the answer.

Equal keys must mean equal questions, on every machine: values are written down canonically, each
with its type and its length, and hashed. What cannot be written down so has no key.
"""

from __future__ import annotations

import dataclasses
import struct
from collections.abc import Hashable, Iterable, Iterator
from functools import cache
from hashlib import blake2b
from importlib.metadata import PackageNotFoundError, version

import numpy as np

SIZE = 16
"""Bytes of a key."""

CODE = 1
"""The number of our code: another one for each change of what is read, or how, of a model."""

VERSIONS = ("pytest-model-acceptance", "torch", "transformers", "tokenizers")
"""The packages whose versions touch the numbers of every model."""

_OURS = "pytest_accept."


class _NoKeyError(TypeError):
    pass


def key_of(asked: Hashable) -> bytes | None:
    """Return the key of an input, None of one that has none, such as a function."""
    if type(asked) is str:  # nearly all are, so not by way of the generator
        content = _text(asked)
        return blake2b(b"s%d;%b" % (len(content), content), digest_size=SIZE).digest()
    try:
        return blake2b(b"".join(_written(asked)), digest_size=SIZE).digest()
    except _NoKeyError:
        return None


def shelf_of(identity: Iterable[Hashable] | None, reading: Hashable) -> str | None:
    """Return what names the answers of a model to a reading, None if nothing does.

    `identity` is all that makes a model's answers, None where that is not known. A reading must be
    one of ours: of the code of others there is no version.
    """
    if identity is None or not _is_ours(reading):
        return None
    packages = (*VERSIONS, *getattr(reading, "packages", ()))
    what = (CODE, tuple((name, version_of(name)) for name in packages), tuple(identity), reading)
    found = key_of(what)
    return None if found is None else found.hex()


@cache
def version_of(package: str) -> str | None:
    """Return the version of a package that is installed, None if it is not."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _is_ours(reading: object) -> bool:
    kind = type(reading)
    return kind.__module__.startswith(_OURS) and _is_frozen(kind)


def _is_frozen(kind: type) -> bool:
    parameters = getattr(kind, "__dataclass_params__", None)
    return parameters is not None and bool(parameters.frozen and parameters.eq)


def _text(text: str) -> bytes:
    # Half a character, which no file can hold as UTF-8, is a text all the same.
    return text.encode("utf-8", "surrogatepass")


def _written(value: object) -> Iterator[bytes]:
    """Yield the bytes of a value; those of different values are different."""
    if value is None or isinstance(value, bool | np.bool_):
        yield f"{None if value is None else bool(value)};".encode()
    elif isinstance(value, str | bytes):
        content = _text(value) if isinstance(value, str) else value
        yield f"{'s' if isinstance(value, str) else 'b'}{len(content)};".encode()
        yield content
    elif isinstance(value, int | np.integer):
        yield f"i{int(value)};".encode()
    elif isinstance(value, float | np.floating):
        yield b"f" + struct.pack("<d", float(value))
    elif isinstance(value, tuple):
        yield f"t{len(value)};".encode()
        for each in value:
            yield from _written(each)
    elif _is_frozen(type(value)):
        kind = type(value)
        fields = [each for each in dataclasses.fields(kind) if each.compare]  # type: ignore[arg-type]
        yield from _written(("dataclass", kind.__module__, kind.__qualname__, len(fields)))
        for each in fields:
            yield from _written((each.name, getattr(value, each.name)))
    else:
        raise _NoKeyError(type(value).__name__)
