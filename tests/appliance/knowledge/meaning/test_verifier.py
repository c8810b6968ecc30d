"""The verifier tells what answers a question from what only speaks of the same things."""

from __future__ import annotations

import math
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.errors import KnowledgeError
from appliance.knowledge.meaning.verifier import ADAPTATION, Verifier

HONEY = (
    "For children: Honey is not for babies under one year.",
    "Harvest: A colony gives about twenty kilograms of honey in a good year.",
)
BATTERY = (
    "Battery: A full charge takes four hours. The charger is for indoor use.",
    "Range: With a full battery it goes fifty kilometres on level ground.",
    "Weight: The battery weighs three kilograms.",
)


@cache
def verifier() -> Verifier:
    return Verifier()


@pytest.mark.parametrize(
    ("question", "passages", "answer"),
    [
        ("may my baby have honey", HONEY, 0),
        ("how much honey do i get from one colony", HONEY, 1),
        ("how long does it take to charge", BATTERY, 0),
        ("how far can i ride", BATTERY, 1),
        ("how heavy is the battery", BATTERY, 2),
        ("what does a new battery cost", BATTERY, None),
        ("how many years does the battery last", BATTERY, None),
        ("what colour is honey", HONEY, None),
    ],
)
def test_it_tells_the_answer_from_what_speaks_of_the_same_things(
    question: str, passages: tuple[str, ...], answer: int | None
) -> None:
    logits = verifier().weigh(question, passages)
    if answer is None:
        assert max(logits) < 0.5
    else:
        assert logits[answer] == max(logits)


def test_company_changes_nothing() -> None:
    alone = [verifier().weigh("how heavy is it", [text])[0] for text in BATTERY]
    assert verifier().weigh("how heavy is it", BATTERY) == pytest.approx(alone, abs=1e-4)


@settings(max_examples=15)
@given(st.text(max_size=300), st.text(max_size=600))
def test_any_texts_can_be_weighed(question: str, passage: str) -> None:
    (logit,) = verifier().weigh(question, [passage])
    assert math.isfinite(logit)


@pytest.mark.parametrize("damage", ["cut", "garbage", "foreign", "missing"])
def test_a_damaged_file_is_told_with_cause_and_remedy(damage: str, tmp_path: Path) -> None:
    file = tmp_path / "verifier.npz"
    if damage == "cut":
        file.write_bytes(ADAPTATION.read_bytes()[:100_000])
    elif damage == "garbage":
        file.write_bytes(bytes(range(256)) * 8)
    elif damage == "foreign":
        np.savez(file, head=np.zeros(3), bias=np.zeros(()))
    with pytest.raises(KnowledgeError) as caught:
        Verifier(file)
    assert caught.value.code == "KNOW-BAD-ADAPTATION"
    assert str(file) in str(caught.value)
