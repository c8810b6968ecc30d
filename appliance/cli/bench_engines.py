"""`appliance bench engines`: what each engine takes here, beside what others published."""

from __future__ import annotations

import argparse
import contextlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import soxr  # type: ignore[import-untyped]

from appliance import clock
from appliance.bench.chart import page, picture_svg
from appliance.bench.machine import Machine, machine
from appliance.bench.measure import WRITING, Row, Task, hearing, measure, quoting, speaking
from appliance.bench.roles import ANSWER_TOKENS, PROMPT_TOKENS, Role
from appliance.bench.subjects import ROLES, named, subject
from appliance.cli.bench_engines_report import document, print_rows
from appliance.cli.options import add_config_options, add_knowledge_option, config_from
from appliance.cli.progress import progress_bar
from appliance.config import Config, VoiceConfig
from appliance.demo.questions import QUESTIONS
from appliance.durable import write_durably
from appliance.engines.remote import RemoteVoice
from appliance.errors import ApplianceError, ConfigError
from appliance.packing import build_knowledge
from appliance.processes import espeak_worker
from appliance.replay.raster import picture
from audio.decode import samples_of
from audio.format import RATE_HZ, Samples

DESCRIPTION = f"""\
Starts every engine of a profile, its spares among them, in a worker of its own as the service does,
and measures: loading, time to the first token or sound, tokens read and written a second, seconds
of work for a second of sound (RTF), and peak memory; {PROMPT_TOKENS} tokens in and {ANSWER_TOKENS}
out, as the NPU's vendor publishes. Medians of the rounds, with the lowest and highest. Beside them
stand figures that others published for an RK3576, RK3588 and AX650, each with its source and date.
Exit code 1 if an engine could not be measured. Absolute times vary with the machine and its load.
"""

SENTENCES = (
    "Yes, it is.",
    "A red light means that the filter must be replaced.",
    (
        "Hold the button for three seconds, wait until the red light goes out, and then let go of "
        "it; the fan starts again by itself after a minute."
    ),
)
SPOKEN = "What does the red light on the front of it mean, and what must I do?"
SPOKEN_S = 4.0
"""As long as the sound of the published figure; silence fills it up."""
WRITERS: dict[str, Callable[[Sequence[Row], Machine], bytes]] = {
    ".html": lambda rows, here: page(rows, here).encode(),
    ".svg": lambda rows, here: picture_svg(rows, here).encode(),
    ".png": lambda rows, here: picture(picture_svg(rows, here)),
}


def add_parser(kinds: Any) -> None:  # noqa: ANN401  # argparse's type is private
    """Register `bench engines`."""
    parser = kinds.add_parser(
        "engines",
        help="each engine, beside figures that others published",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--engine",
        action="append",
        choices=list(ROLES),
        help="measure this one alone, whether or not the profile names it (may come again)",
    )
    parser.add_argument("--rounds", type=int, default=3, help="how often (default: %(default)s)")
    parser.add_argument("--wav", type=Path, help="what is recognised (default: a spoken question)")
    add_knowledge_option(parser)
    parser.add_argument(
        "-o", "--out", type=Path, metavar="OUT", help="OUT.html, .svg or .png: a plot"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    add_config_options(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Measure, draw, print."""
    _require_kind(arguments.out)
    config, here = config_from(arguments), machine()
    engines = list(dict.fromkeys(arguments.engine or named(config)))
    sound, rounds = samples_of(arguments.wav) if arguments.wav else None, max(1, arguments.rounds)
    if arguments.knowledge:
        config = replace(config, knowledge=replace(config.knowledge, pack=arguments.knowledge))
    with progress_bar() as report, _knowing(config, engines, report) as known:
        rows = clock.run(_measured(known, engines, sound, rounds, report), realtime=True)
    if arguments.out:
        _write(arguments.out, WRITERS[arguments.out.suffix.lower()](rows, here))
    if arguments.json:
        print(json.dumps(document(rows, here), indent=2))
    else:
        print_rows(rows, here)
    return int(any(row.error for row in rows))


async def _measured(
    config: Config,
    engines: Sequence[str],
    sound: Samples | None,
    rounds: int,
    report: Callable[[str, float], None],
) -> list[Row]:
    if sound is None and any(ROLES[engine] is Role.RECOGNITION for engine in engines):
        sound = await _spoken(config)
    subjects = [subject(config, engine) for engine in engines]
    return await measure(subjects, _tasks(engines, sound), rounds, report)


def _tasks(engines: Sequence[str], sound: Samples | None) -> Mapping[str, Sequence[Task]]:
    of_role = {
        Role.RECOGNITION: [] if sound is None else [hearing(sound)],
        Role.ANSWERS: [WRITING],
        Role.VOICE: [speaking(sentence) for sentence in SENTENCES],
    }
    tasks = {engine: of_role[ROLES[engine]] for engine in engines}
    return tasks | ({"reader": [quoting(QUESTIONS[0].text)]} if "reader" in engines else {})


async def _spoken(config: Config) -> Samples:
    """A question by the voice that every profile has, at RATE_HZ."""
    worker = espeak_worker(config, "voice")
    try:
        voice = RemoteVoice(worker)
        async with aclosing(voice.synthesise(SPOKEN)) as chunks:
            said = np.concatenate([chunk async for chunk in chunks])
        heard: Samples = soxr.resample(said, voice.rate_hz, RATE_HZ)
    finally:
        await worker.stop()
    return np.pad(heard, (0, max(0, round(SPOKEN_S * RATE_HZ) - len(heard))))


@contextlib.contextmanager
def _knowing(
    config: Config, engines: Sequence[str], report: Callable[[str, float], None]
) -> Iterator[Config]:
    """The configuration with a pack; where it names none, and one is needed, the demo's manual."""
    if config.knowledge.pack or all(ROLES[engine] is Role.VOICE for engine in engines):
        yield config
        return
    with TemporaryDirectory(prefix="appliance-") as folder:
        pack = Path(folder) / "demo.pack"
        plain = replace(config, voice=VoiceConfig())
        with resources.as_file(resources.files("appliance.demo") / "manual") as manual:
            clock.run(build_knowledge(plain, manual, pack, report), realtime=True)
        yield replace(config, knowledge=replace(config.knowledge, pack=str(pack)))


def _require_kind(out: Path | None) -> None:
    if out is not None and out.suffix.lower() not in WRITERS:
        raise ConfigError(
            "CFG-OUT",
            f"{out} is neither a page nor a picture",
            f"its name does not end in {' or '.join(WRITERS)}",
            "name one with -o",
        )


def _write(out: Path, data: bytes) -> None:
    try:
        write_durably(out, data)
    except OSError as error:
        cause, remedy = error.strerror or str(error), "check the folder and its permissions"
        raise ApplianceError("BENCH-WRITE", f"cannot write {out}", cause, remedy) from error
