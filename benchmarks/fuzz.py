"""Readers of files against damaged and hostile files: only our own errors may come of them.

    python benchmarks/fuzz.py [--quick] [--seconds 150] [--seed 0] [--only NAME …]

`--seconds` is the time for each reader. Hypothesis changes valid files: bytes of any, values of
those that are JSON. A find is an exception that is no AcceptanceError, 5 seconds of processor time
for one file, or 4 GB of memory. It is shrunk, printed, and kept as a test in tests/faults/. What a
reader promises never to raise at all (the caches) may raise nothing.
"""

import argparse
import contextlib
import json
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import hypothesis
from fuzzed import Reader, readers
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from results import write as write_results

from pytest_accept.errors import AcceptanceError

PROCESSOR_SECONDS = 5.0
MEMORY = 4 << 30
ROUND = 2_000  # inputs, before what was found is left out of the search

# What parsers of all kinds stumble over.
BYTES = (
    b"", b"\0", b"\xff", b"\xef\xbb\xbf", b"\xff\xfe", b"\xed\xa0\x80", b"\n", b"\r", b"\r\n\r\n",
    b"\t", b",", b'"', b"\\", b"#", b"# ", b"-DOCSTART-", b"---\n", b"&a", b"*a", b"{", b"}", b"[",
    b"]", b"null", b"NaN", b"-1", b"1e999", b"9" * 30, b"9" * 5000, b"[" * 3000, b'{"a":' * 3000,
    b"A" * 70_000, "\u202e\u0301\U0001f469\u200d".encode(), "\u2028\x85\x1c".encode(), b"../" * 20,
    b"/dev/zero", b"\xff\xff\xff\x7f", b"\xff" * 8, b"\0" * 8,
)  # fmt: skip
VALUES: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 2**31, 2**63, 10**30, 1e308, -1e308, 0.5, float("nan"),
    float("inf"), "", "a", "\0", "\ud800", "\u202e", "../../etc/passwd", "/dev/zero", "x" * 20_000,
    "AAAA", [], {}, [[]], [None], {"": None}, [1, "a"], ["pos", "neg"], {"a": 1},
)  # fmt: skip


class Hang(BaseException):
    """A file that keeps its reader busy."""


@dataclass
class Ran:
    """What fuzzing one reader came to: `finds` are what came, by where it came from."""

    inputs: int = 0
    accepted: int = 0
    seconds: float = 0.0
    processor: float = 0.0
    finds: dict[str, bytes] = field(default_factory=dict)


def fuzz(reader: Reader, *, seconds: float, start: int = 0, most: int | None = None) -> Ran:
    """Feed a reader for so many seconds, or with so many inputs."""
    ran = Ran()
    began, processor = time.monotonic(), time.process_time()
    folder = Path(tempfile.mkdtemp())
    try:
        while time.monotonic() - began < seconds and (most is None or ran.inputs < most):
            _round(reader, ran, folder, seed=start + ran.inputs, until=began + seconds, most=most)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    ran.seconds, ran.processor = time.monotonic() - began, time.process_time() - processor
    return ran


def _round(
    reader: Reader, ran: Ran, folder: Path, *, seed: int, until: float, most: int | None
) -> None:
    """Search until something is found that was not found before, or for so many inputs."""
    last: dict[str, bytes] = {}

    @hypothesis.seed(seed)
    @settings(
        max_examples=min(ROUND, most or ROUND),
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink),
        print_blob=False,
        report_multiple_bugs=False,
    )
    @given(damaged(reader))
    def feed(content: bytes) -> None:
        if time.monotonic() > until:
            return
        ran.inputs += 1
        try:
            with _bounded():
                reader.read(reader.put(folder, content))
            ran.accepted += 1
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            if isinstance(error, AcceptanceError) and not reader.never_raises:
                return
            where = _place(error)
            if where in ran.finds:
                return
            last.clear()
            last[where] = content
            raise _Found(where) from error

    with contextlib.suppress(_Found, hypothesis.errors.Flaky), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        feed()
    ran.finds.update(last)


class _Found(Exception):  # noqa: N818 - Hypothesis shrinks what raises it
    pass


