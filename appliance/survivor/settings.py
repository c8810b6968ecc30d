"""What the person speaking has set, kept over a restart: the volume."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from appliance.survivor.state import read_state, set_aside, write_state

FIRST_VOLUME: Final = 70


class Settings:
    """The volume, 0..100 percent."""

    def __init__(self, path: Path) -> None:
        """Note where it is kept; `load` reads it."""
        self._path = path
        self.folder = path.parent
        self.volume = FIRST_VOLUME

    def load(self) -> None:
        """Read it; ApplianceError where the file is broken, and then the volume is the first."""
        state = read_state(self._path)
        try:
            self.volume = min(max(int(state.get("volume", FIRST_VOLUME)), 0), 100)
        except (TypeError, ValueError) as error:
            raise set_aside(self._path, error) from error

    def set_volume(self, percent: int) -> None:
        """Keep it; ApplianceError (`STATE-UNWRITABLE`) where that fails, and then it is set."""
        if percent != self.volume:
            self.volume = percent
            write_state(self._path, {"volume": percent})
