"""Questions put to a small manual: what is found, what is said, what is left unsaid."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.engines.ports import Passage
from appliance.knowledge.build import build_pack
from appliance.knowledge.pack import Pack
from appliance.knowledge.reader import answer
from appliance.knowledge.retrieve import PackRetriever, grounded
from tests.appliance.knowledge.support import folder


def ask(pack: Pack, question: str) -> tuple[str, str]:
    """The first source and all that is said ("" if nothing is)."""
    passages = PackRetriever(pack).retrieve(question)
    if not grounded(passages):
        return "", ""
    sentences = list(answer(question, passages))
    return sentences[0].source.partition("#")[2], " ".join(s.text for s in sentences)


@pytest.mark.parametrize(
    ("question", "source", "said"),
    [
        ("how long is the guarantee", "warranty", "two years"),
        ("how often should i descale it", "descaling", "every three months"),
        ("how do i remove limescale", "descaling", "vinegar"),
        ("what does e two mean", "fault-codes", "Code: E2; Meaning: Lid open"),
        ("what does error e1 mean", "fault-codes", "No water"),
        ("what is in the box", "in-the-box", "The box holds: the kettle; the base; a filter."),
        ("how do i switch the kettle on", "switching-on", "Press the blue button."),
        ("how do i get rid of the lime scale", "descaling", "Pour in 500 ml of vinegar"),
    ],
)
def test_the_right_section_is_quoted(kettle: Pack, question: str, source: str, said: str) -> None:
    found, spoken = ask(kettle, question)
    assert found == source
    assert said.lower() in spoken.lower()


@pytest.mark.parametrize("noise", ["so", "the of and", "uh", "what is it", "you"])
def test_where_nothing_is_asked_nothing_answers_it(kettle: Pack, noise: str) -> None:
    """What is made of a cough, or of a television: it was answered with some section."""
    assert not any(passage.score for passage in PackRetriever(kettle).retrieve(noise))


def test_steps_are_told_in_order(kettle: Pack) -> None:
    _, spoken = ask(kettle, "how do i switch it on")
    assert spoken == "Fill the kettle with cold water. Close the lid. Press the blue button."


def test_all_numbered_steps_are_told(tmp_path: Path) -> None:
    steps = ["Open the lid", "Put the filter in", "Close the lid", "Press start", "Lights go out"]
    listed = "\n".join(f"{n}. {step}" for n, step in enumerate(steps, 1))
    docs = folder(
        tmp_path / "docs", a_md=f"# A\n\n## Changing the filter\n\nStop it.\n\n{listed}\n"
    )
    build_pack(docs, tmp_path / "p")
    with Pack.open(tmp_path / "p") as pack:
        _, spoken = ask(pack, "how do i change the filter")
    assert spoken == ". ".join(steps) + "."


def test_only_the_row_that_fits_is_told(kettle: Pack) -> None:
    assert ask(kettle, "what does e two mean")[1] == (
        "Code: E2; Meaning: Lid open; Remedy: Close the lid."
    )


@pytest.mark.parametrize(
    "question",
    [
        "what is the capital of peru",
        "can i use it on an induction hob",
        "how do i pair it with bluetooth",
        "who won the world cup",
        "",
        "um",
        "the of and",
        "'; drop table passages; --",
        '" OR * NEAR(',
    ],
)
def test_what_the_manual_does_not_say_is_left_unanswered(kettle: Pack, question: str) -> None:
    assert ask(kettle, question) == ("", "")


@pytest.mark.parametrize(
    "heard", ["how often must i use the scaler", "how often do i this kale it"]
)
def test_a_misheard_word_is_still_found(kettle: Pack, heard: str) -> None:
    passages = PackRetriever(kettle).retrieve(heard)
    assert "kettle.md#descaling" in [passage.source for passage in passages[:3]]


def test_scores_are_probabilities_and_sources_differ(kettle: Pack) -> None:
    passages = PackRetriever(kettle).retrieve("how do i descale the kettle", 3)
    assert 1 <= len(passages) <= 3
    assert all(0 <= passage.score <= 1 for passage in passages)
    assert len({passage.source for passage in passages}) == len(passages)
    assert passages[0].title == "the kettle, Descaling"


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80), st.lists(st.text(max_size=300), max_size=3))
def test_the_reader_survives_any_text(question: str, texts: list[str]) -> None:
    passages = [Passage(text, f"a.md#{n}", "the a", 0.9) for n, text in enumerate(texts)]
    for sentence in answer(question, passages):
        assert sentence.text
        assert "\n" not in sentence.text
        assert sentence.source in {passage.source for passage in passages}
