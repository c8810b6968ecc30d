"""Mute switches without hardware: none at all, and one that a test moves."""

from __future__ import annotations

from collections.abc import Callable


class NoSwitch:
    """A box without a mute switch; implements `MuteSwitch`. Its position is "not muted"."""

    muted = False

    def start(self, on_change: Callable[[bool], None]) -> None:
        """As the port."""
        on_change(False)  # noqa: FBT003

    def stop(self) -> None:
        """Nothing to release."""

    def follow(self, *, muted: bool) -> None:
        """There is no key to press."""


class ScriptedSwitch:
    """Moves when a test says so; implements `MuteSwitch` and insists on its protocol."""

    def __init__(self, *, muted: bool = False) -> None:
        """In this position when it will be started."""
        self._position, self._muted = muted, False
        self._on_change: Callable[[bool], None] | None = None
        self.refuse: Exception | None = None
        """What the next `start` raises."""

    @property
    def muted(self) -> bool:
        """As the port."""
        return self._muted

    @property
    def watching(self) -> bool:
        """Whether a move would be reported."""
        return self._on_change is not None

    def start(self, on_change: Callable[[bool], None]) -> None:
        """As the port."""
        if self.watching:
            raise RuntimeError("start while running")
        if self.refuse is not None:
            error, self.refuse = self.refuse, None
            raise error
        self._on_change, self._muted = on_change, self._position
        on_change(self._muted)

    def stop(self) -> None:
        """As the port."""
        self._on_change = None

    def follow(self, *, muted: bool) -> None:
        """As the port, for a key."""
        self._muted = muted

    def move(self, *, muted: bool) -> None:
        """Slide it here; nothing is reported where it is there already, or not watched."""
        self._position = muted
        if self._on_change is not None and muted != self._muted:
            self._muted = muted
            self._on_change(muted)

    def press(self) -> None:
        """Press it, if it is a key."""
        self.move(muted=not self._muted)
