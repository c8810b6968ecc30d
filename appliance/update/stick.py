"""A USB stick: where the image mounts it, and which files on it may be updates.

What is on a stick comes from anybody. Only its top folder is looked at, so many names of it and no
more, plain files with plain names; what is in them is believed once a signature was checked.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Final

from appliance.update.check import BUNDLE, PACK

MOST_NAMES: Final = 1000
"""That are looked at."""
MOST_FILES: Final = 8
"""Updates that are checked, the first by name."""
_NAME: Final = re.compile(r"[A-Za-z0-9][\w.+-]{0,100}", re.ASCII)


class Stick:
    """One place for one stick. Blocks: for a thread of its own."""

    def __init__(self, folder: Path, is_mounted: Callable[[Path], bool] = Path.is_mount) -> None:
        self._folder, self._is_mounted = folder, is_mounted

    def is_there(self) -> bool:
        """Whether one is plugged in, and could be mounted."""
        try:
            return self._is_mounted(self._folder)
        except OSError:
            return False

    def updates(self) -> list[Path]:
        """Packs, then bundles; none where it cannot be read."""
        try:
            names = [path.name for path in islice(self._folder.iterdir(), MOST_NAMES)]
            files = [self._folder / name for name in sorted(names) if _may_be(name)]
            found = [file for file in files if stat.S_ISREG(file.lstat().st_mode)]
        except OSError:
            return []
        return sorted(found[:MOST_FILES], key=lambda file: file.suffix == BUNDLE)


def _may_be(name: str) -> bool:
    return bool(_NAME.fullmatch(name)) and name.endswith((BUNDLE, PACK))
