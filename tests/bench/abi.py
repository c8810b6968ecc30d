"""Our layouts against the vendor's own header, as a compiler reads it.

    python -m tests.bench.abi VERSION HEADER [VERSION HEADER …]

HEADER is `rkllm.h` of that release of the runtime (github.com/airockchip/rknn-llm, folder
rkllm-runtime; not in this repository: it is the vendor's). A program that includes it prints the
size of every struct, offset and size of every field, and every enumerator; each must be ours, and
none of the header's structs may be missing here. Needs c++.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

STRUCT = re.compile(r"^\} (\w+);", re.MULTILINE)
"""Also of enumerations."""


def ours(version: str) -> dict[str, Any]:
    """What `rkllm_abi` says."""
    command = [sys.executable, "-m", "appliance.engines.rkllm_abi", "--json", version]
    shown: dict[str, Any] = json.loads(subprocess.check_output(command))
    return shown


def flat(shown: dict[str, Any]) -> dict[str, int]:
    """C expressions: sizes, offsets and enumerators, each with its number."""
    numbers = {}
    for name, struct in shown["structs"].items():
        numbers[f"sizeof({name})"] = struct["size"]
        for field, place in struct["fields"].items():
            numbers[f"offsetof({name}, {field})"] = place["offset"]
            numbers[f"sizeof((({name}*)0)->{field})"] = place["size"]
    for values in shown["enums"].values():
        numbers |= values
    return numbers


def theirs(header: Path, expressions: list[str]) -> dict[str, int]:
    """The same by a compiler."""
    lines = [f'std::printf("%ld\\n", (long)({expression}));' for expression in expressions]
    joined = "\n".join(lines)
    text = "#include <cstddef>\n#include <cstdio>\n#include <cstdint>\n"
    text += f'#include "{header.resolve()}"\nint main() {{\n{joined}\n}}\n'
    with tempfile.TemporaryDirectory() as folder:
        source, program = Path(folder, "abi.cpp"), Path(folder, "abi")
        source.write_text(text)
        subprocess.run(["c++", "-Wno-invalid-offsetof", "-o", program, source], check=True)
        printed = subprocess.check_output([program], text=True)
    return dict(zip(expressions, map(int, printed.split()), strict=True))


def main(arguments: list[str]) -> int:
    """Compare; the number of differences."""
    wrong = 0
    for version, header in zip(arguments[::2], map(Path, arguments[1::2]), strict=True):
        numbers = flat(shown := ours(version))
        measured = theirs(header, list(numbers))
        described = {*shown["structs"], *shown["enums"]}
        missing = sorted(set(STRUCT.findall(header.read_text())) - described)
        differ = [f"{e}: ours {n}, theirs {measured[e]}" for e, n in numbers.items()
                  if measured[e] != n]  # fmt: skip
        print(
            f"{version}: {len(shown['structs'])} structs, {len(numbers)} numbers, "
            f"{len(differ)} differ; structs of the header that are not ours: {missing or 'none'}"
        )
        print("\n".join(differ), end="\n" if differ else "")
        wrong += len(differ) + len(missing)
    return wrong


if __name__ == "__main__":
    sys.exit(bool(main(sys.argv[1:])))
