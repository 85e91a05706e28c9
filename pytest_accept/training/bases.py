"""What a training begins with: the folder of a saved model."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from pytest_accept.errors import ModelError, SettingError, expected
from pytest_accept.loading import Model, checkpoint, fingerprints, saved
from pytest_accept.loading.sources import as_folder

Source = str | Path | Model

PROBE = "probe.json"
"""The file that tells the folder of a probe, which has only a head."""


@dataclass(frozen=True, kw_only=True)
class Base:
    """A saved model: its folder, what it is called, its config.json, what its files hash to."""

    folder: Path
    name: str
    config: dict[str, Any]
    fingerprint: str
    safe: bool
    trust_remote_code: bool = False

    @cached_property
    def tokenizer(self) -> Any:
        """The tokenizer; ModelError if there is none."""
        return checkpoint.load_tokenizer(self.folder, trust_remote_code=self.trust_remote_code)

    def check_unchanged(self) -> None:
        """Raise ModelError if the files are no longer what they were."""
        if fingerprints.of_folder(self.folder) != self.fingerprint:
            raise ModelError(
                f"The base model {str(self.folder)!r} has been overwritten while it was used. Give "
                "each checkpoint a folder of its own."
            )


def find(
    source: Source,
    *,
    revision: str | None = None,
    allow_pickle: bool = False,
    trust_remote_code: bool = False,
) -> Base:
    """Return the base that a folder, a hub name, or a Model loaded from one of them names.

    ModelError for a Model of an object in memory, which has no files to train from, and for files
    that are missing or not safe to load.
    """
    asked = saved.Asked(
        revision=revision, allow_pickle=allow_pickle, trust_remote_code=trust_remote_code
    )
    name, named = _named(source)
    folder = saved.find_folder(named, asked)
    if (folder / PROBE).is_file():
        raise ModelError(
            f"{name!r} is a probe: a head on an encoder that it does not change. Begin with the "
            "model that it was made from."
        )
    config = checkpoint.read_config(folder, trust_remote_code=trust_remote_code)
    safe = checkpoint.check_weights(folder, allow_pickle=allow_pickle, auto_class="AutoModel")
    base = Base(
        folder=folder,
        name=name,
        config=config,
        fingerprint=fingerprints.of_folder(folder),
        safe=safe,
        trust_remote_code=trust_remote_code,
    )
    if isinstance(source, Model) and source.fingerprint != base.fingerprint:
        raise ModelError(
            f"The Model {name!r} is not what its source {named!r} holds (now): another revision, a "
            "tokenizer of its own, or changed files. Give the folder itself as the base."
        )
    return base


def reason(error: Exception) -> str:
    """Return the kind of an error and the first line of what it says."""
    return f"{type(error).__name__}: {str(error).strip()}".splitlines()[0]


def _named(source: Source) -> tuple[str, str | Path]:
    """Return what to call a base, and the folder or hub name of its files."""
    if isinstance(source, Model):
        about = source.describe()
        if not _is_saved(source):
            raise ModelError(
                f"The Model {about.name!r} was made of an object in memory, and a training begins "
                "with files. Save the model and its tokenizer with save_pretrained into one "
                "folder, and give that as the base."
            )
        return about.name, about.source
    if isinstance(source, str | Path):
        folder = as_folder(source)
        return (str(source) if folder is None else folder.resolve().name), source
    what = "a folder, a hub name, or a Model loaded from one of them"
    raise SettingError(expected("base", what, source))


def _is_saved(model: Model) -> bool:
    # Of a user's module the fingerprint is asked again and again, a function has none.
    return model._fingerprint is None and model.describe().fingerprint is not None
