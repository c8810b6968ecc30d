"""A real RAUC on a bus of its own, with files for slots and a shell script for a boot loader."""

from __future__ import annotations

import contextlib
import os
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.image.overlay import tool

BOARD = "voice-appliance-test"
BUS = """<busconfig><type>session</type><listen>unix:path={path}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow user="*"/><allow own="*"/><allow send_destination="*"/>
<allow receive_sender="*"/></policy></busconfig>"""
BOOT_LOADER = """#!/bin/sh
cd {boot} || exit 1
case $1 in
get-primary) cat primary ;;
set-primary) echo "$2" > primary; echo good > "state-$2" ;;
get-state) cat "state-$2" ;;
set-state) echo "$3" > "state-$2" ;;
get-current) echo A ;;
esac
"""
# In the image only verity is allowed; the kernel of a test machine may lack dm-verity.
SETTINGS = """[system]
compatible={board}
bootloader=custom
mountprefix={folder}/mount
data-directory={folder}/data
[handlers]
bootloader-custom-backend={folder}/boot-loader
[keyring]
path={keyring}
use-bundle-signing-time=true
[slot.rootfs.0]
device={folder}/slot-a
type=raw
bootname=A
[slot.rootfs.1]
device={folder}/slot-b
type=raw
bootname=B
"""
SLOT_BYTES = 64 * 4096
QUICK = "--mksquashfs-args=-comp zstd -Xcompression-level 1"


@dataclass(frozen=True)
class Signer:
    """Somebody who makes updates."""

    certificate: Path
    key: Path

    def bundle(
        self,
        target: Path,
        version: str,
        board: str = BOARD,
        how: str = "verity",
        root: Path | None = None,
    ) -> Path:
        """A bundle with a slot's image, or with a root of 50 blocks."""
        with tempfile.TemporaryDirectory(dir=target.parent) as name:
            contents = Path(name)
            if root is None:
                (contents / "root.img").write_bytes(os.urandom(50 * 4096))
            else:
                (contents / "root.img").hardlink_to(root)
            manifest = f"[update]\ncompatible={board}\nversion={version}\n"
            if how == "verity":
                manifest += "[bundle]\nformat=verity\n"
            manifest += "[image.rootfs]\nfilename=root.img\n"
            (contents / "manifest.raucm").write_text(manifest)
            keys = [f"--cert={self.certificate}", f"--key={self.key}", QUICK]
            command = [tool("rauc"), "bundle", *keys, str(contents), str(target)]
            subprocess.run(command, check=True, capture_output=True)
        return target


def flipped(bundle: Path, target: Path, at: float = 1 / 3) -> Path:
    """One bit is another; where, as a share of the file."""
    data = bytearray(bundle.read_bytes())
    data[int(len(data) * at)] ^= 1
    target.write_bytes(data)
    return target


def halved(bundle: Path, target: Path) -> Path:
    """Its second half is missing."""
    target.write_bytes(bundle.read_bytes()[: bundle.stat().st_size // 2])
    return target


def signer(folder: Path, name: str) -> Signer:
    """With a key of their own."""
    found = Signer(folder / f"{name}.pem", folder / f"{name}.key")
    command = [tool("openssl"), "req", "-x509", "-newkey", "ec", "-nodes", "-days", "3650"]
    command += [
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-subj",
        f"/CN={name}",
        "-keyout",
        str(found.key),
        "-out",
        str(found.certificate),
    ]
    subprocess.run(command, check=True, capture_output=True)
    return found


@contextlib.contextmanager
def bus(folder: Path) -> Iterator[str]:
    """The address of a bus on which everybody may do everything."""
    config = folder / "bus.conf"
    config.write_text(BUS.format(path=folder / "bus"))
    command = [tool("dbus-daemon"), f"--config-file={config}", "--nofork", "--print-address"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as daemon:
        try:
            assert daemon.stdout is not None
            yield daemon.stdout.readline().strip().partition(",guid")[0]
        finally:
            daemon.terminate()


@contextlib.contextmanager
def service(folder: Path, address: str, keyring: Path) -> Iterator[subprocess.Popen[str]]:
    """RAUC, once it has its name."""
    (folder / "data").mkdir()
    boot = folder / "boot"
    boot.mkdir()
    for name, text in {"primary": "A", "state-A": "good", "state-B": "good"}.items():
        (boot / name).write_text(text)
    loader = folder / "boot-loader"
    loader.write_text(BOOT_LOADER.format(boot=boot))
    loader.chmod(0o755)
    for name in ("slot-a", "slot-b"):
        (folder / name).write_bytes(bytes(SLOT_BYTES))
    config = folder / "system.conf"
    config.write_text(SETTINGS.format(board=BOARD, folder=folder, keyring=keyring))
    command = [tool("rauc"), f"--conf={config}", "service", "--override-boot-slot=A"]
    types = {"DBUS_STARTER_BUS_TYPE": "session", "DBUS_SESSION_BUS_ADDRESS": address}
    environment = {**os.environ, **types}
    with (
        (folder / "rauc.log").open("wb") as log,
        subprocess.Popen(command, env=environment, stdout=log, stderr=log, text=True) as process,
    ):
        try:
            _wait_for_its_name(address)
            yield process
        finally:
            process.terminate()


def _wait_for_its_name(address: str) -> None:
    command = [tool("gdbus"), "wait", f"--address={address}", "--timeout=10"]
    done = subprocess.run([*command, "de.pengutronix.rauc"], check=False, capture_output=True)
    assert done.returncode == 0, done.stderr
