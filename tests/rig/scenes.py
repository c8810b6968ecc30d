"""What tests wait for, and what they ask."""

from __future__ import annotations

from typing import NamedTuple

from tests.rig.machine import Machine

SERVICE = "voice-appliance.service"


class Run(NamedTuple):
    """What systemd says of the service."""

    state: str
    status: str
    pid: int
    restarts: int


def service(machine: Machine) -> Run:
    """The service as systemd sees it."""
    names = ("ActiveState", "StatusText", "ExecMainPID", "NRestarts")
    told = machine.sh(f"systemctl show -p {','.join(names)} {SERVICE}")
    fields = dict(line.split("=", 1) for line in told.splitlines())
    state, status, pid, restarts = (fields.get(name, "") for name in names)
    return Run(state, status, int(pid or 0), int(restarts or 0))


def until(machine: Machine, condition: str, seconds: int) -> None:
    """Wait in the machine, by its clock, until a shell's condition is true."""
    told = machine.sh(
        f"for n in $(seq {seconds}); do if {condition}; then echo so; exit; fi; sleep 1; done"
    )
    assert told == "so", (
        f"not within {seconds} s: {condition}; {service(machine)}; {journal(machine)}"
    )


def until_ready(machine: Machine, seconds: int = 240) -> None:
    """Wait until the service says that all is well: the verdict that confirms a slot."""
    until(machine, f"systemctl show -p StatusText {SERVICE} | grep -q '; all is well'", seconds)


def journal(machine: Machine, *options: str) -> str:
    """The end of the machine's journal."""
    return machine.sh(f"journalctl --no-pager -b -n 60 {' '.join(options)}")
