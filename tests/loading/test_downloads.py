"""A hub on this machine: a model that several workers want at once is downloaded once."""

from __future__ import annotations

import hashlib
import http.server
import json
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import huggingface_hub
import pytest

from pytest_accept.loading import hub

COMMIT = "0123456789abcdef0123456789abcdef01234567"
FILES = {"config.json": b"{}", "model.safetensors": b"weights" * 10_000}


class Hub(http.server.BaseHTTPRequestHandler):
    """Answers as the hub does about one model, and counts whose content it sent."""

    sent: Counter[str]

    def do_HEAD(self) -> None:
        self.answer(body=False)

    def do_GET(self) -> None:
        self.answer(body=True)

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def answer(self, *, body: bool) -> None:
        path = self.path.partition("?")[0]
        name = path.rpartition("/")[2]
        if path.startswith("/api/models/someone/reviews/revision/"):
            content = json.dumps({"id": "someone/reviews", "sha": COMMIT}).encode()
        elif path.startswith("/api/models/someone/reviews/tree/"):
            files = [
                {"type": "file", "path": name, "size": len(content), "oid": COMMIT}
                for name, content in FILES.items()
            ]
            content = json.dumps(files).encode()
        else:
            content = FILES[name]
            self.sent[name] += body
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("ETag", f'"{hashlib.sha1(content).hexdigest()}"')
        self.send_header("X-Repo-Commit", COMMIT)
        self.end_headers()
        if body:
            self.wfile.write(content)


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, Counter[str]]]:
    """The address of a hub, and how often it has sent each file."""
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    sent = Counter[str]()
    handler = type("Counted", (Hub,), {"sent": sent})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", sent
        server.shutdown()
        thread.join()


def test_several_who_want_a_model_at_once_download_it_once(
    served: tuple[str, Counter[str]], tmp_path: Path
) -> None:
    address, sent = served
    together = threading.Barrier(4)

    def want(_: int) -> Path:
        together.wait()
        return hub.snapshot("someone/reviews", cache_dir=tmp_path, endpoint=address)

    with ThreadPoolExecutor(4) as pool:
        folders = set(pool.map(want, range(4)))
    assert len(folders) == 1
    assert sent == {"config.json": 1, "model.safetensors": 1}
    found = {file.name: file.read_bytes() for file in folders.pop().iterdir()}
    assert found == FILES
