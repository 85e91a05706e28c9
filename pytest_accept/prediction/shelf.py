"""The kept answers of one model to one reading: the files of a folder, and what waits to be one."""

from __future__ import annotations

import contextlib
import os
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pytest_accept.prediction import segments
from pytest_accept.prediction.blocks import Blocks, Rows
from pytest_accept.prediction.segments import ALL, DamagedError, Keys, Segment

# What waits is written when one of these is reached: a killed process loses no more.
SECONDS = 10.0
ANSWERS = 1 << 14
BYTES = 1 << 24

# How much of the files that were read last stays in memory, of all shelves together.
REMEMBERED = 1 << 28

# So many files of less than so many bytes are made one.
FEW = 16
SMALL = 1 << 20


@dataclass(frozen=True)
class Found:
    """Answers, and the places (n,) of the inputs they are to among those that were asked."""

    places: npt.NDArray[np.int64]
    answers: Blocks
    cut: npt.NDArray[np.bool_]


class Shelf:
    """Looks answers up by the keys of inputs, and keeps new ones; nothing is locked.

    `damaged` is told of files that are not what was written (and why), which are then left out, and
    removed if `writes`. Without `writes` nothing in the folder is touched.
    """

    def __init__(
        self,
        folder: Path,
        columns: int,
        about: dict[str, str],
        *,
        damaged: Callable[[Path, str], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.folder = folder
        self.columns = columns
        self.waiting: dict[bytes, tuple[Rows, bool]] = {}
        self.written = 0
        self._about, self._damaged, self._clock = about, damaged, clock
        self._index = _Index()
        self._state: tuple[int, int] | None = None
        self._bytes, self._since, self._part = 0, 0.0, ALL
        self._touched: set[str] = set()

    def look(
        self, keys: Sequence[bytes | None], *, writes: bool, part: str | None = None
    ) -> list[Found]:
        """Return the answers that are kept, in any order; None is the key of nothing.

        With `part` only answers that were asked for as this part are looked at, and nothing of them
        stays in memory.
        """
        asked = [i for i, key in enumerate(keys) if key is not None]
        found = self._of_waiting(keys, asked)
        if found is not None:
            gone = set(found.places.tolist())
            asked = [i for i in asked if i not in gone]
        if not asked:
            return [] if found is None else [found]
        places = np.array(asked, np.int64)
        numbers = segments.numbers_of([key for i in asked if (key := keys[i]) is not None])
        index = _Index() if part else self._index
        several = [] if found is None else [found]
        for _ in range(2):  # again if a file is gone: another process may have joined it with more
            self._refresh(index, part, writes=writes)
            which, files, at = index.find(numbers)
            lost = False
            left = np.ones(len(places), np.bool_)
            for number in np.unique(files).tolist():
                here = files == number
                segment = self._segment(index, number, writes=writes, remembered=not part)
                if segment is None:
                    lost = True
                    continue
                answers, cut = segment.take(at[here])
                several.append(Found(places[which[here]], answers, cut))
                left[which[here]] = False
            places, numbers = places[left], numbers[left]
            if not lost or not len(places):
                break
            self._state = None
        return several

    def keep(
        self,
        keys: Iterable[bytes | None],
        answers: Blocks,
        cut: npt.NDArray[np.bool_],
        *,
        part: str | None = None,
    ) -> None:
        """Keep answers that are not there yet; they are written after a while. Raises OSError."""
        if part is not None and part != self._part:
            self.flush()
            self._part = part
        if not self.waiting:
            self._since = self._clock()
        for key, rows, was_cut in zip(keys, answers.split(), cut.tolist(), strict=True):
            if key is not None:
                self.waiting[key] = rows, was_cut
                self._bytes += rows.nbytes + segments.KEY
        old = self._clock() - self._since >= SECONDS
        if old or len(self.waiting) >= ANSWERS or self._bytes >= BYTES:
            self.flush()

    def flush(self) -> None:
        """Write what waits. Raises OSError; then it is forgotten.

        Interrupted, it waits still: a Ctrl-C loses nothing.
        """
        try:
            if self.waiting:
                self._write()
        except OSError:
            self._let_go()
            raise
        self._let_go()

    def _write(self) -> None:
        rows, cut = zip(*self.waiting.values(), strict=True)
        segment = Segment.of(list(self.waiting), rows, cut)
        self._make_folder()
        segments.write(self.folder, segment, self._about, part=self._part)
        self.written += segment.nbytes

    def _let_go(self) -> None:
        self.waiting, self._bytes, self._part = {}, 0, ALL

    def join_small(self) -> None:
        """Make one file of many small ones, as short runs leave them. Raises OSError."""
        small = [
            file
            for file, status in files_of(self.folder)
            if file.name.startswith(ALL) and status.st_size < SMALL
        ]
        if len(small) < FEW:
            return
        read = [(file, segment) for file in small if (segment := self._read(file, writes=True))]
        if len(read) < 2 or len({segment.answers.rows.dtype for _, segment in read}) > 1:
            return
        whole = segments.write(
            self.folder, Segment.joined([segment for _, segment in read]), self._about
        )
        for file, _ in read:
            if file != whole:
                file.unlink(missing_ok=True)

    def _of_waiting(self, keys: Sequence[bytes | None], asked: Sequence[int]) -> Found | None:
        if not self.waiting:
            return None
        known = [(i, kept) for i in asked if (kept := self.waiting.get(keys[i] or b"")) is not None]
        if not known:
            return None
        answers = Blocks.join([rows for _, (rows, _) in known])
        cut = np.array([was for _, (_, was) in known], np.bool_)
        return Found(np.array([i for i, _ in known], np.int64), answers, cut)

    def _refresh(self, index: _Index, part: str | None, *, writes: bool) -> None:
        """Read the files that have come since."""
        try:
            status = self.folder.lstat()
        except OSError:
            return
        if leads_elsewhere(self.folder):
            return
        state = status.st_ino, status.st_mtime_ns
        if not part and state == self._state:
            return
        new: list[tuple[Path, Keys]] = []
        for file, _ in files_of(self.folder):
            if file in index or (part and not file.name.startswith(part)):
                continue
            segment = self._read(file, writes=writes)
            if segment is None:
                continue
            if not part:
                recent.add(file, segment)
            new.append((file, segment.keys))
        index.add(new)
        if not part:
            self._state = state

    def _segment(
        self, index: _Index, number: int, *, writes: bool, remembered: bool
    ) -> Segment | None:
        file = index.file(number)
        segment = recent.get(file)
        if segment is None:
            segment = self._read(file, writes=writes)
            if segment is None:
                index.drop(number)
                return None
            if remembered:
                recent.add(file, segment)
        if writes and file.name not in self._touched:
            self._touched.add(file.name)
            with contextlib.suppress(OSError):
                os.utime(file)  # what was used last goes last
        return segment

    def _read(self, file: Path, *, writes: bool) -> Segment | None:
        try:
            return segments.read(file, self.columns)
        except DamagedError as error:
            if writes:
                with contextlib.suppress(OSError):
                    file.unlink()
            self._damaged(file, str(error))
        except OSError:
            pass
        return None

    def _make_folder(self) -> None:
        if leads_elsewhere(self.folder):
            raise NotADirectoryError(f"{self.folder} leads elsewhere: there is a link in it")
        self.folder.mkdir(parents=True, exist_ok=True)


class _Index:
    """Where answers are: the keys of all files together, ascending."""

    def __init__(self) -> None:
        self._files: list[Path] = []
        self._known: set[Path] = set()
        # The halves of the keys, ascending by the first.
        self._high = np.empty(0, np.uint64)
        self._low = np.empty(0, np.uint64)
        self._number = np.empty(0, np.uint32)
        self._at = np.empty(0, np.uint32)

    def __contains__(self, file: Path) -> bool:
        return file in self._known

    def file(self, number: int) -> Path:
        return self._files[number]

    def add(self, files: Sequence[tuple[Path, Keys]]) -> None:
        """Add the keys of files, each ascending."""
        if not files:
            return
        start = len(self._files)
        self._files += [file for file, _ in files]
        self._known.update(file for file, _ in files)
        sizes = [len(keys) for _, keys in files]
        numbers = np.repeat(np.arange(start, start + len(files), dtype=np.uint32), sizes)
        high = np.concatenate([self._high, *(keys[:, 0] for _, keys in files)])
        low = np.concatenate([self._low, *(keys[:, 1] for _, keys in files)])
        at = [np.arange(size, dtype=np.uint32) for size in sizes]
        # A stable sort merges what is in order already, which the keys of each file are.
        order = np.argsort(high, kind="stable")
        self._high, self._low = high[order], low[order]
        self._number = np.concatenate([self._number, numbers])[order]
        self._at = np.concatenate([self._at, *at])[order]

    def drop(self, number: int) -> None:
        """Forget a file."""
        left = self._number != number
        self._high, self._low = self._high[left], self._low[left]
        self._number, self._at = self._number[left], self._at[left]
        self._known.discard(self._files[number])

    def find(
        self, keys: Keys
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Return which keys are known, and for these the numbers of their files and places there.

        Of keys that are alike in their first half the first is seen: another is one to ask anew.
        """
        if not len(self._high):
            empty = np.empty(0, np.int64)
            return empty, empty, empty
        places = np.searchsorted(self._high, keys[:, 0])
        places = np.minimum(places, len(self._high) - 1)
        same = (self._high[places] == keys[:, 0]) & (self._low[places] == keys[:, 1])
        which = np.flatnonzero(same)
        places = places[which]
        return which, self._number[places].astype(np.int64), self._at[places].astype(np.int64)


class _Recent:
    """The files that were read last, of all shelves together."""

    def __init__(self) -> None:
        self._segments: OrderedDict[Path, Segment] = OrderedDict()
        self._size = 0

    def get(self, file: Path) -> Segment | None:
        found = self._segments.get(file)
        if found is not None:
            self._segments.move_to_end(file)
        return found

    def add(self, file: Path, segment: Segment) -> None:
        before = self._segments.pop(file, None)
        self._size += segment.nbytes - (0 if before is None else before.nbytes)
        self._segments[file] = segment
        while self._size > REMEMBERED:
            _, oldest = self._segments.popitem(last=False)
            self._size -= oldest.nbytes

    def clear(self) -> None:
        self._segments.clear()
        self._size = 0


recent = _Recent()


def leads_elsewhere(folder: Path) -> bool:
    """Return whether a shelf, or one of the two folders of ours that it is in, is a link."""
    return any(each.is_symlink() for each in (folder, folder.parent, folder.parent.parent))


def files_of(folder: Path) -> list[tuple[Path, os.stat_result]]:
    """Return the files of kept answers in a folder, by name; none if there is no such folder."""
    found = []
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if segments.NAME.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                with contextlib.suppress(OSError):
                    found.append((Path(entry.path), entry.stat(follow_symlinks=False)))
    return sorted(found, key=lambda each: each[0].name)
