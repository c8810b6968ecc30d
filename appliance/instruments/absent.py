"""Parts of the console that this build does not have; each says so, with the reason."""

from __future__ import annotations

from collections.abc import AsyncIterator

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
    """Nothing can be installed, wiped or carried away yet."""

    def update(self) -> Figures:
        """As the port."""
        raise unavailable("update", "it has no updater")

    def factory_reset(self) -> None:
        """As the port."""
        raise unavailable("factory-reset", "nothing knows yet what the owner set")

    def describe_bundle(self) -> Figures:
        """As the port."""
        raise unavailable("bundle", "it has no file transfer", "copy what `log` and `turns` show")

    def bundle(self) -> AsyncIterator[bytes]:
        """As the port."""
        raise unavailable("bundle", "it has no file transfer")
