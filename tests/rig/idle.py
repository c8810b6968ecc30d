"""A program that does nothing for ever, so that the machine's processor never rests.

QEMU counts the machine's time in instructions (`-icount`). While the processor rests, there are
none: then time passes as on this host, and if the host is busy with other things for 100 ms, the
machine's clock jumps by these 100 ms at once. Its sound card then hands over 100 ms of sound, and
the service's buffer of 64 ms overflows. With this program beneath all others, no time passes but by
instructions, and nothing jumps.
"""

from __future__ import annotations

import struct

NOP, BRANCH = 0xD503201F, 0x14000000
NOPS = 31
"""In each round: the more, the less of this host's time a second of rest takes; now about one."""
_BASE = 0x400000
_HEAD, _SEGMENT = 64, 56
_AARCH64, _EXECUTABLE, _LOADED, _READ_EXECUTE = 183, 2, 1, 5


def program() -> bytes:
    """An ELF file for arm64 Linux: a loop."""
    code = struct.pack(f"<{NOPS + 1}I", *[NOP] * NOPS, BRANCH | (-NOPS & 0x3FFFFFF))
    start = _HEAD + _SEGMENT
    kind = (_EXECUTABLE, _AARCH64, 1, _BASE + start, _HEAD, 0, 0, _HEAD, _SEGMENT, 1, 0, 0, 0)
    head = b"\x7fELF\x02\x01\x01".ljust(16, b"\0") + struct.pack("<HHIQQQIHHHHHH", *kind)
    size = start + len(code)
    segment = (_LOADED, _READ_EXECUTE, 0, _BASE, _BASE, size, size, 4096)
    return head + struct.pack("<IIQQQQQQ", *segment) + code
