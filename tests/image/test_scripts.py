"""What the scripts of the image do; other programs are stood in for by small ones of the test."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.image.overlay import HELPERS, OVERLAY, tool

WELL = "idle; all is well"
DEAF = "fault; frames MIC_GONE"
PARTITION_BYTES = 160 << 20  # the least that has a second superblock; it takes room only where used


class Bench(NamedTuple):
    """A folder in which a script runs: its runtime directory, and programs found first."""

    folder: Path

    def stand_in(self, name: str, text: str) -> None:
        """A program of this name."""
        program = self.folder / "bin" / name
        program.parent.mkdir(exist_ok=True)
        program.write_text(f"#!/bin/sh\n{text}\n")
        program.chmod(0o755)

    def run(self, name: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess:
        """A script of the image."""
        known = {"RUNTIME_DIRECTORY": str(self.folder), **environment}
        path = f"{self.folder}/bin:{os.environ['PATH']}:/usr/sbin:/sbin"
        return subprocess.run(
            [HELPERS / name, *arguments],
            check=False,
            capture_output=True,
            text=True,
            env={**os.environ, "PATH": path, **known},
        )

    def has(self, name: str) -> bool:
        """Whether the file is in the folder."""
        return (self.folder / name).exists()


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


# -- the data partition -------------------------------------------------------------------------


@pytest.fixture
def partition(bench: Bench) -> Path:
    tool("mkfs.ext4")
    disk = bench.folder / "disk"
    with disk.open("wb") as file:
        file.truncate(PARTITION_BYTES)
    return disk


def _check(bench: Bench, disk: Path) -> set[str]:
    """The notices that it leaves."""
    for old in bench.folder.glob("DATA_*"):
        old.unlink()
    done = bench.run("check-data", str(disk))
    assert done.returncode == 0, done.stderr
    sound = subprocess.run(
        [tool("e2fsck"), "-f", "-n", disk], check=False, capture_output=True, text=True
    )
    assert sound.returncode == 0, sound.stdout
    return {path.name for path in bench.folder.glob("DATA_*")}


def _debugfs(disk: Path, command: str) -> str:
    done = subprocess.run(
        [tool("debugfs"), "-w", "-R", command, disk], check=True, capture_output=True, text=True
    )
    return done.stdout


def _overwrite(disk: Path, begin: int, data: bytes) -> None:
    with disk.open("r+b") as file:
        file.seek(begin)
        file.write(data)


def test_a_blank_partition_is_made_once(bench: Bench, partition: Path) -> None:
    assert _check(bench, partition) == {"DATA_MADE"}
    _debugfs(partition, "mkdir appliance")
    assert _check(bench, partition) == set()
    assert "appliance" in _debugfs(partition, "ls")


def test_a_broken_superblock_is_mended_and_nothing_is_lost(bench: Bench, partition: Path) -> None:
    _check(bench, partition)
    _debugfs(partition, "mkdir appliance")
    _overwrite(partition, 1024, b"\xa5" * 1024)
    assert _check(bench, partition) == {"DATA_REPAIRED"}
    assert "appliance" in _debugfs(partition, "ls")


def test_what_cannot_be_mended_is_made_anew_and_said(bench: Bench, partition: Path) -> None:
    _overwrite(partition, 0, b"no file system " * 1000)
    assert _check(bench, partition) == {"DATA_RESET"}


def test_no_partition_is_said(bench: Bench) -> None:
    assert bench.run("check-data", str(bench.folder / "nothing")).returncode == 1
    assert bench.has("DATA_MISSING")


# -- confirming a slot --------------------------------------------------------------------------


class Boot:
    """A machine that was started from a slot, and what its service says."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.at("A", "1.0")
        self.slots(A="good", B="good")

    def slots(self, **statuses: str) -> None:
        """What RAUC says of them."""
        lines = (
            f"echo \"RAUC_SLOT_BOOT_STATUS_{number}='{status}'\""
            for number, status in enumerate(statuses.values(), 1)
        )
        told, log = "; ".join(lines), self.bench.folder / "rauc.log"
        self.bench.stand_in("rauc", f'case $* in *shell) {told};; *) echo "$*" >> {log};; esac')

    def at(self, slot: str, version: str) -> None:
        """Start from there."""
        (self.bench.folder / "cmdline").write_text(f"root=/dev/x rauc.slot={slot} quiet\n")
        (self.bench.folder / "os-release").write_text(f'ID=x\nIMAGE_VERSION="{version}"\n')

    def look(self, at_s: int, status: str, state: str = "active", run: str = "1") -> str:
        """The timer elapses; what RAUC was told so far."""
        lines = (
            f"ActiveState) echo {state};; StatusText) echo '{status}';; InvocationID) echo {run}"
        )
        self.bench.stand_in("systemctl", f"case $4 in {lines};; esac")
        (self.bench.folder / "uptime").write_text(f"{at_s}.07 12.00\n")
        done = self.run("confirm-boot")
        assert done.returncode == 0, done.stderr
        log = self.bench.folder / "rauc.log"
        return log.read_text() if log.exists() else ""

    def run(self, script: str, **environment: str) -> subprocess.CompletedProcess:
        """A script on this machine."""
        names = {"CMDLINE": "cmdline", "OS_RELEASE": "os-release", "UPTIME": "uptime"}
        files = {key: str(self.bench.folder / name) for key, name in names.items()}
        record = str(self.bench.folder / "record")
        return self.bench.run(script, RECORD=record, WELL_S="120", **files, **environment)


