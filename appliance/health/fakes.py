"""Stand-ins for health's ports: they remember, and fail when told to."""

from __future__ import annotations

from collections.abc import Mapping


class Notebook:
    """Implements `Notes` in memory."""

    def __init__(self) -> None:
        self.notes: list[tuple[str, dict[str, float | str]]] = []

    def note(self, code: str, figures: Mapping[str, float | str]) -> None:
        """As the port."""
        self.notes.append((code, dict(figures)))

    @property
    def codes(self) -> list[str]:
        """What was noted, in order."""
        return [code for code, _ in self.notes]


class Passerby:
    """Implements `Person`: somebody in the room."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def missing(self, vital: str, code: str) -> None:  # noqa: ARG002  # a port
        """As the port."""
        self.told.append(f"missing {vital}")

    def back(self, vital: str) -> None:
        """As the port."""
        self.told.append(f"back {vital}")
