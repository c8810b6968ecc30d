"""One wake-word listener in a process of its own: `python driver.py NAME`, for any Python.

Reads names of raw files (16 kHz, 16 bit, mono) from standard input. Each is heard 80 ms at a
time; the answer is a line of JSON: processor seconds of this process, all threads, and what was
heard when.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

HOP, RATE_HZ = 1280, 16_000
PHRASES = ("alexa", "hey_jarvis", "hey_mycroft")
THRESHOLD = 0.5  # every peer's own default
REFRACTORY_S = 2.0

Hear = Callable[[np.ndarray], set[str]]
"""Takes the next 80 ms; the phrases whose score passes."""


def ours() -> Callable[[], Hear]:
    from audio.wake import ALEXA, HEY_JARVIS, HEY_MYCROFT, OpenWakeWord  # noqa: PLC0415

    wake = OpenWakeWord((ALEXA, HEY_JARVIS, HEY_MYCROFT))

    def begin() -> Hear:
        wake.reset()
        now_s = 0.0

        def hear(hop: np.ndarray) -> set[str]:
            nonlocal now_s
            now_s += HOP / RATE_HZ
            hit = wake.process(hop, now_s)
            return {hit.phrase.replace(" ", "_")} if hit else set()

        return hear

    return begin


def openwakeword() -> Callable[[], Hear]:
    import openwakeword as library  # noqa: PLC0415

    folder = Path(library.__file__).parent / "resources" / "models"
    model = library.Model([str(folder / f"{phrase}_v0.1.onnx") for phrase in PHRASES])

    def hear(hop: np.ndarray) -> set[str]:
        scores = model.predict(hop)
        return {name.removesuffix("_v0.1") for name, score in scores.items() if score > THRESHOLD}

    return lambda: hear


def pyopen_wakeword() -> Callable[[], Hear]:
    from pyopen_wakeword import Model, OpenWakeWord, OpenWakeWordFeatures  # noqa: PLC0415

    features = OpenWakeWordFeatures.from_builtin()
    models = {phrase: OpenWakeWord.from_builtin(Model(phrase)) for phrase in PHRASES}

    def hear(hop: np.ndarray) -> set[str]:
        found = set()
        for step in features.process_streaming(hop.tobytes()):
            for phrase, model in models.items():
                if any(score > THRESHOLD for score in model.process_streaming(step)):
                    found.add(phrase)
        return found

    return lambda: hear


def pymicro_wakeword() -> Callable[[], Hear]:
    from pymicro_wakeword import MicroWakeWord, MicroWakeWordFeatures, Model  # noqa: PLC0415

    features = MicroWakeWordFeatures()
    models = {phrase: MicroWakeWord.from_builtin(Model(phrase)) for phrase in PHRASES}

    def hear(hop: np.ndarray) -> set[str]:
        found = set()
        for step in features.process_streaming(hop.tobytes()):
            for phrase, model in models.items():
                if model.process_streaming(step):
                    found.add(phrase)
        return found

    return lambda: hear


LISTENERS = {
    each.__name__: each for each in (ours, openwakeword, pyopen_wakeword, pymicro_wakeword)
}


def main() -> None:
    begin = LISTENERS[sys.argv[1]]()
    print(json.dumps("ready"), flush=True)
    for line in sys.stdin:
        hops = np.fromfile(line.strip(), np.int16).reshape(-1, HOP)
        hear, heard, deaf_until = begin(), [], dict.fromkeys(PHRASES, 0.0)
        before = time.process_time()
        for number, hop in enumerate(hops, 1):
            for phrase in hear(hop):
                at_s = number * HOP / RATE_HZ
                if at_s >= deaf_until[phrase]:
                    heard.append((phrase, at_s))
                    deaf_until[phrase] = at_s + REFRACTORY_S
        cpu_s = time.process_time() - before
        print(json.dumps({"cpu_s": cpu_s, "heard": heard}), flush=True)


if __name__ == "__main__":
    main()
