"""Sequential criteria against all of 5,000 examples: how many they take, how often they err.

    python benchmarks/sequential.py [--quick]

Four tables. Examples taken at several distances from the bar, of a population and of a finite set
(asked for in parts, as a criterion does: 64, and two fifths more each time). The ways to bet
against each other, looking after every example, on the same draws. How often a look says that a
mean which is the bar is beyond it, over many repetitions: 0.05 is what is promised. And
the texts that a small BERT reads for a suite of six criteria, sequentially and at once.
"""

import argparse
import math
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import results
import torch
from numpy.typing import NDArray
from throughput import bench_texts
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

import pytest_accept as pa
from pytest_accept.assertions.sequential import sizes
from pytest_accept.perturbations import typos
from pytest_accept.settings import using
from pytest_accept.statistics import ConfidenceSequence

N = 5000
ERROR = 0.05
GOAL = math.log(1 / ERROR)
Floats = NDArray[np.float64]
Draw = Callable[[np.random.Generator, int], Floats]


def rate(p: float) -> Draw:
    """Return who draws zeros and ones."""
    return lambda random, n: (random.random(n) < p).astype(np.float64)


def losses(random: np.random.Generator, n: int) -> Floats:
    """Draw losses of mean 0.4 with the tail of a calibrated model's cross-entropy."""
    return np.minimum(random.exponential(0.4, n), 36.04)


def paths(values: Floats, bar: float, span: float, *, finite: bool) -> Floats:
    """Return both log capitals after each value."""
    sequence = ConfidenceSequence(
        bar=bar, bounds=(0, span), confidence=1 - ERROR, most=len(values), finite=finite
    )
    return sequence.add(values)


def stops(path: Floats, looks: list[int]) -> int | None:
    """Return how many are asked for until some bound decides, None if none does."""
    won = path.max(axis=0) >= GOAL
    return next((n for n in looks if won[:n].any()), None)


def distances(reps: int) -> list[dict[str, object]]:
    """Print how many of 5,000 examples it takes, by distance from the bar and claim."""
    cases: list[tuple[str, Draw, float, float]] = [
        *[(f"{p:.2f}", rate(p), 0.85, 1) for p in (0.95, 0.90, 0.88, 0.87, 0.86, 0.83, 0.80, 0.75)],
        *[(f"{p:.2f}", rate(p), 0.90, 1) for p in (0.95, 0.92, 0.88, 0.85)],
        *[("loss 0.40", losses, bar, 36.04) for bar in (0.30, 0.35, 0.45, 0.50, 0.60)],
    ]
    print(f"\nexamples taken of {N:,} (mean, 9 in 10 by), share decided by bounds, {reps} draws")
    print(f"{'true':>10}  {'bar':>5}  {'population':>24}  {'the data':>24}")
    found: list[dict[str, object]] = []
    looks = list(sizes(N))
    for name, draw, bar, span in cases:
        row: dict[str, object] = {"true": name, "bar": bar}
        cells = []
        for claim in ("population", "data"):
            took, decided = [], 0
            for seed in range(reps):
                values = draw(np.random.default_rng(seed), N)
                at = stops(paths(values, bar, span, finite=claim == "data"), looks)
                decided += at is not None
                took.append(at or N)
            mean, late = float(np.mean(took)), float(np.quantile(took, 0.9))
            row[claim] = {"mean": mean, "nine_in_ten": late, "decided": decided / reps}
            cells.append(f"{mean:7,.0f} {late:7,.0f} {decided / reps:6.2f}")
        found.append(row)
        print(f"{name:>10}  {bar:5.2f}  {cells[0]:>24}  {cells[1]:>24}")
    return found


def mixed_rates(unit: Floats, bar: float) -> Floats:
    """Return the log capital of a uniform mixture over rates above the bar (Robbins 1970)."""
    return _mixed(unit, bar, np.linspace(0.005, 0.995, 100))


def _mixed(unit: Floats, bar: float, stakes: Floats) -> Floats:
    logs = np.cumsum(np.log1p(stakes[:, None] * (unit / bar - 1)), axis=1)
    most = logs.max(axis=0)
    total: Floats = most + np.log(np.exp(logs - most).mean(axis=0))
    return total


