"""What Whispers make up: words that nobody said, and words said once that come again and again.

Their training data were subtitles; silence and noise bring out those that stand at a film's end.
"""

from __future__ import annotations

import zlib

_LOOPING = 2.4  # of bytes to compressed bytes
_SENTENCE = 4
"""So many words twice in a row are no stammer, but may be what was said."""
_OFTEN = 6
"""So often in a row nobody says the same."""

_SUBTITLES = frozenset(
    line.strip()
    for line in """
    thanks for watching
    thank you for watching
    thank you so much for watching
    thank you very much for watching
    thanks for listening
    please subscribe
    please subscribe to my channel
    please like and subscribe
    like and subscribe
    subscribe to my channel
    dont forget to subscribe
    see you in the next video
    ill see you in the next video
    see you next time
    subtitles by the amaraorg community
    subtitles by the amara org community
    transcription by castingwords
    to be continued
    untertitel der amaraorg community
    untertitel im auftrag des zdf für funk 2017
    untertitelung des zdf 2020
    vielen dank fürs zuschauen
    sous titres réalisés par la communauté damaraorg
    sous titres réalisés par la communauté d amara org
    merci davoir regardé cette vidéo
    subtítulos realizados por la comunidad de amaraorg
    subtítulos realizados por la comunidad de amara org
    gracias por ver el video
    sottotitoli creati dalla comunità amaraorg
    sottotitoli creati dalla comunità amara org
    grazie per aver guardato il video
    ondertitels ingediend door de amaraorg gemeenschap
    字幕由amaraorg社区提供
    请不吝点赞 订阅 转发 打赏支持明镜与点点栏目
    ご視聴ありがとうございました
    시청해주셔서 감사합니다
    """.strip().split("\n")
)
"""Nobody says these to an appliance."""

_FILLERS = frozenset({"you", "thank you", "bye", "bye bye", "so", "oh", "okay", "hmm", "the", "i"})
"""Also said; but where the model itself doubts that anybody spoke, it made them up."""
_DOUBTFUL = 0.3
"""Probability of no speech from which a filler is one."""


def loops(text: str) -> bool:
    """Whether the same words come again and again, as in a decoder that lost its place."""
    data = text.encode()
    if data and len(data) / len(zlib.compress(data)) > _LOOPING:
        return True
    words = text.split()
    return any(_stands(words, length, _OFTEN) for length in range(1, _SENTENCE))


def is_doubled(text: str) -> bool:
    """Whether a sentence stands twice in a row: perhaps it was said so, perhaps not."""
    words = text.split()
    return any(_stands(words, length, 2) for length in range(_SENTENCE, len(words) // 2 + 1))


def _stands(words: list[str], length: int, times: int) -> bool:
    """Whether the same `length` words stand so many times in a row."""
    same = 0
    for before, after in zip(words, words[length:], strict=False):
        same = same + 1 if before == after else 0
        if same >= length * (times - 1):
            return True
    return False


def invented(text: str, no_speech: float) -> bool:
    """Whether a whole transcript is what Whispers say where nobody spoke.

    Args:
        text: in lower case, without punctuation.
        no_speech: the model's probability (0..1) that nobody spoke.
    """
    said = " ".join(text.replace("'", "").split())
    return said in _SUBTITLES or (said in _FILLERS and no_speech > _DOUBTFUL)
