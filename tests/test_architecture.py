"""Who may import whom (docs/architecture.md). The house stays as it was designed."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
OURS = {"appliance", "audio", "states"}

MAY_IMPORT = {
    "states": {"states"},
    "audio": {"audio"},
    "appliance.clock": set(),
    "appliance.errors": set(),
    "appliance.durable": set(),
    "appliance.reasons": set(),
    "appliance.phrases": set(),
    "appliance.cores": set(),
    "appliance.procfs": set(),
    "appliance.config": {
        *("appliance.errors", "appliance.tables", "appliance.knowledge.calibration"),
        "audio.segmenter",
    },
    "appliance.tables": {"appliance.errors"},
    "appliance.engines": {
        *("appliance.engines", "appliance.errors", "appliance.clock", "appliance.procfs"),
        *("audio.format", "audio.inference"),
        "appliance.knowledge.pack",  # the ears' process reads its words out of the pack
        # A model's words are cut into sentences, and compared with passages, as documents are.
        *("appliance.knowledge.sentences", "appliance.knowledge.words"),
        "appliance.knowledge.lexicon",
    },
    "appliance.knowledge": {
        *("appliance.knowledge", "appliance.errors", "appliance.engines", "appliance.durable"),
    },
    "appliance.commands": {"appliance.commands", "appliance.errors"},
    "appliance.survivor": {
        *("appliance.survivor", "appliance.commands", "appliance.errors", "appliance.clock"),
        *("appliance.reasons", "appliance.durable", "audio.format", "audio.errors"),
    },
    "appliance.endpointing": {"appliance.endpointing", "audio.format", "audio.prosody"},
    "appliance.glimpsing": {"appliance.clock", "appliance.engines.ports", "audio.format"},
    "appliance.lights": {"appliance.lights", "appliance.errors", "states"},
    "appliance.switches": {"appliance.switches", "appliance.errors"},
    "appliance.trace": {
        *("appliance.errors", "appliance.record", "appliance.report", "states.state"),
        *("audio.ears", "audio.format", "audio.level"),
    },
    "appliance.view": {
        *("appliance.view", "appliance.clock", "appliance.observer", "appliance.reasons"),
        *("appliance.record", "audio.ears", "audio.format", "audio.level", "states.state"),
        *("appliance.lights.patterns", "appliance.lights.ports"),
    },
    "appliance.replay": {
        *("appliance.replay", "appliance.trace", "appliance.view.stages", "appliance.errors"),
        *("appliance.reasons", "audio.format"),
    },
    "appliance.history": {
        *("appliance.history", "appliance.clock", "appliance.errors", "appliance.reasons"),
        *("appliance.record", "appliance.report", "appliance.observer", "appliance.durable"),
        *("appliance.survivor.explain", "appliance.survivor.reply", "appliance.survivor.tongue"),
        *("audio.ears", "audio.format", "states.state"),
    },
    "appliance.bundle": {
        *("appliance.bundle", "appliance.errors", "appliance.history"),
        *("appliance.replay.svg", "appliance.replay.theme", "appliance.view.stages"),
        *("appliance.replay.spectrogram", "audio.format", "audio.level"),
    },
    "appliance.models": {"appliance.models", "appliance.errors", "appliance.durable"},
    "appliance.health": {
        *("appliance.health", "appliance.clock", "appliance.errors", "states.state"),
        *("appliance.survivor.state", "appliance.procfs", "audio"),
    },
    "appliance.update": {
        *("appliance.update", "appliance.clock", "appliance.durable", "appliance.errors"),
        "appliance.survivor.state",
    },
    "appliance.brevity": set(),
    "appliance.convert": {
        *("appliance.convert", "appliance.errors", "appliance.durable"),
        *("appliance.models.disk", "audio.onnxfile"),
    },
    # It runs in a toolkit's environment, where nothing of ours is.
    "appliance.convert.driver": set(),
    "appliance.console": {
        *("appliance.console", "appliance.errors", "appliance.clock", "audio.errors"),
    },
    "appliance.demo": {"appliance.demo", "appliance.errors", "audio.format"},
}
"""What a package or module may import of ours; prefixes count. Those not named are free."""

NETWORK = ("http", "urllib.request", "urllib.error")
"""What can open a connection that leaves; `appliance models pull` alone does, when asked."""

ONLY_IN = {
    "pyaudio": {"audio/live.py", "audio/portaudio.py"},
    "onnxruntime": {"audio/inference.py", "appliance/convert/driver.py"},
    "rknn": {"appliance/convert/driver.py"},
    "rkllm": {"appliance/convert/driver.py"},
    "faster_whisper": {"appliance/engines/fasterwhisper_model.py"},
    "rknnlite": {"appliance/engines/rknn/session.py"},
    "xllamacpp": {"appliance/engines/llama.py"},
    "soundfile": {"audio/decode.py"},
    "pocketsphinx": {"appliance/engines/sphinx"},
    "espeakng_loader": {"appliance/engines/espeak.py"},
    "piper": {"appliance/engines/piper_model.py", "appliance/engines/piper_voice.py"},
    "ttspico": {"appliance/demo/asker.py"},
    "transitions": {"states/machine.py"},
    "pypdf": {"appliance/knowledge/formats"},
    "pyaec": {"audio/echo.py"},
    "hassil": {"appliance/commands"},
    "yaml": {"appliance/commands/intents.py"},
    "gpiod": {"appliance/switches/gpio.py"},
    "serial": {"appliance/console/places.py"},
    "cryptography": {"appliance/console/signing.py"},
    "jeepney": {"appliance/update/bus.py"},
    "bs4": {"appliance/knowledge/formats"},
    "markdown_it": {"appliance/knowledge/formats"},
    "appliance.service": {"appliance/cli", "appliance/stream.py"},
    "appliance.stream": {"appliance/cli"},
    "appliance.engines.espeak": {"appliance/engines/voice_servant.py"},  # GPL: its own process
    "appliance.engines.piper_model": {"appliance/engines/piper_voice.py"},  # GPL as well
    "appliance.engines.piper_voice": {"appliance/engines/piper_servant.py"},
    "time": {"appliance/clock.py"},
    "socket": {"appliance/console/places.py", "appliance/health/notify.py"},
    "faulthandler": {"appliance/engines/allowance.py", "appliance/health/stall.py"},
    "appliance.models.remote": {"appliance/cli/models.py"},
    **{library: {"appliance/models/remote.py"} for library in NETWORK},
}
"""Libraries of devices and formats, each behind one door."""


def _modules() -> list[Path]:
    return [path for package in sorted(OURS) for path in sorted((ROOT / package).rglob("*.py"))]


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _within(name: str, prefix: str) -> bool:
    return name == prefix or name.startswith(f"{prefix}.")


@pytest.mark.parametrize("path", _modules(), ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_point_inwards(path: Path) -> None:
    relative = path.relative_to(ROOT)
    module = ".".join(relative.with_suffix("").parts)
    rules = [rule for rule in MAY_IMPORT if _within(module, rule)]
    for name in _imports(path):
        assert name.split(".")[0] != "tests"
        for rule in rules:
            if name.split(".")[0] in OURS:
                allowed = MAY_IMPORT[rule]
                assert any(_within(name, a) for a in allowed), f"{module} imports {name}"
        for library, homes in ONLY_IN.items():
            if _within(name, library):
                assert any(str(relative).startswith(home) for home in homes), f"{module}: {name}"


def test_every_module_keeps_within_its_wall() -> None:
    for path in _modules():
        lines = path.read_text(encoding="utf-8").splitlines()
        assert len(lines) <= 500, f"{path}: {len(lines)} lines"
        for node in ast.walk(ast.parse("\n".join(lines))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or 0) - node.lineno
                assert length <= 80, f"{path}:{node.lineno} {node.name}: {length} lines"


def test_nothing_else_of_ours_needs_a_network_library() -> None:
    banned = {"requests", "ftplib", "smtplib", "socketserver", "ssl"}
    for path in _modules():
        used = [name for name in _imports(path) if any(_within(name, b) for b in banned)]
        assert not used, f"{path}: {used}"
    assert sys.version_info >= (3, 11)
