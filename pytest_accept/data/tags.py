"""The tags of a table of sentences, word by word, and the entities that they say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pytest_accept.data.tag_schemes import Span

Words = tuple[str, ...]


@dataclass(frozen=True, eq=False, kw_only=True)
class Tags:
    """The tags of a table: a tag for each word of each sentence (`words`).

    `scheme` is how they say entities, None if they say none (parts of speech); then `spans` are
    empty. `names` are the types of entities, or the tags themselves, by first appearance.
    """

    words: Sequence[Words]
    sequences: Sequence[tuple[str, ...]]
    scheme: str | None
    spans: Sequence[tuple[Span, ...]]
    names: tuple[str, ...]
    notes: tuple[str, ...] = ()

    soft = False

    @property
    def noun(self) -> str:
        """What `names` are."""
        return "tags" if self.scheme is None else "entity types"

    def text(self, row: int) -> str:
        """Return the tags of a row for a person: "PER: Anna Ray, LOC: Rome", or "DET NOUN"."""
        if self.scheme is None:
            return " ".join(self.sequences[row])
        words = self.words[row]
        said = [
            f"{span.type}: {' '.join(words[span.start : span.stop])}" for span in self.spans[row]
        ]
        return ", ".join(said) or "(no entity)"

    def key(self, row: int) -> str:
        """Return a string that is the same for the same tags and for no others."""
        return "\x1f".join(self.sequences[row])
