"""The plug is pulled, the data partition breaks: it starts again, and what was set is still set."""

from __future__ import annotations

import os
import random
import subprocess
import time

from tests.rig import disk as layout
from tests.rig.machine import Bench, Machine
from tests.rig.scenes import until_ready
from tests.rig.technician import ask

CUTS = int(os.environ.get("RIG_CUTS") or 3)
LATEST_S = 40.0
"""Of this host's time after switching on; how far the start has come by then is chance."""
VOLUME = 35


def test_settings_survive_power_cuts_and_a_full_disk(bench: Bench, ready: Machine) -> None:
    ask(ready, f"volume {VOLUME}")
    ready.sh("dd if=/dev/zero of=/data/appliance/rubbish bs=1M; sync; true")
    chance = random.Random(6)
    for _ in range(CUTS):
        bench.pull_the_plug()
        bench.machine()
        time.sleep(chance.uniform(0, LATEST_S))
    bench.pull_the_plug()
    machine = bench.machine()
    until_ready(machine)
    assert ask(machine, "volume")["volume"] == VOLUME
    assert "DATA_RESET" not in machine.sh("ls /run/appliance/notices")
    machine.sh("rm /data/appliance/rubbish")


def test_a_broken_data_partition_is_made_anew(bench: Bench, ready: Machine) -> None:
    bench.pull_the_plug()
    rubbish = f"write -P 0x5a {layout.offset('data')} {layout.DATA_MB}M"
    subprocess.run(["qemu-io", "-f", "qcow2", "-c", rubbish, bench.disk], check=True)
    machine = bench.machine()
    until_ready(machine)
    assert machine.sh("ls /run/appliance/notices") == "DATA_RESET"
