"""Parts of the console that this build does not have; each says so, with the reason."""

from __future__ import annotations

from appliance.console.errors import unavailable
from appliance.console.ports import Figures


class NoWatch:
    """Nobody watches over this conversation."""

    def verdict(self) -> Figures:
        """As the port."""
        raise unavailable("health", "only `appliance run` is watched over", "see `ears`, `engines`")

    def reboot(self) -> None:
        """As the port."""
        raise unavailable("reboot", "only `appliance run` can ask for it")


class NoUpkeep:
    """Nothing can be installed or wiped from here."""

    def update(self) -> Figures:
        """As the port."""
        raise unavailable("update", "only `appliance run` installs updates")

    def factory_reset(self) -> Figures:
        """As the port."""
        raise unavailable("factory-reset", "only `appliance run` forgets")
