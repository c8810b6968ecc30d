"""What the service's processes use, as the kernel counts it."""

from __future__ import annotations

import os

from appliance import procfs
from appliance.service import Service


def _pids(service: Service) -> dict[str, int]:
    workers = {worker.name: worker.pid for worker in service.workers if worker.pid}
    return {"service": os.getpid(), **workers}


def peak_memory_mb(service: Service) -> dict[str, float]:
    """The largest resident size of each process so far."""
    return {name: procfs.peak_mb(pid) for name, pid in _pids(service).items()}


def processor_s(service: Service) -> float:
    """Processor time of all of them so far."""
    return sum(procfs.processor_s(pid) for pid in _pids(service).values())
