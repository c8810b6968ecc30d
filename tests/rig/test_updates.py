"""An update is installed; a good one is confirmed, a bad one refused or taken back by itself."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.rig import bundles, scenes
from tests.rig.machine import Bench, Machine, fresh_disk
from tests.rig.stick import stick
from tests.rig.technician import ask

pytestmark = pytest.mark.slow

INSTALL = f"{bundles.SERVICE} update install --json /run/files"
FILES = "mkdir -p /run/files && mount -o ro /dev/disk/by-id/virtio-files /run/files"
CONFIRMED = "test -e /run/appliance/boot/confirmed"
STATE = (
    "fw_printenv; rauc status --output-format=json;"
    " awk '{ print $7 }' /sys/class/block/vda3/stat /sys/class/block/vda4/stat"
)
"""What the boot loader knows, what RAUC knows, and how many sectors of each slot were written."""


@pytest.fixture(scope="module")
def workshop(made: Path, bench: Bench, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """A machine of its own with updates at hand; the other, which would take a core, is off."""
    bench.pull_the_plug()
    disk = fresh_disk(made / "disk.img", tmp_path_factory.mktemp("updates") / "disk.qcow2")
    workshop = Bench(disk, bundles.files(made))
    try:
        yield workshop
    finally:
        workshop.close()


@pytest.fixture
def proven(workshop: Bench) -> Machine:
    """The machine, in a slot that was confirmed; confirming takes seconds, not minutes."""
    machine = workshop.machine(units=("impatient",))
    scenes.until_ready(machine)
    scenes.until(machine, CONFIRMED, seconds=60)
    machine.sh(f"mountpoint -q /run/files || {{ {FILES}; }}")
    return machine


def _slot(machine: Machine) -> str:
    return machine.sh("sed 's/.*rauc.slot=//; s/ .*//' /proc/cmdline")


def _other(slot: str) -> str:
    return {"A": "B", "B": "A"}[slot]


def _version(machine: Machine) -> str:
    return machine.sh(f". {bundles.RELEASE}; echo $IMAGE_VERSION")


def _installed(machine: Machine, name: str) -> dict[str, Any]:
    """What the product's own command says to an update."""
    told: dict[str, Any] = json.loads(machine.sh(f"{INSTALL}/{name}.raucb"))
    return told


def _start_anew(machine: Machine) -> None:
    """As somebody does after the command has said that it is installed."""
    boots = machine.boots()
    machine.sh("(sleep 1; systemctl reboot) > /dev/null 2>&1 &")
    machine.until("U-Boot comes again", lambda: machine.boots() > boots)


def _tries(machine: Machine, slot: str) -> int:
    """How often the boot loader has chosen a slot."""
    return machine.kernel_log().count(f"slot {slot}, attempts left")


@pytest.mark.parametrize("reason", ["SIGNATURE", "BOARD", "OLDER", "DAMAGED", "CUT"])
def test_what_must_not_be_installed_is_refused_and_nothing_changes(
    proven: Machine, reason: str
) -> None:
    before = proven.sh(STATE)
    told = _installed(proven, reason)
    assert told["ok"] is False
    assert told["error"]["code"] == f"UPD-{reason}"
    assert proven.sh(STATE) == before
    assert proven.sh("ls -A /var/lib/appliance | grep incoming; true") == ""


@pytest.mark.parametrize(("name", "attempts"), [("without-kernel", 3), ("broken", 3), ("deaf", 1)])
def test_a_bad_one_is_taken_back_by_itself(proven: Machine, name: str, attempts: int) -> None:
    """The deaf one listens for long until it is given up: two of its attempts are taken from it."""
    slot, version = _slot(proven), _version(proven)
    other = _other(slot)
    assert _installed(proven, name) == {
        "ok": True,
        "kind": "system",
        "version": bundles.BAD,
        "replaces": version,
        "news": True,
    }
    proven.sh(f"fw_setenv BOOT_{other}_LEFT {attempts}")
    before, tried = _tries(proven, slot), _tries(proven, other)
    _start_anew(proven)
    proven.until(f"it is back in slot {slot}", lambda: _tries(proven, slot) > before)
    assert _tries(proven, other) - tried == attempts
    scenes.until_ready(proven)
    assert (_slot(proven), _version(proven)) == (slot, version)
    assert scenes.service(proven).restarts == 0
    scenes.until(proven, CONFIRMED, seconds=60)
    assert f"BOOT_ORDER={slot} {other}" in proven.sh("fw_printenv")


def test_a_good_one_on_a_stick_is_installed_and_confirmed_by_nobodys_hand(
    proven: Machine, made: Path, tmp_path: Path
) -> None:
    """The service does it all: finds it, asks RAUC, starts the machine anew; its verdict counts."""
    other, boots = _other(_slot(proven)), proven.boots()
    proven.plug_in(stick(tmp_path / "stick.img", _kept(made, "good.raucb", tmp_path)))
    proven.until("U-Boot comes again", lambda: proven.boots() > boots)
    assert _slot(proven) == other
    assert re.search(rf"slot {other}, attempts left: .*{other} 2", proven.kernel_log())
    scenes.until(proven, CONFIRMED, seconds=60)
    told = proven.sh("fw_printenv")
    assert f"BOOT_{other}_LEFT=3" in told
    assert f"BOOT_ORDER={other} {_other(other)}" in told
    assert proven.sh("cat /data/boot/confirmed") == f"{other} {bundles.NEWER}"
    assert _version(proven) == bundles.NEWER
    assert scenes.service(proven).restarts == 0
    codes = [event["code"] for event in ask(proven, "events 20")["events"]]
    assert {"UPDATE_STARTED", "UPDATE_FINISHED", "UPDATE_BOOTED"} <= set(codes)


def _kept(made: Path, name: str, folder: Path) -> Path:
    """A file of those at hand."""
    order = f"dump /{name} {folder / name}"
    subprocess.run(["debugfs", "-R", order, bundles.files(made)], check=True, capture_output=True)
    return folder / name
