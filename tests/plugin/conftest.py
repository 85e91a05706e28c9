"""A suite in a folder: a model that knows some words, data in a csv, and whatever a test adds."""

import csv
import importlib
from pathlib import Path

import pytest

# pytester forgets what an inner run imports, and torch, numpy and kin cannot be imported twice.
for _name in (
    "hypothesis", "msgspec", "numpy", "pandas", "pyarrow.csv", "pyarrow.json", "pyarrow.parquet",
    "safetensors", "scipy.stats", "sklearn.metrics", "tokenizers", "torch", "tqdm", "xxhash",
    "transformers.modeling_utils", "datasets", "pytest_accept.data", "pytest_accept.loading",
    "pytest_accept.prediction", "pytest_accept.statistics", "pytest_accept.collecting",
    "pytest_accept.tracebacks", "pytest_accept.reports.json", "pytest_accept.reports.terminal",
    "pytest_accept.assertions.evidence", "pytest_accept.assertions.thresholds",
    "pytest_accept.assertions.edited_evidence", "pytest_accept.assertions.searching",
    "pytest_accept.perturbations.search", "pytest_accept.perturbations.made_by_users",
    "pytest_accept.plans", "accelerate", "sklearn.linear_model", "pytest_accept.training",
    "pytest_accept.assertions.contributions", "pytest_accept.replays",
):  # fmt: skip
    importlib.import_module(_name)

CONFTEST = """
import pytest

SURE = {"good": 0.95, "bad": 0.05, "fine": 0.7, "awful": 0.1, "odd": 0.6}

def predict(texts):
    positive = [SURE[text.split()[0]] for text in texts]
    return [[1 - p, p] for p in positive]

@pytest.fixture(scope="session")
def model(load_model):
    return load_model(predict, labels=["neg", "pos"], name="words")

@pytest.fixture(scope="session")
def reviews(load_data):
    return load_data("reviews.csv")
"""


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """Return a folder with `model` (98 % right) and `reviews` (400 rows, two sources)."""
    for name in ("GITHUB_ACTIONS", "PYTEST_XDIST_WORKER"):  # where these tests may run themselves
        monkeypatch.delenv(name, raising=False)
    pytester.makeini(
        """
        [pytest]
        addopts = -p no:cacheprovider --strict-markers
        filterwarnings = error
        """
    )
    pytester.makeconftest(CONFTEST)
    write_reviews(pytester.path / "reviews.csv")
    return pytester


def write_reviews(path: Path) -> None:
    """Write 400 reviews: 300 from shops, all predicted right, and 100 tweets, 8 of them wrong."""
    kinds = [("good", "pos"), ("bad", "neg"), ("fine", "pos"), ("awful", "neg")]
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["text", "label", "source", "author"])
        for row in range(400):
            word, label = kinds[row % 4]
            source = "tweets" if row >= 300 else "shops"
            if source == "tweets" and row % 25 in (3, 7):
                word, label = "odd", "neg"
            table.writerow([f"{word} thing number {row}", label, source, f"author {row // 8}"])
