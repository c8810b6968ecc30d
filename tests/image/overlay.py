"""The overlay as tests and its page see it: files, units, what systemd thinks of them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OVERLAY = ROOT / "rootfs-overlay"
INSTALL = OVERLAY / "install.sh"
BOARD = ROOT / "yocto/meta-appliance-rk3576"
UNITS = OVERLAY / "usr/lib/systemd/system"
INSTEAD = OVERLAY / "etc/systemd/system"
"""Units that replace systemd's own, and links that switch off those of packages."""
HELPERS = OVERLAY / "usr/libexec/appliance"

BROUGHT = {
    "/usr/lib/voice-appliance/bin/appliance": "the service, in a virtual environment of its own",
    "/usr/share/voice-appliance/knowledge.pack": "what it answers from",
    "/etc/appliance/service.pub.pem": "the OEM's service key, its public half (docs/console.md)",
    "/etc/appliance/pack.pub.pem": "the key of knowledge packs, its public half (docs/updates.md)",
    "/etc/rauc/ca.cert.pem": "who may sign updates",
    "/usr/sbin/nft": "Debian nftables, Yocto nftables",
    "/usr/sbin/ip": "Debian iproute2, Yocto iproute2",
    "/usr/bin/sleep": "coreutils or busybox",
    "/usr/bin/chgrp": "coreutils or busybox",
    "/usr/bin/chmod": "coreutils or busybox",
    "/usr/sbin/nologin": "Debian login, Yocto shadow or busybox",
}
"""Files that units and settings name and that the builder brings."""


def tool(name: str) -> str:
    """A program of the system; the test is skipped where it isn't there."""
    path = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
    if path is None:
        pytest.skip(f"{name} is not installed: see `debian` in ./dev")
    return path


def files() -> list[Path]:
    """Everything that is a file and is installed, in order."""
    found = [path for top in ("etc", "usr") for path in (OVERLAY / top).rglob("*")]
    return sorted(path for path in found if path.is_file() and not path.is_symlink())


def links() -> dict[Path, str]:
    """Link → where it leads."""
    found = [path for top in ("etc", "usr") for path in (OVERLAY / top).rglob("*")]
    return {path: str(path.readlink()) for path in sorted(found) if path.is_symlink()}


def services() -> list[Path]:
    """Our services, and those that stand in for systemd's."""
    return sorted(
        path
        for folder in (UNITS, INSTEAD)
        for path in folder.glob("*.service")
        if not path.is_symlink()
    )


def units() -> list[Path]:
    """Every unit that is a file."""
    found = [*UNITS.iterdir(), *INSTEAD.iterdir()]
    return sorted(path for path in found if path.is_file() and not path.is_symlink())


def settings(unit: Path) -> dict[str, list[str]]:
    """What a unit sets: key → its values in order."""
    found: dict[str, list[str]] = defaultdict(list)
    for key, value in re.findall(r"^(\w+)=(.*)$", unit.read_text(encoding="utf-8"), re.MULTILINE):
        found[key].append(value)
    return found


def purpose(path: Path) -> str:
    """The first comment of a file: why it is there."""
    lines = path.read_text(encoding="utf-8").splitlines()
    line = lines[1] if lines[0].startswith("#!") else lines[0]
    return re.sub(r"^(#|<!--) | -->$", "", line)


def exposure(unit: Path) -> float:
    """What `systemd-analyze security` says of a unit, 0 to 10."""
    done = subprocess.run(
        [tool("systemd-analyze"), "security", "--offline=true", "--no-pager", str(unit)],
        check=True,
        capture_output=True,
        text=True,
    )
    found = re.search(r"Overall exposure level for .*: ([\d.]+)", done.stdout)
    assert found, done.stdout + done.stderr
    return float(found[1])


def install(target: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run install.sh."""
    return subprocess.run(
        [str(INSTALL), *options, str(target)], check=False, capture_output=True, text=True
    )
