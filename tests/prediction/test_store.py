"""What an engine keeps from run to run: by content, whatever happens, and as the settings say."""

import os
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pytest_accept import CacheError, CacheNotWrittenWarning, DamagedCacheWarning, settings
from pytest_accept.prediction import shelf, store, store_check, store_folder
from pytest_accept.prediction.engine import Engine
from pytest_accept.prediction.store import Kept
from pytest_accept.settings import CachePolicy
from tests.prediction.fakes import FakeBackend, texts_of
from tests.prediction.test_engine import expected

NAME = "0123456789abcdef" * 2


@pytest.fixture(autouse=True)
def cache(tmp_path: Path) -> Iterator[Path]:
    """A cache folder of its own, which is used."""
    store.forget()
    with settings.using(cache="use", cache_dir=tmp_path / "cache"):
        yield tmp_path / "cache"
        store.forget()


class Run:
    """A new process, as far as the store can tell."""

    def __init__(
        self,
        react: Callable[[list[str], int], Any] = lambda texts, padded: None,
        *,
        name: str = NAME,
        half: bool = False,
    ) -> None:
        store.forget()
        self.backend = FakeBackend(react=react)
        kept = Kept(name, 2, model="a model", reading="Letters", half=half)
        self.engine = Engine(self.backend, kept=kept)
        self.engine.budget.settled = True  # trials take the time, on which no batch shall depend

    def __call__(self, texts: list[str]) -> np.ndarray:
        return self.engine.rows(texts)[0]

    @property
    def predicted(self) -> list[str]:
        return sorted(text for batch in self.backend.asked for text in batch)


def files(cache: Path) -> list[Path]:
    return sorted(each for each in cache.rglob("*") if each.is_file())


def test_the_next_run_predicts_nothing_and_gets_the_same_bits() -> None:
    texts = texts_of(200)
    cold, cut = Run().engine.blocks([*texts, "a" * 91])
    warm = Run()
    rows, still_cut = warm.engine.blocks([*texts, "a" * 91])
    assert warm.engine.forwards == 0
    assert [each.tobytes() for each in rows] == [each.tobytes() for each in cold]
    assert still_cut.tolist() == cut.tolist()
    assert still_cut[-1]
    assert not still_cut[:-1].any()


def test_ten_texts_more_are_ten_predictions() -> None:
    texts = texts_of(5_010)
    Run()(texts[:5_000])
    grown = Run()
    np.testing.assert_array_equal(grown(texts[::-1]), expected(texts[::-1]))
    assert grown.predicted == sorted(texts[5_000:])
    assert store.counted == store.Count(found=5_000, made=10)


def test_another_model_is_not_answered_for() -> None:
    Run()(["abc"])
    other = Run(name="f" * 32)
    other(["abc"])
    assert other.predicted == ["abc"]


def test_what_is_kept_is_found_before_it_is_written() -> None:
    Run()(["abc"])
    backend = FakeBackend()
    again = Engine(backend, kept=Kept(NAME, 2, model="a model", reading="Letters"))
    again.rows(["abc"])
    assert not backend.asked


def test_other_processes_are_heard_of_while_this_one_runs(cache: Path) -> None:
    mine = Run()
    mine(["abc"])
    folder = store_folder.of(cache) / NAME
    other = shelf.Shelf(folder, 2, {}, damaged=lambda file, why: None)
    keys = [store.key_of("xaxa")]
    other.keep(keys, shelf.Blocks.of(np.array([[4, 2]], np.float32)), np.array([False]))
    other.flush()
    mine(["xaxa"])
    assert mine.predicted == ["abc"]


@pytest.mark.parametrize("policy", ["off", "read"])
def test_off_and_read_write_nothing_at_all(policy: CachePolicy, cache: Path) -> None:
    with settings.using(cache=policy):
        Run()(["abc"])
        store.finish()
    assert not cache.exists()


def test_off_does_not_look(cache: Path) -> None:
    Run()(["abc"])
    with settings.using(cache="off"):
        run = Run()
        run(["abc"])
    assert run.predicted == ["abc"]


def test_read_looks_and_touches_nothing(cache: Path) -> None:
    Run()(["abc"])
    store.forget()
    (file,) = files(cache)
    damaged = file.with_name(f"{'0' * 32}-{'1' * 32}.safetensors")
    damaged.write_bytes(b"nothing")
    os.utime(file, (1e9, 1e9))
    before = {each: (each.stat().st_mtime_ns, each.read_bytes()) for each in files(cache)}
    with settings.using(cache="read"):
        run = Run()
        with pytest.warns(DamagedCacheWarning):
            run(["abc", "new"])
        store.finish()
    assert run.predicted == ["new"]
    assert {each: (each.stat().st_mtime_ns, each.read_bytes()) for each in files(cache)} == before


def test_damage_is_said_once_removed_and_predicted_again(cache: Path) -> None:
    texts = texts_of(100)
    for part in (texts[:50], texts[50:]):
        Run()(part)
        store.forget()
    for file in files(cache):
        content = bytearray(file.read_bytes())
        content[-1] ^= 1
        file.write_bytes(content)
    run = Run()
    with pytest.warns(DamagedCacheWarning, match="again. `.* verify --cache-dir ") as said:
        np.testing.assert_array_equal(run(texts), expected(texts))
    run(["another"])  # another warning would be an error
    assert len(said) == 1
    assert run.predicted == sorted([*texts, "another"])
    healed = Run()
    healed(texts)
    assert not healed.backend.asked


def test_a_truncated_file_costs_its_own_answers_only(cache: Path) -> None:
    texts = texts_of(100)
    Run()(texts[:50])
    store.forget()
    (first,) = files(cache)
    Run()(texts[50:])
    store.forget()
    first.write_bytes(first.read_bytes()[:100])
    run = Run()
    with pytest.warns(DamagedCacheWarning):
        run(texts)
    assert run.predicted == sorted(texts[:50])


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError("a later batch fails")])
def test_an_interrupted_run_is_gone_on_with(error: BaseException | type[BaseException]) -> None:
    seen = []

    def react(texts: list[str], padded: int) -> None:
        seen.append(texts)
        if len(seen) == 6:
            raise error

    texts = texts_of(300)
    undisturbed = Run(name="a" * 32)
    undisturbed(texts)
    broken = Run(react)
    with pytest.raises((KeyboardInterrupt, RuntimeError)):
        broken(texts)
    # As after os._exit: nothing else was written than what the interruption wrote.
    for each in store._shelves.values():
        assert not each.waiting
    resumed = Run()
    np.testing.assert_array_equal(resumed(texts), expected(texts))
    assert sorted(broken.predicted + resumed.predicted) == sorted(texts)
    # The batches are those of a run that nobody disturbed.
    assert broken.backend.asked + resumed.backend.asked == undisturbed.backend.asked


def test_an_interruption_while_writing_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf, "ANSWERS", 100)
    write = shelf.segments.write

    def interrupted(*_: Any, **__: Any) -> None:
        monkeypatch.setattr(shelf.segments, "write", write)
        raise KeyboardInterrupt

    monkeypatch.setattr(shelf.segments, "write", interrupted)
    texts = texts_of(150)
    broken = Run()
    with pytest.raises(KeyboardInterrupt):
        broken(texts)
    resumed = Run()
    resumed(texts)
    assert sorted(broken.predicted + resumed.predicted) == sorted(texts)


def test_what_waits_is_written_after_ten_seconds(cache: Path) -> None:
    now = [0.0]
    folder = store_folder.of(cache) / NAME
    mine = shelf.Shelf(folder, 1, {}, damaged=lambda file, why: None, clock=lambda: now[0])
    answer = shelf.Blocks.of(np.ones((1, 1), np.float32))
    for second in range(25):
        now[0] = second
        mine.keep([store.key_of(str(second))], answer, np.array([False]))
    assert len(files(cache)) == 2
    assert len(mine.waiting) <= 10


def test_many_answers_are_written_at_once(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf, "ANSWERS", 100)
    Run()(texts_of(150))
    assert len(files(cache)) == 1


def test_a_folder_that_takes_no_files_is_said_once(cache: Path) -> None:
    cache.write_text("a file, where a folder should be")
    run = Run()
    run(["abc"])
    with pytest.warns(CacheNotWrittenWarning, match="goes on without keeping"):
        run.engine.kept.done(interrupted=True)  # type: ignore[union-attr]
    run(["abcd", "abcde"])  # another warning would be an error
    run.engine.kept.done(interrupted=True)  # type: ignore[union-attr]
    assert store.finish()["problem"] is None