def _place(error: BaseException) -> str:
    """Return what came and the last line of ours that it came through."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [each for each in frames if "pytest_accept" in each.filename]
    at = f"{Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else "?"
    return f"{type(error).__name__} at {at}"


@contextlib.contextmanager
def _bounded() -> Iterator[None]:
    def stop(*_: Any) -> None:
        raise Hang

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, PROCESSOR_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


@st.composite
def damaged(draw: st.DrawFn, reader: Reader) -> bytes:
    """Draw a valid file of a reader with up to four changes."""
    content = draw(st.sampled_from(reader.seeds))
    if reader.is_json and draw(st.booleans()):
        value = json.loads(content)
        for _ in range(draw(st.integers(1, 3))):
            value = _other_value(draw, value)
        return json.dumps(value).encode()
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(content)))
        cut = draw(st.sampled_from((0, 0, 1, 2, 4, 8, 30, 10**9)))
        kind = draw(st.sampled_from(("word", "bytes", "own")))
        if kind == "word":
            new = draw(st.sampled_from(BYTES))
        elif kind == "bytes":
            new = draw(st.binary(max_size=8))
        else:
            start = draw(st.integers(0, len(content)))
            new = content[start : start + draw(st.integers(1, 60))] * draw(
                st.sampled_from((1, 1, 2, 50))
            )
        content = content[:at] + new + content[at + cut :]
    return content


def _other_value(draw: st.DrawFn, value: Any) -> Any:
    """Return a JSON value with one of the values within it exchanged, left out, or doubled."""
    places = list(_places(value))
    at = places[draw(st.integers(0, len(places) - 1))]
    new: Any = draw(st.sampled_from((*VALUES, _Gone, _Twice)))

    def rebuilt(part: Any, path: tuple[Any, ...]) -> Any:
        if not path:
            return part if new in (_Gone, _Twice) else new
        first, rest = path[0], path[1:]
        if isinstance(part, dict):
            changed = dict(part)
            if not rest and new is _Gone:
                del changed[first]
            else:
                changed[first] = rebuilt(part[first], rest)
            return changed
        items = list(part)
        if not rest and new in (_Gone, _Twice):
            items[first : first + 1] = [items[first]] * (2 if new is _Twice else 0)
        else:
            items[first] = rebuilt(items[first], rest)
        return items

    return rebuilt(value, at)


class _Gone:
    pass


class _Twice:
    pass


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    pairs: Any = ()
    if isinstance(value, dict):
        pairs = value.items()
    elif isinstance(value, list):
        pairs = enumerate(value)
    for key, each in pairs:
        yield from _places(each, (*path, key))


def main(given_arguments: list[str] | None = None) -> int:
    """Fuzz the readers, print a line for each, and every find."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="one second a reader")
    parser.add_argument("--seconds", type=float, default=150.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", nargs="*", default=None)
    arguments = parser.parse_args(given_arguments)
    seconds = 1.0 if arguments.quick else arguments.seconds
    every = readers()
    _limit_memory()
    results: dict[str, dict[str, float]] = {}
    found = 0
    for name, reader in every.items():
        if arguments.only is not None and name not in arguments.only:
            continue
        ran = fuzz(reader, seconds=seconds, start=arguments.seed)
        results[name] = {
            "inputs": ran.inputs,
            "read": ran.accepted,
            "seconds": round(ran.seconds, 1),
            "processor_seconds": round(ran.processor, 1),
            "finds": len(ran.finds),
        }
        found += len(ran.finds)
        print(
            f"{name:22} {ran.inputs:9,} inputs, {ran.accepted:9,} of them read, in "
            f"{ran.seconds:6.1f} s ({ran.processor:.1f} of the processor): {len(ran.finds)} finds",
            flush=True,
        )
        for where, content in ran.finds.items():
            print(f"    {where}: {_short(content)}", flush=True)
    if arguments.only is None:
        write_results("fuzz", results)
    return 1 if found else 0


def _short(content: bytes) -> str:
    shown = repr(content)
    return shown if len(shown) < 600 else f"{shown[:300]} … {shown[-280:]} ({len(content):,} bytes)"


def _limit_memory() -> None:
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY, resource.RLIM_INFINITY))


if __name__ == "__main__":
    sys.exit(main())
