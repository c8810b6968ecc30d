"""What tests wait for, and what they ask."""

from __future__ import annotations

from typing import NamedTuple

from tests.rig.machine import PATIENCE_S, Machine

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


def is_well(machine: Machine) -> bool:
    """The service's own verdict, the one that confirms a slot."""
    run = service(machine)
    if run.state == "failed" or run.restarts > 3:
        raise AssertionError(f"the service does not run: {run}; {journal(machine)}")
    return run.state == "active" and run.status.endswith("; all is well")


def until_ready(machine: Machine, patience_s: float = PATIENCE_S) -> None:
    """Wait until the service is well."""
    machine.until("the service is well", lambda: is_well(machine), patience_s)


def journal(machine: Machine, *options: str) -> str:
    """The end of the machine's journal."""
    return machine.sh(f"journalctl --no-pager -b -n 60 {' '.join(options)}")
