"""As much D-Bus as QEMU's display protocol needs: a bus, and peers at the other end of a socket.

Messages: https://dbus.freedesktop.org/doc/dbus-specification.html
"""

from __future__ import annotations

import array
import os
import socket
import struct
from typing import NamedTuple

CALL, RETURN, ERROR = 1, 2, 3
PATH, INTERFACE, MEMBER, REPLY_SERIAL, DESTINATION, SIGNATURE, UNIX_FDS = 1, 2, 3, 5, 6, 8, 9
BUS = "org.freedesktop.DBus"


class Message(NamedTuple):
    """One message from the peer; `member` is empty in an answer."""

    kind: int
    serial: int
    member: str
    body: bytes


class Peer:
    """One end of a connection; the other end asked for it and checks who we are."""

    def __init__(self, line: socket.socket) -> None:
        """Say who we are; blocks until the peer has agreed."""
        self._line, self._buffer, self._serial = line, b"", 0
        self._say(b"\0AUTH EXTERNAL %s" % str(os.getuid()).encode().hex().encode(), b"OK")
        self._say(b"NEGOTIATE_UNIX_FD", b"AGREE_UNIX_FD")
        line.sendall(b"BEGIN\r\n")

    def _say(self, what: bytes, expected: bytes) -> None:
        self._line.sendall(what + b"\r\n")
        answer = b""
        while not answer.endswith(b"\r\n"):
            answer += self._more()
        if not answer.startswith(expected):
            raise ConnectionError(f"the peer answers {what!r} by {answer!r}")

    def _more(self) -> bytes:
        data = self._line.recv(65536)
        if not data:
            raise ConnectionError("the peer has gone")
        return data

    def call(
        self, to: str, path: str, member: str, text: str | None = None, fd: int | None = None
    ) -> None:
        """Call a method that takes nothing, a text or a file descriptor; the answer is a message.

        The interface is called as its path says.
        """
        interface = path[1:].replace("/", ".")
        fields = [_field(PATH, "o", path), _field(INTERFACE, "s", interface)]
        fields += [_field(MEMBER, "s", member), _field(DESTINATION, "s", to)]
        body, rights = b"", []
        if text is not None:
            fields.append(_field(SIGNATURE, "g", "s"))
            body = struct.pack("<I", len(text)) + text.encode() + b"\0"
        if fd is not None:
            fields += [_field(SIGNATURE, "g", "h"), _field(UNIX_FDS, "u", 1)]
            body = struct.pack("<I", 0)
            rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [fd]))]
        self._line.sendmsg([self._message(CALL, fields, body)], rights)

    def answer(self, call: Message, signature: str = "", body: bytes = b"") -> None:
        """Answer a call of the peer."""
        fields = [_field(REPLY_SERIAL, "u", call.serial)]
        if signature:
            fields.append(_field(SIGNATURE, "g", signature))
        self._line.sendall(self._message(RETURN, fields, body))

    def receive(self) -> Message:
        """The next message; ConnectionError once the peer is gone."""
        head = struct.unpack("<cBBBIII", self._take(16))
        fields = self._take(head[6] + -head[6] % 8)
        return Message(head[1], head[5], _member(fields[: head[6]]), self._take(head[4]))

    def _take(self, count: int) -> bytes:
        while len(self._buffer) < count:
            self._buffer += self._more()
        taken, self._buffer = self._buffer[:count], self._buffer[count:]
        return taken

    def _message(self, kind: int, parts: list[bytes], body: bytes) -> bytes:
        self._serial += 1
        fields = b"".join([*map(_padded, parts[:-1]), parts[-1]])
        head = struct.pack("<cBBBIII", b"l", kind, 0, 1, len(body), self._serial, len(fields))
        return _padded(head + fields) + body


def _padded(data: bytes, to: int = 8) -> bytes:
    return data + bytes(-len(data) % to)


def _field(code: int, kind: str, value: str | int) -> bytes:
    head = bytes([code, 1]) + kind.encode() + b"\0"
    if isinstance(value, int):
        return head + struct.pack("<I", value)
    length = bytes([len(value)]) if kind == "g" else struct.pack("<I", len(value))
    return head + length + value.encode() + b"\0"


def _member(fields: bytes) -> str:
    """The method's name out of a header; whatever else it says is for a bus."""
    at = 0
    while at < len(fields):
        code, kind = fields[at], fields[at + 2 : at + 3]
        if kind == b"u":
            at += 8
        else:
            width = 1 if kind == b"g" else 4
            length = int.from_bytes(fields[at + 4 : at + 4 + width], "little")
            text = fields[at + 4 + width : at + 4 + width + length]
            if code == MEMBER:
                return text.decode()
            at += 4 + width + length + 1
        at += -at % 8
    return ""
