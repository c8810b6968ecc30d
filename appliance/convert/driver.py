"""Runs in a toolkit's environment: `PYTHON -I driver.py JOB.json`. It imports nothing of ours.

Standard output carries JSON lines: `{"doing": "build", "share": 0.3}`, then one `{"result": …}` or
`{"error": {"doing": …, "message": …}}`. What the toolkit prints goes to standard error. It ends
when its standard input does, so that it doesn't outlive who started it.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any

Json = dict[str, Any]


class RefusedError(Exception):
    """The toolkit answered with a code; why is on standard error."""


class Teller:
    """Writes the lines; remembers what is being done."""

    def __init__(self) -> None:
        """Keep standard output to ourselves: the toolkits print to it."""
        self._out = os.fdopen(os.dup(1), "w", encoding="utf-8")
        os.dup2(2, 1)
        self.now = "start"

    def doing(self, what: str, share: float) -> None:
        """What comes next, and how much is behind it (0..1)."""
        self.now = what
        self.tell({"doing": what, "share": share})

    def tell(self, line: Json) -> None:
        """Send one line."""
        self._out.write(json.dumps(line) + "\n")
        self._out.flush()


def main(path: str) -> None:
    """Do the job that the file describes."""
    threading.Thread(target=_end_with_starter, daemon=True).start()
    teller = Teller()
    job = json.loads(Path(path).read_text(encoding="utf-8"))
    try:
        result = {"rknn": convert_rknn, "rkllm": convert_rkllm}[job["kind"]](job, teller)
        teller.tell({"result": result})
    except Exception as error:  # noqa: BLE001  # whatever it is, the other side tells the person
        message = f"{type(error).__name__}: {error}"
        teller.tell({"error": {"doing": teller.now, "message": message}})
    sys.stderr.flush()
    os._exit(0)  # the toolkits' threads may hang at an ordinary end


def _end_with_starter() -> None:
    sys.stdin.read()
    os._exit(1)


def _must(code: Any) -> None:  # noqa: ANN401  # the toolkits have no types
    if code != 0:
        raise RefusedError(f"the toolkit returned {code}")


def convert_rknn(job: Json, teller: Teller) -> Json:
    """ONNX to RKNN; the cosine of every output, simulator against onnxruntime, worst sample."""
    teller.doing("start the toolkit", 0.02)
    from rknn.api import RKNN  # type: ignore[import-not-found] # noqa: PLC0415  # only there

    rknn = RKNN(verbose=False)
    teller.doing("load", 0.1)
    _must(rknn.config(target_platform=job["platform"]))
    fixed = {"inputs": job["inputs"], "input_size_list": job["shapes"]} if job["fix"] else {}
    _must(rknn.load_onnx(model=job["source"], **fixed))
    teller.doing("build", 0.2)
    quantised = job["quantisation"] == "int8"
    _must(rknn.build(do_quantization=quantised, dataset=job["dataset"] if quantised else None))
    teller.doing("write", 0.7)
    _must(rknn.export_rknn(job["target"]))
    teller.doing("simulate", 0.75)
    cosine = _compare(job, _simulated(rknn, teller), teller)
    rknn.release()
    return {"version": metadata.version("rknn-toolkit2"), "cosine": cosine}


def _simulated(rknn: Any, teller: Teller) -> Callable[[list[Any]], list[Any]]:  # noqa: ANN401
    _must(rknn.init_runtime())  # no target: the simulator

    def run(inputs: list[Any]) -> list[Any]:
        layout = ["nchw"] * len(inputs)  # of inputs with four dimensions, as ONNX has them
        outputs = rknn.inference(inputs=inputs, data_format=layout)
        if outputs is None:
            raise RefusedError(f"the toolkit gave nothing at “{teller.now}”")
        return list(outputs)

    return run


def _compare(job: Json, simulated: Callable[[list[Any]], list[Any]], teller: Teller) -> Json:
    import numpy as np  # noqa: PLC0415  # after the toolkit, whose choice it is
    import onnxruntime  # noqa: PLC0415  # the caller has shut its telemetry

    exact = onnxruntime.InferenceSession(job["source"], providers=["CPUExecutionProvider"])
    names = [output.name for output in exact.get_outputs()]
    worst = dict.fromkeys(names, 1.0)
    for number, files in enumerate(job["samples"]):
        teller.doing("simulate", 0.75 + 0.24 * number / len(job["samples"]))
        inputs = [np.load(file) for file in files]
        wanted = exact.run(names, dict(zip(job["inputs"], inputs, strict=True)))
        for name, ours, theirs in zip(names, simulated(inputs), wanted, strict=True):
            worst[name] = min(worst[name], _cosine(np, ours, theirs))
    return worst


def _cosine(np: Any, ours: Any, theirs: Any) -> float:  # noqa: ANN401  # numpy is not ours here
    a, b = (np.asarray(x, np.float64).ravel() for x in (ours, theirs))
    if a.shape != b.shape or not (np.isfinite(a).all() and np.isfinite(b).all()):
        return 0.0
    lengths = float(np.linalg.norm(a) * np.linalg.norm(b))
    return float(a @ b) / lengths if lengths else float(not (a.any() or b.any()))


def convert_rkllm(job: Json, teller: Teller) -> Json:
    """A folder of Hugging Face to RKLLM; there is no simulator to compare with."""
    teller.doing("start the toolkit", 0.02)
    from rkllm.api import RKLLM  # type: ignore[import-not-found] # noqa: PLC0415  # only there

    llm = RKLLM()
    teller.doing("load", 0.05)
    _must(llm.load_huggingface(model=job["source"], model_lora=None, device="cpu"))
    teller.doing("build", 0.2)
    _must(
        llm.build(
            do_quantization=True,
            optimization_level=job["optimisation"],
            quantized_dtype=job["quantisation"],
            # As the vendor's example advises: grq for four bits, normal for eight.
            quantized_algorithm="grq" if job["quantisation"].startswith("w4") else "normal",
            target_platform=job["platform"],
            num_npu_core=job["npu_cores"],
            extra_qparams=None,
            dataset=job["dataset"],
            hybrid_rate=0,
            max_context=job["context_tokens"],
        )
    )
    teller.doing("write", 0.9)
    _must(llm.export_rkllm(job["target"]))
    return {"version": metadata.version("rkllm-toolkit"), "cosine": {}}


if __name__ == "__main__":
    main(sys.argv[1])
