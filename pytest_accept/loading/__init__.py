"""Whatever names a model to a Model: folders, hub names, modules, pipelines, functions."""

from pytest_accept.loading.cache import ModelCache
from pytest_accept.loading.devices import best_device
from pytest_accept.loading.load import load_model
from pytest_accept.loading.model import Model

__all__ = ["Model", "ModelCache", "best_device", "load_model"]
