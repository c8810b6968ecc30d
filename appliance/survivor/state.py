"""What outlives a power cut: small JSON files, each either whole or as it was before."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from appliance.durable import write_durably
from appliance.errors import ApplianceError


def read_state(path: Path) -> dict[str, Any]:
    """What was written last; empty if nothing was.

    Raises:
        ApplianceError: (`STATE-CORRUPT`) the file makes no sense; it has been set aside, so that
            the next read finds nothing. (`STATE-UNREADABLE`) it cannot be read.
    """
    try:
        state = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise ApplianceError(
            "STATE-UNREADABLE",
            f"cannot read {path}",
            (error.strerror or str(error)).lower(),
            "check the folder and its permissions",
        ) from error
    except ValueError as error:
        raise set_aside(path, error) from error
    if not isinstance(state, dict):
        raise set_aside(path, TypeError(f"a {type(state).__name__}, not an object"))
    return state


def set_aside(path: Path, error: Exception) -> ApplianceError:
    """Rename a file that makes no sense, for a technician to look at; the error to tell of it."""
    kept = path.with_name(f"{path.name}.corrupt")
    try:
        path.replace(kept)
        remedy = f"it was set aside as {kept.name}; set them again"
    except OSError:
        remedy = f"remove {path}, and set them again"
    return ApplianceError(
        "STATE-CORRUPT", f"what was kept in {path} is lost", f"unreadable: {error}", remedy
    )


def write_state(path: Path, state: dict[str, Any]) -> None:
    """Replace the file, so that a power cut leaves either the old or the new one.

    Raises:
        ApplianceError: (`STATE-UNWRITABLE`) the disk is full or read-only; the old one is intact.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_durably(path, json.dumps(state, ensure_ascii=False))
    except OSError as error:
        raise ApplianceError(
            "STATE-UNWRITABLE",
            f"cannot write {path}",
            (error.strerror or str(error)).lower(),
            "free some space, or check the folder and its permissions",
        ) from error
