"""The layouts against what a C compiler makes of the facts, transcribed here a second time."""

from __future__ import annotations

import ctypes
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from appliance.engines.rkllm_abi import VERSIONS, described, layout, main
from appliance.errors import EngineError

SAME = """
RKLLMExtendParam 120: int32_t base_domain_id @0; int8_t embed_flash @4;
  int8_t enabled_cpus_num @5; uint32_t enabled_cpus_mask @8; uint8_t n_batch @12;
  int8_t use_cross_attn @13; uint8_t reserved[104] @14
RKLLMLoraAdapter 24: const char *lora_adapter_path @0; const char *lora_adapter_name @8;
  float scale @16
RKLLMEmbedInput 16: float *embed @0; size_t n_tokens @8
RKLLMTokenInput 16: int32_t *input_ids @0; size_t n_tokens @8
RKLLMLoraParam 8: const char *lora_adapter_name @0
RKLLMPromptCacheParam 16: int save_prompt_cache @0; const char *prompt_cache_path @8
RKLLMCrossAttnParam 40: float *encoder_k_cache @0; float *encoder_v_cache @8;
  float *encoder_mask @16; int32_t *encoder_pos @24; int num_tokens @32
RKLLMResultLastHiddenLayer 16: const float *hidden_states @0; int embd_size @8;
  int num_tokens @12
RKLLMResultLogits 16: const float *logits @0; int vocab_size @8; int num_tokens @12
RKLLMPerfStat 20: float prefill_time_ms @0; int prefill_tokens @4; float generate_time_ms @8;
  int generate_tokens @12; float memory_usage_mb @16
RKLLMResult 72: const char *text @0; int32_t token_id @8;
  RKLLMResultLastHiddenLayer last_hidden_layer @16; RKLLMResultLogits logits @32;
  RKLLMPerfStat perf @48
"""
INPUT = """
_Asked {union}: const char *prompt_input @0; RKLLMEmbedInput embed_input @0;
  RKLLMTokenInput token_input @0; {multimodal} multimodal_input @0
RKLLMInput {whole}: const char *role @0; bool enable_thinking @8; int input_type @12;
  _Asked asked @16
"""
V12 = """
{multimodal} 48: char *prompt @0; float *image_embed @8; size_t n_image_tokens @16;
  size_t n_image @24; size_t image_width @32; size_t image_height @40
RKLLMParam 208: const char *model_path @0; int32_t max_context_len @8;
  int32_t max_new_tokens @12; int32_t top_k @16; int32_t n_keep @20; float top_p @24;
  float temperature @28; float repeat_penalty @32; float frequency_penalty @36;
  float presence_penalty @40; int32_t mirostat @44; float mirostat_tau @48;
  float mirostat_eta @52; bool skip_special_token @56; bool is_async @57;
  const char *img_start @64; const char *img_end @72; const char *img_content @80;
  RKLLMExtendParam extend_param @88
RKLLMInferParam 32: int mode @0; RKLLMLoraParam *lora_params @8;
  RKLLMPromptCacheParam *prompt_cache_params @16; int keep_history @24
"""
V13 = """
_Images 64: float *image_embed @0; size_t n_image_tokens @8; size_t n_image @16;
  const char *image_start @24; const char *image_end @32; const char *image_content @40;
  size_t image_width @48; size_t image_height @56
_Videos 72: float *video_embed @0; size_t n_frame_tokens @8; size_t n_frame_per_video @16;
  size_t n_video @24; const char *video_start @32; const char *video_end @40;
  const char *video_content @48; size_t frame_width @56; size_t frame_height @64
RKLLMMultiModalInput 144: const char *prompt @0; _Images image @8; _Videos video @72
RKLLMParam 184: const char *model_path @0; int32_t max_context_len @8;
  int32_t max_new_tokens @12; int32_t top_k @16; int32_t n_keep @20; float top_p @24;
  float temperature @28; float repeat_penalty @32; float frequency_penalty @36;
  float presence_penalty @40; int32_t mirostat @44; float mirostat_tau @48;
  float mirostat_eta @52; bool skip_special_token @56; bool ignore_eos_token @57;
  bool is_async @58; RKLLMExtendParam extend_param @60
RKLLMSamplingParam 36: int32_t top_k @0; float top_p @4; float temperature @8;
  float repeat_penalty @12; float frequency_penalty @16; float presence_penalty @20;
  int32_t mirostat @24; float mirostat_tau @28; float mirostat_eta @32
RKLLMInferParam 40: int mode @0; RKLLMLoraParam *lora_params @8;
  RKLLMPromptCacheParam *prompt_cache_params @16; RKLLMSamplingParam *sampling_params @24;
  int keep_history @32; int32_t max_new_tokens @36
RKLLMCallback 48: void *result_callback @0; void *result_userdata @8;
  void *tokenizer_callback @16; void *tokenizer_userdata @24; void *embed_callback @32;
  void *embed_userdata @40
"""


def _release(multimodal: str, rest: str, *, union: int, whole: int) -> str:
    """The facts of one release, with the name that it gives to pictures."""
    asked = INPUT.format(union=union, whole=whole, multimodal=multimodal).strip()
    rest = rest.replace("{multimodal}", multimodal)
    return SAME + rest.replace("RKLLMParam ", f"{asked}\nRKLLMParam ")


