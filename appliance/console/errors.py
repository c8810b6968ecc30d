"""What the console refuses, and why."""

from __future__ import annotations

from appliance.errors import ApplianceError


class ConsoleError(ApplianceError):
    """A command, a frame, a key or a port cannot be used (`CON-…`)."""


def unavailable(what: str, reason: str, remedy: str = "use a build that has it") -> ConsoleError:
    """A part that this build or this machine lacks (`CON-UNAVAILABLE`)."""
    return ConsoleError("CON-UNAVAILABLE", f"{what}: not available in this build", reason, remedy)
