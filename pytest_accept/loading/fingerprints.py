"""What tells one model from another: hashes of everything that makes its answers.

Every byte is read: sampling can miss a small fine-tune. xxh3 reads ten gigabytes a second.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import torch
import xxhash

from pytest_accept.loading import remembered_hashes

CHUNK = 1 << 24

# Names of files that make what a model answers begin or end like this; a README may change.
_BEGINNINGS = ("tokenizer", "vocab", "merges", "adapter_")
_ENDINGS = (".model", ".py", ".spm", ".tiktoken", ".bpe", ".codes")
_NAMES = (
    "config.json",
    "generation_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
)

_remembered: dict[tuple[str, int, int, int, int], str] = {}


def of_folder(folder: Path) -> str:
    """Return the fingerprint of a checkpoint: weights, config.json, tokenizer, code.

    It does not depend on where the folder is. Files are hashed again only when their inode, size or
    time of change differ.
    """
    whole = xxhash.xxh3_128()
    for file in model_files(folder):
        whole.update(f"{file.name}:{of_file(file)}\n".encode())
    return whole.hexdigest()


def model_files(folder: Path) -> list[Path]:
    """Return the files of a checkpoint that make its answers, by name."""
    files = sorted(each for each in folder.iterdir() if each.is_file())
    safe = any(each.suffix == ".safetensors" for each in files)
    return [each for each in files if _matters(each, safe)]


def of_module(module: torch.nn.Module, tokenizer: Any = None) -> str:
    """Return the fingerprint of a module in memory: tensors, config and tokenizer."""
    whole = xxhash.xxh3_128(type(module).__qualname__.encode())
    tensors: Iterable[tuple[str, torch.Tensor]] = (
        *module.named_parameters(),
        *module.named_buffers(),
    )
    for name, tensor in sorted(tensors, key=lambda each: each[0]):
        whole.update(f"{name}:{tensor.dtype}:{tuple(tensor.shape)}\n".encode())
        flat = tensor.detach().cpu().contiguous().reshape(-1)
        whole.update(flat.view(torch.uint8).numpy().data)
    config: Any = getattr(module, "config", None)
    if hasattr(config, "to_dict"):
        known: dict[str, Any] = config.to_dict()
        # Where a model came from does not change what it says.
        kept = {
            k: v for k, v in known.items() if k not in ("_name_or_path", "transformers_version")
        }
        whole.update(json.dumps(kept, sort_keys=True, default=str).encode())
    if tokenizer is not None:
        whole.update(of_tokenizer(tokenizer).encode())
    return whole.hexdigest()


def of_tokenizer(tokenizer: Any) -> str:
    """Return the fingerprint of a tokenizer in memory."""
    backend = getattr(tokenizer, "backend_tokenizer", None)
    if backend is not None:
        content = json.loads(backend.to_str())
        # Calls of the tokenizer leave their truncation and padding here.
        content.pop("truncation", None)
        content.pop("padding", None)
    else:
        content = {"vocabulary": tokenizer.get_vocab(), "options": str(tokenizer.init_kwargs)}
    content["special"] = {k: str(v) for k, v in tokenizer.special_tokens_map.items()}
    content["sides"] = [tokenizer.truncation_side, tokenizer.model_max_length]
    return xxhash.xxh3_128_hexdigest(json.dumps(content, sort_keys=True).encode())


def combined(*fingerprints: str) -> str:
    """Return one fingerprint of several, in order."""
    return xxhash.xxh3_128_hexdigest("\n".join(fingerprints).encode())


def _matters(file: Path, safe: bool) -> bool:
    name = file.name
    if file.suffix == ".safetensors" or name.endswith(".safetensors.index.json"):
        return True
    if name in _NAMES or name.startswith(_BEGINNINGS) or name.endswith(_ENDINGS):
        return True
    return not safe and name.startswith("pytorch_model")


def of_file(file: Path) -> str:
    """Return the hash of a file, read again only if inode, size or a time of change differ.

    Of a large file that is so across processes.
    """
    stat = file.stat()
    place = str(file.resolve())
    key = (place, stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)
    if key not in _remembered:
        found = remembered_hashes.recall(file, stat)
        if found is None:
            found = _read(file)
            remembered_hashes.remember(file, stat, found)
        _remembered[key] = found
    return _remembered[key]


def _read(file: Path) -> str:
    digest = xxhash.xxh3_128()
    buffer = memoryview(bytearray(min(CHUNK, max(1, file.stat().st_size))))
    with file.open("rb", buffering=0) as stream:
        while count := stream.readinto(buffer):
            digest.update(buffer[:count])
    return digest.hexdigest()
