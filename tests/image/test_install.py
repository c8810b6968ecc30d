"""install.sh lays the overlay over a root, twice as well as once, and looks at what it did."""

from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path

import pytest

from appliance.config import load_config
from tests.image.overlay import BOARD, HELPERS, INSTALL, OVERLAY, files, install, links, tool

ROOT_ONLY = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
SHADOW = "root:{}:19000:0:99999:7:::\n"


def _tree(root: Path) -> dict[str, tuple[int, int, bytes]]:
    found = {}
    for path in sorted(root.rglob("*")):
        told = path.lstat()
        link = path.is_symlink()
        holds = str(path.readlink()).encode() if link else path.is_file() and path.read_bytes()
        found[str(path.relative_to(root))] = told.st_mode, told.st_uid, holds or b""
    return found


def _with_users(root: Path, password: str) -> Path:
    (root / "etc").mkdir(parents=True)
    (root / "etc/passwd").write_text("root:x:0:0:root:/root:/bin/sh\n")
    (root / "etc/shadow").write_text(SHADOW.format(password))
    (root / "etc/group").write_text("root:x:0:\n")
    return root


def test_everything_is_there_with_its_mode(image: Path) -> None:
    for path in files():
        there = image / path.relative_to(OVERLAY)
        mode = 0o755 if path.parent == HELPERS else 0o644
        assert stat.S_IMODE(there.stat().st_mode) == mode, path
        assert there.stat().st_uid == os.geteuid()
    for path, target in links().items():
        assert str((image / path.relative_to(OVERLAY)).readlink()) == target
    assert (image / "data").is_dir()
    assert (image / "etc/machine-id").read_bytes() == b""
    assert not (image / "install.sh").exists()


@ROOT_ONLY
def test_twice_is_once_and_users_are_made(tmp_path: Path) -> None:
    tool("systemd-sysusers")
    root = _with_users(tmp_path / "root", "*")
    options = ("--board", "qemu-arm64", "--profile", "cpu")
    assert install(root, *options).returncode == 0
    once = _tree(root)
    again = install(root, *options)
    assert again.returncode == 0, again.stderr
    assert _tree(root) == once
    assert "compatible=voice-appliance-qemu-arm64\n" in (root / "etc/rauc/system.conf").read_text()
    assert (root / "etc/appliance/service.env").read_text().endswith("PROFILE=cpu\n")
    passwd = (root / "etc/passwd").read_text()
    assert "appliance:x:770:770:Voice appliance:/var/lib/appliance:/usr/sbin/nologin\n" in passwd
    assert "@" not in (root / "etc/rauc/system.conf").read_text()


def test_a_boards_settings_take_the_place_of_none(image: Path, tmp_path: Path) -> None:
    assert load_config("bundled", image / "etc/appliance/board.toml") == load_config("bundled")
    assert install(tmp_path, "--settings", str(BOARD / "files/board.toml")).returncode == 0
    devices = load_config("bundled", tmp_path / "etc/appliance/board.toml").devices
    rules = {path.stem: path.read_text() for path in tmp_path.glob("usr/lib/udev/rules.d/*")}
    assert devices.lights == "sysfs:appliance"
    assert 'KERNEL=="appliance"' in rules["70-appliance-lights"]
    link = devices.mute_switch.removeprefix("evdev:/dev/")
    assert f'SYMLINK+="{link}"' in rules["70-appliance-keys"]


@ROOT_ONLY
@pytest.mark.parametrize("password", ["", "$y$j9T$abc$def", "abcdefghijklm"])
def test_a_password_or_none_is_refused(tmp_path: Path, password: str) -> None:
    tool("systemd-sysusers")
    done = install(_with_users(tmp_path / "root", password))
    assert done.returncode == 1
    assert "`root` can log in" in done.stderr


def test_check_finds_what_somebody_changed(tmp_path: Path) -> None:
    assert install(tmp_path).returncode == 0
    assert install(tmp_path, "--check").returncode == 0
    (tmp_path / "usr/libexec/appliance/check-data").chmod(0o777)
    changed = install(tmp_path, "--check")
    assert changed.returncode == 1
    assert "check-data" in changed.stderr
    assert install(tmp_path).returncode == 0
    (tmp_path / "etc/systemd/system/sshd.service").unlink()
    assert install(tmp_path, "--check").returncode == 1


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("/",),
        ("/nowhere",),
        ("--bord", "x", "/tmp"),
        ("--board", "../x", "/tmp"),
        ("--profile", "", "/tmp"),
        ("--settings", "/nowhere.toml", "/tmp"),
    ],
)
def test_misuse_is_two(arguments: tuple[str, ...]) -> None:
    done = subprocess.run([INSTALL, *arguments], check=False, capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")


def test_help() -> None:
    done = subprocess.run([INSTALL, "--help"], check=True, capture_output=True, text=True)
    assert "--profile NAME" in done.stdout
    assert "set -eu" not in done.stdout


@pytest.mark.parametrize("path", [INSTALL, *sorted(HELPERS.iterdir())], ids=lambda p: p.name)
def test_scripts_are_sound(path: Path) -> None:
    assert os.access(path, os.X_OK)
    done = subprocess.run(
        [tool("shellcheck"), "--shell=sh", str(path)], check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout
