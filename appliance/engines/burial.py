"""How a process is brought to its end, and what is reported of that."""

from __future__ import annotations

from appliance.clock import civil_now
from appliance.engines.crash import Crash, Reason
from appliance.engines.process import LAST_WORDS_S, EngineProcess
from appliance.errors import EngineError

REMEDY = "ask again: it is started anew; if this recurs, run `appliance doctor`"

_ASKED = {Reason.RENEWED, Reason.STOPPED}
_HANGS = {Reason.STUCK, Reason.SILENT}


async def bury(process: EngineProcess, reason: Reason) -> Crash:
    """End a process, in the way that its reason allows, and close its pipes."""
    was_busy = bool(process.jobs)
    process.look()
    if reason is Reason.CRASHED and not await process.ended_within(LAST_WORDS_S):
        reason = Reason.NONSENSE
    if reason in _ASKED:
        await process.end()
    elif reason in _HANGS:
        await process.ask_why()
    await process.kill()
    stack = await process.close()
    return Crash(
        reason=reason,
        at=civil_now(),
        status=process.status,
        op=process.op,
        was_busy=was_busy,
        age_s=process.age_s,
        rss_mb=process.memory.rss_mb,
        last_words=process.last_words,
        stack=stack,
    )


def as_error(engine: str, crash: Crash) -> EngineError:
    """What to tell whoever waited for the process of `engine`."""
    if crash.reason is Reason.STUCK:
        cause = "it missed its deadline, so its process was killed"
        return EngineError("ENG-STUCK", f"the {engine} engine does not answer", cause, REMEDY)
    if crash.reason is Reason.MEMORY:
        cause = f"it had {crash.rss_mb:.0f} MB, so its process was killed"
        return EngineError("ENG-MEMORY", f"the {engine} engine took too much memory", cause, REMEDY)
    how = "it sent what is no message" if crash.reason is Reason.NONSENSE else crash.exit
    said = f"; its last words: {crash.last_words}" if crash.last_words else ""
    return EngineError(
        "ENG-CRASHED", f"the {engine} engine's process ended", f"{how}{said}", REMEDY
    )
