"""Linear layers by oneDNN: the same numbers to float32's precision, and a module left as it was."""

import pytest
import torch
from torch import nn

from pytest_accept.loading import load_model
from pytest_accept.prediction.backends import matrix_products
from pytest_accept.prediction.backends.matrix_products import fast_products
from tests.models import TEXTS, make


@pytest.fixture(autouse=True)
def fast(monkeypatch):
    """As if this were a processor on which it pays."""
    if not torch.backends.mkldnn.enabled:
        pytest.skip("a torch without oneDNN")
    monkeypatch.setattr(matrix_products, "is_faster", lambda: True)


class Special(nn.Linear):
    """A layer that does more than multiply."""

    def forward(self, states: torch.Tensor) -> torch.Tensor:
        return super().forward(states) * 2


def layers() -> nn.Module:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return nn.Sequential(nn.Linear(48, 96), nn.Linear(96, 32, bias=False), Special(32, 8))


@pytest.mark.parametrize("shape", [(48,), (1, 48), (5, 48), (3, 7, 48), (0, 48)])
def test_products_are_right(shape) -> None:
    module = layers()
    states = torch.linspace(-1, 1, 48 * 21)[: torch.Size(shape).numel()].view(shape)
    exact = layers().double()(states.double())
    with torch.inference_mode(), fast_products(module):
        found = module(states)
    assert found.dtype == torch.float32
    assert found.shape == exact.shape
    torch.testing.assert_close(found.double(), exact, atol=1e-5, rtol=0)


def test_only_plain_layers_in_float32_are_touched() -> None:
    module = layers()
    patched = lambda states: states  # noqa: E731
    module[0].forward = patched
    with fast_products(module):
        touched = ["forward" in each.__dict__ for each in module]
    assert touched == [True, True, False]
    assert [each.__dict__.get("forward") for each in module] == [patched, None, None]
    half, whole = layers().bfloat16(), layers()
    with fast_products(half), torch.autocast("cpu"), fast_products(whole):
        assert not any("forward" in each.__dict__ for each in (*half, *whole))


def test_compiled_modules_are_left_alone() -> None:
    inside = layers()
    inside[1].compile(backend="eager")
    for module in (torch.compile(layers(), backend="eager"), inside):
        with fast_products(module):
            assert not any(
                "forward" in each.__dict__ for each in module.modules() if each != module
            )


def test_a_module_is_left_as_it_was_and_its_hooks_work() -> None:
    module, tokenizer = make("bert")
    seen: list[int] = []
    module.classifier.register_forward_hook(lambda *_: seen.append(1))
    load_model(module, tokenizer=tokenizer).predict([text for text in TEXTS if text])
    assert seen
    assert not any("forward" in each.__dict__ for each in module.modules())

    def fails(*_: object) -> None:
        raise ValueError("fails")

    module.classifier.register_forward_hook(fails)
    with pytest.raises(ValueError, match="fails"):
        load_model(module, tokenizer=tokenizer).predict(["a film"])
    assert not any("forward" in each.__dict__ for each in module.modules())


def test_it_is_decided_by_the_processor(monkeypatch) -> None:
    monkeypatch.undo()
    decide = matrix_products.is_faster.__wrapped__
    monkeypatch.setattr(matrix_products, "_is_amd", lambda: True)
    monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda: "AVX2")
    assert not decide()
    monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda: "AVX512")
    monkeypatch.setattr(torch._C, "has_mkl", True)
    assert decide()

    def other(*_: object) -> torch.Tensor:
        return torch.ones(64, 32)

    monkeypatch.setattr(matrix_products, "_product", other)
    assert not decide()

    def missing(*_: object) -> torch.Tensor:
        raise AttributeError("no such operator")

    monkeypatch.setattr(matrix_products, "_product", missing)
    assert not decide()
    monkeypatch.setattr(matrix_products, "_is_amd", lambda: False)
    assert not decide()
