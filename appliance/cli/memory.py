"""What the service's processes use, as the kernel counts it."""

from __future__ import annotations

import os
from pathlib import Path

from appliance.engines.allowance import peak_mb
from appliance.service import Service


def _pids(service: Service) -> dict[str, int]:
    workers = {worker.name: worker.pid for worker in service.workers if worker.pid}
    return {"service": os.getpid(), **workers}


def peak_memory_mb(service: Service) -> dict[str, float]:
    """The largest resident size of each process so far."""
    return {name: peak_mb(pid) for name, pid in _pids(service).items()}


def processor_s(service: Service) -> float:
    """Processor time of all of them so far."""
    return sum(_used_s(pid) for pid in _pids(service).values())


def _used_s(pid: int) -> float:
    """Time in user and kernel mode, all threads."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
