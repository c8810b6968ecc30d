"""The desk: every port that commands work with, and the one way in which a command is carried out.

Both dialects, the shell and the frames, come through `Desk.carry_out`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from appliance.console import ports
from appliance.console.errors import ConsoleError
from appliance.console.grammar import Answer, Command, Right, parse
from appliance.console.guard import Access, Guard
from appliance.errors import ApplianceError
from audio.errors import AudioError

log = logging.getLogger(__name__)

DEADLINE_S = 60.0
"""No command takes longer."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What commands work with."""

    status: ports.Status
    machine: ports.Machine
    voice: ports.Voice
    controls: ports.Controls
    records: ports.Records
    health: ports.Health
    checks: ports.Checks
    upkeep: ports.Upkeep
    guard: Guard


@dataclass(frozen=True, slots=True)
class Call:
    """One end of one line, at the desk.

    Attributes:
        line_figures: of the line: speed, what was dropped.
        session: tells this session from those before a restart.
    """

    desk: Desk
    access: Access
    table: Mapping[str, Command[Call]]
    line_figures: Callable[[], Mapping[str, int]]
    session: str


async def carry_out(call: Call, line: str) -> Answer:
    """Carry out a command.

    Raises:
        ApplianceError: it makes no sense, is locked, took too long, or did not work. Nothing else.
    """
    parsed = parse(line, call.table)
    if parsed.right is Right.SERVICE:
        call.access.require(parsed.command.name)
    call.access.used()
    try:
        async with asyncio.timeout(DEADLINE_S):
            return await parsed.command.handler(call, parsed.given)
    except ApplianceError:
        raise
    except AudioError as error:
        raise ApplianceError(error.code, error.what, error.cause, error.remedy) from error
    except TimeoutError:
        raise _failed("CON-LATE", parsed.command.name, f"it took over {DEADLINE_S:.0f} s") from None
    except Exception as error:
        log.exception("console: %s failed", parsed.command.name)
        raise _failed("CON-BUG", parsed.command.name, repr(error)) from error


def _failed(code: str, name: str, cause: str) -> ConsoleError:
    return ConsoleError(code, f"`{name}` failed", cause, "see `log`, and tell the OEM")
