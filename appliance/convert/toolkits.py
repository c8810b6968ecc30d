"""Rockchip's toolkits: what each makes, and what its environment holds.

The pins were run together, on Python 3.11, with both versions of rknn-toolkit2. Its own metadata
ask for torch <= 2.4.0, so it is installed without its requirements: it imports torch, and uses it
for PyTorch's models only. numpy, onnx and setuptools must be as old as this (rknn-toolkit2 #477).
"""

from __future__ import annotations

from typing import NamedTuple

PLATFORM = "rk3576"
RKNN, RKLLM = "rknn", "rkllm"
"""Kinds of models, which are also the names of their files and of the toolkits' modules."""


class Toolkit(NamedTuple):
    """One of them.

    Attributes:
        package: its name, as pip knows it.
        takes: what it converts, in words.
        quantisations: that the RK3576 can use; the first is the default.
    """

    package: str
    takes: str
    quantisations: tuple[str, ...]


TOOLKITS = {
    RKNN: Toolkit("rknn-toolkit2", "an ONNX file", ("fp16", "int8")),
    RKLLM: Toolkit(
        "rkllm-toolkit",
        "a folder of Hugging Face (config.json, weights, tokeniser)",
        ("w4a16", "w4a16_g128", "w8a8"),
    ),
}
CALIBRATED = ("int8",)
"""Cannot be made without recorded inputs."""

RKNN_VERSIONS = ("2.3.2", "2.5.0")
PYTHONS = ("3.11", "3.12")
"""For which the toolkit and its pins have wheels."""

PINS = (
    "coloredlogs==15.0.1",
    "fast-histogram==0.14",
    "filelock==4.2.11",
    "flatbuffers==25.12.19",
    "fsspec==2026.9.0",
    "humanfriendly==10.0",
    "jinja2==3.1.6",
    "markupsafe==3.0.4",
    "mpmath==1.3.0",
    "networkx==3.6.1",
    "numpy==1.26.4",
    "onnx==1.18.0",
    "onnxruntime==1.23.2",
    "opencv-python==4.11.0.86",
    "packaging==26.3",
    "protobuf==4.25.4",
    "psutil==7.2.2",
    "ruamel.yaml==0.19.1",
    "scipy==1.17.1",
    "setuptools==80.10.2",
    "sympy==1.14.0",
    "torch==2.13.0",
    "tqdm==4.70.1",
    "typing-extensions==4.16.0",
)
