"""General English, read out of PocketSphinx's own `en-us.lm.bin`: unigrams and bigrams.

PocketSphinx can ask such a model for single probabilities but cannot list it, and its ARPA writer
crashes on trigrams, so this reads the file. Format (`src/lm/ngram_model_trie.c` and `lm_trie*.c` of
pocketsphinx 5, little endian): header, order, counts, quantiser tables, unigrams, bit-packed
middles and longest, words. N-grams are stored LAST word first; logs are to the base 1.0001.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from appliance.errors import EngineError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    Bytes = NDArray[np.uint8]
    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]

_HEADER: Final = b"Trie Language Model"
_ORDER: Final = 3
_BINS: Final = 1 << 16  # probabilities and back-offs are 16-bit indices into tables
_UNIGRAM: Final = np.dtype([("log", "<f4"), ("backoff", "<f4"), ("next", "<u4")])
_LN_BASE: Final = float(np.log(1.0001))


@dataclass(frozen=True, slots=True)
class General:
    """A bigram model of English.

    Attributes:
        words: [n] words, `<s>` and `</s>` among them.
        p: [n] unigram probabilities.
        backoff: [n] weight of the unigram where a bigram after that word is not listed.
        before, word: [m] indices into `words` of the listed bigrams.
        p_bigram: [m] P(word | before).
    """

    words: list[str]
    p: Floats
    backoff: Floats
    before: Ints
    word: Ints
    p_bigram: Floats


def read_general(path: Path) -> General:
    """Read the unigrams and bigrams of a trigram model; takes half a second for 2 M bigrams.

    Raises:
        EngineError: not such a file, or cut short.
    """
    try:
        return _parse(np.fromfile(path, np.uint8))
    except (OSError, ValueError, IndexError, UnicodeDecodeError) as error:
        raise EngineError(
            "ENG-ASR-MODEL",
            "the general language model cannot be read",
            f"{path}: {error}",
            "reinstall it: pip install --force-reinstall pocketsphinx",
        ) from error


def _parse(data: Bytes) -> General:
    at = len(_HEADER) + 1
    if data[:at].tobytes() != _HEADER + bytes([_ORDER]):
        raise ValueError("no trigram model in PocketSphinx's binary format")
    counts = [int(n) for n in data[at : at + 12].view("<u4")]
    at += 12 + 4
    tables = data[at : at + 12 * _BINS].view("<f4").astype(np.float64)
    at += 12 * _BINS
    unigrams = data[at : at + 12 * (counts[0] + 1)].view(_UNIGRAM)
    at += 12 * (counts[0] + 1)
    width = _bits(counts[0]) + 32 + _bits(counts[2])
    middle = _size(counts[1], width)
    longest = _size(counts[2], _bits(counts[0]) + 16)
    before, logs = _bigrams(data[at : at + middle], counts, width, tables)
    # The writer leaves the sentinel after the last word at that word's own start: not used here.
    first = unigrams["next"][:-1].astype(np.int64)
    names = data[at + middle + longest + 4 :].tobytes().decode().split("\0")
    return General(
        words=names[: counts[0]],
        p=np.exp(unigrams["log"][:-1].astype(np.float64) * _LN_BASE),
        backoff=np.exp(unigrams["backoff"][:-1].astype(np.float64) * _LN_BASE),
        before=before,
        word=np.repeat(np.arange(counts[0]), np.diff(first, append=counts[1])),
        p_bigram=np.exp(logs * _LN_BASE),
    )


def _bigrams(data: Bytes, counts: list[int], width: int, tables: Floats) -> tuple[Ints, Floats]:
    start = np.arange(counts[1], dtype=np.int64) * width
    word_bits = _bits(counts[0])
    before = _read(data, start, word_bits)
    logs = tables[:_BINS][_read(data, start + word_bits + 16, 16)]
    return before, logs


def _read(data: Bytes, bit: Ints, count: int) -> Ints:
    """Unsigned integers of `count` (at most 25) bits at the given bit offsets."""
    byte = bit >> 3
    value = np.zeros(bit.size, np.int64)
    for k in range(4):
        value |= data[byte + k].astype(np.int64) << (8 * k)
    result: Ints = (value >> (bit & 7)) & ((1 << count) - 1)
    return result


def _bits(largest: int) -> int:
    return largest.bit_length()


def _size(entries: int, width: int) -> int:
    return ((1 + entries) * width + 7) // 8 + 8
