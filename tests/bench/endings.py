"""Learns `appliance/endpointing/known.py`: do words, and what they find, make a whole question?

    python -m tests.bench.endings MANUAL…     (folders of tests/golden)

Whole golden questions against every beginning of them, each manual judged by the others: how many
whole ones are known at once, where so many beginnings are taken for whole ones.
"""

from __future__ import annotations

import re
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from appliance.cli import main as appliance
from appliance.endpointing.known import FEATURES, features
from appliance.engines.asr_servant import _speech_assets
from appliance.engines.sphinx.recogniser import SphinxRecogniser
from appliance.knowledge.golden import read_golden
from appliance.knowledge.pack import Pack
from appliance.knowledge.retrieve import PackRetriever

SHARES = (0.02, 0.03, 0.04, 0.06)


def main(manuals: list[Path]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        packs = [Path(folder) / f"{manual.name}.pack" for manual in manuals]
        with ProcessPoolExecutor() as pool:
            found = list(pool.map(_cases, manuals, packs))
    values = np.vstack([values for values, _ in found])
    whole = np.concatenate([whole for _, whole in found])
    manual_of = np.repeat(np.arange(len(found)), [len(w) for _, w in found])
    judged = np.zeros(len(whole))
    for number in range(len(found)):
        others = manual_of != number
        judged[~others] = _fitted(values[others], whole[others]).predict_proba(values[~others])[
            :, 1
        ]
    for share in SHARES:
        limit = np.quantile(judged[~whole], 1 - share)
        known = float((judged[whole] >= limit).mean())
        print(
            f"beginnings taken for whole {share:.0%}: whole ones known {known:.0%}, p {limit:.3f}"
        )
    model = _fitted(values, whole)
    print("WEIGHTS =", dict(zip(FEATURES, np.round(model.coef_[0], 3).tolist(), strict=True)))
    print("BIAS =", round(float(model.intercept_[0]), 3))


def _cases(manual: Path, pack: Path) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    appliance(["knowledge", "build", str(manual / "docs"), "-o", str(pack)])
    ears = SphinxRecogniser(_speech_assets(str(pack)))
    ears.load()
    memory = PackRetriever(Pack.open(pack))
    values, whole = [], []
    for golden in read_golden(manual / "golden.tsv"):
        words = re.findall(r"[a-z']+", golden.question.lower())
        for count in range(2, len(words) + 1):
            scores = [passage.score for passage in memory.retrieve(" ".join(words[:count]), 2)]
            found = features(words[:count], ears._ending(words[:count]), scores)
            values.append([found[name] for name in FEATURES])
            whole.append(count == len(words))
    return np.array(values), np.array(whole)


def _fitted(values: NDArray[np.float64], whole: NDArray[np.bool_]) -> LogisticRegression:
    return LogisticRegression(C=1.0, max_iter=5000).fit(values, whole)


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]])
