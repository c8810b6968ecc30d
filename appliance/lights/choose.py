"""Lights by name, as the configuration gives it."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from appliance.errors import ConfigError
from appliance.lights.fakes import NoLights
from appliance.lights.ports import Lights, Together
from appliance.lights.sysfs import LEDS, SysfsLights
from appliance.lights.terminal import TerminalLights


def lights_beside(light: Lights | None, name: str) -> Lights:
    """The lights called `name`, and one more, if there is one: in place of those on the terminal.

    Raises:
        ApplianceError: as `choose_lights`.
    """
    if light is None:
        return choose_lights(name)
    return light if name == "terminal" else Together(choose_lights(name), light)


def choose_lights(name: str, root: Path = LEDS) -> Lights:
    """The lights called `none`, `terminal` or `sysfs:<LED>`.

    Raises:
        ConfigError: `CFG-LIGHTS`: there are no such lights; the remedy lists what there is.
        ApplianceError: `LIGHT-…`, as `SysfsLights`.
    """
    if name == "none":
        return NoLights()
    if name == "terminal":
        return TerminalLights(Console(stderr=True))
    kind, _, led = name.partition(":")
    if kind == "sysfs" and led and "/" not in led and led not in {".", ".."}:
        return SysfsLights(led, root)
    leds = sorted(path.name for path in root.iterdir()) if root.is_dir() else []
    raise ConfigError(
        "CFG-LIGHTS",
        f"there are no lights called `{name}`",
        "lights are `none`, `terminal` or `sysfs:` and the name of a LED",
        f"choose among {', '.join(['none', 'terminal', *(f'sysfs:{led}' for led in leds)])}",
    )
