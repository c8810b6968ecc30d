"""Notes in the log, where nothing better keeps them."""

from __future__ import annotations

import logging
from collections.abc import Mapping

log = logging.getLogger(__name__)


class Journal:
    """Implements `Notes`: one line each."""

    def note(self, code: str, figures: Mapping[str, float | str]) -> None:
        """As the port."""
        log.warning("%s %s", code, " ".join(f"{name}={value}" for name, value in figures.items()))