@pytest.fixture
def boot(bench: Bench) -> Boot:
    return Boot(bench)


def test_a_slot_is_good_once_the_service_was_well_for_long_enough(boot: Boot) -> None:
    assert boot.look(30, WELL) == ""
    assert boot.look(149, WELL) == ""
    assert not boot.bench.has("confirmed")
    assert boot.look(150, WELL) == "status mark-good\n"
    assert boot.bench.has("confirmed")


def test_a_slot_that_an_update_lost_is_not_tried_first_again(boot: Boot) -> None:
    boot.slots(A="good", B="bad")
    boot.look(30, WELL)
    assert boot.look(150, WELL) == "status mark-good\nstatus mark-active booted\n"
    assert boot.bench.has("confirmed")


@pytest.mark.parametrize(
    ("status", "state", "run"),
    [(DEAF, "active", "1"), ("", "activating", "1"), (WELL, "failed", "1"), (WELL, "active", "2")],
)
def test_a_lapse_or_a_restart_begins_anew(boot: Boot, status: str, state: str, run: str) -> None:
    boot.look(30, WELL)
    boot.look(100, status, state, run)
    assert boot.look(160, WELL, run=run) == ""
    assert boot.look(300, WELL, run=run) == "status mark-good\n"


def test_a_deaf_service_never_confirms(boot: Boot) -> None:
    assert [boot.look(at_s, DEAF) for at_s in range(0, 900, 100)] == [""] * 9


def test_a_slot_that_was_confirmed_is_not_given_up_later(boot: Boot) -> None:
    assert boot.run("was-confirmed").returncode != 0
    boot.look(0, WELL)
    boot.look(120, WELL)
    assert boot.run("was-confirmed").returncode == 0


@pytest.mark.parametrize(("slot", "version"), [("B", "1.0"), ("A", "1.1")])
def test_another_slot_or_image_has_to_prove_itself(boot: Boot, slot: str, version: str) -> None:
    boot.look(0, WELL)
    boot.look(120, WELL)
    boot.at(slot, version)
    assert boot.run("was-confirmed").returncode != 0


def test_a_slot_that_rauc_does_not_mark_is_not_confirmed(boot: Boot) -> None:
    boot.look(0, WELL)
    boot.bench.stand_in("rauc", "exit 1")
    (boot.bench.folder / "uptime").write_text("500.00 1.00\n")
    assert boot.run("confirm-boot").returncode != 0
    assert not boot.bench.has("confirmed")


