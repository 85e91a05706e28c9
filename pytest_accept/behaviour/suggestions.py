"""Values for a slot, as a masked language model suggests them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pytest_accept.errors import ModelError, SettingError, check_count, expected

_MASK = "{mask}"
_WORD_STARTS = ("Ġ", "▁")  # how byte-level and SentencePiece tokens say that a word begins


def suggest(model: Any, text: str, *, top: int = 20) -> list[str]:
    """Return words that fit in the place of `{mask}`, the most probable first.

    `model` is a masked language model: a transformers `fill-mask` pipeline, or the folder of one
    (its weights in safetensors; nothing is downloaded, no code of its own is run). Only whole words
    of letters are returned, each once whatever its case, so there may be fewer than `top`.

    Suggestions are for a person to choose from: a word that fits may well be of another meaning
    or sentiment.

    Raises SettingError for a text without `{mask}` or with several, or a `top` below 1, and
    ModelError for something that is no masked language model.

    >>> suggest("models/bert", "A {mask} film.", top=3)  # doctest: +SKIP
    ['short', 'good', 'new']
    """
    if not isinstance(text, str) or text.count(_MASK) != 1:
        raise SettingError(expected("text", f"a text with {_MASK} in it, once", text))
    check_count("top", top)
    pipeline = _pipeline(model)
    tokenizer = pipeline.tokenizer
    vocabulary = tokenizer.get_vocab()
    starts = next((s for s in _WORD_STARTS if any(t.startswith(s) for t in vocabulary)), "")
    asked = text.replace(_MASK, tokenizer.mask_token)
    size, count = len(vocabulary), 4 * top
    while True:
        count = min(count, size)
        words: dict[str, str] = {}
        for guess in pipeline(asked, top_k=count):
            token = str(tokenizer.convert_ids_to_tokens(guess["token"]))
            word = token.removeprefix(starts)
            if token.startswith(starts) and word.isalpha():
                words.setdefault(word.lower(), word)
        if len(words) >= top or count == size:
            return list(words.values())[:top]
        count *= 4


def _pipeline(model: Any) -> Any:
    if getattr(model, "task", None) == "fill-mask" and callable(model):
        return model
    what = "a fill-mask pipeline of transformers, or the folder of a masked language model"
    if not isinstance(model, str | Path):
        raise ModelError(expected("model", what, model))
    folder = Path(model).expanduser()
    if not folder.is_dir():
        raise ModelError(f"{expected('model', what, str(model))} There is no such folder.")
    import transformers

    from pytest_accept.loading.checkpoint import check_weights, load_tokenizer, read_config
    from pytest_accept.loading.quiet import quiet

    read_config(folder)
    check_weights(folder, allow_pickle=False, auto_class="AutoModelForMaskedLM")
    tokenizer = load_tokenizer(folder)
    try:
        with quiet():
            module, info = transformers.AutoModelForMaskedLM.from_pretrained(
                str(folder), use_safetensors=True, local_files_only=True, output_loading_info=True
            )
    except (ValueError, OSError) as error:
        reason = str(error).splitlines()[0]
        raise ModelError(f"{str(folder)!r} is no masked language model: {reason}") from error
    if info["missing_keys"]:
        raise ModelError(
            f"{str(folder)!r} has no masked language model's head: its weights lack "
            f"{min(info['missing_keys'])!r}. Give the checkpoint before fine-tuning."
        )
    if tokenizer.mask_token is None:
        raise ModelError(f"The tokenizer in {str(folder)!r} has no mask token.")
    return transformers.pipeline("fill-mask", model=module.eval(), tokenizer=tokenizer)
