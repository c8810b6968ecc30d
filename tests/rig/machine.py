"""The machine: QEMU with the rig's disk, two UARTs, a room, and the rig's own hand in it.

Time in the machine is counted in instructions (QEMU's `-icount`): one takes a nanosecond. So a busy
host makes the rig slow but changes nothing that happens in it: no timeout fires early, no sound is
lost. `idle.py` sees to it that there are always some.
"""

from __future__ import annotations

import base64
import itertools
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.rig import idle
from tests.rig.sound import Room

GUEST = Path(__file__).with_name("guest")
U_BOOT = Path("/usr/lib/u-boot/qemu_arm64/u-boot.bin")
LIGHT_LINE = 5
LIGHT_REGISTER = 0x9030000 + (1 << LIGHT_LINE << 2)
"""Where the GPIO controller (PL061) shows this line and no other."""
PANEL = (
    *("addr ${fdtcontroladdr}", "move ${fdtcontroladdr} 48000000 110000", "resize 1000"),
    *("get value gpio /pl061@9030000 phandle", "mknode / gpio-leds"),
    *("set /gpio-leds compatible gpio-leds", "mknode /gpio-leds appliance"),
    *("set /gpio-leds/appliance label appliance",),
    f"set /gpio-leds/appliance gpios <${{gpio}} {LIGHT_LINE} 0>",
    *("set /gpio-keys/poweroff label mute", "set /gpio-keys/poweroff linux,code <248>"),
)
"""What the board's device tree has more than QEMU's (`fdt` of U-Boot): a LED, and KEY_MICMUTE where
QEMU has a power key. Beside the tree that U-Boot itself reads, which must not change under it."""
U_BOOT_ENVIRONMENT = f"""bootdelay=-2
panel={"; ".join(f"fdt {line}" for line in PANEL)}; setenv fdtcontroladdr 48000000
script=load virtio 0:2 ${{scriptaddr}} boot.scr && source ${{scriptaddr}}
bootcmd=run panel; virtio scan; run script; reset
scriptaddr=0x40200000
kernel_addr_r=0x40400000
ramdisk_addr_r=0x44000000
fdt_addr=0x40000000
"""
"""The board's part of U-Boot's settings: no delay, no look at the network."""
HARDWARE = (
    *("-M", "virt,gic-version=3,acpi=off", "-cpu", "cortex-a72", "-smp", "1", "-m", "2048"),
    *("-accel", "tcg,thread=single", "-icount", "shift=0,sleep=on"),
    *("-rtc", "base=2027-01-01T12:00:00,clock=vm", "-bios", str(U_BOOT), "-nodefaults"),
    *("-device", "i6300esb", "-action", "watchdog=reset"),
    *("-object", "rng-random,id=rng,filename=/dev/urandom", "-device", "virtio-rng-pci,rng=rng"),
    *("-device", "virtio-serial-pci", "-device", "qemu-xhci,id=usb"),
)
PATIENCE_S = 1800.0
"""For what happens in the machine; how long that takes is a matter of this host."""
POLL_S = 5.0
"""Each question to the machine costs a tenth of a second of its own."""


