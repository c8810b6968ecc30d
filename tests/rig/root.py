"""A root file system for one slot: Debian's packages, the service, the overlay, keys and a pack."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.rig import debian, wheels

ROOT = Path(__file__).parents[2]
BOARD = "qemu-rig"
VERSION = "1.0.0"
EPOCH = "1735689600"
"""The time of every file: the same sources give the same image."""
GROUPS = ("input", "kvm", "render", "sgx")
MANUAL = ROOT / "appliance/demo/manual"
SETTINGS = ROOT / "yocto/meta-appliance-rk3576/files/board.toml"
"""The product's: the rig's board calls its light and its mute key as the RK3576's does."""


def packages(archive: debian.Archive, root: Path) -> list[str]:
    """Unpack Debian's packages, then do by hand what their scripts would; returns their names."""
    files = archive.resolve([*debian.BASE, *debian.NEEDED])
    for name in ("bin", "sbin", "lib"):
        (root / "usr" / name).mkdir(parents=True)
        (root / name).symlink_to(f"usr/{name}")
    for deb in archive.fetch(files):
        debian.unpack(deb, root)
    _finish(root)
    return files


def _finish(root: Path) -> None:
    for folder in ("boot", "data", "dev", "home", "proc", "root", "run", "srv", "sys", "tmp"):
        (root / folder).mkdir(exist_ok=True)
    for kind in ("passwd", "group"):
        shutil.copy(root / f"usr/share/base-passwd/{kind}.master", root / "etc" / kind)
    accounts = (root / "etc/passwd").read_text().splitlines()
    (root / "etc/passwd").write_text("".join(a.replace(":*:", ":x:", 1) + "\n" for a in accounts))
    with (root / "etc/group").open("a") as groups:  # udev's rules name them
        groups.writelines(f"{name}:x:{number}:\n" for number, name in enumerate(GROUPS, 901))
    for kind, shadow, rest in (
        ("passwd", "shadow", ":20089:0:99999:7:::"),
        ("group", "gshadow", "::"),
    ):
        names = [line.split(":")[0] for line in (root / "etc" / kind).read_text().splitlines()]
        path = root / "etc" / shadow
        path.write_text("".join(f"{name}:*{rest}\n" for name in names))
        path.chmod(0o640)
    for folder in ("var", "tmp"):  # others are mounted over these
        shutil.rmtree(root / folder)
        (root / folder).mkdir()
    (root / "etc/nsswitch.conf").write_text("passwd: files\ngroup: files\nshadow: files\n")
    (root / "usr/bin/awk").symlink_to("mawk")
    (root / "etc/mtab").symlink_to("../proc/self/mounts")
    (root / "usr/sbin/init").unlink(missing_ok=True)
    (root / "usr/sbin/init").symlink_to("/lib/systemd/systemd")
    subprocess.run(["systemd-sysusers", f"--root={root}"], check=True, capture_output=True)
    release = root / "usr/lib/os-release"
    release.write_text(f'{release.read_text()}IMAGE_VERSION="{VERSION}"\n')


def kernel_tree(archive: debian.Archive, work: Path) -> Path:
    """Debian's kernel and busybox, unpacked apart."""
    tree = work / "kernel"
    tree.mkdir()
    for name, only in (
        (debian.KERNEL, ("boot/vmlinuz-*", "lib/modules/*")),
        (debian.BUSYBOX, ("bin/*",)),
    ):
        files = archive.resolve([name])
        [deb] = [
            file
            for file in files
            if file.startswith(("linux-image-", "busybox-"))
            and not file.startswith("linux-image-arm64_")
        ]
        [path] = archive.fetch([deb])
        debian.unpack(path, tree, *only)
    return tree


def service(root: Path, keys: Path) -> None:
    """The service, its pack, the overlay and the owner's keys."""
    wheels.install(root)
    pack = root / "usr/share/voice-appliance/knowledge.pack"
    pack.parent.mkdir(parents=True)
    build = [sys.executable, "-m", "appliance", "knowledge", "build", MANUAL, "-o", pack]
    subprocess.run(build, check=True, cwd=ROOT, capture_output=True)
    install = ROOT / "rootfs-overlay/install.sh"
    given = ["--board", BOARD, "--settings", SETTINGS, "--profile", "bundled"]
    subprocess.run([install, *given, root], check=True)
    subprocess.run(["systemctl", f"--root={root}", "preset-all"], check=True, capture_output=True)
    shutil.copy(keys / "ca.cert.pem", root / "etc/rauc/ca.cert.pem")
    for name in ("service.pub.pem", "pack.pub.pem"):
        shutil.copy(keys / name, root / "etc/appliance" / name)


def make_keys(folder: Path) -> None:
    """The owner's keys, as docs/oem-guide.md makes them but without a passphrase; never kept."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "usage.ext").write_text(
        "keyUsage=critical,digitalSignature\nextendedKeyUsage=critical,emailProtection\n"
    )
    authority = "-subj /O=Rig/CN=updates -addext keyUsage=critical,keyCertSign,cRLSign"
    signed = "-CA ca.cert.pem -CAkey ca.key.pem -CAcreateserial -days 3650 -extfile usage.ext"
    for line in (
        (
            f"req -x509 -newkey rsa:2048 -nodes -days 7300 {authority}"
            " -keyout ca.key.pem -out ca.cert.pem"
        ),
        "req -newkey rsa:2048 -nodes -subj /O=Rig/CN=1 -keyout bundle.key.pem -out bundle.csr.pem",
        f"x509 -req -in bundle.csr.pem {signed} -out bundle.cert.pem",
        "genpkey -algorithm ed25519 -out service.pem",
        "pkey -in service.pem -pubout -out service.pub.pem",
        "genpkey -algorithm ed25519 -out pack.pem",
        "pkey -in pack.pem -pubout -out pack.pub.pem",
    ):
        command = ["openssl", *line.split()]
        subprocess.run(command, check=True, capture_output=True, cwd=folder)


def slot(root: Path, image: Path, size_mb: int) -> int:
    """An ext4 image of the root as Yocto makes it; returns how many bytes of it are used."""
    environment = {**os.environ, "SOURCE_DATE_EPOCH": EPOCH, "E2FSPROGS_FAKE_TIME": EPOCH}
    clamp = [
        "find",
        root,
        "-newermt",
        f"@{EPOCH}",
        "-exec",
        "touch",
        "-h",
        "-d",
        f"@{EPOCH}",
        "{}",
        "+",
    ]
    subprocess.run(clamp, check=True)
    image.unlink(missing_ok=True)
    with image.open("wb") as file:
        file.truncate(size_mb << 20)
    uuid = "5c0e9a1e-0000-4000-8000-000000000001"
    options = ["-q", "-t", "ext4", "-i", "8192", "-b", "4096", "-O", "^has_journal", "-m", "0"]
    options += ["-U", uuid, "-E", f"hash_seed={uuid}", "-d", root]
    subprocess.run(["mke2fs", *options, image], check=True, env=environment)
    about = subprocess.run(["dumpe2fs", "-h", image], check=True, capture_output=True, text=True)
    fields = dict(line.split(":", 1) for line in about.stdout.splitlines() if ":" in line)
    return (int(fields["Block count"]) - int(fields["Free blocks"])) * 4096
