"""Sends a file to a terminal program by YMODEM, as `rb` of lrzsz and most terminals receive it.

After "XMODEM/YMODEM Protocol Reference" (Chuck Forsberg, 1988): the receiver begins with `C`;
block 0 holds name and size; each block has a CRC-16 and is acknowledged; an empty block 0 ends it.
Long blocks are sent until the first error, short ones from then on.
"""

from __future__ import annotations

import asyncio
import binascii
from collections import deque
from collections.abc import Callable, Collection

from appliance.console.errors import ConsoleError
from appliance.console.grammar import Outgoing

SOH, STX, EOT, ACK, NAK, CAN, SUB, CRC = 0x01, 0x02, 0x04, 0x06, 0x15, 0x18, 0x1A, 0x43
CANCEL_KEY = 0x03  # Ctrl-C of a person, before the receiver has begun
SHORT, LONG = 128, 1024
START_S = 90.0
WAIT_S = 15.0
"""Longer than receivers wait before they ask again."""
ATTEMPTS = 12
FAREWELLS, FAREWELL_S = 2, 1.5
QUIET_S = 0.5
PAUSE_S = 0.01
"""Before each block: lrzsz says that it wants one, and only then drops what has come."""
INBOX = 256
INVITATION = (
    "start the YMODEM reception of your terminal program now (tio and picocom: `rb`);\n"
    "Ctrl-C gives it up"
)


class Sender:
    """Sends one file; `run` is called once, `feed` with whatever the receiver says."""

    def __init__(self, send: Callable[[bytes], None]) -> None:
        self._send = send
        self._came: deque[int] = deque(maxlen=INBOX)
        self._news = asyncio.Event()

    def feed(self, data: bytes) -> None:
        """Bytes came; what is no answer is passed over."""
        self._came.extend(data[-INBOX:])
        self._news.set()

    async def run(self, outgoing: Outgoing) -> None:
        """Send it.

        Raises:
            ConsoleError: (`CON-TRANSFER`) nobody receives it, or the receiver gave up.
        """
        try:
            await self._invited(stopped_by=CANCEL_KEY)
            header = f"{outgoing.name}\0{outgoing.size}".encode("ascii", "replace")
            # Who missed it says `C` again: lrzsz first drops what came before it was there.
            await self._deliver(_framed(0, header.ljust(SHORT, b"\0")), refusals=(NAK, CRC))
            await self._invited()
            await self._contents(outgoing)
            await self._deliver(bytes([EOT]))
            await self._farewell()
        except ConsoleError:
            self._send(bytes([CAN] * 8 + [0x08] * 8))  # and wipe them off a person's screen
            raise
        finally:
            await asyncio.sleep(QUIET_S)  # what the receiver still says is no typing

    async def _contents(self, outgoing: Outgoing) -> None:
        at, number, longest = 0, 1, LONG
        while at < outgoing.size:
            length = longest if outgoing.size - at > SHORT else SHORT
            data = outgoing.read(at, min(length, outgoing.size - at))
            if not data:
                raise _failed("the file has become shorter")
            block = _framed(number & 0xFF, data.ljust(length, bytes([SUB])))
            failures = await self._deliver(block)
            # Never another length under the same number: its first delivery may have been whole.
            longest = SHORT if failures else longest
            at, number = at + len(data), number + 1

    async def _farewell(self) -> None:
        """An empty block 0. The file has arrived: who says nothing any more has got it all."""
        for _ in range(FAREWELLS):
            said = await self._answer({CRC, ACK}, FAREWELL_S)
            if said == ACK:
                return
            await self._emit(_framed(0, bytes(SHORT)))

    async def _deliver(self, block: bytes, refusals: Collection[int] = (NAK,)) -> int:
        """Send until it is acknowledged; returns how often that was in vain."""
        for failures in range(ATTEMPTS):
            await self._emit(block)
            if await self._answer({ACK, *refusals}, WAIT_S) == ACK:
                return failures
        raise _failed("the receiver acknowledges nothing")

    async def _emit(self, block: bytes) -> None:
        """Send it; what the receiver said before is no answer to it."""
        await asyncio.sleep(PAUSE_S)
        self._came.clear()
        self._send(block)

    async def _invited(self, stopped_by: int = -1) -> None:
        said = await self._answer({CRC, stopped_by}, START_S)
        if said is None:
            raise _failed("no receiver has begun")
        if said == stopped_by:
            raise _failed("somebody typed Ctrl-C")

    async def _answer(self, wanted: Collection[int], patience_s: float) -> int | None:
        """The next byte that is wanted; None: in vain. Two CAN in a row end everything."""
        before = -1
        try:
            async with asyncio.timeout(patience_s):
                while True:
                    while self._came:
                        byte = self._came.popleft()
                        if byte in wanted:
                            return byte
                        if byte == before == CAN:
                            raise _failed("the receiver gave up")
                        before = byte
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            return None


def _framed(number: int, data: bytes) -> bytes:
    begin = bytes([STX if len(data) == LONG else SOH, number, 0xFF - number])
    return begin + data + binascii.crc_hqx(data, 0).to_bytes(2, "big")


def _failed(cause: str) -> ConsoleError:
    return ConsoleError(
        "CON-TRANSFER",
        "the file was not sent",
        cause,
        "begin the reception within 90 s, or fetch it by `appliance console bundle`",
    )
