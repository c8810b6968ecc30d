"""The factory reset: ordered now, carried out at the next start, before anything is opened.

The order is a file, written for good, and goes last: a power cut in between only means that the
next start goes on. Only what the table names is removed, whatever else the folder may hold.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from appliance.durable import sync_folder, write_durably
from appliance.update.errors import UpdateError

log = logging.getLogger(__name__)

ORDER: Final = "factory-reset"
FORGOTTEN: Final[Mapping[str, str]] = {
    "settings.json": "the volume",
    "timers.json": "timers and alarms",
    "history": "the history, with the words that were kept",
    "knowledge": "knowledge packs that were installed; the image's own is used again",
    "incoming": "an update that was being installed",
    "tmp": "a diagnostic bundle",
    "stall.txt": "where the service stood still",
    "update.json": "what became of updates",
}
"""By name in the state's folder; each with its half-written and its set-aside form."""
KEPT: Final[Mapping[str, str]] = {
    "models": "models",
    "recovery.json": "how often the service was restarted, so that it never does so for ever",
}
ELSEWHERE: Final = "the system in both slots, its settings and keys, and the journal's warnings"
"""What is kept because it is not in that folder."""


def order(folder: Path) -> None:
    """Have it done at the next start; UpdateError (`UPD-RESET`) where that cannot be written."""
    try:
        write_durably(folder / ORDER, "")
    except OSError as error:
        raise _failed(folder, error) from error


def carry_out(folder: Path) -> bool:
    """Do what was ordered, if it was. Nothing else may have the files open.

    Raises:
        UpdateError: (`UPD-RESET`) something could not be removed; it is tried at the next start.
    """
    mark = folder / ORDER
    if not mark.exists():
        return False
    try:
        for name in FORGOTTEN:
            for form in (name, f".{name}.new", f"{name}.corrupt"):
                _remove(folder / form)
        sync_folder(folder)
        mark.unlink()
        sync_folder(folder)
    except OSError as error:
        raise _failed(folder, error) from error
    return True


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _failed(folder: Path, error: OSError) -> UpdateError:
    return UpdateError(
        "UPD-RESET",
        "the factory reset is not complete",
        f"{folder}: {(error.strerror or str(error)).lower()}",
        "check the data partition (`test storage` on the console), and order it again",
    )
