"""The labels of a model: its own, or what its user calls them."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_accept.errors import ModelError


def checked_labels(labels: Sequence[str] | None, own: tuple[str, ...]) -> tuple[str, ...]:
    """Return the labels to use: `labels` where given, else the model's own."""
    if labels is None:
        return own
    names = tuple(str(each) for each in labels)
    if len(names) != len(own):
        raise ModelError(
            f"Expected `labels` to name the model's {len(own)} labels {list(own)!r}, in that "
            f"order, but got {len(names)}: {list(names)!r}."
        )
    if len(set(names)) != len(names):
        raise ModelError(f"Expected `labels` to differ from each other, but got {list(names)!r}.")
    return names
