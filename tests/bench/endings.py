"""Learns `appliance/endpointing/known.py`: do these words make a whole question?

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
from appliance.endpointing.known import features
from appliance.engines.asr_servant import _speech_assets
from appliance.engines.sphinx.recogniser import SphinxRecogniser
from appliance.knowledge.golden import read_golden
from appliance.knowledge.meaning.completeness import Completeness

SHARES = (0.02, 0.03, 0.04, 0.06)

Case = tuple[dict[str, float], bool]
Rows = NDArray[np.float64]
Flags = NDArray[np.bool_]


def main(manuals: list[Path]) -> None:
    with tempfile.TemporaryDirectory() as folder, ProcessPoolExecutor() as pool:
        packs = [Path(folder) / f"{manual.name}.pack" for manual in manuals]
        cases = list(pool.map(_cases, manuals, packs))
    every = [case for manual in cases for case in manual]
    names = list(every[0][0])
    values = np.array([[found[name] for name in names] for found, _ in every])
    whole = np.array([flag for _, flag in every])
    manual_of = np.repeat(np.arange(len(cases)), [len(manual) for manual in cases])
    judged = np.zeros(len(whole))
    for number in range(len(cases)):
        others = manual_of != number
        judged[~others] = _fitted(values[others], whole[others]).predict_proba(values[~others])[
            :, 1
        ]
    print("share of beginnings taken for whole, of whole ones known, probability")
    for share in SHARES:
        limit = np.quantile(judged[~whole], 1 - share)
        print(f"  {share:.0%}  {(judged[whole] >= limit).mean():.0%}  {limit:.3f}")
    weights = np.round(_fitted(values, whole).coef_[0], 3).tolist()
    print(dict(zip(names, weights, strict=True)))


def _cases(manual: Path, pack: Path) -> list[Case]:
    appliance(["knowledge", "build", str(manual / "docs"), "-o", str(pack)])
    ears, completeness = SphinxRecogniser(_speech_assets(str(pack))), Completeness()
    ears.load()
    cases = []
    for golden in read_golden(manual / "golden.tsv"):
        words = re.findall(r"[a-z']+", golden.question.lower())
        for count in range(2, len(words) + 1):
            said = " ".join(words[:count])
            found = features(said, ears._ending(words[:count]), completeness.logit(said))
            cases.append((found, count == len(words)))
    return cases


def _fitted(values: Rows, whole: Flags) -> LogisticRegression:
    return LogisticRegression(C=1.0, max_iter=5000, fit_intercept=False).fit(values, whole)


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]])
