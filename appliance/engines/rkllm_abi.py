"""The binary interface of librkllmrt 1.2.1, 1.2.2, 1.2.3 and 1.3.0, as data.

`python -m appliance.engines.rkllm_abi --json 1.3.0` prints it. A wrong layout is memory
corruption, not an error code, so a version that has no table here is refused by its name.

Facts about each release's public interface, no vendor text. `python -m tests.bench.abi` compares
them with the vendor's own headers by a compiler: all four agree. Never yet with a real library.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from appliance.errors import EngineError

VERSIONS = ("1.2.1", "1.2.2", "1.2.3", "1.3.0")

ENUMS: Mapping[str, Mapping[str, int]] = {
    "LLMCallState": {
        "RKLLM_RUN_NORMAL": 0,
        "RKLLM_RUN_WAITING": 1,
        "RKLLM_RUN_FINISH": 2,
        "RKLLM_RUN_ERROR": 3,
    },
    "RKLLMInputType": {
        "RKLLM_INPUT_PROMPT": 0,
        "RKLLM_INPUT_TOKEN": 1,
        "RKLLM_INPUT_EMBED": 2,
        "RKLLM_INPUT_MULTIMODAL": 3,
    },
    "RKLLMInferMode": {
        "RKLLM_INFER_GENERATE": 0,
        "RKLLM_INFER_GET_LAST_HIDDEN_LAYER": 1,
        "RKLLM_INFER_GET_LOGITS": 2,
    },
}
"""The same in all versions; each is a 4-byte integer. `WAITING`: a character is not yet whole."""

_SCALARS: Mapping[str, type[Any]] = {
    "i8": ctypes.c_int8,
    "u8": ctypes.c_uint8,
    "i32": ctypes.c_int32,
    "u32": ctypes.c_uint32,
    "f32": ctypes.c_float,
    "bool": ctypes.c_bool,
    "size": ctypes.c_size_t,
    "text": ctypes.c_char_p,
    "ptr": ctypes.c_void_p,
}

_SAMPLING = (
    "top_p:f32 temperature:f32 repeat_penalty:f32 frequency_penalty:f32 presence_penalty:f32 "
    "mirostat:i32 mirostat_tau:f32 mirostat_eta:f32"
)
_PARAM_HEAD = (
    f"model_path:text max_context_len:i32 max_new_tokens:i32 top_k:i32 n_keep:i32 {_SAMPLING}"
)

_COMMON = {
    "RKLLMExtendParam": (
        "base_domain_id:i32 embed_flash:i8 enabled_cpus_num:i8 enabled_cpus_mask:u32 n_batch:u8 "
        "use_cross_attn:i8 reserved:u8*104"
    ),
    "RKLLMLoraAdapter": "lora_adapter_path:text lora_adapter_name:text scale:f32",
    "RKLLMEmbedInput": "embed:ptr n_tokens:size",
    "RKLLMTokenInput": "input_ids:ptr n_tokens:size",
    "RKLLMLoraParam": "lora_adapter_name:text",
    "RKLLMPromptCacheParam": "save_prompt_cache:i32 prompt_cache_path:text",
    "RKLLMCrossAttnParam": (
        "encoder_k_cache:ptr encoder_v_cache:ptr encoder_mask:ptr encoder_pos:ptr num_tokens:i32"
    ),
    "RKLLMResultLastHiddenLayer": "hidden_states:ptr embd_size:i32 num_tokens:i32",
    "RKLLMResultLogits": "logits:ptr vocab_size:i32 num_tokens:i32",
    "RKLLMPerfStat": (
        "prefill_time_ms:f32 prefill_tokens:i32 generate_time_ms:f32 generate_tokens:i32 "
        "memory_usage_mb:f32"
    ),
    "RKLLMResult": (
        "text:text token_id:i32 last_hidden_layer:RKLLMResultLastHiddenLayer "
        "logits:RKLLMResultLogits perf:RKLLMPerfStat"
    ),
}


def _input(multimodal: str) -> Mapping[str, str]:
    """What is asked, with the name that a release gives to pictures."""
    return {
        "_Asked|": (
            "prompt_input:text embed_input:RKLLMEmbedInput token_input:RKLLMTokenInput "
            f"multimodal_input:{multimodal}"
        ),
        "RKLLMInput": "role:text enable_thinking:bool input_type:i32 _asked:_Asked",
    }


def _v12(multimodal: str) -> Mapping[str, str]:
    return {
        **_COMMON,
        multimodal: (
            "prompt:text image_embed:ptr n_image_tokens:size n_image:size image_width:size "
            "image_height:size"
        ),
        **_input(multimodal),
        "RKLLMParam": (
            f"{_PARAM_HEAD} skip_special_token:bool is_async:bool img_start:text img_end:text "
            "img_content:text extend_param:RKLLMExtendParam"
        ),
        "RKLLMInferParam": "mode:i32 lora_params:ptr prompt_cache_params:ptr keep_history:i32",
    }


_V13 = {
    **_COMMON,
    "_Images": (
        "image_embed:ptr n_image_tokens:size n_image:size image_start:text image_end:text "
        "image_content:text image_width:size image_height:size"
    ),
    "_Videos": (
        "video_embed:ptr n_frame_tokens:size n_frame_per_video:size n_video:size video_start:text "
        "video_end:text video_content:text frame_width:size frame_height:size"
    ),
    "RKLLMMultiModalInput": "prompt:text image:_Images video:_Videos",
    **_input("RKLLMMultiModalInput"),
    "RKLLMParam": (
        f"{_PARAM_HEAD} skip_special_token:bool ignore_eos_token:bool is_async:bool "
        "extend_param:RKLLMExtendParam"
    ),
    "RKLLMSamplingParam": f"top_k:i32 {_SAMPLING}",
    "RKLLMInferParam": (
        "mode:i32 lora_params:ptr prompt_cache_params:ptr sampling_params:ptr keep_history:i32 "
        "max_new_tokens:i32"
    ),
    "RKLLMCallback": (
        "result_callback:ptr result_userdata:ptr tokenizer_callback:ptr tokenizer_userdata:ptr "
        "embed_callback:ptr embed_userdata:ptr"
    ),
}
_TABLES = {
    "1.2.1": _v12("RKLLMMultiModelInput"),
    "1.2.2": _v12("RKLLMMultiModelInput"),
    "1.2.3": _v12("RKLLMMultiModalInput"),
    "1.3.0": _V13,
}
"""A struct's fields in order, `name:type` or `name:type*count`; `|` after its name: a union.

