"""Judgements about models: do they fit, and may they be sold?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from appliance.models.lock import Lock
from appliance.models.model import Model

RESERVE_MB = 800
"""For the system, the service and its other engines, whichever model is loaded."""


@dataclass(frozen=True, slots=True)
class Objection:
    """Why a model must not go into a product, and what to do."""

    model: str
    code: str
    what: str
    remedy: str


def fits(model: Model, total_mb: float) -> bool:
    """Whether a machine with so much memory (MemTotal, in MB) can hold it beside the rest."""
    return model.memory_mb <= total_mb - RESERVE_MB


def objections(models: Iterable[Model], lock: Lock) -> Iterator[Objection]:
    """What stands against a product with these models: licences, and hashes that are not locked."""
    for model in models:
        if not model.licence.commercial:
            note = f" ({model.licence.note})" if model.licence.note else ""
            yield Objection(
                model.id,
                "MOD-LICENCE",
                f"its licence {model.licence.name} does not allow commercial use{note}",
                "choose another model, or agree a licence with its owner",
            )
        loose = [f.name for f in model.files if not f.sha256 and not lock.find(model.id, f.name)]
        if loose:
            yield Objection(
                model.id,
                "MOD-UNLOCKED",
                f"no hash is locked for {', '.join(loose)}",
                f"appliance models pull {model.id}",
            )
