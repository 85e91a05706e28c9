"""What models answered, kept in a Record, and models that answer from one without any weights."""

from pytest_accept.replaying.keeping import Kept, merged
from pytest_accept.replaying.recorded_models import RecordedModels

__all__ = ["Kept", "RecordedModels", "merged"]
