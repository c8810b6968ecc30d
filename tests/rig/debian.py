"""Debian's packages for arm64, from where this machine gets its own; none of them is run."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

BASE = [
    "base-files",
    "base-passwd",
    "coreutils",
    "dash",
    "e2fsprogs",
    "findutils",
    "grep",
    "libc-bin",
    "login",
    "mawk",
    "mount",
    "sed",
    "systemd",
    "systemd-sysv",
    "udev",
    "dbus",
    "kmod",
    "util-linux",
]
NEEDED = [
    "alsa-utils",
    "iproute2",
    "libubootenv-tool",
    "nftables",
    "python3",
    "python3-pyaudio",
    "rauc",
    "rauc-service",
]
"""Beyond what any machine has: what docs/image.md says that the builder brings."""
KERNEL = "linux-image-arm64"
BUSYBOX = "busybox-static"
ONLY_FOR_INSTALLING = re.compile(
    r"adduser|cpio|debconf|dpkg|initramfs-tools.*|klibc-utils|libklibc|libperl.*|libpam-runtime"
    r"|linux-base|passwd|perl.*|tar|gpgv|init-system-helpers"
)
"""Packages that others ask for because of scripts that run at installation."""
UNWANTED = (
    *("usr/share/doc", "usr/share/man", "usr/share/locale", "usr/share/info", "usr/share/lintian"),
    *("usr/share/bug", "usr/share/bash-completion", "usr/share/zsh", "usr/share/alsa/speaker-test"),
    *("usr/share/sounds", "usr/lib/udev/hwdb.d", "lib/udev/hwdb.d", "var/cache", "var/lib/apt"),
)


class Archive:
    """What Debian has for arm64, by this machine's sources; nothing is installed here."""

    def __init__(self, folder: Path) -> None:
        """Keep lists and packages in a folder, for the next time."""
        self._debs = folder / "debs"
        for part in (folder / "lists/partial", folder / "cache/archives/partial", self._debs):
            part.mkdir(parents=True, exist_ok=True)
        (folder / "status").touch()
        settings = {
            "APT::Architecture": "arm64",
            "APT::Architectures": "arm64",
            "APT::Architectures::": "arm64",
            "APT::Install-Recommends": "false",
            "APT::Sandbox::User": "root",
            "Acquire::Languages": "none",
            "Dir::State": str(folder),
            "Dir::State::lists": f"{folder}/lists",
            "Dir::State::status": f"{folder}/status",
            "Dir::Cache": f"{folder}/cache",
        }
        self._options = [f"-o{key}={value}" for key, value in settings.items()]

    def _apt(self, *arguments: str) -> str:
        done = subprocess.run(
            ["apt-get", *self._options, "-q", *arguments],
            check=False,
            capture_output=True,
            text=True,
            cwd=self._debs,
        )
        if done.returncode:
            raise SystemExit(
                f"error: apt-get {arguments[0]} failed; {done.stderr.strip()}; "
                "the rig needs Debian's archive for arm64: see /etc/apt/sources.list.d"
            )
        return done.stdout

    def update(self) -> None:
        """Learn what there is."""
        self._apt("update")

    def resolve(self, names: list[str]) -> list[str]:
        """File names of the packages, with all that they depend on, in order."""
        planned = self._apt("install", "--yes", "--print-uris", *names)
        files = sorted(re.findall(r"^'\S+' (\S+\.deb) ", planned, re.MULTILINE))
        return [file for file in files if not ONLY_FOR_INSTALLING.fullmatch(file.split("_")[0])]

    def fetch(self, files: list[str]) -> list[Path]:
        """Download what is not here yet; apt checks what comes."""
        missing = [file for file in files if not (self._debs / file).exists()]
        if missing:
            parts = (file.split("_") for file in missing)
            wanted = [f"{name}={version.replace('%3a', ':')}" for name, version, _ in parts]
            self._apt("download", *wanted)
        return [self._debs / file for file in files]


def unpack(deb: Path, target: Path, *only: str) -> None:
    """Files of a package, over those that are there; links that stand for folders are followed."""
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", deb], stdout=subprocess.PIPE) as archive:
        excluded = [f"--exclude=./{path}/*" for path in UNWANTED]
        chosen = ["--wildcards", *(f"./{path}" for path in only)] if only else excluded
        command = ["tar", "-x", "--keep-directory-symlink", "-C", target, "-f", "-", *chosen]
        subprocess.run(command, check=True, stdin=archive.stdout)
    if archive.returncode:
        raise SystemExit(f"error: {deb} cannot be unpacked; delete it")
