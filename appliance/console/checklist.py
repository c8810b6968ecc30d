"""The technician's check list: the device's own checks, and what its figures say."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from functools import partial
from typing import Any, NamedTuple

from appliance.console.actions import CHECKS
from appliance.console.client import Client, Reply, data_or_raise
from appliance.console.errors import ConsoleError

HOT_C = 85.0
"""From here on answers are shorter, unless the owner set `health.hot_c`."""
DEAF_S = 2.0
"""The service takes 1.5 s without a frame for a fault; it has then begun to mend it."""


class Item(NamedTuple):
    """One line; `passed` is None where it could not be judged."""

    name: str
    passed: bool | None
    found: str
    remedy: str = ""


async def examine(client: Client) -> AsyncIterator[Item]:
    """Each item as soon as it is known; ConsoleError where the line is gone."""
    for name, judge in _FIGURES.items():
        yield _judged(name, await client.request(name), judge)
    for name in CHECKS:
        reply = await client.request(f"test {name}")
        yield _judged(name, reply, partial(_own, name))


def _judged(name: str, reply: Reply, judge: Callable[[Mapping[str, Any]], Item]) -> Item:
    try:
        return judge(data_or_raise(reply))
    except ConsoleError as error:
        return Item(name, None, f"{error.what}: {error.cause}")
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        return Item(name, None, f"the answer makes no sense: {error!r}")


def _own(name: str, data: Mapping[str, Any]) -> Item:
    told = data[name]
    passed = told["passed"]
    return Item(name, passed if passed is None else bool(passed), told["found"], told["remedy"])


def _ears(data: Mapping[str, Any]) -> Item:
    last_s = data.get("last_frame_s")
    found = "no frame since the start" if last_s is None else f"last frame {last_s} s ago"
    fresh = last_s is not None and last_s < DEAF_S
    return Item("ears", fresh, found, "" if fresh else "is it muted? see `log` and `test mic`")


def _engines(data: Mapping[str, Any]) -> Item:
    down = [name for name, told in data.items() if not told["up"]]
    found = f"down: {', '.join(down)}" if down else f"{len(data)} up"
    return Item("engines", not down, found, "see `log`; `restart`" if down else "")


def _temperatures(data: Mapping[str, Any]) -> Item:
    degrees = [float(value) for value in data.values() if isinstance(value, int | float)]
    if not degrees:
        return Item("temps", None, "the kernel tells of none")
    hot = max(degrees) >= HOT_C
    remedy = "let air to it; see `why` for short answers" if hot else ""
    return Item("temps", not hot, f"hottest {max(degrees):.0f} °C", remedy)


def _network(data: Mapping[str, Any]) -> Item:
    sockets = int(data["sockets_of_the_service"])
    remedy = "tell the OEM: the service needs no socket" if sockets else ""
    return Item("net", not sockets, f"{sockets} internet sockets of the service", remedy)


_FIGURES: Mapping[str, Callable[[Mapping[str, Any]], Item]] = {
    "ears": _ears,
    "engines": _engines,
    "temps": _temperatures,
    "net": _network,
}
