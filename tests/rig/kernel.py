"""Debian's kernel, the drivers that the machine needs, and what brings it to its root.

A product's kernel has what it needs to reach its root built in; Debian's has modules. The initramfs
stands for that, and for nothing else of the product.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

BUILT_IN = [
    "virtio_pci",
    "virtio_blk",
    "virtio_console",
    "ext4",
    "squashfs",
    "overlay",
    "loop",
    "sha2-ce",
    "dm-verity",
    "i6300esb",
    "gpio_keys",
    "evdev",
    "leds-gpio",
    "ledtrig-pattern",
]
"""What the BSP's kernel has built in (yocto's appliance.cfg); the initramfs loads it."""
MODULES = [
    "autofs4",
    "dummy",
    "nf_tables",
    "nft_counter",
    "nft_objref",
    "nft_compat",
    "nf_conntrack",
    "snd-hda-intel",
    "snd-hda-codec-generic",
    "snd-aloop",
    "virtio_rng",
    "vfat",
    "nls_ascii",
    "nls_cp437",
    "nls_iso8859-1",
    "usb-storage",
    "xhci-pci",
    "sd_mod",
]
DMSETUP = "usr/sbin/dmsetup"
"""Does what a kernel with device mapper built in does by itself (`CONFIG_DM_INIT`)."""
LIBRARIES = "usr/lib/aarch64-linux-gnu"
FOLDERS = ("bin", "dev", "lib", "modules", "proc", "root", "run", "sys")
INIT = Path(__file__).with_name("guest") / "init"


def _modules(tree: Path, version: str, names: list[str]) -> list[Path]:
    """Files of modules and of what they need, in the order of loading."""
    files: dict[Path, None] = {}
    for name in names:
        done = subprocess.run(
            ["modprobe", "-d", tree, "-S", version, "--show-depends", name],
            check=False,
            capture_output=True,
            text=True,
        )
        for line in done.stdout.splitlines():
            kind, *path = line.split()
            if kind == "insmod":
                files[Path(path[0])] = None
    return list(files)


def version_of(tree: Path) -> str:
    """The kernel's version."""
    [folder] = (tree / "lib/modules").iterdir()
    return folder.name


def install(tree: Path, root: Path) -> None:
    """Kernel, initramfs and modules into the root."""
    version = version_of(tree)
    subprocess.run(["depmod", "-b", tree, version], check=True)
    source, target = tree / "lib/modules" / version, root / "usr/lib/modules" / version
    for file in _modules(tree, version, BUILT_IN + MODULES):
        kept = target / file.relative_to(source)
        kept.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(file, kept)
    for name in ("builtin", "builtin.modinfo", "order"):
        shutil.copy2(source / f"modules.{name}", target)
    subprocess.run(["depmod", "-b", root, version], check=True)
    shutil.copyfile(tree / f"boot/vmlinuz-{version}", root / "boot/Image")
    (root / "boot/initrd.img").write_bytes(_initramfs(tree, version, root))


def _initramfs(tree: Path, version: str, root: Path) -> bytes:
    modules = _modules(tree, version, BUILT_IN)
    files = {"init": INIT.read_bytes(), "bin/busybox": (tree / "bin/busybox").read_bytes()}
    files |= {f"modules/{i:02}-{path.name}": path.read_bytes() for i, path in enumerate(modules)}
    files |= {f"lib/{path.name}": path.read_bytes() for path in _libraries(root, DMSETUP)}
    files["bin/dmsetup"] = (root / DMSETUP).read_bytes()
    entries = [(name, 0o40755, b"") for name in FOLDERS]
    entries += [(name, 0o100755, data) for name, data in files.items()]
    entries.append(("TRAILER!!!", 0, b""))
    return b"".join(_entry(number, *entry) for number, entry in enumerate(entries, 1))


def _libraries(root: Path, program: str) -> set[Path]:
    """What a program of the root is linked with, its loader included."""
    found: set[Path] = set()
    asked = [root / program]
    while asked:
        about = subprocess.run(
            ["readelf", "--dynamic", "--wide", asked.pop()],
            check=True,
            capture_output=True,
            text=True,
        )
        for name in re.findall(r"\(NEEDED\).*\[(.+)\]", about.stdout):
            path = root / LIBRARIES / name
            if path not in found:
                found.add(path)
                asked.append(path)
    return found


def _entry(number: int, name: str, mode: int, data: bytes) -> bytes:
    """One file of a cpio archive in the `newc` form (the kernel's initramfs-buffer-format)."""
    links = 2 if mode & 0o40000 else 1
    fields = (number, mode, 0, 0, links, 0, len(data), 0, 0, 0, 0, len(name) + 1, 0)
    head = b"070701" + b"".join(b"%08x" % field for field in fields) + name.encode() + b"\0"
    return head + bytes(-len(head) % 4) + data + bytes(-len(data) % 4)