What the interface leaves without a name begins with `_`; the members of such a field are its
struct's own.
"""


@dataclass(frozen=True, slots=True)
class Layout:
    """The structs of one version, as ctypes classes by name.

    Attributes:
        version: "1.3.0".
        structs: by the name that the vendor's interface gives them.
    """

    version: str
    structs: Mapping[str, type[Any]]

    @property
    def takes_callback_struct(self) -> bool:
        """Whether `rkllm_init` takes a struct of callbacks (1.3.0) or one function (before)."""
        return "RKLLMCallback" in self.structs

    def new(self, struct: str, **values: object) -> Any:  # noqa: ANN401  # a generated class
        """A zeroed struct of this version with some of its fields set."""
        return self.structs[struct](**values)


def layout(version: str) -> Layout:
    """The binary interface of one version.

    Raises:
        EngineError: `ENG-RKLLM-VERSION`, there is no table for this version.
    """
    if version not in _TABLES:
        raise EngineError(
            "ENG-RKLLM-VERSION",
            f"librkllmrt {version} is not supported",
            f"its binary interface is known only for {', '.join(VERSIONS)}",
            "install one of those from the vendor's SDK (docs/rkllm.md)",
        )
    structs: dict[str, type[Any]] = {}
    for name, fields in _TABLES[version].items():
        base = ctypes.Union if name.endswith("|") else ctypes.Structure
        plain = name.rstrip("|")
        members = [_member(field, structs) for field in fields.split()]
        nameless = tuple(name for name, _ in members if name.startswith("_"))
        body = {"_anonymous_": nameless, "_fields_": members}
        structs[plain] = type(plain, (base,), body)
    return Layout(version, structs)


def _member(field: str, structs: Mapping[str, type[Any]]) -> tuple[str, type[Any]]:
    name, _, kind = field.partition(":")
    kind, _, count = kind.partition("*")
    element = structs.get(kind) or _SCALARS[kind]
    return name, element * int(count) if count else element


def described(version: str) -> dict[str, Any]:
    """One version's structs (size and, by field, offset and size; all bytes) and enum values."""
    structs = {
        name: {"size": ctypes.sizeof(struct), "fields": _fields(struct)}
        for name, struct in layout(version).structs.items()
        if not name.startswith("_")
    }
    return {"version": version, "structs": structs, "enums": ENUMS}


def _fields(struct: type[Any], begin: int = 0) -> dict[str, dict[str, int]]:
    """By name; members of a nameless struct as `field.member`, of a nameless field by theirs."""
    found: dict[str, dict[str, int]] = {}
    for name, kind in struct._fields_:
        member = getattr(struct, name)
        offset = begin + member.offset
        if not name.startswith("_"):
            found[name] = {"offset": offset, "size": member.size}
        if kind.__name__.startswith("_") and hasattr(kind, "_fields_"):
            inside = _fields(kind, offset)
            prefix = "" if name.startswith("_") else f"{name}."
            found |= {f"{prefix}{inner}": place for inner, place in inside.items()}
    return found


def main(argv: Sequence[str]) -> int:
    """Print one version's interface; exit code 2 for one that is not known."""
    parser = argparse.ArgumentParser(
        prog="python -m appliance.engines.rkllm_abi",
        description="Prints how librkllmrt lays out its structs: sizes and offsets in bytes.",
        epilog="example: python -m appliance.engines.rkllm_abi --json 1.3.0",
    )
    known = ", ".join(VERSIONS)
    parser.add_argument("--json", metavar="VERSION", required=True, help=f"one of {known}")
    arguments = parser.parse_args(argv)
    try:
        text = json.dumps(described(arguments.json), indent=2)
    except EngineError as error:
        sys.stderr.write(f"error: {error} [{error.code}]\n")
        return 2
    sys.stdout.write(f"{text}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
