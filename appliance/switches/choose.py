"""A mute switch by name, as the configuration gives it."""

from __future__ import annotations

import re
from pathlib import Path

from appliance.errors import ConfigError
from appliance.switches.evdev import EvdevSwitch
from appliance.switches.fakes import NoSwitch
from appliance.switches.gpio import GpioSwitch
from appliance.switches.ports import Lost, MuteSwitch, report_lost
from appliance.switches.terminal import TerminalSwitch

_GPIO = re.compile(r"gpio:(?P<chip>/[^:\0]+):(?P<line>\d{1,4})(?P<low>:low)?", re.ASCII)
_EVDEV = re.compile(r"evdev:(?P<device>/[^\0]+)")


def choose_switch(name: str, lost: Lost = report_lost, dev: Path = Path("/dev")) -> MuteSwitch:
    """The switch called `none`, `terminal`, `gpio:<chip>:<line>[:low]` or `evdev:<device>`.

    Nothing is opened before its `start`.

    Raises:
        ConfigError: `CFG-SWITCH`: there is no such switch; the remedy lists what there is.
    """
    if name == "none":
        return NoSwitch()
    if name == "terminal":
        return TerminalSwitch(lost=lost)
    if found := _GPIO.fullmatch(name):
        return GpioSwitch(
            found["chip"], int(found["line"]), active_low=bool(found["low"]), lost=lost
        )
    if found := _EVDEV.fullmatch(name):
        return EvdevSwitch(Path(found["device"]), lost)
    there = [f"gpio:{path}:LINE" for path in sorted(dev.glob("gpiochip*"))]
    there += [f"evdev:{path}" for path in sorted(dev.glob("input/event*"))]
    raise ConfigError(
        "CFG-SWITCH",
        f"there is no mute switch called `{name}`",
        "switches are none, terminal, gpio:/dev/gpiochip0:17 (with :low if muted is low), "
        "evdev:/dev/input/event3",
        f"choose among {', '.join(['none', 'terminal', *there])}",
    )
