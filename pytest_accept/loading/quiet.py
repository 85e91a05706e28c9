"""Loading without the noise."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep transformers' bars and warnings to itself while loading; afterwards all is as it was.

    What matters of its warnings (weights that are missing) is an error of ours.
    """
    import logging

    from transformers.utils import logging as noise

    def hidden(factory, args, kwargs):  # type: ignore[no-untyped-def]
        return factory(*args, **{**kwargs, "disable": True})

    verbosity = noise.get_verbosity()
    hook = noise.set_tqdm_hook(hidden)
    noise.set_verbosity(logging.ERROR)
    try:
        yield
    finally:
        noise.set_verbosity(verbosity)
        noise.set_tqdm_hook(hook)
