"""What a person sees and pushes: the light, and the mute switch."""

from __future__ import annotations

from collections.abc import Callable

from appliance.body import Bell
from appliance.lights.ports import Lights, phase_of
from appliance.observer import Bystander
from appliance.switches.ports import MuteSwitch
from states.events import Event, Mute, Unmute
from states.state import State


class Panel(Bystander):
    """Shows the state of a conversation, and posts what the switch says."""

    def __init__(self, lights: Lights, switch: MuteSwitch, bell: Bell) -> None:
        self._lights, self._switch, self._bell = lights, switch, bell
        self._state = State.STARTING
        self._updating = False

    def start(self, post: Callable[[Event], None]) -> None:
        """Watch the switch; where it is set to muted already, the conversation begins muted.

        Raises:
            ApplianceError: the switch cannot be used.
        """
        self.refresh()
        self._switch.start(lambda muted: post(Mute() if muted else Unmute()))

    def stop(self) -> None:
        """Go dark, and release the switch."""
        self._switch.stop()
        self._lights.close()

    def state(self, state: State, at_s: float) -> None:  # noqa: ARG002  # a port
        """Show it; a key that mutes has to know what the next press means."""
        self._state = state
        self._switch.follow(muted=state is State.MUTED)
        self.refresh()

    def updating(self, *, on: bool) -> None:
        """An update is being installed, or is no more."""
        self._updating = on
        self.refresh()

    def refresh(self) -> None:
        """Show what is; the bell may have begun to ring."""
        ringing = self._bell.is_ringing
        self._lights.show(phase_of(self._state, ringing=ringing, updating=self._updating))
