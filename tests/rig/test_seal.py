"""The kernel checks what it reads of a root slot: what is not as it was made is not run."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.rig import disk as layout
from tests.rig import scenes
from tests.rig.machine import Bench, Machine, fresh_disk

BLOCK = 4096
FIRST_PROGRAM = "/usr/lib/systemd/systemd"
"""What the kernel runs first."""


def test_the_root_is_one_that_the_kernel_checks(ready: Machine) -> None:
    assert ready.sh("findmnt -no SOURCE /") == "/dev/dm-0"
    assert "verity V" in ready.sh("dmsetup status")


def test_a_slot_in_which_one_byte_has_changed_is_not_run_and_the_other_takes_over(
    made: Path, bench: Bench, tmp_path: Path
) -> None:
    """It has one attempt left; that there are three is for test_updates.py."""
    bench.pull_the_plug()  # it would take half a core
    disk = fresh_disk(made / "disk.img", tmp_path / "decayed.qcow2")
    at = layout.offset("rootfs_a") + _first_block(made / "slot.ext4", FIRST_PROGRAM) * BLOCK + 100
    state = layout.state(tmp_path, BOOT_A_LEFT=1)
    _write(disk, f"-P 0x5a {at} 1")
    _write(disk, f"-s {state} {layout.offset('bootstate')} {state.stat().st_size}")
    decayed = Bench(disk)
    try:
        machine = decayed.machine()
        scenes.until_ready(machine)
        slot, log = machine.sh("cat /proc/cmdline"), machine.kernel_log()
    finally:
        decayed.close()
    assert log.count("dm-verity device corrupted") == 1
    assert "rauc.slot=B" in slot


def _write(disk: Path, what: str) -> None:
    subprocess.run(["qemu-io", "-f", "qcow2", "-c", f"write {what}", disk], check=True)


def _first_block(slot: Path, path: str) -> int:
    command = ["debugfs", "-R", f"blocks {path}", slot]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return int(done.stdout.split()[0])
