"""What stands still is started again: the service by systemd, systemd by the hardware."""

from __future__ import annotations

from tests.rig import scenes
from tests.rig.machine import Machine

EGRESS = "nft list counter inet appliance egress | sed -n 's/.*packets \\([0-9]*\\).*/\\1/p'"
KNOCK = """python3 -c 'import socket
for n in range(5):
    try: socket.socket(2, 2).sendto(b"x", ("198.51.100.7", 9))
    except OSError: pass'"""


def test_a_frozen_service_is_started_again(ready: Machine) -> None:
    before = scenes.service(ready)
    ready.sh(f"kill -STOP {before.pid}")
    restarts = f"$(systemctl show --value -p NRestarts {scenes.SERVICE})"
    again = f'[ "{restarts}" -gt {before.restarts} ]'
    scenes.until(ready, again, seconds=60)
    scenes.until_ready(ready)
    assert scenes.service(ready).restarts == before.restarts + 1
    assert "Watchdog timeout" in scenes.journal(ready, "-u voice-appliance -n 500")


def test_attempts_to_leave_are_counted_and_none_passes(ready: Machine) -> None:
    before = int(ready.sh(EGRESS))
    ready.sh(KNOCK)
    assert int(ready.sh(EGRESS)) == before + 5
    assert ready.sh("cat /sys/class/net/sink/statistics/tx_packets") == "0"
    assert ready.sh("ls /sys/class/net").split() == ["lo", "sink"]


def test_a_frozen_systemd_is_reset_by_the_hardware(ready: Machine) -> None:
    """The service is stopped before: its listening makes 30 s of the machine minutes of ours."""
    boots = ready.boots()
    ready.sh(f"systemctl stop {scenes.SERVICE}")
    ready.sh("(sleep 1; echo 1 > /sys/fs/cgroup/init.scope/cgroup.freeze) > /dev/null 2>&1 &")
    ready.until("U-Boot comes again", lambda: ready.boots() == boots + 1)
    scenes.until_ready(ready)
