"""The service can work within its unit's system calls, and cannot do what they forbid."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.image.overlay import ROOT, tool

FORBIDDEN = """
import ctypes, mmap, os, socket
from collections.abc import Callable
def refused(act: Callable[[], object]) -> bool:
    try:
        act()
    except PermissionError:
        return True
    return False
print(refused(lambda: socket.socket(socket.AF_INET)),
      refused(lambda: mmap.mmap(-1, 4096, prot=7)),
      refused(lambda: os.chroot("/")),
      refused(lambda: os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))))
socket.socketpair()
callback = ctypes.CFUNCTYPE(ctypes.c_int)(lambda: 5)  # as the NPU's runtimes need
print(callback())
os.sched_setaffinity(0, os.sched_getaffinity(0))
"""


@pytest.fixture(scope="module", autouse=True)
def _needs_systemd() -> None:
    tool("systemd-analyze")


def _confined(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.image.sandbox", "voice-appliance.service", *arguments],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_what_is_forbidden_is_refused() -> None:
    done = _confined(sys.executable, "-c", FORBIDDEN)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [*["True"] * 4, "5"]


@pytest.mark.slow
def test_every_engine_of_the_bundled_profile_works_within_it(tmp_path: Path) -> None:
    """Not their vendor's libraries, nor sound cards: those are not here."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/guide.md").write_text("# Reset\n\nTo reset the lamp, press the red key.\n")
    appliance, pack = (sys.executable, "-m", "appliance"), str(tmp_path / "guide.pack")
    built = _confined(*appliance, "knowledge", "build", str(tmp_path / "docs"), "-o", pack)
    assert built.returncode == 0, built.stderr
    question = ("--text", "how do i reset the lamp", "--json")
    done = _confined(*appliance, "ask", "--knowledge", pack, *question, "--out", str(tmp_path))
    assert done.returncode == 0, done.stderr
    turn = json.loads(done.stdout)["turns"][0]
    assert (turn["outcome"], "red key" in turn["answer"]) == ("answered", True)
