"""The prompt of a language model that answers from passages: the same input, the same text.

It comes in three parts, in the order in which they become known: the head (fixed, so it can be
read once and kept), the passages (known while the person still speaks), and the question.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from appliance.engines.ports import Passage
from appliance.errors import EngineError

REFUSAL = "NO ANSWER"
"""What the model is told to say where the passages don't hold the answer."""
SYSTEM = (
    "You answer spoken questions from passages of a manual. Use only what the passages say, in "
    "their own words. Say one to three short sentences, without lists and without markup. "
    f"If the passages do not hold the answer, say only: {REFUSAL}"
)

_BEFORE_PASSAGES, _BEFORE_QUESTION = "Passages:\n", "Question: "


@dataclass(frozen=True, slots=True)
class Template:
    """What a family of models wants around the system's, the user's and its own words."""

    before_system: str
    before_user: str
    before_answer: str


_CHATML = Template(
    "<|im_start|>system\n",
    "<|im_end|>\n<|im_start|>user\n",
    "<|im_end|>\n<|im_start|>assistant\n",
)
TEMPLATES = {
    "chatml": _CHATML,
    "qwen3": Template(
        _CHATML.before_system,
        _CHATML.before_user,
        f"{_CHATML.before_answer}<think>\n\n</think>\n\n",  # it has thought already
    ),
}


def template(name: str) -> Template:
    """A template by its name.

    Raises:
        EngineError: `ENG-RKLLM-TEMPLATE`, there is none of that name.
    """
    if name not in TEMPLATES:
        raise EngineError(
            "ENG-RKLLM-TEMPLATE",
            f"there is no prompt template {name!r}",
            f"the templates are {', '.join(TEMPLATES)}",
            "name the one of the model's family in the settings",
        )
    return TEMPLATES[name]


def head(around: Template) -> str:
    """The fixed part."""
    return f"{around.before_system}{SYSTEM}{around.before_user}{_BEFORE_PASSAGES}"


def messages(question: str, passages: Sequence[Passage], most_chars: int) -> list[dict[str, str]]:
    """The same prompt, for a library that puts the model's own template around it.

    With an empty question it is how every prompt with these passages begins.
    """
    user = f"{_BEFORE_PASSAGES}{context(passages, most_chars)}{_BEFORE_QUESTION}{_plain(question)}"
    return [{"role": "system", "content": SYSTEM}, {"role": "user", "content": user.rstrip()}]


def context(passages: Sequence[Passage], most_chars: int) -> str:
    """The passages, best first, as many as fit whole; only the best one may be cut short.

    Args:
        passages: best first.
        most_chars: the longest that the result may be, in characters.
    """
    text = ""
    for passage in passages:
        block = f"{_plain(passage.title)}\n{_plain(passage.text)}\n\n"
        if len(text) + len(block) > most_chars:
            return text or f"{block[: most_chars - 2]}\n\n"
        text += block
    return text


def asked(question: str, around: Template) -> str:
    """The question, and the model's turn."""
    return f"{_BEFORE_QUESTION}{_plain(question)}\n{around.before_answer}"


def _plain(text: str) -> str:
    """Text that no tokenizer takes for a mark: `<|im_end|>` in a document is only text."""
    kept = (char for char in text if char == "\n" or unicodedata.category(char)[0] != "C")
    return "".join(kept).replace("<", "< ").strip()
