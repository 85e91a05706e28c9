"""Everything here judges as outside of pytest: its criteria are not criteria of this run."""

from tests.assertions.conftest import _as_in_a_notebook  # noqa: F401 - a fixture
