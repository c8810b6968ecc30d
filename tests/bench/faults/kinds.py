"""The kinds of fault: what is done, how it is known to be noticed, and when it is over."""

from __future__ import annotations

from typing import NamedTuple


class Fault(NamedTuple):
    """One kind.

    Attributes:
        command: makes it: of `child.Bench`, or with `!` of `outside.Outside`.
        detected: the code that is noted; empty: there is nothing to notice, only to withstand.
        mended: the code by which it is over.
        degraded: the code by which the service does without, where it has to wait for relief.
        relief: the command that takes the cause away.
        relief_after_s: counted from the fault.
        probe: a command after which `mended` comes if all is well.
        deaf: whether nobody is heard meanwhile.
        listens: whether the wake phrase must be heard before the relief, too.
        starts: the service is started anew by it; times count from when its program is loaded.
    """

    command: str
    detected: str
    mended: str = "MENDED"
    relief: str = ""
    relief_after_s: float = 0.0
    deaf: bool = True
    degraded: str = ""
    probe: str = ""
    listens: bool = False
    starts: bool = False


def _worker(name: str, what: str) -> Fault:
    noticed = f"{name.upper()}_DEAD" if what == "stop" else "WORKER_LOST"
    return Fault(f"worker {name} {what}", noticed, f"{name.upper()}_UP", deaf=False)


KINDS: dict[str, Fault] = {
    "mic_silent": Fault("mic silent", "MIC_SILENT"),
    "mic_stuck": Fault("mic stuck", "MIC_STUCK"),
    "mic_frozen": Fault("mic frozen", "MIC_GONE"),
    "mic_thread_dead": Fault("mic thread", "MIC_GONE"),
    "mic_ended": Fault("mic ended", "MIC_GONE"),
    "mic_pulled_4s": Fault("mic away", "MIC_GONE", relief="mic none", relief_after_s=4.0),
    "mic_wrong_rate": Fault("mic rate", "MIC_RATE"),
    "mic_clipped": Fault("mic clipped", "MIC_CLIPPED"),
    "stream_jumps_ahead": Fault("mic ahead", "", "HEARS", probe="speak", deaf=False),
    "stream_jumps_back": Fault("mic back", "", "HEARS", probe="speak", deaf=False),
    "speaker_blocked": Fault("speaker block", "SPEAKER_BLOCKED", deaf=False),
    "speaker_pulled_4s": Fault(
        "speaker away", "SPEAKER_BLOCKED", relief="speaker heal", relief_after_s=4.0, deaf=False
    ),
    "speaker_slow": Fault(
        "speaker slow", "SPEAKER_RATE", degraded="TOLD", relief="speaker heal", deaf=False
    ),
    "ears_frozen": Fault("ears freeze", "EARS_FROZEN"),
    "ears_raised": Fault("ears raise", "EARS_FROZEN"),
    "ears_thread_dead": Fault("ears kill", "EARS_FROZEN"),
    "loop_blocked": Fault("loop 30", "ended", "READY"),
    "asr_killed": _worker("asr", "kill"),
    "asr_stopped": _worker("asr", "stop"),
    "asr_leaking": _worker("asr", "leak"),
    "asr_talks_nonsense": _worker("asr", "babble"),
    "asr_never_starts": Fault(
        "!hang asr", "ASR_DEAD", degraded="TOLD", relief="!unhang asr", deaf=False
    ),
    "mind_killed": _worker("mind", "kill"),
    "mind_stopped": _worker("mind", "stop"),
    "mind_leaking": _worker("mind", "leak"),
    "voice_killed": _worker("voice", "kill"),
    "voice_stopped": _worker("voice", "stop"),
    "voice_leaking": _worker("voice", "leak"),
    "pack_vanished": Fault(
        "!lose_pack", "MIND_DEAD", degraded="TOLD", relief="!restore_pack", deaf=False
    ),
    "pack_corrupt": Fault(
        "!spoil_pack",
        "RETRIEVE_FAILED",
        "OK",
        relief="!restore_pack",
        probe="ask 1",
        deaf=False,
    ),
    "history_thread_dead": Fault("history kill", "HISTORY_STUCK", deaf=False),
    "history_thread_frozen": Fault(
        "history freeze", "HISTORY_STUCK", degraded="TOLD", relief="history thaw", deaf=False
    ),
    "history_locked": Fault(
        "!lock_history",
        "HIST-BUSY",
        "HISTORY_WRITTEN",
        degraded="READY",
        relief="!unlock_history",
        starts=True,
        deaf=False,
    ),
    "history_corrupt": Fault(
        "!spoil_history", "", "HISTORY_READS", probe="!read_history", deaf=False
    ),
    "history_vanished": Fault(
        "!lose_history", "", "HISTORY_READS", probe="!read_history", deaf=False
    ),
    "disk_full": Fault("disk 1", "DISK_FULL", "DISK_FREE", "disk free", 1.0, deaf=False),
    "disk_filled": Fault("!fill_disk", "DISK_FULL", "DISK_FREE", "!free_disk", 1.0, deaf=False),
    "disk_read_only": Fault(
        "!protect_disk", "DISK_FULL", "DISK_FREE", "!unprotect_disk", 1.0, deaf=False
    ),
    "memory_low": Fault(
        "!shorten_memory", "MEMORY_LOW", "MEMORY_FREE", "!free_memory", 1.0, deaf=False
    ),
    "heated": Fault("!heat", "HEATED", "COOLED", "!cool", 1.0, deaf=False),
    "console_flooded": Fault(
        "!flood_console", "", "CONSOLE_ANSWERS", probe="!ask_console", deaf=False, listens=True
    ),
    "console_dead": Fault(
        "console kill", "PART_ENDED", "CONSOLE_ANSWERS", probe="!ask_console", deaf=False
    ),
    "timers_dead": Fault("timers kill", "PART_ENDED", "due", deaf=False),
    "watchdog_gone": Fault(
        "!close_door", "WATCHDOG_GONE", "WATCHDOG_BACK", "!open_door", 3.0, deaf=False
    ),
    "clock_day_ahead": Fault("wall 86400", "CLOCK_SET", "due", deaf=False),
    "clock_day_back": Fault("wall -86400", "CLOCK_SET", "due", deaf=False),
}
"""`asr_killed` and the like are over when the process has loaded again."""

FIRST = frozenset(
    {
        *("mic_silent", "mic_stuck", "mic_frozen", "mic_thread_dead", "mic_ended"),
        *("mic_pulled_4s", "mic_wrong_rate", "mic_clipped", "speaker_blocked", "ears_frozen"),
        *("ears_raised", "ears_thread_dead", "loop_blocked", "asr_killed", "asr_stopped"),
        *("mind_killed", "mind_stopped", "voice_killed", "voice_stopped", "disk_full"),
        *("clock_day_ahead", "clock_day_back"),
    }
)
"""Those that were there first; `--kinds new` leaves them out."""
