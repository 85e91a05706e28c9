"""A person, a place or an organisation becomes another one of its type."""

from __future__ import annotations

from typing import Unpack

from pytest_accept.perturbations.combined import mixed
from pytest_accept.perturbations.kinds.locations import locations
from pytest_accept.perturbations.kinds.organizations import organizations
from pytest_accept.perturbations.kinds.person_names import person_names
from pytest_accept.perturbations.perturbation import Budget, Edits


def named_entities(**budget: Unpack[Budget]) -> Edits:
    """Exchange names of people, places and organisations; the label stays the same. English.

    Each becomes another one of its type: `person_names`, `locations` and `organizations` in one
    budget. Source: own lists; the idea is CheckList's (Ribeiro et al. 2020, ACL).

    >>> edit = named_entities(max_edits=2).script((0, 0, 0), (1, 0, 0))
    >>> edit("John flew to Rome.")
    'Ahmed flew to London.'
    """
    return mixed("named_entities", [person_names(), locations(), organizations()], **budget)
