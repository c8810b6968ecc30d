"""Each file of settings means something to the program that reads it."""

from __future__ import annotations

import configparser
import ctypes
import dataclasses
import os
import re
import subprocess
import tempfile
import tomllib
from pathlib import Path

import pytest

from appliance.cli.options import IMAGE_SETTINGS
from appliance.config import Config, load_config
from tests.image.bus import RAUC, rauc_on_a_bus
from tests.image.overlay import BROUGHT, OVERLAY, tool

ETC, LIB = OVERLAY / "etc", OVERLAY / "usr/lib"
UDEV = sorted((LIB / "udev/rules.d").glob("*.rules"))
ROOT_ONLY = pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")
CONSOLE_IS_THERE = any(item.name == "console" for item in dataclasses.fields(Config))


@pytest.mark.skipif(not CONSOLE_IS_THERE, reason="this version of the service has no console")
@pytest.mark.parametrize("profile", ["bundled", "rk3576"])
def test_the_service_takes_its_settings(profile: str) -> None:
    config = load_config(profile, ETC / "appliance/config.toml")
    assert config.storage.folder == "/var/lib/appliance"


def test_the_service_and_every_other_verb_use_the_same_settings() -> None:
    unit = (LIB / "systemd/system/voice-appliance.service").read_text(encoding="utf-8")
    assert re.findall(r" --config (\S+)", unit) == [str(path) for path in IMAGE_SETTINGS]


def test_settings_name_what_is_brought_and_the_console_that_udev_names() -> None:
    table = tomllib.loads((ETC / "appliance/config.toml").read_text(encoding="utf-8"))
    assert table["knowledge"]["pack"] in BROUGHT
    assert table["console"]["service_key"] in BROUGHT
    rules = (LIB / "udev/rules.d/70-appliance-console.rules").read_text(encoding="utf-8")
    assert f'SYMLINK+="{table["console"]["port"].removeprefix("/dev/")}"' in rules


def test_a_stick_is_mounted_where_the_service_looks_and_trusted_with_nothing() -> None:
    table = tomllib.loads((ETC / "appliance/config.toml").read_text(encoding="utf-8"))
    mount = configparser.ConfigParser(interpolation=None, strict=False)
    mount.read(LIB / "systemd/system/run-appliance-stick.mount", encoding="utf-8")
    assert mount["Mount"]["Where"] == table["updates"]["stick"]
    assert {"ro", "noexec", "nosuid", "nodev"} <= set(mount["Mount"]["Options"].split(","))
    users = (LIB / "sysusers.d/appliance.conf").read_text(encoding="utf-8")
    gid = re.search(r"gid=(\d+)", mount["Mount"]["Options"])
    assert gid
    assert re.search(rf"^u +appliance +{gid[1]} ", users, re.MULTILINE)
    rule = (LIB / "udev/rules.d/70-appliance-stick.rules").read_text(encoding="utf-8")
    assert f'SYMLINK+="{mount["Mount"]["What"].removeprefix("/dev/")}"' in rule
    assert f'ENV{{ID_FS_TYPE}}=="{mount["Mount"]["Type"]}"' in rule
    assert table["updates"]["pack_key"] in BROUGHT


def _system_conf() -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(ETC / "rauc/system.conf", encoding="utf-8")
    return parser


def test_rauc_takes_signed_verity_bundles_for_two_slots() -> None:
    rauc = _system_conf()
    assert rauc["system"]["bundle-formats"] == "-plain"
    assert rauc["keyring"]["path"] in BROUGHT
    slots = [rauc[name] for name in rauc.sections() if name.startswith("slot.rootfs.")]
    assert [slot["bootname"] for slot in slots] == ["A", "B"]
    assert len({slot["device"] for slot in slots}) == 2


STANDS_FOR = {"appliance-boot": "daemon", "appliance": "games"}
"""Users of the image → users that every Debian has."""