def test_a_full_disk_loses_nothing_but_what_is_kept(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shelf.segments, "write", full)
    monkeypatch.setattr(shelf, "ANSWERS", 10)
    run = Run()
    texts = texts_of(100)
    with pytest.warns(CacheNotWrittenWarning, match="No space left on device"):
        np.testing.assert_array_equal(run(texts), expected(texts))
    assert not files(cache)


def test_at_the_end_of_a_session_a_problem_is_told_and_not_warned_of(cache: Path) -> None:
    cache.write_text("a file, where a folder should be")
    Run()(["abc"])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        told = store.finish()
    assert (told["found"], told["made"]) == (0, 1)
    assert "cannot be kept" in str(told["problem"])


@pytest.mark.parametrize("place", ["predictions", "predictions/1", f"predictions/1/{NAME}"])
def test_a_link_in_place_of_a_folder_is_followed_by_nobody(
    place: str, cache: Path, tmp_path: Path
) -> None:
    Run()(["abc"])
    store.forget()
    outside = tmp_path / "outside"
    (cache / place).rename(outside)
    (cache / place).symlink_to(outside, target_is_directory=True)
    before = sorted(outside.rglob("*"))
    run = Run()
    run(["abc"])
    assert run.predicted == ["abc"]
    assert "cannot be kept" in str(store.finish()["problem"])
    assert not store_folder.stored(store_folder.of(cache)) or place.endswith(NAME)
    store_folder.clear(store_folder.of(cache))
    assert sorted(outside.rglob("*")) == before


def test_what_killed_processes_left_goes_when_a_session_ends(cache: Path) -> None:
    Run()(["abc"])
    store.forget()
    left = store_folder.of(cache) / NAME / f".unfinished-{'a' * 16}"
    left.write_bytes(b"half")
    os.utime(left, (1e9, 1e9))
    Run()(["abcd"])
    store.forget()
    assert not left.exists()


def test_the_folder_takes_what_the_settings_say(cache: Path) -> None:
    texts = texts_of(300)
    for place, part in enumerate((texts[:100], texts[100:200], texts[200:])):
        Run(name=f"{place:x}" * 32)(part)
        store.forget()
        for file in files(cache / "predictions" / "1" / (f"{place:x}" * 32)):
            os.utime(file, (1e9 + place, 1e9 + place))
    size = max(file.stat().st_size for file in files(cache))
    # The oldest is used once more, so the second goes.
    Run(name="0" * 32)(texts[:100])
    with settings.using(cache_size=3 * size):
        Run(name="9" * 32)(texts[:100])
        store.finish()
    left = [each.folder.name[0] for each in store_folder.stored(store_folder.of(cache))]
    assert left == ["0", "2", "9"]


def test_small_files_become_one(cache: Path) -> None:
    texts = texts_of(shelf.FEW)
    for text in texts:
        Run()([text])
        store.forget()
    assert len(files(cache)) == 1
    run = Run()
    np.testing.assert_array_equal(run(texts), expected(texts))
    assert not run.backend.asked


def test_a_file_that_another_process_joined_is_looked_for_again(cache: Path) -> None:
    texts = texts_of(4)
    for text in texts:
        Run()([text])
    store.forget()
    mine = Run()
    mine(texts[:1])
    shelf.recent.clear()
    # What another process does while this one runs.
    folder = store_folder.of(cache) / NAME
    other = shelf.Shelf(folder, 2, {}, damaged=lambda file, why: None)
    read = [(file, shelf.segments.read(file, 2)) for file in files(cache)]
    shelf.segments.write(folder, shelf.Segment.joined([each for _, each in read]), {})
    for file, _ in read:
        file.unlink()
    del other
    mine(texts)
    assert not mine.backend.asked


def test_verify_passes_where_nothing_changed_and_asks_a_sample() -> None:
    texts = texts_of(300)
    Run()(texts)
    with settings.using(cache="verify"):
        run = Run()
        run(texts)
        sample = run.predicted
        assert len(sample) == 30
        assert store.finish()["compared"] == 30
        other = Run()
        other(texts)
        assert other.predicted == sample


