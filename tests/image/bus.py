"""A D-Bus daemon with policies of ours, and a stand-in for RAUC on it: only what the test needs.

Messages: https://dbus.freedesktop.org/doc/dbus-specification.html
"""

from __future__ import annotations

import contextlib
import os
import socket
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.image.overlay import tool

CONFIG = """<busconfig><type>session</type><listen>unix:path={socket}</listen>
<auth>EXTERNAL</auth><policy context="default"><allow user="*"/>
<allow send_type="method_call" send_destination="org.freedesktop.DBus"/>
<allow send_requested_reply="true" send_type="error"/><allow receive_type="method_call"/>
<allow receive_type="error"/><allow receive_type="method_return"/>
<allow receive_type="signal"/>
<allow send_requested_reply="true" send_type="method_return"/></policy>
<policy context="default"><allow send_destination="de.pengutronix.rauc"/></policy>
<policy user="root"><allow own="de.pengutronix.rauc"/></policy>{policy}</busconfig>"""
"""What a system bus allows, then what RAUC's own file does, then the policy under test."""

RAUC, BUS = "de.pengutronix.rauc", "org.freedesktop.DBus"
NAMES = 2
"""That a connection gets: its number, and RAUC's."""


@contextlib.contextmanager
def rauc_on_a_bus(folder: Path, policy: str) -> Iterator[str]:
    """The bus's address; a name that nobody answers for is RAUC's."""
    config, path = folder / "bus.conf", folder / "bus"
    config.write_text(CONFIG.format(socket=path, policy=policy))
    command = [tool("dbus-daemon"), f"--config-file={config}", "--nofork", "--print-address"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as daemon:
        try:
            assert daemon.stdout is not None
            address = daemon.stdout.readline().strip()
            assert address, "the bus does not take the policy"
            path.chmod(0o777)
            with _named(path):
                yield address
        finally:
            daemon.terminate()


@contextlib.contextmanager
def _named(path: Path) -> Iterator[None]:
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(10)
        line.connect(str(path))
        line.sendall(b"\0AUTH EXTERNAL %s\r\n" % str(os.getuid()).encode().hex().encode())
        assert line.recv(256).startswith(b"OK")
        body = struct.pack("<I", len(RAUC)) + RAUC.encode() + b"\0"
        body += bytes(-len(body) % 4) + struct.pack("<I", 0)
        line.sendall(b"BEGIN\r\n" + _call(1, "Hello") + _call(2, "RequestName", b"su", body))
        seen = b""
        while seen.count(b"NameAcquired") < NAMES:
            seen += line.recv(4096)
        yield


def _call(serial: int, member: str, signature: bytes = b"", body: bytes = b"") -> bytes:
    """A method call to the bus itself."""
    texts = {1: ("o", "/org/freedesktop/DBus"), 6: ("s", BUS), 2: ("s", BUS), 3: ("s", member)}
    fields = b""
    for code, (kind, text) in texts.items():
        fields += bytes(-len(fields) % 8) + bytes([code, 1]) + kind.encode() + b"\0"
        fields += struct.pack("<I", len(text)) + text.encode() + b"\0"
    if signature:
        fields += bytes(-len(fields) % 8) + b"\x08\x01g\0" + bytes([len(signature)])
        fields += signature + b"\0"
    head = struct.pack("<cBBBIII", b"l", 1, 0, 1, len(body), serial, len(fields)) + fields
    return head + bytes(-len(head) % 8) + body
