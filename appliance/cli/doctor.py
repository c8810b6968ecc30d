"""`appliance doctor`: what works on this machine, what doesn't, and the remedy for each."""

from __future__ import annotations

import argparse
import asyncio
import json
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape

from appliance import doctor
from appliance.board_doctor import board_checks
from appliance.cli.options import add_config_options, config_from
from appliance.cli.progress import progress_bar
from appliance.clock import now_s
from appliance.config import Config
from appliance.doctor import Check, Finding, Status
from appliance.engines.worker import Worker
from appliance.errors import ApplianceError
from appliance.health.chirp import sound_check
from appliance.knowledge.meaning.encoder import Encoder
from appliance.knowledge.meaning.verifier import Verifier
from appliance.loading import watch_loading
from appliance.npu_doctor import npu_checks
from appliance.processes import asr_worker, espeak_worker, npu_worker, voice_worker
from appliance.service import load_ears
from audio.live import PyAudioLoudspeaker, PyAudioMicrophone, list_devices

DESCRIPTION = """\
Tries every part of a profile on this machine: models are loaded, engines are started and
given a job. Each line says what was found; what doesn't work comes with its remedy.
Exit code 0 if everything needed works (warnings are for verbs that you may not use), else 1.
"""
CHIRP_RATE_HZ = 48_000
CAUSES = {
    "PATH_NO_FRAMES": "the microphone delivers nothing",
    "PATH_ZEROS": "the microphone delivers nothing but zeros",
    "PATH_NOT_HEARD": "the chirp was played, but is not in what was heard",
}
MARKS = {Status.OK: "[green]✓[/]", Status.WARN: "[yellow]![/]", Status.FAIL: "[red]✗[/]"}


def add_parser(verbs: Any) -> None:  # noqa: ANN401  # argparse's type is private
    """Register the verb."""
    parser = verbs.add_parser(
        "doctor",
        help="what works on this machine, what doesn't, and what to do",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_config_options(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument(
        "--sound",
        action="store_true",
        help="also play a quiet chirp, and see whether the microphone hears it",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Carry out every check; returns 1 if a needed one failed."""
    config = config_from(arguments)
    checks = [*_checks(config), *([_sound(config)] if arguments.sound else [])]
    findings = [doctor.examine(check) for check in checks]
    if arguments.json:
        rows = [{**f._asdict(), "status": f.status.value} for f in findings]
        print(json.dumps({"checks": rows}, indent=2))
    else:
        _print(findings)
    return int(any(finding.status is Status.FAIL for finding in findings))


def _checks(config: Config) -> list[Check]:
    return [
        Check("system", doctor.supported_python),
        Check("machine", doctor.machine),
        Check("memory", doctor.memory),
        Check("disk", doctor.disk),
        Check("wake word, VAD", lambda: _ears(config)),
        Check("meaning", _encoder),
        Check("recognition", lambda: asyncio.run(_starts(asr_worker(config)))),
        *board_checks(config),
        *npu_checks(config),
        *_npu_starts(config),
        *_voices(config),
        Check("asking voice", doctor.asking_voice, needed_by="appliance demo"),
        Check("sound devices", _devices, needed_by="appliance run"),
    ]


def _npu_starts(config: Config) -> list[Check]:
    """The proof: the models, loaded on the NPU."""
    worker = npu_worker(config)
    return [Check("NPU: engines", lambda: asyncio.run(_starts(worker)))] if worker else []


def _voices(config: Config) -> list[Check]:
    """The profile's voice by its name, and its spare."""
    voice = config.voice
    espeak = f"espeak-ng {voice.voice}"
    name = espeak if voice.engine == "espeak" else f"Piper {Path(voice.model).stem}"
    checks = [Check("voice", lambda: asyncio.run(_speaks(voice_worker(config), name)))]
    if voice.engine != "espeak":
        spare = espeak_worker(config, "spare voice")
        checks += [Check("spare voice", lambda: asyncio.run(_speaks(spare, espeak)))]
    return checks


async def _speaks(worker: Worker, name: str) -> str:
    started = await _starts(worker)
    return f"{name}, {worker.info['rate_hz']} Hz; {started}"


def _ears(config: Config) -> str:
    load_ears(config)
    names = ", ".join(f"“{p}” from {score:g}" for p, score in config.wake.phrases.items())
    return f"{names} (openWakeWord's models: CC BY-NC-SA, not for products on sale)"


def _devices() -> str:
    devices = list_devices()
    ears = [device.name for device in devices if device.inputs]
    mouths = [device.name for device in devices if device.outputs]
    if not ears or not mouths:
        missing = "loudspeaker" if ears else "microphone"
        raise ApplianceError(
            "DOC-NO-DEVICE",
            f"there is no {missing}",
            "PortAudio finds none",
            "plug one in, and see `arecord -l` and `aplay -l`",
        )
    return f"microphones: {', '.join(ears)}; loudspeakers: {', '.join(mouths)}"


def _sound(config: Config) -> Check:
    return Check("sound path", lambda: asyncio.run(_hears_itself(config)))


async def _hears_itself(config: Config) -> str:
    """The chirp's way through loudspeaker, air and microphone."""
    speaker = PyAudioLoudspeaker(CHIRP_RATE_HZ, config.devices.loudspeaker or None)
    try:
        path = await sound_check(speaker, PyAudioMicrophone(config.devices.microphone or None))
    finally:
        speaker.close()
    if not path.ok:
        raise ApplianceError(
            f"DOC-{path.code.replace('_', '-')}",
            "the microphone does not hear the loudspeaker",
            CAUSES[path.code],
            "check both plugs and the volume (`alsamixer`), then run it again in a quiet room",
        )
    return (
        f"heard after {path.delay_ms:.0f} ms at {path.level_db:.0f} dB over the last bit, "
        f"{path.prominence:.0f} times what the room's noise makes"
    )


def _encoder() -> str:
    Encoder().encode(["does it work"])
    Verifier().weigh("does it work", ["It does."])
    return "all-MiniLM-L6-v2"


async def _starts(worker: Worker) -> str:
    began = now_s()
    try:
        with progress_bar() as report:
            watch_loading([worker], report)
            await worker.start()
        return f"loads in {now_s() - began:.1f} s, in a process of its own"
    finally:
        await worker.stop()


def _print(findings: list[Finding]) -> None:
    console = Console(highlight=False)
    for finding in findings:
        console.print(
            f"{MARKS[finding.status]} {finding.name:<15} {escape(finding.detail)}", soft_wrap=True
        )
        if finding.remedy:
            console.print(f"  {'':<15} [bold]→ {escape(finding.remedy)}[/]", soft_wrap=True)
