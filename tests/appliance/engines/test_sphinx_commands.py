"""Orders are among the words that the recogniser's ears expect."""

from __future__ import annotations

import gzip

import pytest

from appliance.commands.sampling import sentences
from appliance.engines.sphinx.build import build_assets
from appliance.engines.sphinx.recogniser import DICTIONARY, LANGUAGE, SphinxRecogniser
from tests.appliance.engines.voices import available, say

MANUAL = [(("Lights",), "The red light means that the tank is empty. Fill the tank.")]


@pytest.fixture(scope="module")
def assets() -> dict[str, bytes]:
    return build_assets(MANUAL, commands=sentences("en"))


def test_the_dictionary_has_the_words_of_every_order(assets: dict[str, bytes]) -> None:
    known = {line.split()[0] for line in assets[DICTIONARY].decode().splitlines()}
    said = {word for sentence in sentences("en") for word in sentence.split()}
    assert said - known == set()
    assert {"jarvis", "stop", "cancel", "quiet"} <= known


def test_the_language_model_expects_orders(assets: dict[str, bytes]) -> None:
    model = gzip.decompress(assets[LANGUAGE]).decode()
    for order in ("<s> stop </s>", "<s> be quiet", "set a timer", "<s> volume fifty"):
        assert f" {order}" in model


@pytest.mark.skipif(not available("flite:slt"), reason="flite is not installed")
def test_orders_are_heard(assets: dict[str, bytes]) -> None:
    ears = SphinxRecogniser(assets)
    ears.load()
    orders = ("stop", "never mind", "be quiet", "volume thirty", "set a timer for ten minutes")
    assert [ears.transcribe(say("flite:slt", order)).text for order in orders] == list(orders)