def test_verify_finds_another_answer_and_says_what_to_do() -> None:
    texts = texts_of(300)
    Run(lambda asked, padded: [[len(text), 7.0] for text in asked])(texts)
    with settings.using(cache="verify"):
        run = Run()
        with pytest.raises(
            CacheError, match=r"30 of 30 texts.*'fake' does now.*clear --cache-dir "
        ):
            run(texts)


@pytest.mark.parametrize(
    ("gap", "half", "passes"), [(5e-5, False, True), (2e-4, False, False), (0.03, True, True)]
)
def test_verify_allows_what_batches_do(gap: float, half: bool, passes: bool) -> None:
    Run(lambda asked, padded: [[0.0, 1.0] for _ in asked])(["abc"])
    with settings.using(cache="verify"):
        run = Run(lambda asked, padded: [[gap, 1.0] for _ in asked], half=half)
        if passes:
            assert run(["abc"])[0, 0] == 0.0  # what is kept is what counts
            return
        with pytest.raises(CacheError, match="by up to 0.0002"):
            run(["abc"])


def test_verify_compares_no_more_than_it_says() -> None:
    texts = texts_of(5_000)
    Run()(texts)
    with settings.using(cache="verify"):
        run = Run()
        for start in range(0, 5_000, 50):
            run(texts[start : start + 50])
    assert len(run.predicted) == store_check.COMPARED


def test_parts_of_large_data_are_found_without_the_rest(cache: Path) -> None:
    texts = texts_of(400)
    with store.in_parts():
        first = Run()
        for start in range(0, 400, 100):
            first(texts[start : start + 100])
            first.engine.forget()
        again = Run()
        for start in range(0, 400, 100):
            rows = again(texts[start : start + 100])
            np.testing.assert_array_equal(rows, expected(texts[start : start + 100]))
        assert not again.backend.asked
        # Nothing of them stays in memory.
        (mine,) = store._shelves.values()
        assert not len(mine._index._high)
    assert len(files(cache)) == 4
    whole = Run()
    whole(texts)
    assert not whole.backend.asked


def test_lone_surrogates_and_null_bytes_are_texts_like_others() -> None:
    texts = ["\udc80", "\ud800a", "\0", "", "a" * 1_000_000]
    Run()(texts[:3])
    run = Run()
    run(texts[:3])
    assert not run.backend.asked


def test_inputs_without_a_key_are_predicted_each_time(cache: Path) -> None:
    class Text(str):
        pass

    run = Run()
    run.engine.rows([("pair", frozenset("a"))])  # type: ignore[list-item]
    store.finish()
    assert not files(cache)


WRITER = """
import sys
import numpy as np
from pytest_accept import settings
from pytest_accept.prediction import store
from pytest_accept.prediction.blocks import Blocks

using = settings.using(cache="use", cache_dir=sys.argv[1])
using.__enter__()
first = int(sys.argv[2])
for start in range(first, first + 300, 20):
    kept = store.Kept("0123456789abcdef" * 2, 2, model="a model", reading="Letters")
    texts = [f"text {i}" for i in range(start, start + 20)]
    kept.look(texts)
    kept.keep(texts, Blocks.of(np.ones((20, 2), np.float32)), np.zeros(20, bool))
"""


@pytest.mark.slow
def test_several_writers_at_once_lose_nothing(cache: Path) -> None:
    script = f"{WRITER}    kept.done(interrupted=True)\nstore.finish()\n"
    processes = [
        subprocess.Popen([sys.executable, "-c", script, str(cache), str(first)])
        for first in (0, 150, 300)
    ]
    assert [each.wait() for each in processes] == [0, 0, 0]
    run = Run()
    run([f"text {i}" for i in range(600)])
    assert not run.backend.asked
    assert {each.suffix for each in files(cache)} == {".safetensors"}


@pytest.mark.slow
def test_what_waits_is_written_when_python_ends_unless_it_is_a_copy(cache: Path) -> None:
    script = f"""{WRITER}
import os
if os.fork() == 0:
    store.finish()
    os._exit(os.path.exists(sys.argv[1]))
assert os.wait()[1] == 0
"""
    subprocess.run([sys.executable, "-c", script, str(cache), "0"], check=True)
    run = Run()
    run([f"text {i}" for i in range(300)])
    assert not run.backend.asked
