"""Get the texts of the sentiment example: snippets rated by people, as two tab-separated files.

The texts come from the data set of Hutto and Gilbert, "VADER: A Parsimonious Rule-based Model for
Sentiment Analysis of Social Media Text" (ICWSM 2014), which the source distribution of the package
`vaderSentiment` carries. They belong to their authors, so they are downloaded and never committed.

    python example_suites/sentiment/get_data.py [--force]

writes into `data/` beside this file

* `movies_train.tsv`: movie-review snippets to train on;
* `reviews.tsv`: the held-out population: other movie snippets, Amazon review sentences and tweets.

Both have these columns:

id         source and the data set's own number, such as "amazon-12_3"
text       the snippet
label      "pos" or "neg", the sign of the mean rating; between -0.5 and 0.5 is left out
source     "movies", "amazon" or "tweets"
review     what the snippet is part of: shared by the sentences of one Amazon review
agreement  "raters disagree" if more than one in ten of those who took a side took the lesser one,
           otherwise "raters agree"
neg, pos   the shares of raters who said negative and positive, adding up to 1; raters who said
           neutral (0) took no side and are left out
"""

from __future__ import annotations

import argparse
import csv
import html
import io
import json
import os
import random
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, fields
from itertools import groupby
from pathlib import Path

HERE = Path(__file__).resolve().parent
# With the hash, pip refuses any other file before it runs the file's setup.py.
REQUIREMENT = (
    "vaderSentiment==3.3.2 "
    "--hash=sha256:5d7c06e027fc8b99238edb0d53d970cf97066ef97654009890b83703849632f9\n"
)
INNER = "vaderSentiment-3.3.2/additional_resources/hutto_ICWSM_2014.tar.gz"
FILES = {
    "movies": "hutto_ICWSM_2014/movieReviewSnippets",
    "amazon": "hutto_ICWSM_2014/amazonReviewSnippets",
    "tweets": "hutto_ICWSM_2014/tweets",
}
NEUTRAL = 0.5
DISAGREEMENT = 0.1
TRAIN = 3000
HELD_OUT = {"movies": 2000, "amazon": 1000, "tweets": 1000}
SEED = 20140601


@dataclass(frozen=True, slots=True, kw_only=True)
class Snippet:
    """One rated text: a row of the files."""

    id: str
    text: str
    label: str
    source: str
    review: str
    agreement: str
    neg: float
    pos: float


