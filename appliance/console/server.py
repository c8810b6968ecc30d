"""The console's keeper: opens the port, serves one session after the other, never gives up."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from appliance.console.desk import Desk
from appliance.console.errors import ConsoleError
from appliance.console.line import PACE_S, Line, Port
from appliance.console.session import Session

log = logging.getLogger(__name__)

RETRY_S, RETRY_MOST_S = 1.0, 30.0


class ConsoleServer:
    """Serves a port until cancelled; for the loop's thread.

    A port that cannot be opened is reported once for each reason, and tried again.
    """

    def __init__(
        self, open_port: Callable[[], Awaitable[Port]], desk: Desk, pace_s: float = PACE_S
    ) -> None:
        self._open_port, self._desk, self._pace_s = open_port, desk, pace_s

    async def run(self) -> None:
        """Serve."""
        retry_s, told = RETRY_S, ""
        while True:
            try:
                port = await self._open_port()
            except ConsoleError as error:
                if told != str(error):
                    told = str(error)
                    log.warning("%s: %s", error.code, told)
                await asyncio.sleep(retry_s)
                retry_s = min(retry_s * 2, RETRY_MOST_S)
                continue
            retry_s, told = RETRY_S, ""
            await self._serve(port)
            # A terminal whose other end is gone hangs up again at once.
            await asyncio.sleep(RETRY_S if port.baud else 0)

    async def _serve(self, port: Port) -> None:
        line = Line(port, self._pace_s)
        session = Session(self._desk, line.send, line.figures)
        try:
            line.start(session.feed)
            session.greet()
            await line.ended.wait()
        finally:
            line.close()
            await session.close()