FACTS = {
    "1.2.1": _release("RKLLMMultiModelInput", V12, union=48, whole=64),
    "1.2.2": _release("RKLLMMultiModelInput", V12, union=48, whole=64),
    "1.2.3": _release("RKLLMMultiModalInput", V12, union=48, whole=64),
    "1.3.0": _release("RKLLMMultiModalInput", V13, union=144, whole=160),
}
"""The facts: type, name and offset of each field, size of each struct, in bytes."""

STRUCT = re.compile(r"^(\w+) (\d+): ((?:.|\n  )+)$", re.MULTILINE)
FIELD = re.compile(r"(?P<type>.*?)(?P<name>\w+)(?P<count>\[\d+\])? @(?P<offset>\d+)$")
Measured = dict[str, tuple[int, dict[str, tuple[int, int]]]]


def facts(version: str) -> list[tuple[str, int, list[re.Match[str]]]]:
    found = []
    for name, size, fields in STRUCT.findall(FACTS[version]):
        matches = [FIELD.fullmatch(" ".join(field.split())) for field in fields.split(";")]
        found.append((name, int(size), [match for match in matches if match]))
        assert all(matches), name
    return found


def compiled(version: str, folder: Path) -> Measured:
    """What the C compiler of this machine says of the facts' structs."""
    text = "#include <stdbool.h>\n#include <stddef.h>\n#include <stdint.h>\n#include <stdio.h>\n"
    lines = []
    for name, _, fields in facts(version):
        kind = "union" if name == "_Asked" else "struct"
        body = " ".join(f"{f['type']}{f['name']}{f['count'] or ''};" for f in fields)
        text += f"typedef {kind} {{ {body} }} {name};\n"
        lines.append(f'printf("{name} . 0 %zu\\n", sizeof({name}));')
        lines += [
            f'printf("{name} {f["name"]} %zu %zu\\n", offsetof({name}, {f["name"]}), '
            f"sizeof((({name} *)0)->{f['name']}));"
            for f in fields
        ]
    (folder / "facts.c").write_text(text + "int main(void) {\n" + "\n".join(lines) + "\n}\n")
    program = str(folder / "facts")
    subprocess.run(["cc", "-o", program, str(folder / "facts.c")], check=True)
    said = subprocess.run([program], check=True, capture_output=True, text=True).stdout
    result: Measured = {}
    for line in said.splitlines():
        struct, field, offset, size = line.split()
        if field == ".":
            result[struct] = (int(size), {})
        else:
            result[struct][1][field] = (int(offset), int(size))
    return result


def _as_interface(measured: Measured) -> Measured:
    """The vendor's structs only: what has no name there is told with what holds it."""
    inside = {
        "asked": ("_Asked", ""),
        "image": ("_Images", "image."),
        "video": ("_Videos", "video."),
    }
    shown: Measured = {}
    for name, (size, fields) in measured.items():
        places = dict(fields)
        for field, (kind, prefix) in inside.items():
            if field in fields:
                begin, _ = fields[field] if prefix else places.pop(field)
                members = measured[kind][1].items()
                places |= {f"{prefix}{n}": (begin + at, wide) for n, (at, wide) in members}
        if not name.startswith("_"):
            shown[name] = (size, places)
    return shown


@pytest.mark.skipif(shutil.which("cc") is None, reason="needs a C compiler")
@pytest.mark.parametrize("version", VERSIONS)
def test_ctypes_lays_structs_out_as_a_compiler_does(version: str, tmp_path: Path) -> None:
    measured = compiled(version, tmp_path)
    for name, size, fields in facts(version):  # the compiler agrees with the facts …
        assert measured[name][0] == size, name
        offsets = {field: offset for field, (offset, _) in measured[name][1].items()}
        assert offsets == {f["name"]: int(f["offset"]) for f in fields}, name
    ours = {
        name: (
            struct["size"],
            {field: (at["offset"], at["size"]) for field, at in struct["fields"].items()},
        )
        for name, struct in described(version)["structs"].items()
    }
    assert ours == _as_interface(measured)  # … and ctypes with the compiler


@pytest.mark.parametrize(
    ("version", "sizes"),
    [
        ("1.2.1", {"RKLLMParam": 208, "RKLLMInput": 64, "RKLLMInferParam": 32}),
        ("1.3.0", {"RKLLMParam": 184, "RKLLMInput": 160, "RKLLMInferParam": 40}),
    ],
)
def test_sizes_that_changed(version: str, sizes: dict[str, int]) -> None:
    structs = layout(version).structs
    assert {name: ctypes.sizeof(structs[name]) for name in sizes} == sizes


@pytest.mark.parametrize("version", ["1.2.0", "1.1.4", "1.3.1", "", "latest"])
def test_an_unknown_version_is_refused_by_its_name(version: str) -> None:
    with pytest.raises(EngineError, match=re.escape(f"librkllmrt {version} is not")) as caught:
        layout(version)
    assert caught.value.code == "ENG-RKLLM-VERSION"
    assert "1.3.0" in caught.value.cause
    assert caught.value.remedy


def test_the_command_prints_sizes_offsets_and_values() -> None:
    command = [sys.executable, "-m", "appliance.engines.rkllm_abi", "--json", "1.3.0"]
    said = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    assert said["structs"]["RKLLMInferParam"]["fields"]["keep_history"] == {"offset": 32, "size": 4}
    assert said["enums"]["LLMCallState"]["RKLLM_RUN_WAITING"] == 1


def test_the_command_teaches_and_refuses(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["--help"])
    assert left.value.code == 0
    assert "example: " in capsys.readouterr().out
    assert main(["--json", "9.9.9"]) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: librkllmrt 9.9.9 is not supported; ")
    assert error.count("\n") == 1
