"""The console of a running service: its instruments, its desk, its port."""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from appliance.bundle.contents import Places, entries
from appliance.clock import boot_s
from appliance.config import Config
from appliance.console.desk import Desk
from appliance.console.errors import ConsoleError
from appliance.console.guard import Guard
from appliance.console.places import opener
from appliance.console.ports import Figures, Health, Upkeep
from appliance.console.server import ConsoleServer
from appliance.console.signing import load_public
from appliance.engines.worker import Worker
from appliance.history.ports import History
from appliance.history.segments import FOLDER
from appliance.instruments.absent import NoUpkeep
from appliance.instruments.archive import Archive
from appliance.instruments.bundles import OwnBundles
from appliance.instruments.checks import OwnChecks
from appliance.instruments.gauges import Gauges
from appliance.instruments.hands import Conversation, Hands
from appliance.instruments.logbook import Logbook
from appliance.instruments.luggage import LOG_LINES, live, looks
from appliance.instruments.machine import KernelMachine, device_id
from appliance.knowledge.pack import Pack
from appliance.npu_doctor import npu_checks
from appliance.processes import driver_files
from appliance.survivor.settings import Settings
from audio.ports import Loudspeaker

log = logging.getLogger(__name__)


class Watch(Health, Protocol):
    """Whoever watches over the service."""

    def reboot(self) -> None:
        """End it, so that the machine is restarted."""


class Status(Gauges):
    """The gauges, with the engines' processes."""

    def __init__(self, config: Config, workers: Sequence[Worker]) -> None:
        super().__init__(config.profile, config.wake.phrases)
        self._workers = workers

    def engines(self) -> Figures:
        """As the port."""
        return {
            worker.name: {"up": worker.is_up, "pid": worker.pid, **worker.info}
            for worker in self._workers
        }


class Technician:
    """Serves the console of one conversation."""

    def __init__(
        self,
        config: Config,
        settings: Settings,
        workers: Sequence[Worker],
        speaker: Loudspeaker,
        history: History,
        watch: Watch,
        upkeep: Upkeep | None = None,
    ) -> None:
        """Take the parts; `gauges` is an observer to be told of everything."""
        self._config, self._settings, self._workers = config, settings, workers
        self._speaker, self._history, self._watch = speaker, history, watch
        self._upkeep = upkeep or NoUpkeep()
        self._logbook = Logbook()
        self.gauges = Status(config, workers)

    async def serve(self, director: Conversation, set_volume: Callable[[int], None]) -> None:
        """Serve until cancelled; a port that cannot be opened is tried again."""
        console = self._config.console
        with contextlib.ExitStack() as house:
            house.enter_context(_listening_in(self._logbook))
            open_port = opener(console.port, console.baud, house)
            desk = self._desk(director, set_volume)
            desk.bundles.drop()  # what a former process left
            house.callback(desk.bundles.drop)
            await ConsoleServer(open_port, desk).run()

    def _desk(self, director: Conversation, set_volume: Callable[[int], None]) -> Desk:
        config, gauges = self._config, self.gauges
        hands = Hands(
            director, gauges, self._speaker, self._settings, set_volume, self._watch.reboot
        )
        machine = KernelMachine(
            config.models.use.split(),
            lambda: _pack(config.knowledge.pack),
            driver_files(config),
            lambda: [os.getpid(), *(worker.pid for worker in self._workers if worker.pid)],
        )
        return Desk(
            status=gauges,
            machine=machine,
            voice=hands,
            controls=hands,
            records=Archive(self._history, self._logbook),
            health=self._watch,
            checks=OwnChecks(
                gauges, self._speaker, lambda: list(npu_checks(config)), self._settings.folder
            ),
            upkeep=self._upkeep,
            bundles=self._bundles(machine, hands),
            guard=Guard(device_id(), _service_key(config), self._history, boot_s),
        )

    def _bundles(self, machine: KernelMachine, hands: Hands) -> OwnBundles:
        config, state = self._config, self._settings.folder
        places = Places(state, state / FOLDER)
        return OwnBundles(
            state / "tmp",
            lambda: live(self.gauges, self._logbook.last(LOG_LINES), machine, config),
            lambda known, words: entries(
                places, known, looks(config, state, hands.recorded), words=words
            ),
            device_id(),
            keeps_words=config.history.words,
        )


def _service_key(config: Config) -> Callable[[str, str], bool] | None:
    """A key that cannot be read locks the console; it does not stop the service."""
    if not config.console.service_key:
        return None
    try:
        return load_public(Path(config.console.service_key))
    except ConsoleError as error:
        log.warning("%s: %s", error.code, error)
        return None


def _pack(path: str) -> Mapping[str, str]:
    with Pack.open(path, verify=False) as pack:
        return {"file": path, **pack.meta}


@contextlib.contextmanager
def _listening_in(logbook: Logbook) -> Iterator[None]:
    root = logging.getLogger()
    root.addHandler(logbook)
    try:
        yield
    finally:
        root.removeHandler(logbook)
