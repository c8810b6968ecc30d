"""`appliance run`, live: a sound server without hardware plays a person into the microphone."""

from __future__ import annotations

import contextlib
import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from appliance.cli import main
from appliance.demo.asker import spoken_question
from appliance.history.reader import HistoryReader
from audio.earcons import Earcon, render
from audio.echo import HANG_S
from audio.files import write_wav
from audio.format import RATE_HZ

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timed,
    pytest.mark.skipif(shutil.which("pulseaudio") is None, reason="needs Debian's pulseaudio"),
]
pytest.importorskip("pyaudio", reason="needs the extra `live`")

MODULES = (
    "module-native-protocol-unix",
    "module-null-sink sink_name=room rate=48000",
    "module-null-sink sink_name=mouth rate=48000",
)
ALSA = """</usr/share/alsa/alsa.conf>
pcm.!default { type pulse }
ctl.!default { type pulse }
"""
READY_S = len(render(Earcon.READY, RATE_HZ)) / RATE_HZ + HANG_S
"""Until the sound of being ready is over, for the canceller as well."""


class Room:
    """A sound server with a room (what the microphone hears) and a mouth (the loudspeaker)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        (folder / "asound.conf").write_text(ALSA)
        (folder / "client.conf").write_text("autospawn = no\n")
        self.environment = {
            **os.environ,
            "XDG_RUNTIME_DIR": str(folder),
            "HOME": str(folder),
            "ALSA_CONFIG_PATH": str(folder / "asound.conf"),
            "PULSE_CLIENTCONFIG": str(folder / "client.conf"),
            "PULSE_SINK": "mouth",
            "PULSE_SOURCE": "room.monitor",
        }
        loads = [part for module in MODULES for part in ("-L", module)]
        command = ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", *loads]
        self._server = self._start(command, stderr=subprocess.DEVNULL)
        self._wait_for_socket()

    def _start(self, command: list[str], **pipes: int) -> subprocess.Popen[str]:
        return subprocess.Popen(command, env=self.environment, text=True, **pipes)

    def _wait_for_socket(self) -> None:
        ask = ["pactl", "--server", f"unix:{self._folder}/pulse/native", "info"]
        for _ in range(100):
            silent = subprocess.DEVNULL
            if subprocess.call(ask, env=self.environment, stdout=silent, stderr=silent) == 0:
                return
            threading.Event().wait(0.1)
        pytest.fail("the sound server did not start")

    def play(self, wav: Path) -> None:
        subprocess.run(["paplay", "-d", "room", str(wav)], env=self.environment, check=True)

    @contextlib.contextmanager
    def appliance(self, pack: Path, *options: str, verb: str = "run") -> Iterator[Service]:
        """`appliance run`, once it is idle; killed if the test leaves it running."""
        settings = self._folder / "settings.toml"  # a null sink is silent to the last bit
        settings.write_text(
            "[health]\nsilence = false\nloop_s = 30\n"
            f'[console]\nport = "unix:{self._folder}/console"\n'
        )
        options = (*options, "--config", str(settings))
        command = [sys.executable, "-m", "appliance", verb, "--knowledge", str(pack), *options]
        pipe = subprocess.PIPE
        service = Service(self._start(command, stdout=pipe, stderr=pipe))
        try:
            assert service.says("idle"), service.seen
            threading.Event().wait(READY_S)  # people let it finish; it sounds in real time
            yield service
        finally:
            service.close()

    @contextlib.contextmanager
    def recorded(self, raw: Path) -> Iterator[None]:
        """What the loudspeaker plays meanwhile, as 16-bit mono."""
        command = ["parec", "-d", "mouth.monitor", "--format=s16le", "--channels=1"]
        with raw.open("wb") as file:
            recorder = self._start(command, stdout=file.fileno())
            try:
                yield
            finally:
                recorder.terminate()
                recorder.wait()

    def close(self) -> None:
        self._server.terminate()
        self._server.wait()


class Service:
    """`appliance run`, and the lines that it has printed."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.seen = ""
        self._lines: queue.Queue[str] = queue.Queue()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line)
        self._lines.put("")

    def says(self, wanted: str, within_s: float = 120.0) -> bool:
        """Whether a line with these words comes."""
        with contextlib.suppress(queue.Empty):
            while line := self._lines.get(timeout=within_s):
                self.seen += line
                if wanted in line:
                    return True
            assert self.process.stderr is not None
            pytest.fail(f"ended before {wanted!r}: {self.seen}{self.process.stderr.read()}")
        return False

    def close(self) -> None:
        self.process.kill()
        self._reader.join()
        for pipe in (self.process.stdout, self.process.stderr):
            assert pipe is not None
            pipe.close()
        self.process.wait()


