"""The names of sources, spoken when the pack was built: played where the answer itself is late.

They sound like the voice that was configured then; another voice makes none of them fit, and the
source is named after the answer instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import numpy as np

from appliance import phrases
from appliance.config import VoiceConfig
from appliance.knowledge.pack import Pack, PackText
from audio.format import Samples

PACE = 1.2
"""They are said a little faster than answers: what follows waits for them."""
MOST = 200
"""Documents of a pack that are named so; each takes about 40 kB."""


def hurried(voice: VoiceConfig) -> VoiceConfig:
    """The voice that says them."""
    return replace(voice, speed_wpm=round(voice.speed_wpm * PACE))


def document(title: str) -> str:
    """What a spoken title calls the document: "the user guide, Reset" is "the user guide"."""
    return title.partition(", ")[0]


def render(
    texts: Iterable[PackText],
    voice: VoiceConfig,
    rate_hz: int,
    speak: Callable[[str], Samples],
) -> dict[str, bytes]:
    """The pack's assets: 16-bit PCM of "User guide:" for every document."""
    titles = sorted({document(text.title) for text in texts})[:MOST]
    return {_name(title, voice, rate_hz): _bytes(speak(phrases.lead_in(title))) for title in titles}


def load(pack: Pack, voice: VoiceConfig, rate_hz: int) -> Mapping[str, Samples]:
    """What `render` made for this voice and rate, by document."""
    titles = sorted({document(text.title) for text in pack.passages()})[:MOST]
    blobs = {title: pack.asset(_name(title, voice, rate_hz)) for title in titles}
    return {title: np.frombuffer(blob, "<i2") for title, blob in blobs.items() if blob}


def _bytes(samples: Samples) -> bytes:
    return samples.astype("<i2").tobytes()


def _name(title: str, voice: VoiceConfig, rate_hz: int) -> str:
    sound = f"{voice.voice} {voice.pitch}"
    if voice.engine == "piper":  # by its file's name: the pack may be built on another machine
        sound = f"{Path(voice.model).name} {voice.speaker}"
    key = f"{voice.engine} {sound} {voice.speed_wpm} {rate_hz}"
    return f"lead-in/{sha256(key.encode()).hexdigest()[:12]}/{title}"
