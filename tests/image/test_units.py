"""Units are valid, closed, and name nothing that nobody brings."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.image.overlay import (
    BROUGHT,
    HELPERS,
    INSTEAD,
    OVERLAY,
    UNITS,
    exposure,
    files,
    links,
    services,
    settings,
    tool,
    units,
)

SERVICE = UNITS / "voice-appliance.service"
MOST_EXPOSURE = 1.5
SYSTEMS_OWN = Path("/usr/lib/systemd/system")
NAMED = re.compile(r"(?<![\w.@%}-])/(?:etc|usr|var|run|data|dev|sys)/[\w./-]+")
PARTITIONS = ("data", "bootstate", "rootfs_a", "rootfs_b")
OTHERS = {
    *("/etc/passwd", "/etc/shadow", "/etc/machine-id", "/etc/os-release"),
    *("/dev/null", "/dev/dri", "/dev/rknpu", "/data", "/data/appliance", "/var/lib/appliance"),
    *(f"/dev/disk/by-partlabel/{name}" for name in PARTITIONS),
    *(f"/sys/devices/platform/{kind}leds" for kind in ("", "gpio-", "pwm-")),
    "/run/rauc",
}
"""What every Linux has, the kernel, the partition table, or who mounts it."""


def _ids(unit: Path) -> str:
    return unit.name


@pytest.mark.parametrize("unit", services(), ids=_ids)
def test_every_service_is_closed(unit: Path) -> None:
    assert exposure(unit) <= MOST_EXPOSURE


@pytest.mark.parametrize("unit", services(), ids=_ids)
def test_who_needs_tmp_waits_for_it(unit: Path) -> None:
    """systemd 252 makes a private /dev in /tmp, a read-only folder until it is mounted."""
    found = settings(unit)
    private = "yes" in [*found["PrivateDevices"], *found["PrivateTmp"]]
    if private and found["DefaultDependencies"] == ["no"]:
        assert found["RequiresMountsFor"] == ["/tmp"]


def test_systemd_takes_every_unit(image: Path, tmp_path: Path) -> None:
    """Unknown keys, bad values and programs that are not there are complaints."""
    root = tmp_path / "root"
    shutil.copytree(image, root, symlinks=True)
    for name in ("*.target", "systemd-sysctl.service", "systemd-tmpfiles-setup.service"):
        for unit in SYSTEMS_OWN.glob(name):
            copy = root / "usr/lib/systemd/system" / unit.name
            if not copy.exists():
                shutil.copy2(unit, copy, follow_symlinks=False)
    for name in BROUGHT:
        program = root / name[1:]
        if program.parent.name in {"bin", "sbin"}:
            program.parent.mkdir(parents=True, exist_ok=True)
            program.write_text("#!/bin/sh\n")
            program.chmod(0o755)
    options = [f"--root={root}", "--man=no", "--recursive-errors=no"]
    names = [unit.name for unit in units()]
    done = subprocess.run(
        [tool("systemd-analyze"), "verify", *options, *names],
        check=False,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@pytest.mark.parametrize("unit", services(), ids=_ids)
def test_root_needs_a_reason(unit: Path) -> None:
    text = unit.read_text(encoding="utf-8")
    assert settings(unit)["User"], "no user is named"
    if settings(unit)["User"] == ["root"]:
        assert re.search(r"^# Root\b[^\n]+\nUser=root$", text, re.MULTILINE)
    assert not re.search(r"^Exec\w+=[-@:]*[+!]", text, re.MULTILINE), "a prefix that gives rights"


def test_users_and_groups_exist() -> None:
    text = (OVERLAY / "usr/lib/sysusers.d/appliance.conf").read_text(encoding="utf-8")
    known = {"root"} | set(re.findall(r"^[ug]\s+(\S+)", text, re.MULTILINE))
    for unit in services():
        found = settings(unit)
        named = [*found["User"], *found["Group"], *found["SupplementaryGroups"]]
        assert set(named) <= known, unit.name
    assert set(re.findall(r'GROUP="(\S+)"', _udev_rules())) <= known
    folders = (OVERLAY / "usr/lib/tmpfiles.d/appliance.conf").read_text(encoding="utf-8")
    for owner, group in re.findall(r"^\w \S+ +\d+ +(\S+) +(\S+)", folders, re.MULTILINE):
        assert {owner, group} <= known


@pytest.mark.parametrize("path", [*files(), OVERLAY / "install.sh"], ids=_ids)
def test_what_is_named_is_there(path: Path) -> None:
    for name in NAMED.findall(path.read_text(encoding="utf-8")):
        assert _is_there(name.rstrip("./")), name


def _is_there(name: str) -> bool:
    if name in OTHERS or name in BROUGHT or (OVERLAY / name[1:]).exists():
        return True
    folders = [f"/run/{name}" for unit in services() for name in settings(unit)["RuntimeDirectory"]]
    if any(name.startswith(folder) for folder in [*folders, *_made_by_tmpfiles()]):
        return True
    return f'SYMLINK+="{name.removeprefix("/dev/")}"' in _udev_rules()


def _made_by_tmpfiles() -> list[str]:
    text = (OVERLAY / "usr/lib/tmpfiles.d/appliance.conf").read_text(encoding="utf-8")
    return re.findall(r"^d (\S+)", text, re.MULTILINE)


def _udev_rules() -> str:
    return "".join(path.read_text() for path in (OVERLAY / "usr/lib/udev").rglob("*.rules"))


def test_every_unit_is_started_by_something() -> None:
    linked = {path.name for path in links() if path.parent.name.endswith(".wants")}
    texts = "".join(path.read_text(encoding="utf-8") for path in files())
    for unit in units():
        if unit.parent == INSTEAD or unit.name in linked:
            continue
        timer = unit.with_suffix(".timer")
        named = re.search(
            rf"(requires|OnFailure|Wants|SYSTEMD_WANTS}}\+)=\S*{re.escape(unit.name)}", texts
        )
        assert (unit.suffix == ".service" and timer.exists()) or named, unit.name


def test_the_service_waits_for_the_card_that_the_rules_name() -> None:
    """Started before its card was there, it ended, and came 5 s later (seen in the rig)."""
    [waits] = [line for line in SERVICE.read_text().splitlines() if line.startswith("After=")]
    assert "dev-snd-appliance.device" in waits
    [rule] = [line for line in _udev_rules().splitlines() if 'SYMLINK+="snd/appliance"' in line]
    assert 'TAG+="systemd"' in rule


def test_links_lead_to_our_units_or_nowhere() -> None:
    for path, target in links().items():
        assert target == "/dev/null" or (path.parent / target).resolve().is_file(), path


def test_nobody_logs_in() -> None:
    """No getty, no shell of systemd's, no secure shell; emergencies start the machine anew."""
    off = {path.name for path, target in links().items() if target == "/dev/null"}
    gettys = {"getty@.service", "serial-getty@.service", "console-getty.service"}
    assert gettys | {"debug-shell.service", "sshd.service", "systemd-getty-generator"} <= off
    for name in ("emergency.service", "rescue.service"):
        assert settings(INSTEAD / name)["SuccessAction"] == ["reboot-force"]
    for path in files():
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\$(1|5|6|7|y|2[aby])\$", text), f"a password's hash in {path}"
        if path.suffix == ".service":
            assert not re.search(r"^Exec.*(getty|login|/(ba|da|a)?sh\b)", text, re.MULTILINE)


def test_only_health_confirms_a_slot() -> None:
    assert links()[INSTEAD / "rauc-mark-good.service"] == "/dev/null"
    marking = [path.name for path in files() if "mark-good" in path.read_text(encoding="utf-8")]
    assert marking == ["confirm-boot"]


def test_the_services_endings_are_the_units() -> None:
    guard = pytest.importorskip("appliance.guard")
    ends = {stage.value: status for stage, status in guard.EXITS.items()}
    prevented = settings(SERVICE)["RestartPreventExitStatus"][0].split()
    assert prevented == [str(ends["reboot"]), str(ends["other_slot"])]
    assert f"= {ends['other_slot']} ]" in (HELPERS / "last-resort").read_text(encoding="utf-8")


def test_the_hardware_watchdog_waits_longer_than_the_services() -> None:
    manager = (OVERLAY / "usr/lib/systemd/system.conf.d/appliance.conf").read_text()
    hardware = re.search(r"RuntimeWatchdogSec=(\d+)s", manager)
    assert hardware
    assert int(hardware[1]) > int(settings(SERVICE)["WatchdogSec"][0])
