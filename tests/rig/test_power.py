"""The plug is pulled, the data partition breaks: it starts again, and what was set is still set."""

from __future__ import annotations

import os
import random
import subprocess
import time
from pathlib import Path

import pytest

from tests.rig import disk as layout
from tests.rig import scenes
from tests.rig.machine import Flash, fresh_disk, switched_on
from tests.rig.technician import ask

CUTS = int(os.environ.get("RIG_CUTS") or 3)
LATEST_S = 60.0
"""Of this machine's time after switching on; how far the start has come by then is chance."""


@pytest.fixture(scope="module")
def lived_in(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Flash:
    """A disk on which an owner has set the volume."""
    flash = Flash(fresh_disk(made / "disk.img", tmp_path_factory.mktemp("cuts") / "disk.qcow2"))
    with switched_on(flash) as machine:
        scenes.until_ready(machine)
        assert ask(machine, "volume 35")
    return flash


def test_power_cuts_at_any_moment(lived_in: Flash) -> None:
    chance = random.Random(6)
    for _ in range(CUTS):
        with switched_on(lived_in):
            time.sleep(chance.uniform(0, LATEST_S))
    with switched_on(lived_in) as machine:
        scenes.until_ready(machine)
        assert ask(machine, "volume")["percent"] == 35
        assert machine.sh("ls /run/appliance/notices") == ""
        assert "POWER_CUT" in machine.sh("cat /data/appliance/history/*")


def test_a_broken_data_partition_is_made_anew(lived_in: Flash, tmp_path: Path) -> None:
    broken = tmp_path / "broken.raw"
    command = ["qemu-img", "convert", "-O", "raw", lived_in.disk, broken]
    subprocess.run(command, check=True)
    rubbish = tmp_path / "rubbish"
    rubbish.write_bytes(random.Random(6).randbytes(layout.DATA_MB << 20))
    layout.put(broken, "data", rubbish)
    with switched_on(Flash(fresh_disk(broken, tmp_path / "disk.qcow2"))) as machine:
        scenes.until_ready(machine)
        assert machine.sh("ls /run/appliance/notices") == "DATA_RESET"


def test_a_full_data_partition_does_not_silence_it(lived_in: Flash) -> None:
    with switched_on(lived_in) as machine:
        scenes.until_ready(machine)
        machine.sh("dd if=/dev/zero of=/data/appliance/rubbish bs=1M; sync; true")
        machine.sh("systemctl restart voice-appliance")
        scenes.until_ready(machine)
        assert ask(machine, "status")
