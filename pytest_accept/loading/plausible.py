"""Is a config.json one of the weights beside it? One that is not may name layers without end.

transformers builds what a config says before it looks at the weights: a number too large would take
all memory, or hours. No size of a network is larger than the number of its weights.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pytest_accept.errors import ModelError

MOST_LAYERS = 10_000

_LAYERS = ("layers", "n_layer", "num_experts", "num_local_experts")
_SIZES = (
    "vocab_size", "hidden_size", "intermediate_size", "type_vocab_size", "embedding_size",
    "hidden_dim", "d_model", "d_ff", "n_embd", "n_inner", "dim", "num_labels", "encoder_ffn_dim",
    "decoder_ffn_dim", "num_attention_heads", "n_head",
)  # fmt: skip


def check_config(config: Any, folder: Path, *, trusted: bool) -> None:
    """Raise ModelError for a config that is no object, of odd parts, or larger than its weights.

    And for one that names code on the hub in place of an attention, unless it is `trusted`.
    """
    file = str(folder / "config.json")
    if not isinstance(config, dict):
        raise ModelError(f"Expected {file!r} to hold an object, but it is {_short(config)}.")
    for name, kind, what in (
        ("architectures", list, "a list of names"),
        ("auto_map", dict, "names by class"),
    ):
        if config.get(name) is not None and not isinstance(config[name], kind):
            found = _short(config[name])
            raise ModelError(f"Expected `{name}` in {file!r} to be {what}, but it is {found}.")
    for name, value in _values(config):
        if name.endswith("_implementation") and isinstance(value, str) and "/" in value:
            if trusted:
                continue
            raise ModelError(
                f"{file!r} asks for {name}={value[:80]!r}, code that would be downloaded and run. "
                "Pass attn_implementation= to choose another, or trust_remote_code=True."
            )
    most = sum(each.stat().st_size for each in folder.glob("*.safetensors"))
    for name, value in _values(config):
        if not isinstance(value, int):
            continue
        if name.endswith(_LAYERS) and value > MOST_LAYERS:
            raise ModelError(f"{file!r} is not to be believed: it says {name}={value:,}.")
        if most and name in _SIZES and value > most:
            raise ModelError(
                f"{file!r} does not belong to the weights beside it: it says {name}={value:,}, but "
                f"they have {most:,} bytes in all."
            )


def _values(config: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Return all values of a config with their names, those of its parts, too."""
    for name, value in config.items():
        yield name, value
        if isinstance(value, dict):
            yield from _values(value)


def _short(value: Any) -> str:
    shown = repr(value)
    return shown if len(shown) <= 60 else shown[:59] + "…"
