"""Figures that others published, to set ours beside: each with its source and date.

None of them was measured by us. Of the RK3576's language models only `first_ms`, speed and memory
were published; how fast a prompt is read is computed from `first_ms`. Recognition's `rtf` of the
AX650 is computed from 0.735 s for 4 s of sound.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from appliance.bench.roles import PROMPT_TOKENS, VENDOR_TASK, Role


@dataclass(frozen=True, slots=True)
class Published:
    """One row of others.

    Attributes:
        where: the hardware, and what of it.
        figures: by their names in `measure.Figures`.
        date: of the source; None: not known.
        is_brief: whether the table and the plot show it; JSON always does.
    """

    role: Role
    engine: str
    model: str
    where: str
    source: str
    date: str | None
    figures: Mapping[str, float]
    task: str = ""
    is_brief: bool = field(default=True, kw_only=True)

    @property
    def origin(self) -> str:
        """Source and date."""
        return f"{self.source}, {self.date or 'date not known'}"


VENDOR = "rknn-llm benchmark.md @878f936", "2026-06-17"
VOICES = "rkvoice-stream README @2266a05", "2026-06-23"
ZOO = "rknn_model_zoo README v2.3.2", "2025-04-09"
SEED = "as given in issue 4 of this project", None
"""Figures of the systems that it started from; we found no publication of them."""
NPU, BOARD_CPU = "RK3576, NPU", "RK3576, CPU"

_FORMATS = ("w4a16", "w4a16_g128", "w8a8")
_RKLLM: Mapping[str, tuple[tuple[float, float, float] | None, ...]] = {
    "Qwen2 0.5B": ((342, 32.56, 443), (362, 30.33, 463), (344, 21.73, 678)),
    "MiniCPM4 0.5B": ((331, 34.57, 335), (359, 32.66, 374), (321, 23.28, 541)),
    "Qwen3 0.6B": ((469, 24.85, 513), (506, 23.48, 545), (462, 17.17, 796)),
    "Qwen3.5 0.8B": ((1369, 18.79, 690), (1392, 17.88, 687), (1343, 13.18, 1047)),
    "TinyLlama 1.1B": ((544, 19.71, 601), (673, 18.08, 691), (534, 12.18, 1093)),
    "RWKV7 1.5B": ((1572, 10.18, 835), (1733, 9.49, 926), (1534, 7.05, 1494)),
    "InternLM2 1.8B": ((766, 13.55, 975), (986, 12.05, 1070), (750, 7.86, 1782)),
    "Qwen3.5 2B": ((1661, 11.03, 1236), (1852, 10.10, 1280), (1678, 6.73, 2132)),
    "Qwen3-VL 2B, its language model": (
        *((803, 12.68, 1059), (983, 11.42, 1147), (786, 7.62, 1877)),
    ),
    "Gemma2 2B": ((998, 9.14, 1542), (1312, 8.27, 1630), (957, 5.24, 2785)),
    "Gemma-3n 2B": ((3260, 7.78, 1578), None, (2995, 4.90, 2716)),
    "Gemma4 E2B": ((1219, 9.23, 1463), (1445, 8.27, 1565), (1167, 5.56, 2549)),
    "TeleChat2 3B": ((1154, 8.97, 1526), (1408, 8.14, 1644), (1029, 5.12, 2795)),
    "DeepSeekOCR 3B": ((1035, 24.38, 1790), None, (1243, 17.26, 3110)),
    "Phi3 3.8B": ((1829, 6.58, 1996), (2253, 6.06, 2151), (1616, 3.74, 3767)),
    "MiniCPM3 4B": ((2537, 4.87, 2380), (3118, 4.46, 2661), (2540, 3.01, 4411)),
    "Qwen3.5 4B": ((3976, 5.02, 2420), (4476, 4.60, 2565), (3906, 3.03, 4592)),
    "ChatGLM3 6B": ((2167, 4.63, 3023), (2967, 4.14, 3253), (1948, 2.48, 5968)),
}
"""Milliseconds to the first token, tokens a second, MB: in each of _FORMATS.

At the highest clocks of CPU and NPU, 128 tokens in, 64 out, optimization_level 0.
"""
_BRIEF = {
    *("Qwen2 0.5B", "MiniCPM4 0.5B", "Qwen3 0.6B", "TinyLlama 1.1B", "InternLM2 1.8B"),
    *("Gemma2 2B", "TeleChat2 3B", "Phi3 3.8B"),
}


def _rkllm() -> Iterator[Published]:
    for model, formats in _RKLLM.items():
        for name, row in zip(_FORMATS, formats, strict=True):
            if row is None:
                continue
            first_ms, decode, peak_mb = row
            figures = {
                "first_ms": first_ms,
                "prefill_tokens_per_s": round(1000 * PROMPT_TOKENS / first_ms, 1),
                "decode_tokens_per_s": decode,
                "peak_mb": peak_mb,
            }
            brief = name == "w4a16" and model in _BRIEF
            told = "RKLLM", f"{model} {name}", NPU, *VENDOR, figures, VENDOR_TASK
            yield Published(Role.ANSWERS, *told, is_brief=brief)


def _seed(model: str, tokens_per_s: float) -> Published:
    figures = {"decode_tokens_per_s": tokens_per_s}
    return Published(Role.ANSWERS, "MLC", model, "RK3588, GPU", *SEED, figures)


_AX650 = "AX650, NPU"
PUBLISHED: tuple[Published, ...] = (
    *_rkllm(),
    *(_seed("3B", 5.1), _seed("7B", 2.8), _seed("13B", 1.2)),
    Published(
        Role.ANSWERS,
        "its own",
        "1B",
        _AX650,
        *SEED,
        {"first_ms": 426.0, "decode_tokens_per_s": 29.0},
    ),
    Published(
        Role.ANSWERS,
        "llama.cpp",
        "Llama-3.2 1B q4_0",
        "RK3576, 4 A72",
        "linux-rk3576-npu, charsiu",
        None,
        {"decode_tokens_per_s": 5.5},
    ),
    Published(
        Role.RECOGNITION,
        "its own",
        "Whisper small",
        _AX650,
        *SEED,
        {"whole_s": 0.735, "rtf": 0.184},
        "4 s of sound",
    ),
    Published(
        Role.RECOGNITION,
        "RKNN",
        "Whisper base, 16 bits",
        NPU,
        *ZOO,
        {"rtf": 0.218},
        "a window of 20 s",
    ),
    Published(Role.RECOGNITION, "RKNN", "Zipformer zh-en, streaming", NPU, *ZOO, {"rtf": 0.082}),
    Published(
        Role.RECOGNITION, "sherpa-onnx", "SenseVoice small", BOARD_CPU, *VOICES, {"rtf": 0.36}
    ),
    Published(
        Role.VOICE,
        "Piper",
        "VITS, its decoder on the NPU",
        "RK3576, CPU and NPU",
        *VOICES,
        {"first_ms": 234.0, "rtf": 0.17},
    ),
    Published(
        Role.VOICE,
        "Matcha",
        "its vocoder on the NPU",
        "RK3576, CPU and NPU",
        *VOICES,
        {"first_ms": 320.0, "rtf": 0.13},
    ),
    Published(Role.VOICE, "RKNN", "MMS-TTS English", NPU, *ZOO, {"rtf": 0.069}),
)