@ROOT_ONLY
def test_only_boots_user_and_root_may_mark_a_slot() -> None:
    """RAUC's own policy, which ours follows, allows everything to everybody."""
    policy = (ETC / "dbus-1/system.d/appliance-rauc.conf").read_text(encoding="utf-8")
    policy = policy[policy.index("<busconfig>") + 11 : policy.index("</busconfig>")]
    for ours, theirs in STANDS_FOR.items():
        policy = policy.replace(f'user="{ours}"', f'user="{theirs}"')
    with tempfile.TemporaryDirectory() as folder, rauc_on_a_bus(Path(folder), policy) as address:
        Path(folder).chmod(0o755)
        users = ("root", *STANDS_FOR.values(), "nobody")
        may = {(u, m): _may(address, u, m) for u in users for m in ("Mark", "InstallBundle")}
    assert {who for (who, member), allowed in may.items() if allowed and member == "Mark"} == {
        "root",
        STANDS_FOR["appliance-boot"],
    }
    assert may[STANDS_FOR["appliance"], "InstallBundle"]
    assert not may["nobody", "InstallBundle"]


def _may(address: str, user: str, member: str) -> bool:
    """Whether the bus lets the call through; nobody answers it."""
    call = ["--reply-timeout=300", f"--dest={RAUC}", "/", f"{RAUC}.Installer.{member}"]
    send = [tool("dbus-send"), f"--bus={address}", "--print-reply", *call]
    done = subprocess.run(
        [tool("setpriv"), f"--reuid={user}", "--clear-groups", *send],
        check=False,
        capture_output=True,
        text=True,
    )
    errors = {True: "Error.NoReply", False: "Error.AccessDenied"}
    found = [allowed for allowed, error in errors.items() if error in done.stderr]
    assert len(found) == 1, done.stderr
    return found[0]


@pytest.mark.parametrize("path", UDEV, ids=lambda path: path.name)
def test_udev_rules_are_well_formed(path: Path) -> None:
    """udevadm can verify rules from systemd 254 on; this is its grammar."""
    pair = re.compile(r'[A-Z]+(\{[\w/.-]+\})?(==|!=|\+=|-=|:=|=)"[^"]*"')
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            assert all(pair.fullmatch(part) for part in re.split(r", (?=[A-Z])", line)), line


def test_alsa_takes_its_settings() -> None:
    """ALSA's own library reads the file; no sound card is opened."""
    try:
        alsa = ctypes.CDLL("libasound.so.2")
    except OSError:
        pytest.skip("libasound2 is not installed")
    top, source = ctypes.c_void_p(), ctypes.c_void_p()
    file = str(ETC / "asound.conf").encode()
    assert alsa.snd_config_top(ctypes.byref(top)) == 0
    assert alsa.snd_input_stdio_open(ctypes.byref(source), file, b"r") == 0
    assert alsa.snd_config_load(top, source) == 0
    found = ctypes.c_void_p()
    for key in (b"pcm.default.capture.pcm", b"pcm.default.playback.pcm"):
        assert alsa.snd_config_search(top, key, ctypes.byref(found)) == 0, key
    alsa.snd_input_close(source)
    alsa.snd_config_delete(top)


@ROOT_ONLY
def test_folders_are_made(image: Path, tmp_path: Path) -> None:
    root = tmp_path / "root"
    subprocess.run(["cp", "-a", image, root], check=True)
    (root / "etc/passwd").write_text("root:x:0:0::/:/bin/sh\n")
    (root / "etc/group").write_text("root:x:0:\n")
    for program in ("systemd-sysusers", "systemd-tmpfiles"):
        options = ["--create"] if program == "systemd-tmpfiles" else []
        subprocess.run(
            [tool(program), f"--root={root}", *options, "appliance.conf"],
            check=True,
            capture_output=True,
        )
    told = (root / "data/journal").stat()
    assert (told.st_uid, told.st_mode & 0o777) == (773, 0o750)
    assert (root / "data/boot").stat().st_uid == 771


def test_sysctl_lines_are_well_formed() -> None:
    lines = (LIB / "sysctl.d/90-appliance.conf").read_text(encoding="utf-8").splitlines()
    for line in lines[1:]:
        assert re.fullmatch(r"-?[a-z]+(\.[a-z0-9_]+)+ = \S.*", line), line


def test_what_changes_lies_in_memory_or_on_data() -> None:
    lines = (ETC / "fstab").read_text(encoding="utf-8").splitlines()
    mounts = [line.split() for line in lines if not line.startswith("#")]
    assert {where for _, where, *_ in mounts} == {"/tmp", "/var", "/data", "/var/lib/appliance"}
    for device, where, _, options, *_ in mounts:
        assert {"nosuid", "nodev", "noexec"} <= set(options.split(",")), where
        if device.startswith(("/dev", "/data")):
            assert "nofail" in options.split(","), "a broken data partition must not stop the boot"
