"""Loading without the noise."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass
class _Hushed:
    """How many are loading just now, and how loud transformers was before the first of them."""

    count: int = 0
    verbosity: int = 0
    hook: Any = None


_lock = threading.Lock()
_hushed = _Hushed()


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep transformers' bars and warnings to itself while loading; afterwards all is as it was.

    What matters of its warnings (weights that are missing) is an error of ours. Several threads may
    load at a time.
    """
    import logging

    from transformers.utils import logging as noise

    def hidden(factory, args, kwargs):  # type: ignore[no-untyped-def]
        return factory(*args, **{**kwargs, "disable": True})

    with _lock:
        if not _hushed.count:
            _hushed.verbosity = noise.get_verbosity()
            _hushed.hook = noise.set_tqdm_hook(hidden)
            noise.set_verbosity(logging.ERROR)
        _hushed.count += 1
    try:
        yield
    finally:
        with _lock:
            _hushed.count -= 1
            if not _hushed.count:
                noise.set_verbosity(_hushed.verbosity)
                noise.set_tqdm_hook(_hushed.hook)