def download(folder: Path) -> Path:
    """Let pip download the source distribution into `folder`, from wherever pip is set up to look.

    The wheel lacks the ratings, hence `--no-binary`. Raises SystemExit when pip fails.
    """
    requirements = folder / "requirements.txt"
    requirements.write_text(REQUIREMENT, encoding="utf-8")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    command += ["--no-deps", "--no-binary", "vaderSentiment"]
    command += ["--requirement", str(requirements), "--dest", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = sorted(folder.glob("*.tar.gz"))
    if done.returncode == 0 and found:
        return found[0]
    raise SystemExit(
        f"{done.stdout}{done.stderr}\n"
        "Expected pip to download the source distribution of vaderSentiment 3.3.2, but it failed "
        "(see above). It needs a package index that has it, and setuptools; check with\n"
        f"  {Path(sys.executable).name} -m pip download --no-deps --no-binary vaderSentiment "
        "vaderSentiment==3.3.2"
    )


def unpack(archive: Path, folder: Path) -> None:
    """Unpack the data set, an archive within `archive`, into `folder` and nowhere else."""
    with tarfile.open(archive) as outer:
        outer.extract(INNER, folder, filter="data")
    with tarfile.open(folder / INNER) as inner:
        inner.extractall(folder, filter="data")


def read_source(folder: Path, source: str) -> Iterator[Snippet]:
    """Yield the clearly negative or positive snippets of one source, in the order of its file."""
    stem = FILES[source]
    ratings = {row[0]: row for row in _rows(folder / f"{stem}_anonDataRatings.txt")}
    for number, mean, text in _rows(folder / f"{stem}_GroundTruth.txt"):
        # Both files name the same snippets, each once, but Amazon's in another order: join them by
        # id. Every mean then agrees but those of 199 tweets, such as 2, 7, 9 and 1424 to 1483.
        # Which file is right about them cannot be told, so they are left out.
        _, rated_mean, _, single = ratings[number]
        if abs(float(mean) - float(rated_mean)) > 1e-6 or abs(float(mean)) < NEUTRAL:
            continue
        votes: list[int] = json.loads(single)
        negative = sum(vote < 0 for vote in votes)
        positive = sum(vote > 0 for vote in votes)
        sided = negative + positive
        name = f"{source}-{number}"
        yield Snippet(
            id=name,
            text=" ".join(html.unescape(text).split()),
            label="pos" if float(mean) > 0 else "neg",
            source=source,
            review=name.rpartition("_")[0] if source == "amazon" else name,
            agreement="raters disagree"
            if min(negative, positive) > DISAGREEMENT * sided
            else "raters agree",
            neg=round(negative / sided, 4),
            pos=round(1 - round(negative / sided, 4), 4),
        )


def drop_repeated(snippets: Iterable[Snippet]) -> Iterator[Snippet]:
    """Yield each snippet that has words, unless the same words in the same order came before."""
    seen = {""}
    for snippet in snippets:
        words = " ".join(re.findall(r"\w+", snippet.text.casefold()))
        if words not in seen:
            seen.add(words)
            yield snippet


def split(snippets: Iterable[Snippet]) -> tuple[list[Snippet], list[Snippet]]:
    """Draw the training and the held-out snippets, the same ones every time.

    Whole reviews are drawn, so that the sentences of one stay together.
    """
    training: list[Snippet] = []
    held_out: list[Snippet] = []
    for source, part in groupby(snippets, key=lambda snippet: snippet.source):
        reviews = [list(review) for _, review in groupby(part, key=lambda snippet: snippet.review)]
        random.Random(f"{SEED} {source}").shuffle(reviews)
        drawn = [snippet for review in reviews for snippet in review]
        kept, rest = drawn[: HELD_OUT[source]], drawn[HELD_OUT[source] :]
        held_out += kept
        if source == "movies":
            training = rest[:TRAIN]
    return training, held_out


def write(path: Path, snippets: Iterable[Snippet]) -> None:
    """Write `snippets` to `path` so that an interruption leaves no half a file there."""
    unfinished = path.with_name(path.name + ".unfinished")
    with unfinished.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(
            file, [field.name for field in fields(Snippet)], delimiter="\t", lineterminator="\n"
        )
        writer.writeheader()
        writer.writerows(asdict(snippet) for snippet in snippets)
    os.replace(unfinished, path)


def main() -> None:
    """Download, split and write, unless all files are there."""
    parser = argparse.ArgumentParser(description="Get the texts of the sentiment example.")
    parser.add_argument("--output", type=Path, default=HERE / "data", help="default: data/ here")
    parser.add_argument("--force", action="store_true", help="write the files anew")
    options = parser.parse_args()
    names = ("movies_train.tsv", "reviews.tsv")
    if all((options.output / name).exists() for name in names) and not options.force:
        print(f"{', '.join(names)} are there already (--force writes them anew)")
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        print("downloading the source of vaderSentiment 3.3.2 (2.5 MB) ...", flush=True)
        unpack(download(folder), folder)
        everything = [snippet for source in FILES for snippet in read_source(folder, source)]
    training, held_out = split(drop_repeated(everything))
    options.output.mkdir(parents=True, exist_ok=True)
    for name, part in zip(names, (training, held_out), strict=True):
        write(options.output / name, part)
        print(f"{name}: {len(part)} snippets")


def _rows(path: Path) -> list[list[str]]:
    # Split by hand: texts contain quotation marks that mean nothing, and the ratings files may open
    # with a byte-order mark.
    text = path.read_text(encoding="utf-8-sig")
    return [line.split("\t") for line in io.StringIO(text) if line.strip()]


if __name__ == "__main__":
    main()
