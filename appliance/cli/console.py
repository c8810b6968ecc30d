"""`appliance console`: the technician's end of the service line."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import getpass
import json
import sys
from collections.abc import AsyncIterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from appliance import clock
from appliance.cli import technician
from appliance.cli.errors import print_error
from appliance.cli.passthrough import ESCAPE_NAME, PassThrough
from appliance.console.client import Client, Reply, error_of
from appliance.console.errors import ConsoleError
from appliance.console.line import Line
from appliance.console.places import candidates, connect
from appliance.console.signing import sign

BAUDS = (1_500_000, 115_200)
PROBE_S = 1.5
UNPACED_S = 0.0

DESCRIPTION = f"""\
The technician's end of the service line (docs/console.md). With a COMMAND it has it carried out,
however noisy the line, prints the answer, and leaves with 0 (done), 1 (refused, or a check
failed) or 2 (nobody there, or misuse). Without one it is a terminal; {ESCAPE_NAME} leaves it.
`appliance console help` lists the commands of the device.

`bundle [-o FILE] [--words]` fetches the diagnostic bundle, and goes on where it was interrupted;
`check` carries out every check; `report [-o FILE] [--bundle FILE]` draws a page out of a bundle.

`appliance console sign KEYFILE CHALLENGE` prints the response to a challenge; it needs no device.
"""


class Place(NamedTuple):
    """Where the device is."""

    port: str
    baud: int


def add_parser(verbs: Any) -> None:  # noqa: ANN401  # argparse's type is private
    """Register the verb."""
    parser = verbs.add_parser(
        "console",
        help="the technician's end of the service line",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--port", help="serial device, or unix:PATH (default: look for it)")
    parser.add_argument("--baud", type=int, help=f"speed (default: try {BAUDS})")
    parser.add_argument(
        "--key", type=Path, metavar="FILE", help="private service key: unlock with it"
    )
    parser.add_argument("--json", action="store_true", help="print the answer as JSON")
    parser.add_argument("command", nargs=argparse.REMAINDER, metavar="COMMAND")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Carry out one command, or be a terminal."""
    words: list[str] = arguments.command
    if words[:1] == ["sign"]:
        return _sign(words[1:])
    if words[:1] == ["report"] and "--bundle" in words:
        return technician.report_of_file(words)
    bauds = (arguments.baud,) if arguments.baud else BAUDS
    ports = [arguments.port] if arguments.port else candidates()
    return clock.run(_serve(arguments, ports, bauds, " ".join(words)), realtime=True)


def _sign(words: Sequence[str]) -> int:
    match words:
        case [key, challenge]:
            print(sign(Path(key), challenge, getpass.getpass))
            return 0
    raise ConsoleError(
        "CON-USAGE",
        "`sign` was misused",
        "it takes a key file and a challenge",
        "appliance console sign KEYFILE CHALLENGE",
    )


async def _serve(
    arguments: argparse.Namespace, ports: Sequence[str], bauds: Sequence[int], command: str
) -> int:
    place = await _found(ports, bauds)
    if not command:
        if not sys.stdin.isatty():
            raise ConsoleError(
                "CON-NO-COMMAND",
                "there is nobody to type",
                "standard input is no terminal",
                "name a command: appliance console help",
            )
        return await PassThrough(
            partial(connect, place.port, place.baud), partial(_prepare, arguments.key)
        ).run()
    async with _client(place) as client:
        await client.hello()
        await _unlock_if(arguments.key, client)
        if errand := technician.errand(arguments.command):
            return await errand(client, partial(_unlock_if, arguments.key, client))
        reply = await client.request(command, as_text=not arguments.json)
    return _show(reply, as_json=arguments.json)


async def _prepare(key: Path | None, client: Client) -> None:
    if key is not None:
        await client.hello()
        await _unlock_if(key, client)


async def _unlock_if(key: Path | None, client: Client) -> None:
    if key is not None:
        await client.unlock(lambda challenge: sign(key, challenge, getpass.getpass))


async def _found(ports: Sequence[str], bauds: Sequence[int]) -> Place:
    """The first place where a console answers; the only one is taken as it is.

    Raises:
        ConsoleError: none does (`CON-SILENT`), no port can be opened (`CON-PORT`), or there is none
            (`CON-NO-PORT`).
    """
    places = [Place(port, baud) for port in ports for baud in bauds]
    trouble = ConsoleError(
        "CON-NO-PORT",
        "no serial port was found",
        "no cable is plugged in, or its port has an unusual name",
        "plug it in, or name the port with --port",
    )
    for place in places:
        if len(places) == 1 or place.port.startswith("unix:"):
            return place
        try:
            async with _client(place) as client:
                await client.hello(PROBE_S)
        except ConsoleError as error:
            trouble = error
        else:
            return place
    raise trouble


@contextlib.asynccontextmanager
async def _client(place: Place) -> AsyncIterator[Client]:
    line = Line(connect(place.port, place.baud), UNPACED_S)
    client = Client(line.send)
    line.start(client.feed)
    gone = asyncio.ensure_future(line.ended.wait())
    gone.add_done_callback(lambda _gone: client.hang_up())
    try:
        yield client
    finally:
        gone.cancel()
        line.close()


def _show(reply: Reply, *, as_json: bool) -> int:
    if as_json:
        print(json.dumps(reply.body, indent=2))
    elif reply.ok:
        print(reply.body.get("text", ""))
    else:
        print_error(error_of(reply))
    return 0 if reply.ok and reply.body.get("passed", True) else 1
