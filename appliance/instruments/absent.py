"""Parts of the console that this build does not have; each says so, with the reason."""

from __future__ import annotations

from appliance.console.errors import unavailable
from appliance.console.ports import Figures


class NoHealth:
    """No proof of life is wired yet."""

    def verdict(self) -> Figures:
        """As the port."""
        raise unavailable(
            "health", "no supervisor is wired to the console", "see `ears`, `engines`"
        )


class NoUpkeep:
    """Nothing can be installed or wiped yet."""

    def update(self) -> Figures:
        """As the port."""
        raise unavailable("update", "it has no updater")

    def factory_reset(self) -> None:
        """As the port."""
        raise unavailable("factory-reset", "nothing knows yet what the owner set")