class Machine:
    """A machine that is switched on."""

    def __init__(
        self, disk: Path, folder: Path, units: tuple[str, ...] = (), files: Path | None = None
    ) -> None:
        """Switch on, with sockets and logs in a folder; `units` are folders of `guest/`.

        `files`: an image of a file system that the machine sees as a disk named so.
        """
        self.folder = folder
        self._names = itertools.count(1)
        self._agent: socket.socket | None = None
        rig_disk = make_rig_disk(folder, units)
        self.room = Room(folder)
        arguments = [*HARDWARE, *self.room.args, *_flash(folder)]
        arguments += _drive("disk", disk, "qcow2,cache=unsafe,discard=unmap", "disk")
        arguments += _drive("rig", rig_disk, "raw,readonly=on", "rig")
        if files is not None:
            arguments += _drive("files", files, "raw,readonly=on", "files")
        arguments += [*self._line("kernel"), "-serial", "chardev:kernel"]
        arguments += [*self._line("console"), "-device", "pci-serial,chardev=console"]
        arguments += [*self._line("rig"), "-device", "virtserialport,chardev=rig,name=rig"]
        arguments += ["-qmp", f"unix:{folder}/qmp,server=on,wait=off"]
        self._errors = (folder / "qemu.log").open("ab")
        self._process = subprocess.Popen(["qemu-system-aarch64", *arguments], stderr=self._errors)
        try:
            self._qmp = _connected(folder / "qmp", self._process)
            self._qmp.recv(4096)
            self.qmp("qmp_capabilities")
            self.room.let_in()
        except BaseException:
            self._process.kill()
            self._process.wait()
            self.room.close()
            raise

    def _line(self, name: str) -> list[str]:
        path, log = self.folder / name, self.folder / f"{name}.log"
        path.unlink(missing_ok=True)
        socket_ = f"socket,id={name},path={path},server=on,wait=off,logfile={log},logappend=on"
        return ["-chardev", socket_]

    def qmp(self, command: str, **arguments: Any) -> Any:
        """A command of QEMU's own; RuntimeError if it refuses."""
        request = json.dumps({"execute": command, "arguments": arguments}).encode()
        self._qmp.sendall(request)
        for answer in _documents(self._qmp):
            if "error" in answer:
                raise RuntimeError(f"{command}: {answer['error']['desc']}")
            if "return" in answer:
                return answer["return"]
        raise ConnectionError("QEMU has ended")

    def plug_in(self, image: Path) -> None:
        """A USB stick with that on it."""
        file = {"driver": "file", "filename": str(image)}
        stick = {"node-name": "stick", "driver": "raw", "read-only": True, "file": file}
        self.qmp("blockdev-add", **stick)
        self.qmp("device_add", driver="usb-storage", id="stick", drive="stick", bus="usb.0")

    def press_mute(self) -> None:
        """The key beside the microphone; QEMU holds it for a tenth of a second."""
        self.qmp("system_powerdown")

    def is_lit(self) -> bool:
        """Whether the light is on at this moment."""
        line = f"xp /1wx {LIGHT_REGISTER:#x}"
        told = self.qmp("human-monitor-command", **{"command-line": line})
        return int(told.split()[-1], 16) != 0

    def kernel_log(self) -> str:
        """Everything that came over the first UART: U-Boot, the kernel."""
        return (self.folder / "kernel.log").read_text(errors="replace")

    def boots(self) -> int:
        """How often U-Boot was there."""
        return self.kernel_log().count("U-Boot 20")

    def sh(self, script: str, patience_s: float = PATIENCE_S) -> str:
        """What a shell script in the machine says; run by the rig's agent, as root."""
        deadline = time.monotonic() + patience_s
        name = f"r{os.getpid()}.{next(self._names)}"
        line = f"{name} {base64.b64encode(script.encode()).decode()}\n".encode()
        agent = self._connect_agent()
        agent.sendall(line)
        got = b""
        while True:
            agent.settimeout(max(0.1, deadline - time.monotonic()))
            try:
                got += agent.recv(65536)
            except TimeoutError:
                raise TimeoutError(f"no answer to {script!r}; {self.tail()}") from None
            for answer in got.split(b"\n")[:-1]:
                if answer == b"ready":  # it was started since: it may have missed the request
                    got = got.replace(b"ready\n", b"", 1)
                    agent.sendall(line)
                    break
                said, _, output = answer.partition(b" ")
                if said.decode() == name:
                    return base64.b64decode(output).decode(errors="replace").strip()

    def _connect_agent(self) -> socket.socket:
        if self._agent is None:
            self._agent = _connected(self.folder / "rig", self._process)
        return self._agent

    def until(self, what: str, test: Callable[[], bool], patience_s: float = PATIENCE_S) -> None:
        """Wait until something is so."""
        deadline = time.monotonic() + patience_s
        while not test():
            if self._process.poll() is not None:
                raise AssertionError(f"QEMU ended before {what}; {self.tail()}")
            if time.monotonic() > deadline:
                raise TimeoutError(f"{what}: not within {patience_s:g} s; {self.tail()}")
            time.sleep(POLL_S)

    def tail(self) -> str:
        """The end of what the first UART said."""
        return f"the kernel's console ends with: {self.kernel_log()[-500:]}"

    def power_off(self) -> None:
        """Pull the plug; may be called again."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        self.room.close()
        for line in (self._qmp, self._agent):
            if line is not None:
                line.close()
        self._errors.close()


class Bench:
    """A disk, and the machine that runs from it while it is switched on."""

    def __init__(self, disk: Path, files: Path | None = None) -> None:
        """Nothing is switched on yet."""
        self.disk, self._files = disk, files
        self._machine: Machine | None = None
        # Its name is short: a socket's path has at most 107 bytes.
        self._folder = Path(tempfile.mkdtemp(prefix="rig-"))

    def machine(self, units: tuple[str, ...] = ()) -> Machine:
        """The machine, switched on if it is not."""
        if self._machine is None:
            self._machine = Machine(self.disk, self._folder, units, self._files)
        return self._machine

    def pull_the_plug(self) -> None:
        """Whatever it was doing, it does no more."""
        if self._machine is not None:
            self._machine.power_off()
            self._machine = None

    def close(self) -> None:
        """Switch off; what came over the lines is kept in $RIG_LOGS."""
        self.pull_the_plug()
        if keep := os.environ.get("RIG_LOGS"):
            kept = Path(keep) / self._folder.name
            kept.mkdir(parents=True, exist_ok=True)
            for log in self._folder.glob("*.log"):
                shutil.copy(log, kept)
        shutil.rmtree(self._folder)


def fresh_disk(base: Path, target: Path) -> Path:
    """A disk like the factory's, of which only what is changed takes room."""
    target.unlink(missing_ok=True)
    command = ["qemu-img", "create", "-q", "-f", "qcow2", "-b", base, "-F", "raw", target]
    subprocess.run(command, check=True)
    return target


