"""RAUC over D-Bus (https://rauc.readthedocs.io/en/latest/reference.html#d-bus-api).

The one door to the bus: systemd is asked through it, too, what the service does.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any, Final

from jeepney import DBusAddress, DBusErrorResponse, MatchRule, Message, Properties, new_method_call
from jeepney.bus_messages import message_bus
from jeepney.io.asyncio import DBusRouter, Proxy, open_dbus_router
from jeepney.io.common import RouterClosed
from jeepney.wrappers import unwrap_msg

from appliance.update.errors import UpdateError, unsigned
from appliance.update.ports import Offer, Report, Slot, System

SYSTEM_BUS: Final = "SYSTEM"
ANSWER_S: Final = 30.0
"""RAUC may have to be started first, and asks the boot loader."""
LOOK_S: Final = 0.5
IDLE_LOOKS: Final = 3
"""So often may RAUC be idle before its signal has come."""

_RAUC: Final = DBusAddress("/", "de.pengutronix.rauc", "de.pengutronix.rauc.Installer")
_SERVICE: Final = DBusAddress(
    "/org/freedesktop/systemd1/unit/voice_2dappliance_2eservice",
    "org.freedesktop.systemd1",
    "org.freedesktop.systemd1.Service",
)
_COMPLETED: Final = MatchRule(
    type="signal", interface=_RAUC.interface, member="Completed", path=_RAUC.object_path
)
_LOST: Final = (OSError, EOFError, RouterClosed, KeyError, RuntimeError, TimeoutError)
"""What comes of a bus that is not there, or goes away."""


class RaucOnBus:
    """Implements `Installer`. A connection for each call: updates are rare, and buses restart."""

    def __init__(self, bus: str = SYSTEM_BUS) -> None:
        """`bus`: `SYSTEM`, or an address."""
        self._bus = bus

    async def inspect(self, bundle: Path) -> Offer:
        """As the port."""
        async with _connected(self._bus) as router:
            try:
                found = await _call(router, "Info", "s", (str(bundle),))
            except DBusErrorResponse as error:
                if _is_absent(error):
                    raise
                # RAUC says no more than this; whatever else can be wrong was looked at before.
                raise unsigned(bundle, "its signature is not one that this device trusts") from None
        return Offer(str(found[0]), str(found[1]))

    async def install(self, bundle: Path, report: Report) -> None:
        """As the port."""
        async with _connected(self._bus) as router:
            with router.filter(_COMPLETED, bufsize=4) as completed:
                await Proxy(message_bus, router).AddMatch(_COMPLETED)
                try:
                    await _call(router, "InstallBundle", "sa{sv}", (str(bundle), {}))
                except DBusErrorResponse as error:
                    if _is_absent(error):
                        raise
                    raise _failed(_text_of(error)) from None
                code = await _followed(router, completed, report)
            if code:
                raise _failed(str(await _property(router, _RAUC, "LastError")))

    async def system(self) -> System:
        """As the port."""
        async with _connected(self._bus) as router:
            (slots,) = await _call(router, "GetSlotStatus")
            (primary,) = await _call(router, "GetPrimary")
            operation = await _property(router, _RAUC, "Operation")
            last_error = await _property(router, _RAUC, "LastError")
        found = [_slot(name, _plain(told)) for name, told in slots]
        return System(
            str(operation), str(last_error), str(primary), sorted(found, key=lambda slot: slot.name)
        )


async def service_status(bus: str = SYSTEM_BUS) -> str:
    """What the voice appliance says of itself (`idle; all is well`); empty: it does not run."""
    async with _connected(bus) as router:
        try:
            return str(await _property(router, _SERVICE, "StatusText"))
        except DBusErrorResponse:
            return ""  # systemd knows no such service, or is not there


@contextlib.asynccontextmanager
async def _connected(bus: str) -> AsyncIterator[DBusRouter]:
    """A bus that is gone, or has no RAUC, is one error."""
    try:
        async with open_dbus_router(bus) as router:
            yield router
    except _LOST as error:
        raise _no_rauc(str(error) or type(error).__name__) from error
    except DBusErrorResponse as error:
        raise _no_rauc(_text_of(error)) from error


async def _followed(router: DBusRouter, completed: asyncio.Queue[Message], report: Report) -> int:
    """Tell of the progress until it is over; how it ended, 0 being well.

    A RAUC that dies never says that it is over: then the bus starts another, which is idle.
    """
    waiting, idle = asyncio.ensure_future(completed.get()), 0
    try:
        while not waiting.done() and idle <= IDLE_LOOKS:
            await asyncio.wait([waiting], timeout=LOOK_S)
            percent, message, _ = await _property(router, _RAUC, "Progress")
            report(str(message), min(max(int(percent), 0), 100) / 100)
            idle += await _property(router, _RAUC, "Operation") == "idle"
        return int(waiting.result().body[0]) if waiting.done() else -1
    finally:
        waiting.cancel()


async def _call(
    router: DBusRouter, method: str, signature: str | None = None, body: tuple[Any, ...] = ()
) -> Any:  # noqa: ANN401  # what a method returns
    message = new_method_call(_RAUC, method, signature, body)
    async with asyncio.timeout(ANSWER_S):
        return unwrap_msg(await router.send_and_get_reply(message))


async def _property(router: DBusRouter, owner: DBusAddress, name: str) -> Any:  # noqa: ANN401
    async with asyncio.timeout(ANSWER_S):
        reply = await router.send_and_get_reply(Properties(owner).get(name))
    ((_, value),) = unwrap_msg(reply)
    return value


def _plain(told: Mapping[str, tuple[str, Any]]) -> dict[str, Any]:
    """Without the types of its variants."""
    return {key: value for key, (_, value) in told.items()}


def _slot(name: str, told: Mapping[str, Any]) -> Slot:
    return Slot(
        name=str(name),
        bootname=str(told.get("bootname", "")),
        booted=told.get("state") == "booted",
        good=told.get("boot-status") == "good",
        version=str(told.get("bundle.version", "")),
    )


_ABSENT: Final = ("ServiceUnknown", "NameHasNoOwner", "AccessDenied", "NoReply", "Spawn", "Timeout")


def _is_absent(error: DBusErrorResponse) -> bool:
    """The bus says it, not RAUC."""
    return any(word in str(error.name) for word in _ABSENT)


def _text_of(error: DBusErrorResponse) -> str:
    return str(error.data[0]) if error.data else str(error.name)


def _failed(said: str) -> UpdateError:
    return UpdateError(
        "UPD-FAILED",
        "the update could not be installed",
        f"RAUC says: {said.lower() or 'nothing'}",
        "the device runs on as it is; see the journal of rauc.service, and try again",
    )


def _no_rauc(said: str) -> UpdateError:
    return UpdateError(
        "UPD-NO-RAUC",
        "RAUC cannot be asked",
        said.lower(),
        "run this on the appliance, as root or as the service's user; is rauc.service there?",
    )
