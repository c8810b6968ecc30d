"""The machine's disk, as Yocto's wic file says: boot state, boot script, two slots, data."""

from __future__ import annotations

import re
import subprocess
import tempfile
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "yocto/meta-appliance/recipes-bsp/boot-script/files"
SEAL = Path(__file__).parents[2] / "rootfs-overlay/seal-slot.sh"
SLOT_MB, DATA_MB = 1024, 512
"""As Yocto's settings have them (meta-appliance/conf), like the next."""
SEAL_MB = SLOT_MB * 63 // 64
PARTITIONS = {"bootstate": 1, "boot": 16, "rootfs_a": SLOT_MB, "rootfs_b": SLOT_MB, "data": DATA_MB}
"""Name → MiB, in the order of yocto/meta-appliance/wic/appliance-qemuarm64.wks.in."""
QUICK = "nokaslr kpti=off mitigations=off"
"""Each switch to the kernel and back costs an emulated processor all that it knows of addresses."""
NUMBERS = {name: number for number, name in enumerate(PARTITIONS, 1)}


def offset(name: str) -> int:
    """Where a partition begins, in bytes."""
    before = list(PARTITIONS)[: NUMBERS[name] - 1]
    return (1 + sum(PARTITIONS[part] for part in before)) << 20


def make(disk: Path, root: Path) -> None:
    """A disk as the factory leaves it: both slots filled, no data yet."""
    with disk.open("wb") as file:
        file.truncate((2 + sum(PARTITIONS.values())) << 20)
    table = "label: gpt\n" + "".join(
        f"start={offset(name) >> 20}MiB, size={size}MiB, name={name}, type=linux\n"
        for name, size in PARTITIONS.items()
    )
    bootable = table.replace("name=boot,", 'name=boot, attrs="LegacyBIOSBootable",')
    subprocess.run(["sfdisk", "--quiet", disk], input=bootable, text=True, check=True)
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        put(disk, "bootstate", state(work))
        put(disk, "boot", _boot(work))
    with tempfile.TemporaryDirectory(dir=disk.parent) as folder:
        slot = sealed(root, Path(folder) / "slot.img")
        put(disk, "rootfs_a", slot)
        put(disk, "rootfs_b", slot)


def sealed(root: Path, slot: Path) -> Path:
    """The image of a slot, made of a root file system as Yocto does (`sealed_slot.bbclass`)."""
    subprocess.run(["cp", "--sparse=always", root, slot], check=True)
    subprocess.run(["sh", SEAL, slot, str(SEAL_MB)], check=True)
    return slot


def put(disk: Path, name: str, image: Path) -> None:
    """An image into a partition; holes stay holes."""
    where = [f"of={disk}", "bs=1M", f"seek={offset(name) >> 20}"]
    command = ["dd", f"if={image}", *where, "conv=notrunc,sparse", "status=none"]
    subprocess.run(command, check=True)


def state(work: Path, **changes: int) -> Path:
    """The boot state as the factory leaves it, but for those changes."""
    text = (SCRIPT / "bootstate.env").read_text()
    for name, value in changes.items():
        text = re.sub(rf"^{name}=.*$", f"{name}={value}", text, flags=re.MULTILINE)
    image = work / "bootstate.bin"
    command = ["mkenvimage", "-s", "0x8000", "-o", image, "-"]
    subprocess.run(command, input=text, text=True, check=True)
    return image


def script() -> str:
    """The boot script that Yocto's images have, told what this machine is called."""
    text = (SCRIPT / "boot.cmd").read_text()
    for name, value in {
        "DISK": "virtio 0",
        "READ": "virtio",
        "BOOTSTATE": NUMBERS["bootstate"],
        "SEAL": hex(SEAL_MB * 2048),
        "SLOT_A": NUMBERS["rootfs_a"],
        "SLOT_B": NUMBERS["rootfs_b"],
        "DTB": "",
        "INITRD": "initrd.img",
        "ARGS": f"console=ttyAMA0 {QUICK}",
    }.items():
        text = text.replace(f"@{name}@", str(value))
    return text


def _boot(work: Path) -> Path:
    source, image, boot = work / "boot.cmd", work / "boot.scr", work / "boot.vfat"
    source.write_text(script())
    options = ["-A", "arm64", "-T", "script", "-C", "none", "-n", "voice appliance"]
    subprocess.run(["mkimage", *options, "-d", source, image], check=True, capture_output=True)
    with boot.open("wb") as file:
        file.truncate(PARTITIONS["boot"] << 20)
    subprocess.run(["mkfs.vfat", "-n", "BOOT", boot], check=True, capture_output=True)
    subprocess.run(["mcopy", "-i", boot, image, "::boot.scr"], check=True)
    return boot
