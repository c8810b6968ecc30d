"""Whatever health notes is explained in the catalogue (docs/reasons.md)."""

from __future__ import annotations

from appliance.health.pressure import limits
from appliance.health.recovery import Stage
from appliance.health.vitals import VITALS
from appliance.reasons import EVENTS


def test_every_code_of_the_tables_is_in_the_catalogue() -> None:
    strains = limits(85, 100, 50).values()
    codes = {vital.code for vital in VITALS} | {stage.value.upper() for stage in Stage}
    codes |= {strain.limit.code for strain in strains} | {strain.limit.over for strain in strains}
    assert codes <= set(EVENTS)
