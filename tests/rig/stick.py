"""A USB stick with updates, to be plugged in while the machine runs."""

from __future__ import annotations

import subprocess
from pathlib import Path

SPARE_MB = 34
"""For the file system; less than 33 MB would be FAT16, which no stick is sold with."""


def stick(image: Path, *files: Path) -> Path:
    """A stick as it is sold: one FAT file system, and those files in its top folder."""
    needed_mb = sum(file.stat().st_size for file in files) // (1 << 20) + SPARE_MB
    with image.open("wb") as made:
        made.truncate(needed_mb << 20)
    subprocess.run(["mkfs.vfat", "-F", "32", "-n", "STICK", image], check=True, capture_output=True)
    for file in files:
        subprocess.run(["mcopy", "-i", image, file, f"::{file.name}"], check=True)
    return image
