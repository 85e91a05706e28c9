"""Perturbations: Hypothesis strategies of edit scripts, one kind per file in `kinds`.

The names in `KINDS` are functions that return a `Perturbation`. All take a budget: `max_edits=1`,
`max_share=None` (of a text's words), and `protect=()`, words that must stay as they are.

Other packages add kinds under the entry-point group `pytest_accept.perturbations`; they are found
here under their names. Names resolve on first use: test modules import them at collection.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest_accept

if TYPE_CHECKING:
    from pytest_accept.perturbations.kinds.accents import accents as accents
    from pytest_accept.perturbations.kinds.casing import casing as casing
    from pytest_accept.perturbations.kinds.contractions import contractions as contractions
    from pytest_accept.perturbations.kinds.dates import dates as dates
    from pytest_accept.perturbations.kinds.doubled_letters import doubled_letters as doubled_letters
    from pytest_accept.perturbations.kinds.dropped_letters import dropped_letters as dropped_letters
    from pytest_accept.perturbations.kinds.emoji import emoji as emoji
    from pytest_accept.perturbations.kinds.gendered_words import gendered_words as gendered_words
    from pytest_accept.perturbations.kinds.handles import handles as handles
    from pytest_accept.perturbations.kinds.hashtags import hashtags as hashtags
    from pytest_accept.perturbations.kinds.hedges import hedges as hedges
    from pytest_accept.perturbations.kinds.homoglyphs import homoglyphs as homoglyphs
    from pytest_accept.perturbations.kinds.intensifiers import intensifiers as intensifiers
    from pytest_accept.perturbations.kinds.keyboard_typos import keyboard_typos as keyboard_typos
    from pytest_accept.perturbations.kinds.locations import locations as locations
    from pytest_accept.perturbations.kinds.named_entities import named_entities as named_entities
    from pytest_accept.perturbations.kinds.negation import negation as negation
    from pytest_accept.perturbations.kinds.neutral_phrases import neutral_phrases as neutral_phrases
    from pytest_accept.perturbations.kinds.number_formats import number_formats as number_formats
    from pytest_accept.perturbations.kinds.number_words import number_words as number_words
    from pytest_accept.perturbations.kinds.ocr_errors import ocr_errors as ocr_errors
    from pytest_accept.perturbations.kinds.organizations import organizations as organizations
    from pytest_accept.perturbations.kinds.person_names import person_names as person_names
    from pytest_accept.perturbations.kinds.punctuation import punctuation as punctuation
    from pytest_accept.perturbations.kinds.sentence_order import sentence_order as sentence_order
    from pytest_accept.perturbations.kinds.spelling_variants import (
        spelling_variants as spelling_variants,
    )
    from pytest_accept.perturbations.kinds.swapped_letters import swapped_letters as swapped_letters
    from pytest_accept.perturbations.kinds.synonyms import synonyms as synonyms
    from pytest_accept.perturbations.kinds.typos import typos as typos
    from pytest_accept.perturbations.kinds.urls import urls as urls
    from pytest_accept.perturbations.kinds.whitespace import whitespace as whitespace
    from pytest_accept.perturbations.kinds.zero_width import zero_width as zero_width
    from pytest_accept.perturbations.made_by_users import from_function as from_function
    from pytest_accept.perturbations.made_by_users import from_sites as from_sites
    from pytest_accept.perturbations.perturbation import Perturbation as Perturbation
    from pytest_accept.perturbations.sampling import sample as sample
    from pytest_accept.perturbations.word_labels import perturb_words as perturb_words

GROUP = "pytest_accept.perturbations"

KINDS = (
    "accents",
    "casing",
    "contractions",
    "dates",
    "doubled_letters",
    "dropped_letters",
    "emoji",
    "gendered_words",
    "handles",
    "hashtags",
    "hedges",
    "homoglyphs",
    "intensifiers",
    "keyboard_typos",
    "locations",
    "named_entities",
    "negation",
    "neutral_phrases",
    "number_formats",
    "number_words",
    "ocr_errors",
    "organizations",
    "person_names",
    "punctuation",
    "sentence_order",
    "spelling_variants",
    "swapped_letters",
    "synonyms",
    "typos",
    "urls",
    "whitespace",
    "zero_width",
)

_HOMES = {
    "Perturbation": "perturbation",
    "from_function": "made_by_users",
    "from_sites": "made_by_users",
    "perturb_words": "word_labels",
    "sample": "sampling",
    **{name: f"kinds.{name}" for name in KINDS},
}

__all__ = ["GROUP", "KINDS", *sorted(_HOMES)]  # noqa: PLE0604 - computed; a test compares it


def __getattr__(name: str) -> object:
    if name.startswith("_"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

    def resolve() -> object:
        from importlib import import_module
        from importlib.metadata import entry_points

        if name in _HOMES:
            return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
        return next(iter(entry_points(group=GROUP, name=name))).load()

    if name not in _HOMES:
        from importlib.metadata import entry_points

        if not entry_points(group=GROUP, name=name):
            from pytest_accept.errors import unknown

            raise AttributeError(unknown("perturbation", name, _HOMES))
    if name == "Perturbation" or pytest_accept._configured is None:
        return resolve()
    return pytest_accept._deferred(name, resolve)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
