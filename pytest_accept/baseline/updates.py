"""`--accept-update-baseline`: what tests ask for waits here until all verdicts are known.

A worker of pytest-xdist sends what waits as plain dicts; only the controller writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pytest_accept.baseline.contents import labels_of
from pytest_accept.baseline.format import Stored, parsed, stored, written
from pytest_accept.errors import DataError, SettingError
from pytest_accept.whole_files import write_whole

if TYPE_CHECKING:
    from pytest_accept.data import Data
    from pytest_accept.records import Criterion, Record

_ROUNDING = 1e-4
_SHOWN = 3

_waiting: dict[str, dict[str, Any]] = {}


def ask(file: Path, new: Any, said: Any, data: Data, role: str) -> None:
    """Note that `new` is to become the baseline in `file`, of all of the data that was loaded.

    Raises SettingError if another model or other data already is to have this file.
    """
    about = said.model
    what = {
        "model": [about.name, about.fingerprint, about.dtype, list(about.labels)],
        "data": [data.name, data.whole.fingerprint],
        "role": role,
    }
    asked = _waiting.get(str(file))
    if asked is not None:
        _check_same(asked, what)
        return
    whole = data.whole
    predicted = new.for_data(whole) if hasattr(new, "for_data") else new.predict(whole)
    fresh = stored(
        predicted,
        whole.inputs,
        labels_of(whole),
        role=role,
        data=data.name,
        data_fingerprint=whole.fingerprint,
    )
    _waiting[str(file)] = {**what, "text": written(fresh)}


def collect() -> dict[str, dict[str, Any]]:
    """Return what was asked for since the last call, by file, and forget it."""
    taken = dict(_waiting)
    _waiting.clear()
    return taken


def finish(
    asked: Iterable[dict[str, dict[str, Any]] | None],
    record: Record,
    *,
    root: Path,
    whole: bool,
    broken: Sequence[str],
) -> tuple[list[str], bool]:
    """Write the baselines that may be written; return a line for each, and whether all went well.

    `asked` is what each process collected, None for one that crashed. `whole`: the run was not
    broken off. `broken` are the tests that failed otherwise than by a criterion. It does not go
    well if a file cannot be written, or two things would have one file; that a model was not
    accepted is no fault of the run.
    """
    parts = list(asked)
    together: dict[str, list[dict[str, Any]]] = {}
    for part in parts:
        for file, what in (part or {}).items():
            together.setdefault(file, []).append(what)
    if not together:
        hint = "assert_no_regression(model, data) does, and whatever is given the fixture baseline"
        return [f"baseline not written: no test asked for one ({hint})"], True
    lines, well = [], True
    for file, of_workers in sorted(together.items()):
        shown = _shown(Path(file), root)
        try:
            _check_workers(of_workers)
            why = _reason_to_keep(of_workers[0], record, whole and None not in parts, broken)
            if why is None:
                lines.append(_write(Path(file), of_workers[0]["text"], shown))
            else:
                lines.append(f"baseline not written: {shown}: {why}")
        except (OSError, SettingError) as error:
            lines.append(f"baseline not written: {shown}: {error}")
            well = False
    return lines, well


def _check_workers(of_workers: list[dict[str, Any]]) -> None:
    first = of_workers[0]
    for each in of_workers[1:]:
        _check_same(first, each)


def _reason_to_keep(
    first: dict[str, Any], record: Record, whole: bool, broken: Sequence[str]
) -> str | None:
    if not whole:
        return "the run was broken off before all was judged"
    if broken:
        return f"what these tests ask is open, because they broke: {_named(broken)}"
    of = f"of {first['model'][0]!r} on {first['data'][0]!r}"
    about = [each for each in record.criteria if _is_about(each, first, record)]
    if not about:
        return f"no criterion {of} was judged"
    missed = [each for each in about if _missed(each)]
    if not missed:
        return None
    tests = _named(list(dict.fromkeys(each.test for each in missed)))
    return f"{len(missed)} of {len(about)} criteria {of} not accepted: {tests}"


def _named(tests: Sequence[str]) -> str:
    more = f" and {len(tests) - _SHOWN} more" if len(tests) > _SHOWN else ""
    return ", ".join(tests[:_SHOWN]) + more


def _is_about(criterion: Criterion, asked: dict[str, Any], record: Record) -> bool:
    model, data = record.models[criterion.model], record.data[criterion.data]
    named = [model.name, model.fingerprint, model.dtype, list(model.labels)]
    return bool(named == asked["model"] and [data.name, data.fingerprint] == asked["data"])


def _missed(criterion: Criterion) -> bool:
    # A test that is expected to fail says so of its criteria.
    return criterion.verdict.status != "accepted" and criterion.outcome != "skipped"


def _check_same(asked: dict[str, Any], what: dict[str, Any]) -> None:
    """Raise SettingError if two different things would have one file."""
    for kind in ("model", "data"):
        if asked[kind] != what[kind]:
            one, other = asked[kind][0], what[kind][0]
            raise SettingError(
                f"Two different {'models' if kind == 'model' else 'data'} ({one!r} and {other!r}) "
                "would have the same baseline. Give them different names: "
                f"load_{kind}(..., name=…)."
            )
    if asked["role"] != what["role"]:
        raise SettingError(
            f"The models {asked['role']!r} and {what['role']!r} would have the same baseline. Give "
            "one of them another name: load_model(..., name=…)."
        )


def _write(file: Path, text: str, shown: str) -> str:
    fresh = parsed(text, shown)
    count = f"{len(fresh.contents):,} examples"
    try:
        old = parsed(file.read_text(encoding="utf-8"), shown)
    except FileNotFoundError:
        old = None
    except (DataError, UnicodeDecodeError, OSError):
        write_whole(file, text)
        return f"baseline written: {shown} ({count}; the old one could not be read)"
    if old is None:
        write_whole(file, text)
        return f"baseline written: {shown} ({count}, the first)"
    if (old.role, old.data) != (fresh.role, fresh.data):
        raise SettingError(
            f"it is of {old.role!r} on {old.data!r}; give one of them another name: "
            "load_model(..., name=…), load_data(..., name=…)"
        )
    if _same(old, fresh):
        return f"baseline unchanged: {shown} ({count})"
    write_whole(file, text)
    return f"baseline written: {shown} ({count}; {_changes(old, fresh)})"


def _same(old: Stored, fresh: Stored) -> bool:
    """Return whether nothing differs but what another batch may round otherwise."""
    # The fingerprint of the data knows their order, but equal texts may be in another one.
    said = [
        (each.model, each.model_fingerprint, each.data_fingerprint, each.contents, each.examples,
         each.answers.kind, each.answers.labels)
        for each in (old, fresh)
    ]  # fmt: skip
    if said[0] != said[1]:
        return False
    pairs = list(zip(old.answers.values, fresh.answers.values, strict=True))
    if any(len(one) != len(other) for one, other in pairs):
        return False
    if not fresh.model_fingerprint:
        return written(old) == written(fresh)
    return all(np.abs(one - other).max(initial=0.0) < _ROUNDING for one, other in pairs)


def _changes(old: Stored, fresh: Stored) -> str:
    then, now = (set(zip(each.contents, each.examples, strict=True)) for each in (old, fresh))
    said = f"{len(now - then):,} examples added, {len(then - now):,} removed"
    kinds = [(each.answers.kind, each.answers.labels) for each in (old, fresh)]
    if kinds[0] != kinds[1]:
        return f"{said}, other labels"
    before = {content: old.answers.said(i) for i, content in enumerate(old.contents)}
    after = ((content, fresh.answers.said(i)) for i, content in enumerate(fresh.contents))
    flipped = sum(before.get(content, each) != each for content, each in after)
    return f"{flipped:,} predictions changed, {said}"


def _shown(file: Path, root: Path) -> str:
    return file.relative_to(root).as_posix() if file.is_relative_to(root) else str(file)
