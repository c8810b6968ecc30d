"""A mute switch on a GPIO line, through the kernel's character device (package `gpiod` 2.x).

The kernel debounces, so a bouncing contact costs no wake-ups. Run against gpio-sim on Linux 6.1:
position at the start, changes, bounces, `:low`, a busy line. There the kernel does not say that a
chip has gone away (a USB expander, not the SoC's own): the switch then just stands still. Not yet
run on a board.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from appliance.errors import ApplianceError
from appliance.switches.ports import Lost, lost_switch, report_lost, unusable
from appliance.switches.watched import Watched

_DEBOUNCE = timedelta(milliseconds=20)


class GpioSwitch:
    """A line that is active while the owner wants it muted; implements `MuteSwitch`."""

    def __init__(
        self, chip: str, line: int, *, active_low: bool = False, lost: Lost = report_lost
    ) -> None:
        """Remember which; the line is requested by `start`.

        Args:
            chip: /dev/gpiochip<N>.
            line: its offset on the chip.
            active_low: the switch pulls the line to ground when muted; its pull-up is switched on.
            lost: told when the chip went away (a USB expander, say).
        """
        self._chip, self._line, self._active_low, self._lost = chip, line, active_low, lost
        self._watched = Watched()
        self._request: Any = None

    @property
    def muted(self) -> bool:
        """As the port."""
        return self._watched.muted

    def start(self, on_change: Callable[[bool], None]) -> None:
        """As the port; `SWITCH-GPIO`, or `SWITCH-NO-GPIOD` where the package is missing."""
        if self._watched.watching:
            raise RuntimeError("the switch is being watched already")
        try:
            self._request = self._request_line()
            muted = self._read()
        except OSError as error:
            self._release()
            raise unusable("SWITCH-GPIO", self._name, error, _REMEDY) from error
        self._watched.begin(self._request.fd, self._ready, on_change, muted=muted)

    def stop(self) -> None:
        """As the port."""
        self._watched.end()
        self._release()

    def follow(self, *, muted: bool) -> None:
        """As the port; a switch keeps its position."""

    @property
    def _name(self) -> str:
        return f"{self._chip}:{self._line}"

    def _request_line(self) -> Any:  # noqa: ANN401
        gpiod = _gpiod()
        bias = gpiod.line.Bias.PULL_UP if self._active_low else gpiod.line.Bias.AS_IS
        settings = gpiod.LineSettings(
            direction=gpiod.line.Direction.INPUT,
            edge_detection=gpiod.line.Edge.BOTH,
            bias=bias,
            active_low=self._active_low,
            debounce_period=_DEBOUNCE,
        )
        return gpiod.request_lines(
            self._chip, consumer="voice-appliance mute", config={self._line: settings}
        )

    def _read(self) -> bool:
        return bool(self._request.get_value(self._line).value)

    def _release(self) -> None:
        request, self._request = self._request, None
        if request is not None:
            with contextlib.suppress(OSError):  # the chip has gone already
                request.release()

    def _ready(self) -> None:
        """An edge says that something changed; the level, what it is now."""
        try:
            self._request.read_edge_events()
            muted = self._read()
        except OSError as error:
            self.stop()
            self._lost(lost_switch(self._name, error.strerror or str(error)))
        else:
            self._watched.change(muted=muted)


def _gpiod() -> Any:  # noqa: ANN401
    try:
        import gpiod  # noqa: PLC0415  # only boxes with such a switch need it
    except ImportError as error:
        raise ApplianceError(
            "SWITCH-NO-GPIOD",
            "the mute switch cannot be used",
            f"the package gpiod cannot be loaded: {error}",
            "run `.venv/bin/pip install gpiod`",
        ) from error
    return gpiod


_REMEDY = "see `gpioinfo`; the service's user must be in the group `gpio`"
