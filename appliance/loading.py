"""How far the start of several processes is, as one share for a progress bar."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from appliance.engines.worker import Worker

Report = Callable[[str, float], None]


def watch_loading(workers: Sequence[Worker], report: Report) -> None:
    """Call `report(what, share of all of them)` whenever one of these workers gets on."""
    shares = [0.0] * len(workers)

    def progressed(number: int, what: str, share: float) -> None:
        shares[number] = share
        name = workers[number].name
        report(
            f"starting {name}" + (f": {what}" if what != name else ""), sum(shares) / len(shares)
        )

    for number, worker in enumerate(workers):
        worker.on_loading = partial(progressed, number)
