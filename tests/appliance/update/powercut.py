"""A power cut: a process that is killed before the nth step that touches a folder."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

STEPS: Final = frozenset(
    {"open", "os.rename", "os.mkdir", "os.remove", "os.rmdir", "shutil.rmtree"}
)
"""Audit events (https://docs.python.org/3/library/audit_events.html)."""


def killed_at(step: int, folder: Path, act: Callable[[], object]) -> bool:
    """Whether a process that does it was killed before it was through.

    What a disk does with what was not synced is not tested by this.
    """
    child = os.fork()
    if not child:
        left = step

        def cut(event: str, arguments: tuple[Any, ...]) -> None:
            nonlocal left
            if event in STEPS and str(folder) in str(arguments[0]):
                left -= 1
                if not left:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(cut)
        act()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert status in {0, signal.SIGKILL}
    return status != 0
