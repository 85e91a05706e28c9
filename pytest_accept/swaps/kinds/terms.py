"""A user's own lists of terms, of any language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, get_args

from pytest_accept.errors import SettingError, expected
from pytest_accept.swaps.lexicon import Lexicon
from pytest_accept.swaps.swap import Swap

Language = Literal["en", "any"]


def terms(
    identities: Mapping[str, str | Sequence[str]],
    *,
    language: Language = "en",
    name: str = "terms",
) -> Swap:
    """Exchange terms of a list of your own: every whole-word mention of an identity in the text.

    `identities` maps each identity to its term, or to a list of its forms, which are aligned: the
    first one becomes the first one of the others, the second one the second; "" where an identity
    has no such form. Two forms that are spelled alike ("Muslim" as noun and adjective) are only
    exchanged for an identity where they are alike, too. Identities that the text holds already are
    not put there.

    Terms are found in any case, one all in capitals ("US") only as it is written, and are put in
    the case that was found. With `language="en"`, "a" and "an" and possessives are made to fit;
    with "any" the text around them stays. `name` is what reports call the swap.

    Raises SettingError for fewer than two identities, lists of different lengths, or a term that
    two identities share.

    >>> swap = terms({"women": ["woman", "women"], "migrants": ["immigrant", "immigrants"]})
    >>> [each.text for each in swap.counterfactuals("A woman knows women's rights.")]
    ["An immigrant knows immigrants' rights."]
    """
    if language not in get_args(Language):
        raise SettingError(expected("language", "'en' or 'any'", language))
    rows = _checked(identities)
    shown = "" if language == "en" else f", language={language!r}"
    called = f"{name}({', '.join(rows)}{shown})"
    kind = name.replace("_", " ")
    return Swap(called, kind, Lexicon(rows).finder(kind, english=language == "en"))


def _checked(identities: Any) -> dict[str, list[str]]:
    what = "a mapping of two or more identities, each with its term or a list of its forms"
    if not isinstance(identities, Mapping) or len(identities) < 2:
        raise SettingError(expected("identities", what, identities))
    rows: dict[str, list[str]] = {}
    for identity, given in identities.items():
        listed = [given] if isinstance(given, str) else given
        fits = isinstance(identity, str) and isinstance(listed, list | tuple)
        if not fits or not all(isinstance(each, str) for each in listed) or not any(listed):
            raise SettingError(expected("identities", what, {identity: given}))
        rows[identity] = [each.strip() for each in listed]
    sizes = {identity: len(listed) for identity, listed in rows.items()}
    if len(set(sizes.values())) > 1:
        raise SettingError(
            f"Expected lists of forms of equal length, because the forms are aligned, but got "
            f"{sizes}. Put '' where an identity has no such form."
        )
    owners: dict[str, str] = {}
    for identity, listed in rows.items():
        for term in filter(None, listed):
            if owners.setdefault(term.lower(), identity) != identity:
                raise SettingError(
                    f"The term {term!r} is listed for both {owners[term.lower()]!r} and "
                    f"{identity!r}. Which one is meant where it stands?"
                )
    return rows
