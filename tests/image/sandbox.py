"""Runs a program under a unit's system-call filter, here. `python -m tests.image.sandbox UNIT …`.

What the kernel is told is what systemd would tell it: SystemCallFilter, RestrictAddressFamilies
(AF_UNIX or nothing) and MemoryDenyWriteExecute, by libseccomp, which systemd uses as well. The
rest of the unit (file system, devices, users, network) needs a machine that runs systemd.
"""

from __future__ import annotations

import ctypes
import errno
import os
import subprocess
import sys
from pathlib import Path

from tests.image.overlay import UNITS, settings, tool

ALLOW, ERRNO = 0x7FFF0000, 0x00050000
NO_NEW_PRIVILEGES = 38
EQUAL, MASKED_EQUAL = 4, 7
WRITE, EXECUTE, SHM_EXEC = 2, 4, 0o100000
CONDITIONS = {
    "socket": [(0, EQUAL, 1, 0)],  # AF_UNIX
    "mmap": [(2, MASKED_EQUAL, WRITE | EXECUTE, protection) for protection in (0, WRITE, EXECUTE)],
    "mprotect": [(2, MASKED_EQUAL, EXECUTE, 0)],
    "pkey_mprotect": [(2, MASKED_EQUAL, EXECUTE, 0)],
    "shmat": [(2, MASKED_EQUAL, SHM_EXEC, 0)],
}
"""System call → what its argument must be like: (which, comparison, mask or value, value)."""


class _Comparison(ctypes.Structure):
    _fields_ = (
        ("argument", ctypes.c_uint),
        ("operator", ctypes.c_int),
        ("first", ctypes.c_uint64),
        ("second", ctypes.c_uint64),
    )


def allowed(unit: Path) -> set[str]:
    """The system calls that the unit's filter lets through."""
    calls = _group("@default")
    for line in settings(unit)["SystemCallFilter"]:
        named = set().union(*map(_group, line.lstrip("~").split()))
        calls = calls - named if line.startswith("~") else calls | named
    return calls


def _group(name: str) -> set[str]:
    if not name.startswith("@"):
        return {name}
    command = [tool("systemd-analyze"), "syscall-filter", name]
    listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    lines = [line.strip() for line in listed.splitlines()[1:]]
    return set().union(*(_group(line) for line in lines if line and not line.startswith("#")))


def confine(calls: set[str]) -> None:
    """Hold this process and its children to them for good."""
    library = ctypes.CDLL("libseccomp.so.2")
    library.seccomp_init.restype = ctypes.c_void_p
    pointer = ctypes.c_void_p(library.seccomp_init(ERRNO | errno.EPERM))
    for name in sorted(calls):
        number = library.seccomp_syscall_resolve_name(name.encode())
        if number == -1:  # of another architecture
            continue
        for condition in CONDITIONS.get(name, [None]):
            compared = (_Comparison * 1)(_Comparison(*condition)) if condition else None
            count = 1 if condition else 0
            if library.seccomp_rule_add_array(pointer, ALLOW, number, count, compared):
                raise OSError(f"no rule can be made for {name}")
    if ctypes.CDLL(None).prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0) or library.seccomp_load(pointer):
        raise OSError("the kernel did not take the filter")


if __name__ == "__main__":
    confine(allowed(UNITS / sys.argv[1]))
    os.execv(sys.argv[2], sys.argv[2:])
