"""Who may do what: the service right, by challenge and response; no password exists.

A challenge is good for one attempt and for a minute. Wrong responses make the next challenge wait,
twice as long each time. The right ends when nobody used it for a while, and with the line.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable

from appliance.clock import now_s
from appliance.console.errors import ConsoleError
from appliance.console.ports import Notes

CHALLENGE_S = 60.0
UNLOCKED_S = 15 * 60.0
FIRST_DELAY_S = 1.0
MOST_DELAY_S = 300.0


class Guard:
    """One for the service: what was tried on one line counts on the next."""

    def __init__(
        self,
        device: str,
        fits: Callable[[str, str], bool] | None,
        notes: Notes,
        boot_s: Callable[[], float],
    ) -> None:
        """Take the parts.

        Args:
            device: what tells this device from others; without spaces.
            fits: whether a response fits a challenge; None: no service key is configured.
            notes: where attempts are recorded.
            boot_s: seconds since the machine was started.
        """
        self._device, self._fits, self._notes, self._boot_s = device, fits, notes, boot_s
        self._challenge: tuple[str, float] | None = None
        self._failures = 0
        self._patience_until_s = 0.0

    def challenge(self) -> str:
        """A new one; the one before is void.

        Raises:
            ConsoleError: no key is configured (`CON-NO-KEY`), or it is too early (`CON-WAIT`).
        """
        self._require_key()
        self._require_patience()
        text = f"{self._device}.{self._boot_s():.0f}.{secrets.token_hex(16)}"
        self._challenge = text, now_s() + CHALLENGE_S
        return text

    def admit(self, response: str) -> None:
        """Return if the response fits the challenge that is out, which is used up.

        Raises:
            ConsoleError: it does not (`CON-REFUSED`), none is out or it is too old (`CON-STALE`),
                no key is configured, or it is too early.
        """
        self._require_key()
        self._require_patience()
        (text, until_s), self._challenge = self._challenge or ("", 0.0), None
        if now_s() >= until_s:
            self._notes.note("CONSOLE_STALE", {"failures": self._failures})
            cause = f"a challenge is good for one attempt and {CHALLENGE_S:.0f} s"
            raise ConsoleError(
                "CON-STALE", "no challenge is out", cause, "ask for one with `unlock`"
            )
        if self._fits is None or not self._fits(text, response):
            raise self._refused()
        self._failures = 0
        self._notes.note("CONSOLE_UNLOCKED", {})

    def _refused(self) -> ConsoleError:
        self._failures += 1
        # The exponent is bounded too: a float overflows at the thousandth failure.
        delay_s = min(FIRST_DELAY_S * 2.0 ** min(self._failures - 1, 16), MOST_DELAY_S)
        self._patience_until_s = now_s() + delay_s
        self._notes.note("CONSOLE_REFUSED", {"failures": self._failures, "delay_s": delay_s})
        return ConsoleError(
            "CON-REFUSED",
            "the response does not fit",
            "it was signed with another key, or for another challenge",
            f"wait {delay_s:.0f} s, then ask for a new challenge with `unlock`",
        )

    def _require_key(self) -> None:
        if self._fits is None:
            raise ConsoleError(
                "CON-NO-KEY",
                "this device cannot be unlocked",
                "no service key is configured, or it cannot be read",
                "the OEM sets `console.service_key` in the image",
            )

    def _require_patience(self) -> None:
        left_s = self._patience_until_s - now_s()
        if left_s > 0:
            raise ConsoleError(
                "CON-WAIT",
                "too early after a wrong response",
                f"{left_s:.0f} s are left",
                "wait, then ask for a challenge with `unlock`",
            )


class Access:
    """What the other end of one line may do; it ends with the line."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._until_s = 0.0

    @property
    def is_unlocked(self) -> bool:
        """Whether the service right is there."""
        return now_s() < self._until_s

    def challenge(self) -> str:
        """As the guard's."""
        return self._guard.challenge()

    def unlock(self, response: str) -> None:
        """Gain the service right; ConsoleError where the guard refuses."""
        self._guard.admit(response)
        self._until_s = now_s() + UNLOCKED_S

    def lock(self) -> None:
        """Give it up."""
        self._until_s = 0.0

    def used(self) -> None:
        """Somebody is there: the right does not expire yet."""
        if self.is_unlocked:
            self._until_s = now_s() + UNLOCKED_S

    def require(self, what: str) -> None:
        """Return if it is there; ConsoleError (`CON-LOCKED`) if not."""
        if not self.is_unlocked:
            raise ConsoleError(
                "CON-LOCKED",
                f"`{what}` is locked",
                "it changes the device or reveals words",
                "unlock it: `help unlock`",
            )
