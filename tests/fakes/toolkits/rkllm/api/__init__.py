"""A fake of `rkllm.api.RKLLM` 1.3.0, after the vendor's public example; it was never compared."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


class RKLLM:
    def load_huggingface(self, model: str, model_lora: str | None, device: str) -> int:
        print("INFO: rkllm-toolkit version: 1.3.0")
        self.model = model
        return 0 if json.loads((Path(model) / "config.json").read_text()) else -1

    def build(  # noqa: PLR0917 - as the real one
        self,
        do_quantization: bool,
        optimization_level: int,
        quantized_dtype: str,
        quantized_algorithm: str,
        target_platform: str,
        num_npu_core: int,
        extra_qparams: Any,
        dataset: str | None,
        hybrid_rate: float,
        max_context: int,
    ) -> int:
        self.made = dict(locals())
        del self.made["self"]
        return 0 if target_platform == "rk3576" and num_npu_core in {1, 2} else -1

    def export_rkllm(self, export_path: str) -> int:
        Path(export_path).write_text(json.dumps(self.made))
        return 0
