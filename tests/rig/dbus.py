"""D-Bus as QEMU's display speaks it: with a bus, and with peers at the other end of a socket."""

from __future__ import annotations

import itertools
import socket
from array import array
from typing import Any

from jeepney import DBusAddress, Message, new_method_call, new_method_return
from jeepney.auth import BEGIN, Authenticator
from jeepney.low_level import HeaderFields, MessageType, Parser


class Peer:
    """One end of a connection; the other end asked for it and checks who we are."""

    def __init__(self, line: socket.socket) -> None:
        """Say who we are; blocks until the peer has agreed."""
        self._line, self._parser, self._serials = line, Parser(), itertools.count(1)
        proof = Authenticator(enable_fds=True)
        for said in proof:
            line.sendall(said)
            proof.feed(self._more())
        line.sendall(BEGIN)

    def _more(self) -> bytes:
        data = self._line.recv(65536)
        if not data:
            raise ConnectionError("the peer has gone")
        return data

    def call(self, to: DBusAddress, member: str, signature: str = "", *body: Any) -> int:
        """Call a method; returns the serial that its answer names."""
        serial, files = next(self._serials), array("i")
        data = new_method_call(to, member, signature, body).serialise(serial, fds=files)
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, files)] if files else []
        self._line.sendmsg([data], rights)
        return serial

    def answered(self, serial: int) -> bool:
        """Wait for the answer to a call: whether it is one, and no error."""
        while True:
            header = self.receive().header
            if header.fields.get(HeaderFields.reply_serial) == serial:
                return bool(header.message_type is MessageType.method_return)

    def answer(self, call: Message, signature: str = "", *body: Any) -> None:
        """Answer a call of the peer."""
        answer = new_method_return(call, signature or None, body)
        self._line.sendall(answer.serialise(next(self._serials)))

    def receive(self) -> Message:
        """The next message; ConnectionError once the peer is gone."""
        while (message := self._parser.get_next_message()) is None:
            self._parser.add_data(self._more())
        return message
