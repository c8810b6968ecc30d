"""Compiles the stand-in for librkllmrt (`fake_rkllm.c`), one file for each version."""

from __future__ import annotations

import subprocess
from pathlib import Path

SOURCE = Path(__file__).with_name("fake_rkllm.c")
FLAGS = ("-std=gnu11", "-O1", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-pthread")


def build(folder: Path, version: str, text: str | None) -> Path:
    """`librkllmrt.so` of `version`, with `text` as the version that its file names."""
    target = folder / f"{version}-{abs(hash(text))}" / "librkllmrt.so"
    if not target.exists():
        target.parent.mkdir(parents=True)
        major, minor, patch = (int(part) for part in version.split("."))
        names = [f"-DFAKE_VERSION={major * 10000 + minor * 100 + patch}"]
        names += [f'-DFAKE_TEXT="{text}"'] if text else []
        subprocess.run(["cc", *FLAGS, *names, str(SOURCE), "-o", str(target)], check=True)
    return target
