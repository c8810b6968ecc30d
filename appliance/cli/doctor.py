"""`appliance doctor`: what works on this machine, what doesn't, and the remedy for each."""

from __future__ import annotations

import argparse
import asyncio
import json
from typing import Any

from rich.console import Console
from rich.markup import escape

from appliance import doctor
from appliance.cli.options import add_config_options, config_from
from appliance.clock import now_s
from appliance.config import Config
from appliance.doctor import Check, Finding, Status
from appliance.engines.worker import Worker
from appliance.errors import ApplianceError
from appliance.knowledge.meaning.encoder import Encoder
from appliance.knowledge.meaning.verifier import Verifier
from appliance.npu_doctor import npu_checks
from appliance.processes import asr_worker, llama_worker, npu_worker, voice_worker
from appliance.service import load_ears
from audio.live import list_devices

DESCRIPTION = """\
Tries every part of a profile on this machine: models are loaded, engines are started and
given a job. Each line says what was found; what doesn't work comes with its remedy.
Exit code 0 if everything needed works (warnings are for verbs that you may not use), else 1.
"""
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
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Carry out every check; returns 1 if a needed one failed."""
    findings = [doctor.examine(check) for check in _checks(config_from(arguments))]
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
        *npu_checks(config),
        *_npu_starts(config),
        *_llama_starts(config),
        Check("voice", lambda: asyncio.run(_starts(voice_worker(config)))),
        Check("asking voice", doctor.asking_voice, needed_by="appliance demo"),
        Check("sound devices", _devices, needed_by="appliance run"),
    ]


def _npu_starts(config: Config) -> list[Check]:
    """The proof: the models, loaded on the NPU."""
    worker = npu_worker(config)
    return [Check("NPU: engines", lambda: asyncio.run(_starts(worker)))] if worker else []


def _llama_starts(config: Config) -> list[Check]:
    """The proof: the language model, loaded on the CPU."""
    worker = llama_worker(config)
    return [Check("language model", lambda: asyncio.run(_starts(worker)))] if worker else []


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


def _encoder() -> str:
    Encoder().encode(["does it work"])
    Verifier().weigh("does it work", ["It does."])
    return "all-MiniLM-L6-v2"


async def _starts(worker: Worker) -> str:
    began = now_s()
    try:
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
