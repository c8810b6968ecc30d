"""Proven offline: no verb, and no process or native library of it, opens a socket that leaves."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from audio.inference import FORBIDDEN
from audio.models import bundled_models
from tests.appliance.engines.piper_voices import write_voice

GUARD = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

int socket(int domain, int type, int protocol) {
    int (*real)(int, int, int) = dlsym(RTLD_NEXT, "socket");
    if (domain == AF_UNIX) return real(domain, type, protocol);
    int log = open(getenv("GUARD_LOG"), O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (log >= 0) { if (write(log, "socket\n", 7)) {} close(log); }
    errno = EACCES;
    return -1;
}
"""


@pytest.fixture(scope="session")
def guard(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("guard")
    source, library = folder / "guard.c", folder / "guard.so"
    source.write_text(GUARD)
    compile_it = ["cc", "-shared", "-fPIC", "-o", str(library), str(source), "-ldl"]
    subprocess.run(compile_it, check=True)
    return library


def _guarded(guard: Path, log: Path, command: list[str]) -> int:
    return subprocess.run(
        command,
        env=_environment(guard, log),
        cwd=log.parent,
        capture_output=True,
        timeout=240,
        check=False,
    ).returncode


def _environment(guard: Path, log: Path) -> dict[str, str]:
    bare = {name: value for name, value in os.environ.items() if name != FORBIDDEN}
    return {**bare, "LD_PRELOAD": str(guard), "GUARD_LOG": str(log)}


def test_the_guard_sees_a_socket(guard: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    code = "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM)"
    assert _guarded(guard, log, [sys.executable, "-c", code]) == 1
    assert log.exists()


def test_models_ask_the_network_only_where_a_pull_needs_it(guard: Path, tmp_path: Path) -> None:
    log, store = tmp_path / "log", ["--store", str(tmp_path / "store")]
    models = [sys.executable, "-m", "appliance", "models"]
    for verb, expected in (
        (["list"], 0),
        (["pull", "silero-vad"], 0),  # comes in a package
        (["pull", "qwen3-0.6b", "--offline"], 2),
        (["verify"], 0),
        (["check", "--production"], 1),
    ):
        assert _guarded(guard, log, [*models, *verb, *store]) == expected, verb
        assert not log.exists(), f"{verb} opened a socket"
    pull = ["pull", "qwen3-0.6b", "--mirror", "http://192.0.2.1"]  # reserved: nobody is there
    assert _guarded(guard, log, [*models, *pull, *store]) == 2
    assert log.exists()


def test_piper_speaks_without_a_socket(guard: Path, tmp_path: Path) -> None:
    model, log = write_voice(tmp_path / "voice"), tmp_path / "log"
    speak = (
        "import sys; from appliance.engines.piper_servant import PiperServant\n"
        "made = PiperServant(sys.argv[1], 0, 165, 1); made.load()\n"
        "assert len(list(made.do('speak', {'text': 'Hello there.'}, b''))) > 3\n"
    )
    assert _guarded(guard, log, [sys.executable, "-c", speak, str(model)]) == 0
    assert not log.exists()


OURS = """
import pathlib, sys
from audio.models import Model
model = Model(pathlib.Path(sys.argv[1]))
sys.stdin.read()
"""
BARE = """
import os, sys, time, onnxruntime
session = onnxruntime.InferenceSession(sys.argv[1])
for _ in range(150):  # of 0.2 s; 1.31.1 tries after 9 s
    if os.path.exists(os.environ["GUARD_LOG"]):
        break
    time.sleep(0.2)
"""


@pytest.mark.slow
def test_onnxruntime_reports_to_nobody(guard: Path, tmp_path: Path) -> None:
    """Ours waits until the library alone has tried: by then ours would have tried, too."""
    model = str(bundled_models() / "silero_vad.onnx")
    log, bare_log = tmp_path / "ours", tmp_path / "bare"
    ours = [sys.executable, "-c", OURS, model]
    with subprocess.Popen(ours, env=_environment(guard, log), stdin=subprocess.PIPE):
        assert _guarded(guard, bare_log, [sys.executable, "-c", BARE, model]) == 0
    assert not log.exists()


@pytest.mark.slow
def test_no_verb_opens_a_socket_that_leaves_the_machine(guard: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    appliance = [sys.executable, "-m", "appliance"]
    pack = "demo-out/demo.pack"
    (tmp_path / "golden.tsv").write_text(
        "what does the red light mean\tuser-guide.md#what-the-lights-mean\n"
    )
    for verb, expected in (
        (["demo"], {0}),  # builds a pack and asks spoken questions
        (["ask", "--text", "how do i reset it", "--knowledge", pack], {0}),
        (["knowledge", "query", pack, "how do i reset it"], {0, 1}),
        (["knowledge", "evaluate", pack, "golden.tsv"], {0, 1}),
        (["bench", "ask", "demo-out/reset.wav", "--knowledge", pack], {0}),
        (["doctor"], {0}),
        (["run", "--knowledge", pack], {2}),  # no microphone here
    ):
        assert _guarded(guard, log, [*appliance, *verb]) in expected, verb
        assert not log.exists(), f"{verb} opened a socket"
