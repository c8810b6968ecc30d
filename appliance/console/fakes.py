"""A device that exists in memory only, for tests of the console; it can be told to fail."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from appliance.console.desk import Desk
from appliance.console.guard import Guard
from appliance.console.ports import Figures
from appliance.errors import ApplianceError


@dataclass
class FakeDevice:
    """Every port at once.

    Attributes:
        done: what was carried out, in order.
        failing: what every port raises from now on.
        answer_s: how long `ask` and `record` take.
        parcel: the bundle.
        dropped: how often it was to be forgotten.
        pieces: where the pieces of it began that were asked for, in order.
    """

    done: list[str] = field(default_factory=list)
    noted: list[str] = field(default_factory=list)
    failing: Exception | None = None
    answer_s: float = 2.0
    percent: int = 70
    recorded: bool = False
    parcel: bytes = b"0123456789"
    dropped: int = 0
    pieces: list[int] = field(default_factory=list)

    def _do(self, what: str) -> None:
        if self.failing is not None:
            raise self.failing
        self.done.append(what)

    def _tell(self, **figures: object) -> Figures:
        if self.failing is not None:
            raise self.failing
        return figures

    def status(self) -> Figures:
        """As the port."""
        return self._tell(state="idle", since_s=3.5, profile="bundled", turns=2)

    def levels(self) -> Figures:
        """As the port."""
        return self._tell(level_db=45.0, peak_db=60.0, speech=0.2, wake={"hey jarvis": 0.01})

    def ears(self) -> Figures:
        """As the port."""
        return self._tell(frames=100, silent_s=0.0)

    def engines(self) -> Figures:
        """As the port."""
        return self._tell(asr={"up": True, "pid": 12})

    def version(self) -> Figures:
        """As the port."""
        return self._tell(device="fake", program="0")

    def temperatures(self) -> Figures:
        """As the port."""
        return self._tell(soc=51.5)

    def npu(self) -> Figures:
        """As the port."""
        return self._tell(driver="0.9.8")

    def models(self) -> Figures:
        """As the port."""
        return self._tell(models=["silero-vad"])

    def pack(self) -> Figures:
        """As the port."""
        return self._tell(documents=2, passages=40)

    def network(self) -> Figures:
        """As the port."""
        return self._tell(interfaces={"lo": "up"}, sockets=0)

    async def say(self, text: str) -> None:
        """As the port."""
        self._do(f"say {text}")

    async def ask(self, text: str) -> Figures:
        """As the port."""
        await asyncio.sleep(self.answer_s)
        self._do(f"ask {text}")
        return {"reason": "OK", "answer": "Yes."}

    async def record(self, seconds: int) -> Figures:
        """As the port."""
        await asyncio.sleep(self.answer_s)
        self._do(f"record {seconds}")
        self.recorded = True
        return {"seconds": seconds}

    async def play(self) -> Figures:
        """As the port."""
        self._do("play")
        return {"played": self.recorded}

    def forget(self) -> None:
        """As the port."""
        self.recorded = False

    def mute(self, *, on: bool) -> None:
        """As the port."""
        self._do(f"mute {on}")

    def volume(self) -> int:
        """As the port."""
        return self.percent

    def set_volume(self, percent: int) -> None:
        """As the port."""
        self._do(f"volume {percent}")
        self.percent = percent

    def restart(self) -> None:
        """As the port."""
        self._do("restart")

    def reboot(self) -> None:
        """As the port."""
        self._do("reboot")

    def turns(self, n: int) -> Sequence[Figures]:
        """As the port."""
        return [self._tell(id=number, reason="OK", first_audio=640.0) for number in range(n)]

    def why(self, n: int) -> str:
        """As the port."""
        return str(self._tell(why=f"turn {n} was quick")["why"])

    def events(self, n: int) -> Sequence[Figures]:
        """As the port."""
        return [self._tell(at="12:00", code="STATE")] * n

    def counters(self) -> Figures:
        """As the port."""
        return self._tell(turns=2)

    def log(self, n: int) -> Sequence[str]:
        """As the port."""
        return [str(self._tell(line="WARNING it is warm")["line"])] * n

    def verdict(self) -> Figures:
        """As the port."""
        return self._tell(healthy=True)

    async def run(self, name: str) -> Figures:
        """As the port."""
        self._do(f"test {name}")
        return {"passed": name != "npu", "found": "as it should be"}

    def update(self) -> Figures:
        """As the port."""
        self._do("update")
        return {"installed": "2.0"}

    def factory_reset(self) -> Figures:
        """As the port."""
        self._do("factory-reset")
        return {"forgets": ["timers"], "keeps": ["models"]}

    async def make(self, *, words: bool) -> Figures:
        """As the port."""
        sha256 = hashlib.sha256(self.parcel).hexdigest()
        size = len(self.parcel)
        return self._tell(name="b.tar.gz", bytes=size, files=1, sha256=sha256, words=words)

    def piece(self, at: int, most: int) -> bytes:
        """As the port."""
        if self.failing is not None:
            raise self.failing
        self.pieces.append(at)
        return self.parcel[at : at + most]

    def drop(self) -> None:
        """As the port."""
        self.dropped += 1

    def note(self, code: str, figures: Figures) -> None:  # noqa: ARG002  # a port
        """As the port."""
        self.noted.append(code)


def fake_fits(challenge: str, response: str) -> bool:
    """A key that signs by writing backwards."""
    return bool(challenge) and response == challenge[::-1]


def fake_desk(device: FakeDevice, *, key: bool = True) -> Desk:
    """A desk at which every port is the fake device."""
    fits = fake_fits if key else None
    guard = Guard("fake", fits, device, boot_s=lambda: 100.0)
    return Desk(*([device] * 9), guard)  # type: ignore[arg-type,call-arg]


BROKEN = ApplianceError("FAKE-DOWN", "it is down", "it was told to be", "tell it otherwise")
