"""The tiny models."""

from tests.models import checkpoints, tiny_model_folder

__all__ = ["checkpoints", "tiny_model_folder"]
