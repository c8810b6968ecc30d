"""Which version a librkllmrt is, found before any struct is passed to it.

In this order: the symbols that it lacks; the version text in its file; how many bytes its
`rkllm_createDefaultParam` writes. Symbols alone can't tell 1.2 from 1.3.0, whose structs differ.
Not yet tried on a vendor library: where no text is found, the owner must name the version.
"""

from __future__ import annotations

import ctypes
import platform
import re
from pathlib import Path

from appliance.engines.rkllm_abi import VERSIONS, layout
from appliance.errors import EngineError

_ABSENT_BEFORE = (
    ("rkllm_set_chat_template", "1.1.x"),
    ("rkllm_get_kv_cache_size", "1.2.0"),
    ("rkllm_set_function_tools", "1.2.0"),
)
_TEXT = re.compile(rb"(?:rkllm-runtime version: ?|RKLLM SDK \(version:? ?)(\d+\.\d+\.\d+)")
_ROOM, _SENTINEL = 1024, 0xA7
_LIBFFI = "libffi.so.8"
_POINTER, _STRUCT = 14, 13
"""libffi's numbers for these kinds of type."""
_DEFAULT_ABI = {"x86_64": 2, "aarch64": 1}


def detect(path: Path, library: ctypes.CDLL, declared: str = "") -> str:
    """The version of `library`, loaded from `path`.

    Args:
        path: its file, which is searched for the version text.
        library: the same, loaded; only `rkllm_createDefaultParam` is called, with no argument.
        declared: what the owner says that it is; "": unknown.

    Raises:
        EngineError: `ENG-RKLLM-VERSION`, it is none of `VERSIONS`, or the signs disagree.
    """
    for symbol, version in _ABSENT_BEFORE:
        if not hasattr(library, symbol):
            layout(version)  # raises: it has no table
    written = bytes_written(library)
    version = _by_text(path, declared, written)
    expected = ctypes.sizeof(layout(version).structs["RKLLMParam"])
    if written is not None and written > expected:
        raise _unclear(path, f"it writes {written} bytes of parameters, {version} {expected}")
    return version


def versions_named(path: Path) -> list[str]:
    """The versions that a library's file names; it is only read. More than one leaves doubt."""
    return sorted({match[1].decode() for match in _TEXT.finditer(path.read_bytes())})


def _by_text(path: Path, declared: str, written: int | None) -> str:
    found = versions_named(path)
    if len(found) > 1:
        found = [version for version in found if _fits(version, written)]
    if declared and (not found or declared in found):
        return declared
    if declared:
        raise _unclear(path, f"it says {' and '.join(found)}, the settings say {declared}")
    if len(found) != 1:
        raise _unclear(path, f"it says {' and '.join(found)}" if found else "it names no version")
    return found[0]


def _fits(version: str, written: int | None) -> bool:
    """Whether so many bytes may be that version's parameters; padding may be left unwritten."""
    if version not in VERSIONS:
        return False
    size = ctypes.sizeof(layout(version).structs["RKLLMParam"])
    return written is None or size - 8 <= written <= size


def _unclear(path: Path, cause: str) -> EngineError:
    return EngineError(
        "ENG-RKLLM-VERSION",
        f"the version of {path} is not certain",
        cause,
        f"install one of {', '.join(VERSIONS)}, or name its version in the settings",
    )


class _FfiType(ctypes.Structure):
    _fields_ = (
        ("size", ctypes.c_size_t),
        ("alignment", ctypes.c_ushort),
        ("kind", ctypes.c_ushort),
        ("elements", ctypes.c_void_p),
    )


def bytes_written(library: ctypes.CDLL) -> int | None:
    """How many bytes `rkllm_createDefaultParam` returns, at least; None: this can't be measured.

    The struct is returned by value, so the caller provides its room; ctypes' own is not ours to
    mark beforehand. So it is called through libffi, into room that is large and marked.
    """
    abi = _DEFAULT_ABI.get(platform.machine())
    try:
        ffi = ctypes.CDLL(_LIBFFI)
    except OSError:
        return None
    if abi is None:
        return None
    word = _FfiType(8, 8, _POINTER, None)
    words = (ctypes.c_void_p * (_ROOM // 8 + 1))(*[ctypes.addressof(word)] * (_ROOM // 8))
    returned = _FfiType(0, 0, _STRUCT, ctypes.addressof(words))
    interface = ctypes.create_string_buffer(256)  # larger than any libffi's description of a call
    if ffi.ffi_prep_cif(interface, abi, 0, ctypes.byref(returned), None) != 0:
        return None
    room = (ctypes.c_ubyte * _ROOM)(*[_SENTINEL] * _ROOM)
    ffi.ffi_call(interface, library.rkllm_createDefaultParam, room, None)
    return max((at + 1 for at, byte in enumerate(room) if byte != _SENTINEL), default=0)
