"""What this device is: the board that updates must be made for, and the version that runs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final, NamedTuple

from appliance.update.errors import UpdateError
from appliance.update.version import Version

RAUC_CONFIG: Final = Path("/etc/rauc/system.conf")
OS_RELEASE: Final = Path("/etc/os-release")
CMDLINE: Final = Path("/proc/cmdline")
CONFIRMED: Final = Path("/run/appliance/boot/confirmed")
"""Made by the image's `confirm-boot` (docs/image.md)."""


class Device(NamedTuple):
    """Attributes: `compatible` as in RAUC's settings; `slot` that was booted, empty: none."""

    compatible: str
    version: Version
    slot: str = ""


def this_device(
    rauc: Path = RAUC_CONFIG, os_release: Path = OS_RELEASE, cmdline: Path = CMDLINE
) -> Device:
    """Read from the image; UpdateError (`UPD-NO-IMAGE`) where this is no image of ours."""
    compatible = _found(r"^compatible=(\S+)$", rauc)
    version = _found(r'^IMAGE_VERSION="?([^"\n]+)"?$', os_release)
    try:
        return Device(compatible, Version.parse(version), slot_of(cmdline))
    except ValueError as error:
        raise _no_image(os_release, str(error)) from error


def slot_of(cmdline: Path = CMDLINE) -> str:
    """The booted slot, as the boot loader says it; empty: none."""
    found = re.search(r"\brauc\.slot=(\w+)", _text(cmdline))
    return found[1] if found else ""


def is_confirmed(mark: Path = CONFIRMED) -> bool:
    """Whether this boot was found healthy for long enough."""
    return mark.exists()


def _found(pattern: str, file: Path) -> str:
    found = re.search(pattern, _text(file), re.MULTILINE)
    if found is None:
        name = pattern[1:].partition("=")[0]
        raise _no_image(file, f"{file} does not say `{name}`")
    return found[1]


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _no_image(file: Path, cause: str) -> UpdateError:
    return UpdateError(
        "UPD-NO-IMAGE",
        "this machine cannot be updated",
        cause,
        f"run this on the appliance, whose image brings {file}",
    )