def _moments(unit: Floats) -> tuple[Floats, Floats]:
    """Return mean and variance of what came before each value."""
    t = np.arange(1, len(unit) + 1)
    means = (0.5 + np.cumsum(unit)) / (t + 1)
    spread = (0.25 + np.cumsum((unit - means) ** 2)) / (t + 1)
    return np.append(0.5, means[:-1]), np.append(0.25, spread[:-1])


def plug_in(unit: Floats, bar: float) -> Floats:
    """Return the log capital of predictable plug-in bets, truncated (Waudby-Smith and Ramdas)."""
    t, (_, spread) = np.arange(1, len(unit) + 1), _moments(unit)
    bets = np.minimum(np.sqrt(2 * GOAL / (spread * t * np.log(1 + t))), 0.75 / bar)
    path: Floats = np.cumsum(np.log1p(bets * (unit - bar)))
    return path


def agrapa(unit: Floats, bar: float) -> Floats:
    """Return the log capital of approximately growth-optimal bets (aGRAPA)."""
    mean, spread = _moments(unit)
    bets = np.clip((mean - bar) / (spread + (mean - bar) ** 2), 0, 0.99 / bar)
    path: Floats = np.cumsum(np.log1p(bets * (unit - bar)))
    return path


def strategies(reps: int) -> list[dict[str, object]]:
    """Print how many examples each way to bet takes, looking after every one."""
    ways: dict[str, Callable[[Floats, float], Floats]] = {
        "ours": lambda unit, bar: paths(unit, bar, 1, finite=False)[0],
        "uniform mixture": mixed_rates,
        "plug-in": plug_in,
        "aGRAPA": agrapa,
    }
    cases: list[tuple[str, Draw, float]] = [
        ("0.90 above 0.85", rate(0.90), 0.85),
        ("0.85 below 0.90", rate(0.15), 0.10),
        ("0.92 above 0.90", rate(0.92), 0.90),
        ("0.55 above 0.50", rate(0.55), 0.50),
        ("0.99 above 0.95", rate(0.99), 0.95),
        ("beta 0.8 above 0.75", lambda r, n: r.beta(8, 2, n), 0.75),
        ("loss 0.4 below 0.45", lambda r, n: 1 - losses(r, n) / 36.04, 1 - 0.45 / 36.04),
        ("loss 0.4 above 0.35", lambda r, n: losses(r, n) / 36.04, 0.35 / 36.04),
    ]
    print(f"\nexamples that bets take of {N:,}, looking after every one ({reps} draws)")
    print(f"{'':>20}  " + "  ".join(f"{name:>15}" for name in ways))
    found: list[dict[str, object]] = []
    for name, draw, bar in cases:
        took: dict[str, list[int]] = {way: [] for way in ways}
        for seed in range(reps):
            unit = draw(np.random.default_rng(seed), N)
            for way, bet in ways.items():
                won = bet(unit, bar) >= GOAL
                took[way].append(int(won.argmax()) + 1 if won.any() else N)
        means = {way: float(np.mean(each)) for way, each in took.items()}
        found.append({"case": name, **means})
        print(f"{name:>20}  " + "  ".join(f"{means[way]:15,.0f}" for way in ways))
    return found


def errors(reps: int) -> list[dict[str, object]]:
    """Print how often any look at all is wrong about a mean that is the bar."""
    cases: list[tuple[str, Draw, float, float]] = [
        *[(f"rate {p}", rate(p), p, 1.0) for p in (0.5, 0.8, 0.9, 0.99)],
        ("beta(2, 1)", lambda r, n: r.beta(2, 1, n), 2 / 3, 1.0),
        ("beta(0.15, 0.05)", lambda r, n: r.beta(0.15, 0.05, n), 0.75, 1.0),
        ("losses", losses, 0.4, 36.04),
    ]
    print(f"\nshare of {reps:,} runs in which some look at 1 to n examples is wrong about the bar")
    print(f"{'':>18}  {'n':>5}  {'above, below':>16}  {'of the data':>16}")
    found: list[dict[str, object]] = []
    for name, draw, mean, span in cases:
        for n in (300, N):
            row: dict[str, object] = {"case": name, "n": n}
            cells = []
            for claim in ("population", "data"):
                wrong = np.zeros(2)
                for seed in range(reps):
                    random = np.random.default_rng(seed)
                    values = draw(random, n)
                    finite = claim == "data"
                    bar = float(values.mean()) if finite else mean
                    path = paths(random.permutation(values), bar, span, finite=finite)
                    wrong += path.max(axis=1) >= GOAL
                row[claim] = [float(each) / reps for each in wrong]
                cells.append("  ".join(f"{each / reps:.4f}" for each in wrong))
            found.append(row)
            print(f"{name:>18}  {n:5,}  {cells[0]:>16}  {cells[1]:>16}", flush=True)
    return found


