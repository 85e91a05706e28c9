"""pytest's own `--junitxml` gets what was judged, as properties of the suite.

Properties of a test would not be valid in pytest's default family, xunit2.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pytest_accept.records import Record


class JunitProperties:
    """Adds the properties before pytest writes its file.

    `judged` returns what was judged until then; `say` is given the line that says why there are no
    properties, if so: that changes no outcome.
    """

    def __init__(
        self, judged: Callable[[pytest.Session], Record | None], say: Callable[[str], None]
    ) -> None:
        self.judged = judged
        self.say = say

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Add the properties, if any criterion was judged."""
        try:
            record = self.judged(session)
            if record is None or not record.criteria:
                return
            from pytest_accept.reports.junit import properties

            suite = _suite(session.config)
            for name, value in properties(record):
                suite.add_global_property(name, value)
        except Exception as error:
            self.say(f"junit properties NOT written: {type(error).__name__}: {error}")


def _suite(config: pytest.Config) -> Any:
    """Return pytest's writer of junit files; no public name leads to it but a session fixture."""
    try:
        from _pytest.junitxml import xml_key
    except ImportError as error:
        raise RuntimeError("this version of pytest keeps its junit writer elsewhere") from error
    return config.stash[xml_key]