def make_rig_disk(folder: Path, units: tuple[str, ...]) -> Path:
    """The rig's own disk: its agent, and units of a test; no part of the image under test."""
    with tempfile.TemporaryDirectory() as name:
        content = Path(name)
        shutil.copytree(GUEST / "disk", content, dirs_exist_ok=True, symlinks=True)
        for unit in units:
            shutil.copytree(GUEST / unit, content / "system", dirs_exist_ok=True, symlinks=True)
        (content / "idle").write_bytes(idle.program())
        (content / "idle").chmod(0o755)
        image = folder / "rig.img"
        image.unlink(missing_ok=True)
        with image.open("wb") as file:
            file.truncate(4 << 20)
        options = ["-q", "-t", "ext4", "-O", "^has_journal", "-d", content]
        subprocess.run(["mke2fs", *options, image], check=True)
    return image


def _flash(folder: Path) -> list[str]:
    text, flash = folder / "u-boot.env", folder / "flash.img"
    text.write_text(U_BOOT_ENVIRONMENT)
    subprocess.run(["mkenvimage", "-s", "0x40000", "-o", flash, text], check=True)
    os.truncate(flash, 64 << 20)
    return ["-drive", f"if=pflash,unit=1,format=raw,readonly=on,file={flash}"]


def _drive(name: str, file: Path, options: str, serial: str) -> list[str]:
    drive = f"if=none,id={name},file={file},format={options}"
    return ["-drive", drive, "-device", f"virtio-blk-pci,drive={name},serial={serial}"]


def _connected(path: Path, process: subprocess.Popen[bytes]) -> socket.socket:
    line = socket.socket(socket.AF_UNIX)
    while True:
        try:
            line.connect(str(path))
        except OSError:
            if process.poll() is not None:
                line.close()
                raise
            time.sleep(0.05)
        else:
            return line


def _documents(line: socket.socket) -> Iterator[dict[str, Any]]:
    """JSON documents, one in each line."""
    got = b""
    while data := line.recv(65536):
        got += data
        *whole, got = got.split(b"\n")
        yield from (json.loads(document) for document in whole)