def ends_cleanly(service: Service) -> None:
    """As it is told to: a sound device that is left open crashes it in one end of four."""
    service.process.send_signal(signal.SIGTERM)
    assert service.process.wait(timeout=20) == 0
    assert service.process.stderr is not None
    assert "leaked" not in service.process.stderr.read(), "a sound device was left open"


def turns_at_console(place: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """What the console says of turns, once the history's thread has written the first."""
    for _ in range(100):
        assert main(["console", "--port", f"unix:{place}", "turns"]) == 0
        if "no turn" not in (said := capsys.readouterr().out):
            return said
        threading.Event().wait(0.1)
    pytest.fail("the console tells of no turn")


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    room = Room(tmp_path)
    yield room
    room.close()


@pytest.mark.parametrize("words", [True, False])
def test_a_spoken_question_is_answered_aloud(
    room: Room,
    pack: Path,
    red_light: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    *,
    words: bool,
) -> None:
    options = ["--words"] if words else []
    with room.appliance(pack, *options) as service, room.recorded(tmp_path / "mouth.raw"):
        # On a busy machine the sound server drops some of the phrase; people say it again.
        assert any(room.play(red_light) or service.says("listening", 20) for _ in range(3))
        assert service.says("turn 1: OK"), service.seen
        assert service.says("first sound after"), service.seen
        turns = turns_at_console(tmp_path / "console", capsys)
        ends_cleanly(service)
    sound = np.frombuffer((tmp_path / "mouth.raw").read_bytes(), np.int16)
    assert np.abs(sound).max() > 3000
    assert ("  heard " in service.seen) is words, "words are private unless asked for"
    assert words or "light" not in service.seen
    history = HistoryReader(tmp_path / ".local/state/voice-appliance/history")
    assert [turn.code for turn in history.turns(2)] == ["OK"], "for `appliance why`"
    assert {"SERVICE_STOPPED", "SERVICE_STARTED"} <= {e.code for e in history.events(9)}
    assert history.counters()["turns"] == 1
    assert turns.startswith("1  OK")
    assert "light" not in turns


def test_a_short_question_right_after_the_wake_sound_is_heard_whole(
    room: Room, pack: Path, tmp_path: Path
) -> None:
    """The canceller works then, and there is no echo in this room."""
    question = spoken_question("hey jarvis", "What time is it?")
    write_wav(tmp_path / "time.wav", question // 2, RATE_HZ)
    with room.appliance(pack) as service:
        for turn in (1, 2, 3):  # as above
            room.play(tmp_path / "time.wav")
            if service.says(f"turn {turn}:", 20) and "COMMAND" in service.seen:
                break
        assert "COMMAND" in service.seen


def test_the_live_view_ends_when_it_is_told_to(room: Room, pack: Path) -> None:
    with room.appliance(pack, verb="listen") as service:
        ends_cleanly(service)


def test_a_lost_sound_device_ends_the_service_with_a_reason(room: Room, pack: Path) -> None:
    with room.appliance(pack) as service:
        room.close()
        assert service.process.wait(timeout=30) == 2
        assert service.process.stderr is not None
        err = service.process.stderr.read()
    assert "error: " in err
    assert "[AUD-" in err
    assert "Traceback" not in err, service.seen
