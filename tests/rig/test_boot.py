"""The image starts, by its own means, to a service that is well; nothing else of it is open."""

from __future__ import annotations

import re

from tests.image.overlay import services
from tests.rig import scenes
from tests.rig.build import ROOT
from tests.rig.machine import Machine
from tests.rig.technician import ask

EXPOSURE = 1.5


def test_the_service_is_well_in_slot_a(ready: Machine) -> None:
    assert "rauc.slot=A" in ready.sh("cat /proc/cmdline")
    assert scenes.service(ready).restarts == 0
    assert ready.boots() == 1


def test_no_unit_failed(ready: Machine) -> None:
    assert ready.sh("systemctl list-units --failed --plain --no-legend") == ""


def test_nobody_answers_on_the_kernels_console(ready: Machine) -> None:
    after_boot = ready.kernel_log().split("Starting kernel")[-1]
    assert "login:" not in after_boot
    assert ready.sh("ps -e -o args= 2>/dev/null | grep -c '[g]etty'; true") == "0"


def test_the_root_cannot_be_written(ready: Machine) -> None:
    assert "Read-only" in ready.sh("touch /usr/x /etc/x; true")


def test_the_technicians_console_answers(ready: Machine) -> None:
    told = ask(ready, "version")
    assert told["program"] == "0.1.0"
    assert told["kernel"] == ready.sh("uname -r")


def test_no_socket_listens(ready: Machine) -> None:
    assert (
        ready.sh(
            "tail -qn +2 /proc/net/tcp /proc/net/tcp6 /proc/net/udp /proc/net/udp6 2>&1"
            " | grep -v 'No such'; true"
        )
        == ""
    )


def test_each_unit_is_closed(ready: Machine) -> None:
    open_ = {}
    for name in sorted(unit.name for unit in services()):
        told = ready.sh(f"systemd-analyze security --no-pager {name} | tail -1")
        found = re.search(r"exposure level for .*: ([\d.]+)", told)
        assert found, told
        open_[name] = float(found[1])
    assert max(open_.values()) <= EXPOSURE, open_


def test_the_root_slot_has_its_size(made: object) -> None:
    used = int((made / "size").read_text())
    print(f"the root slot holds {used / 1e6:.0f} MB")
    assert used <= 900e6


def test_the_docs_show_how_it_starts(ready: Machine) -> None:
    """Writes the chart anew where RIG_CHART=1; CI's own may differ in every figure."""
    chart = ROOT / "docs/boot.svg"
    drawn = ready.sh("systemd-analyze plot")
    assert "voice-appliance.service" in drawn
    (ROOT / "build/boot.svg").write_text(drawn)
    assert "voice-appliance.service" in chart.read_text()