class Reader:
    """A small BERT with random weights that counts the texts it reads."""

    def __init__(self, texts: list[str]) -> None:
        words = sorted({word for text in texts for word in text.split()})
        vocabulary = {
            each: i for i, each in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", *words])
        }
        inner = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
        inner.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
        inner.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
        make: Any = PreTrainedTokenizerFast
        self.tokenizer = make(
            tokenizer_object=inner, model_max_length=160, unk_token="[UNK]", pad_token="[PAD]",
            cls_token="[CLS]", sep_token="[SEP]",
        )  # fmt: skip
        torch.manual_seed(0)
        build: Any = BertForSequenceClassification
        self.module = build(
            BertConfig(
                vocab_size=len(vocabulary), hidden_size=128, num_hidden_layers=4,
                num_attention_heads=4, intermediate_size=512, max_position_embeddings=160,
                initializer_range=0.2,
            )
        )  # fmt: skip
        self.module.eval()

    def model(self) -> pa.Model:
        """Return a Model that has predicted nothing yet."""
        return pa.load_model(self.module, tokenizer=self.tokenizer, allow_untrained=True)


def suite(n: int) -> dict[str, object]:
    """Print what six criteria read and take, sequentially and at once."""
    texts = bench_texts(n)
    reader = Reader(texts)
    random = np.random.default_rng(0)
    with using(cache="off", progress=False):
        said = reader.model().predict(pa.load_data([{"text": t} for t in texts], label=None))
        labels = np.where(random.random(n) < 0.9, said.label_ids, 1 - said.label_ids)
        sources = np.array(["tweets", "shops"])[random.integers(2, size=n)]
        rows = [
            {"text": text, "label": said.labels[label], "source": source}
            for text, label, source in zip(texts, labels.tolist(), sources.tolist(), strict=True)
        ]
        data = pa.load_data(rows, name="reviews")
        found: dict[str, object] = {"n": n}
        print(f"\na suite of six criteria on {n:,} texts, a small BERT")
        for name, chosen in (("at once", "off"), ("population", "population"), ("data", "data")):
            model = reader.model()
            with using(sequential=chosen, inconclusive="pass"):
                start = time.perf_counter()
                verdicts = [
                    pa.assert_accuracy_above(model, data, 0.85),
                    pa.assert_accuracy_above(model, data, 0.84, where={"source": "tweets"}),
                    pa.assert_accuracy_below(model, data, 0.97),
                    pa.assert_brier_score_below(model, data, 0.5),
                    pa.assert_overconfidence_below(model, data, 0.3),
                    pa.assert_flip_rate_below(model, data, typos(), 0.5),
                ]
                seconds = time.perf_counter() - start
            read = sum(len(engine.answered()[0]) for engine in model.engines().values())
            taken = [each.estimate.n for each in verdicts]
            found[name] = {"texts": read, "seconds": seconds, "n": taken}
            status = {each.status for each in verdicts}
            print(f"{name:>12}: {read:7,} texts read, {seconds:6.2f} s, n = {taken}, {status}")
    return found


def main() -> None:
    """Print the four tables and keep their numbers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer repetitions, 800 texts")
    quick = parser.parse_args().quick
    taken = distances(25 if quick else 200)
    bets = strategies(15 if quick else 150)
    wrong = errors(40 if quick else 1000)
    read = suite(800 if quick else 2000)
    results.write(
        "sequential", {"taken": taken, "strategies": bets, "errors": wrong, "suite": read}
    )


if __name__ == "__main__":
    main()