@pytest.mark.parametrize(
    ("status", "told"), [("77", "status mark-bad booted\n"), ("76", ""), ("1", ""), (None, "")]
)
def test_only_77_gives_a_slot_up(boot: Boot, status: str | None, told: str) -> None:
    environment = {"MONITOR_EXIT_STATUS": status} if status else {}
    assert boot.run("last-resort", **environment).returncode == 0
    log = boot.bench.folder / "rauc.log"
    assert (log.read_text() if log.exists() else "") == told


# -- the ring of warnings -----------------------------------------------------------------------


def test_the_ring_keeps_the_last_and_stays_small(bench: Bench) -> None:
    ring = bench.folder / "ring"
    ring.mkdir()
    for number in range(8):
        bench.stand_in("journalctl", f"yes 'line {number}' | head -c 200000")
        assert bench.run("keep-journal", RING=str(ring)).returncode == 0
    kept = {path.name: path.read_text() for path in ring.iterdir()}
    assert set(kept) == {"warnings", "warnings.1"}
    assert sum(map(len, kept.values())) <= 1 << 20
    assert "line 7" in kept["warnings"]
    assert "line 5" in kept["warnings.1"]


def test_a_flood_is_cut_and_silence_writes_nothing(bench: Bench) -> None:
    ring = bench.folder / "ring"
    ring.mkdir()
    bench.stand_in("journalctl", "true")
    assert bench.run("keep-journal", RING=str(ring)).returncode == 0
    assert list(ring.iterdir()) == []
    bench.stand_in("journalctl", "yes flood | head -c 3000000; echo last")
    assert bench.run("keep-journal", RING=str(ring)).returncode == 0
    kept = (ring / "warnings").read_text()
    assert len(kept) == 524288
    assert kept.endswith("last\n")


# -- the firewall -------------------------------------------------------------------------------

OWN_NETWORK = """
ip link add out type veth peer name nowhere
ip address add 192.0.2.1/32 dev out
ip link set out up && ip link set nowhere up && ip link set lo up
ip route add default dev out
nft -f {rules}
count() {{ {export} > /dev/null && cat "$RUNTIME_DIRECTORY/packets"; }}
count
python3 - <<'END'
import socket
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as door:
    for _ in range(7):
        try:
            door.sendto(b"hello", ("198.51.100.7", 9))
            print("sent")
        except PermissionError:
            pass
    door.sendto(b"hello", ("127.0.0.1", 9))
END
count
"""


def test_attempts_to_leave_are_counted_and_fail(bench: Bench) -> None:
    """In a network namespace of its own, with a road that leads out."""
    for name in ("nft", "ip"):
        tool(name)
    if subprocess.run(["unshare", "-n", "true"], check=False, capture_output=True).returncode:
        pytest.skip("no network namespace may be made here")
    rules, export = OVERLAY / "usr/share/appliance/firewall.nft", HELPERS / "export-egress"
    script = OWN_NETWORK.format(rules=rules, export=export)
    done = subprocess.run(
        ["unshare", "-n", "sh", "-eu", "-c", script],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "RUNTIME_DIRECTORY": str(bench.folder)},
    )
    assert done.returncode == 0, done.stderr
    before, after = map(int, done.stdout.split())  # "sent" would be no number
    assert after - before >= 7  # the kernel itself may say hello by IPv6


TABLE = """table inet appliance {{
	counter ingress {{
		packets 9 bytes 9
	}}
	counter egress {{
		packets 42 bytes 2150
	}}
	chain output {{
		type filter hook output priority filter; policy {policy};
	}}
}}"""


def test_the_count_is_written_only_while_the_firewall_is_in_force(bench: Bench) -> None:
    bench.stand_in("nft", f"cat <<'END'\n{TABLE.format(policy='drop')}\nEND")
    assert bench.run("export-egress").returncode == 0
    assert (bench.folder / "packets").read_text() == "42\n"
    bench.stand_in("nft", f"cat <<'END'\n{TABLE.format(policy='accept')}\nEND")
    assert bench.run("export-egress").returncode != 0
    assert not bench.has("packets")
    bench.stand_in("nft", "exit 1")
    assert bench.run("export-egress").returncode != 0
