"""Which criterion of one run is which of another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field

from pytest_accept.records import Criterion, DataDescription, ModelDescription, Record


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """A criterion with the Record that it is in."""

    record: Record
    criterion: Criterion

    @property
    def described(self) -> ModelDescription:
        """The model that was judged."""
        return self.record.models[self.criterion.model]

    @property
    def table(self) -> DataDescription:
        """The data that it was judged on."""
        return self.record.data[self.criterion.data]

    @property
    def model(self) -> str:
        """What the run calls the model."""
        return self.described.name

    @property
    def data(self) -> str:
        """What the run calls the data."""
        return self.table.name

    def key(self) -> Hashable:
        """Return what is the same in each run: everything but the model and the bar."""
        return self.criterion.test, self.question()

    def question(self) -> Hashable:
        """Return what is asked, whatever the test: everything but test, model and bar."""
        verdict = self.criterion.verdict
        name = verdict.behaviour.name if verdict.behaviour is not None else ""
        return (
            name,
            verdict.estimate.metric,
            self._options(),
            verdict.population,
            verdict.direction,
            self.data,
        )

    def _options(self) -> tuple[str, ...]:
        """Return the options of the metric, with the part that a model of this run plays in the
        place of its name: as in "against=rushed".
        """
        names = [each.name for each in self.record.models]
        found = []
        for option in self.criterion.verdict.estimate.options.split(", "):
            key, _, value = option.partition("=")
            part = f"{key}=model {names.index(value)}" if value in names else option
            found.append(part)
        return tuple(found)


@dataclass(slots=True, eq=False)
class Matched:
    """One criterion over the runs, and why it is taken for one where that is not plain."""

    runs: list[Judged | None]
    notes: list[str] = field(default_factory=list)

    @property
    def last(self) -> Judged:
        """The criterion in the last run so far that has it."""
        return next(each for each in reversed(self.runs) if each is not None)


def matched(records: Sequence[Record]) -> list[Matched]:
    """Return the criteria over the Records, those of the first in its order, then new ones.

    Criteria are the same if test, metric with options, population, direction and data are. Several
    equal ones of a run are told apart by the name of the model, by the part that the model plays
    (the order in which the run judges models), by the bar, and then by their order. What is then
    left may have moved to another test: see `_moved`.
    """
    lines: list[Matched] = []
    for place, record in enumerate(records):
        known: dict[Hashable, list[Matched]] = defaultdict(list)
        for line in lines:
            known[line.last.key()].append(line)
        fresh: dict[Hashable, list[Judged]] = defaultdict(list)
        for criterion in record.criteria:
            judged = Judged(record, criterion)
            fresh[judged.key()].append(judged)
        new = []
        for key, found in fresh.items():
            for continued, judged in _pairs(known[key], found):
                if continued is None:
                    new.append(judged)
                else:
                    continued.runs.append(judged)
        for continued, judged in _moved([each for each in lines if len(each.runs) == place], new):
            continued.notes.append(f"the test was {continued.last.criterion.test}")
            continued.runs.append(judged)
        for line in lines:
            line.runs += [None] * (place + 1 - len(line.runs))
        lines += [Matched([*[None] * place, judged]) for judged in new]
    return lines


def _moved(lines: list[Matched], new: list[Judged]) -> list[tuple[Matched, Judged]]:
    """Return the lines that go on in another test, and take those criteria out of the new ones.

    The question is the same, and of what is left no other on either side: first where a file went
    to another folder, then a test to another file, then where it has another name; each time first
    with a model of the same name.
    """
    pairs: list[tuple[Matched, Judged]] = []
    for way in (_by_file_and_test, _by_test, _by_question):
        pairs += _taken(lines, new, _with_name(way))
        pairs += _taken(lines, new, way)
    return pairs


def _pairs(lines: list[Matched], found: list[Judged]) -> list[tuple[Matched | None, Judged]]:
    """Return each criterion with the line that it continues, None for a new one."""
    pairs: list[tuple[Matched | None, Judged]] = []
    if len(lines) > 1 or (lines and len(found) > 1):
        lines, found = list(lines), list(found)
        for way in (_by_name_and_bar, _by_name, _by_part_and_bar, _by_part):
            pairs += _taken(lines, found, way)
        if lines and found:
            note = (
                f"{len(lines):,} and {len(found):,} criteria of this test do not differ in metric, "
                "data or model: they are matched in their order"
            )
            for line in lines[: len(found)]:
                line.notes.append(note)
    pairs += list(zip(lines, found, strict=False))
    return pairs + [(None, judged) for judged in found[len(lines) :]]


def _taken(
    lines: list[Matched], found: list[Judged], way: Callable[[Judged], Hashable]
) -> list[tuple[Matched, Judged]]:
    """Take out, and return, those that are alone with what `way` says of them on both sides."""
    left: dict[Hashable, list[Matched]] = defaultdict(list)
    right: dict[Hashable, list[Judged]] = defaultdict(list)
    for line in lines:
        left[way(line.last)].append(line)
    for judged in found:
        right[way(judged)].append(judged)
    pairs: list[tuple[Matched, Judged]] = []
    for key, some in left.items():
        if len(some) == len(right.get(key, ())) == 1:
            pairs.append((some[0], right[key][0]))
            lines.remove(some[0])
            found.remove(right[key][0])
    return pairs


def _by_file_and_test(judged: Judged) -> Hashable:
    file, _, test = judged.criterion.test.partition("::")
    return file.rpartition("/")[2], test, judged.question()


def _by_test(judged: Judged) -> Hashable:
    return judged.criterion.test.partition("::")[2], judged.question()


def _by_question(judged: Judged) -> Hashable:
    return judged.question()


def _with_name(way: Callable[[Judged], Hashable]) -> Callable[[Judged], Hashable]:
    return lambda judged: (way(judged), judged.model)


def _by_name(judged: Judged) -> Hashable:
    return judged.model


def _by_name_and_bar(judged: Judged) -> Hashable:
    return judged.model, judged.criterion.verdict.bar


def _by_part(judged: Judged) -> Hashable:
    return judged.criterion.model


def _by_part_and_bar(judged: Judged) -> Hashable:
    return judged.criterion.model, judged.criterion.verdict.bar
