"""Switches by name, and the fakes."""

from __future__ import annotations

import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.errors import ConfigError
from appliance.switches.choose import choose_switch
from appliance.switches.evdev import EvdevSwitch
from appliance.switches.fakes import NoSwitch, ScriptedSwitch
from appliance.switches.gpio import GpioSwitch
from appliance.switches.ports import MuteSwitch
from appliance.switches.terminal import TerminalSwitch

from .support import Owner


def test_by_name() -> None:
    assert isinstance(choose_switch("none"), NoSwitch)
    gpio = choose_switch("gpio:/dev/gpiochip0:17:low")
    assert isinstance(gpio, GpioSwitch)
    assert (gpio._chip, gpio._line, gpio._active_low) == ("/dev/gpiochip0", 17, True)
    evdev = choose_switch("evdev:/dev/input/by-path/platform-gpio-keys-event")
    assert isinstance(evdev, EvdevSwitch)
    assert evdev._device == Path("/dev/input/by-path/platform-gpio-keys-event")
    assert isinstance(choose_switch("terminal"), TerminalSwitch)


@pytest.mark.parametrize(
    "name",
    [
        *("", "gpio", "gpio:/dev/gpiochip0", "gpio:/dev/gpiochip0:x", "gpio:/dev/gpiochip0:1:high"),
        *("gpio:/dev/gpiochip0:٣", "evdev:", "evdev:event3", "evdev:/dev/\0", "NONE", "none\n"),
    ],
)
def test_an_unknown_name_lists_what_there_is(tmp_path: Path, name: str) -> None:
    (tmp_path / "input").mkdir()
    for there in ("gpiochip0", "gpiochip1", "input/event3", "input/mouse0"):
        (tmp_path / there).touch()
    with pytest.raises(ConfigError) as caught:
        choose_switch(name, dev=tmp_path)
    assert caught.value.code == "CFG-SWITCH"
    assert f"none, terminal, gpio:{tmp_path}/gpiochip0:LINE" in caught.value.remedy
    assert caught.value.remedy.endswith(f"evdev:{tmp_path}/input/event3")


@given(st.text(alphabet=string.printable))
def test_any_text_is_a_switch_or_a_config_error(name: str) -> None:
    for text in (name, f"gpio:{name}", f"evdev:{name}"):
        try:
            switch: MuteSwitch = choose_switch(text)
        except ConfigError:
            continue
        assert not switch.muted


class _NoLoopNeeded(Owner):
    def on_change(self, muted: bool) -> None:
        self.told.append(muted)


def test_no_switch() -> None:
    owner, switch = _NoLoopNeeded(), NoSwitch()
    switch.start(owner.on_change)
    switch.follow(muted=True)
    switch.stop()
    assert (owner.told, switch.muted) == ([False], False)


def test_the_fake() -> None:
    owner, fake = _NoLoopNeeded(), ScriptedSwitch(muted=True)
    switch: MuteSwitch = fake
    fake.refuse = OSError("busy")
    with pytest.raises(OSError, match="busy"):
        switch.start(owner.on_change)
    switch.start(owner.on_change)
    with pytest.raises(RuntimeError):
        switch.start(owner.on_change)
    fake.move(muted=True)
    fake.move(muted=False)
    switch.follow(muted=True)
    fake.press()
    assert owner.told == [True, False, False]
    switch.stop()
    fake.move(muted=True)
    assert owner.told == [True, False, False]
    switch.start(owner.on_change)
    assert owner.told[-1]
