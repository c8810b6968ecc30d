"""Faults from outside of the service: files, mounts, other processes, the line of the console.

The harness runs in a mount namespace of its own (`unshare -Urm`), so that a mount is real for the
service and nobody else sees it.
"""

from __future__ import annotations

import errno
import fcntl
import os
import pty
import random
import shutil
import signal
import subprocess
import threading
import time
import tty
from pathlib import Path
from typing import TYPE_CHECKING

from appliance.history.reader import HistoryReader
from appliance.history.segments import FOLDER, segments

if TYPE_CHECKING:
    from tests.bench.faults.manager import Manager

DISK_MB = 256
FLOOD_S = 8.0
ANSWER_S = 3.0


def mount(*arguments: str) -> None:
    subprocess.run(["/bin/mount", *arguments], check=True)


def unmount(path: Path | str) -> None:
    subprocess.run(["/bin/umount", str(path)], check=True)


class Outside:
    """Does to the service what it does not do to itself."""

    def __init__(self, folder: Path, manager: Manager) -> None:
        self._folder, self._manager = folder, manager
        self._state, self._pack = folder / "state", folder / "demo.pack"
        self._dice, self._lock, self._marks = random.Random(1), -1, 0

    def do(self, command: str) -> None:
        verb, *words = command.split()
        getattr(self, verb)(*words)

    # -- an engine --------------------------------------------------------------------------

    def hang(self, worker: str) -> None:
        (self._folder / f"hang-{worker}").touch()
        self._manager.tell(f"worker {worker} kill")

    def unhang(self, worker: str) -> None:
        (self._folder / f"hang-{worker}").unlink()

    # -- the knowledge ----------------------------------------------------------------------

    def lose_pack(self) -> None:
        self._pack.rename(self._folder / "elsewhere.pack")
        self._manager.tell("worker mind kill")

    def spoil_pack(self) -> None:
        """Rubbish in place of its pages; then somebody asks."""
        shutil.copyfile(self._pack, self._folder / "elsewhere.pack")
        size = self._pack.stat().st_size
        with self._pack.open("r+b") as file:
            file.seek(4096)
            file.write(self._dice.randbytes(size - 4096))
        self._manager.tell("ask 0")

    def restore_pack(self) -> None:
        whole = (self._folder / "elsewhere.pack").read_bytes()
        with self._pack.open("r+b" if self._pack.exists() else "wb") as file:
            file.write(whole)
        (self._folder / "elsewhere.pack").unlink()

    # -- the history ------------------------------------------------------------------------

    def lock_history(self) -> None:
        """Another process has it, and the service begins."""
        self._manager.kill(signal.SIGKILL)
        self._lock = os.open(self._state / FOLDER / "lock", os.O_RDWR)
        for _ in range(100):
            try:
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                time.sleep(0.002)
            else:
                return
        raise RuntimeError("the history was claimed already")

    def unlock_history(self) -> None:
        os.close(self._lock)

    def spoil_history(self) -> None:
        """Rubbish over the middle third of the segment that is being written."""
        _, path = segments(self._state / FOLDER)[-1]
        size = path.stat().st_size
        with path.open("r+b") as file:
            file.seek(size // 3)
            file.write(self._dice.randbytes(size // 3))

    def lose_history(self) -> None:
        shutil.rmtree(self._state / FOLDER)

    def read_history(self) -> None:
        """Something happens; whoever reads the history must find it."""
        threading.Thread(target=self._read_history).start()

    def _read_history(self) -> None:
        first, late_s = self._marks + 1, time.monotonic() + 60
        while time.monotonic() < late_s:
            self._marks += 1
            self._manager.tell(f"mark {self._marks}")
            time.sleep(0.5)
            events = HistoryReader(self._state / FOLDER).events(20)
            if any(e.figures.get("mark", 0) >= first for e in events):
                self._manager.put("HISTORY_READS")
                return

    # -- the machine ------------------------------------------------------------------------

    def fill_disk(self) -> None:
        """As somebody's log does: until the kernel has no room left."""
        try:
            with (self._state / "somebodys.log").open("wb") as file:
                while True:
                    file.write(bytes(1 << 20))
                    file.flush()
        except OSError as error:
            assert error.errno == errno.ENOSPC  # noqa: PT017

    def free_disk(self) -> None:
        (self._state / "somebodys.log").unlink()

    def protect_disk(self) -> None:
        """Every name on it is read-only from now on; what is open stays open."""
        mount("--bind", str(self._state), str(self._state))
        mount("-o", "remount,bind,ro", str(self._state))

    def unprotect_disk(self) -> None:
        unmount(self._state)

    def shorten_memory(self) -> None:
        self._stand_in("MemTotal: 4000000 kB\nMemAvailable: 60000 kB\n", Path("/proc/meminfo"))

    def free_memory(self) -> None:
        unmount("/proc/meminfo")

    def heat(self) -> None:
        mount("-t", "tmpfs", "none", "/sys/class/thermal")
        zone = Path("/sys/class/thermal/thermal_zone0")
        zone.mkdir()
        (zone / "temp").write_text("95000\n")

    def cool(self) -> None:
        Path("/sys/class/thermal/thermal_zone0/temp").write_text("40000\n")
        self._manager.later(5.0, lambda: unmount("/sys/class/thermal"))

    def _stand_in(self, text: str, path: Path) -> None:
        file = self._folder / path.name
        file.write_text(text)
        mount("--bind", str(file), str(path))

    # -- the service manager ----------------------------------------------------------------

    def close_door(self) -> None:
        self._manager.close_door()

    def open_door(self) -> None:
        self._manager.open_door()

    # -- the console ------------------------------------------------------------------------

    def flood_console(self) -> None:
        self._manager.console.flood(FLOOD_S, self._dice)

    def ask_console(self) -> None:
        threading.Thread(target=self._ask_console).start()

    def _ask_console(self) -> None:
        late_s = time.monotonic() + 30
        while time.monotonic() < late_s:
            if self._manager.console.answers(ANSWER_S):
                self._manager.put("CONSOLE_ANSWERS")
                return


class Line:
    """A pty: the service has one end as its console, we have the other."""

    def __init__(self) -> None:
        self._end, service_end = pty.openpty()
        tty.setraw(service_end)
        self.path = os.ttyname(service_end)
        os.close(service_end)
        os.set_blocking(self._end, False)
        self._flood: threading.Thread | None = None
        self.sent_bytes = 0

    def flood(self, seconds: float, dice: random.Random) -> None:
        self._flood = threading.Thread(target=self._pour, args=(seconds, dice))
        self._flood.start()

    def _pour(self, seconds: float, dice: random.Random) -> None:
        late_s = time.monotonic() + seconds
        while time.monotonic() < late_s:
            try:
                self.sent_bytes += os.write(self._end, dice.randbytes(4096))
            except OSError:  # its buffer is full, or nobody has the other end open
                time.sleep(0.001)
            self._read()

    def _read(self) -> bytes:
        try:
            return os.read(self._end, 65536)
        except OSError:
            return b""

    def answers(self, within_s: float) -> bool:
        """Whether a person who types `status` is answered."""
        if self._flood:
            self._flood.join()
        self._read()
        late_s, heard = time.monotonic() + within_s, b""
        try:
            os.write(self._end, b"\x03\x03\x15status\r")
        except OSError:
            time.sleep(0.2)
            return False
        while time.monotonic() < late_s and b"state" not in heard:
            heard += self._read()
            time.sleep(0.05)
        return b"state" in heard and b"idle" in heard

    def close(self) -> None:
        if self._flood:
            self._flood.join()
        os.close(self._end)
