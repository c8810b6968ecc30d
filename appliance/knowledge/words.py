"""Text to words, words to stems; numbers are digits whether written or spoken."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import snowballstemmer

TOKEN = re.compile(r"\d+(?:[.,]\d+)+|\d+|[^\W\d_]+(?:['\u2019][^\W\d_]+)*\d*")
COMPOUND = re.compile(r"(?<![\w-])([^\W\d_]{1,12})-([^\W\d_]{2,})(?![\w-])")
SYMBOLS = (
    (re.compile(r"\u00b0\s*([CF])\b"), r" degrees \1 "),
    (re.compile(r"\u00b0"), " degrees "),
    (re.compile(r"(?<=\d)\s*%"), " percent "),
    (re.compile(r"&"), " and "),
)
_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
SMALL = {word: number for number, word in enumerate(_SMALL.split())}
TENS = {word: 10 * number for number, word in enumerate(_TENS.split(), 2)}
SCALES = {"hundred": 100, "thousand": 1000}
MOST_LETTERS = 40

_stemmer = snowballstemmer.stemmer("english")


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """The stem of a lower-case word; numbers and codes (`e3`) stay as they are."""
    if word[-1:].isdigit():
        return word
    return str(_stemmer.stemWord(FORMS.get(word, word)))


_FORMS = """
break broke broken|stick stuck|freeze froze frozen|wear wore worn|lose lost|keep kept|hold held
send sent|hear heard|build built|buy bought|sell sold|find found|make made|choose chose chosen
throw threw thrown|take took taken|begin began begun|child children kid kids|foot feet
loud louder loudest|quiet quieter quietest|heavy heavier heaviest|hot hotter hottest
cold colder coldest|big bigger biggest|large larger largest|small smaller smallest
long longer longest|short shorter shortest|high higher highest|warm warmer warmest
cool cooler coolest|dark darker darkest|bright brighter brightest|strong stronger strongest
weak weaker weakest|thick thicker thickest|thin thinner thinnest|deep deeper deepest
wide wider widest|fast faster fastest|slow slower slowest|early earlier earliest
near nearer nearest|cheap cheaper cheapest|old older oldest|noise noisy noises|smell smelly
leak leaky|burn burnt|speak spoke spoken|write wrote written|run ran|pay paid|lay laid
weigh weight weighs|steal stole stolen|teach taught|tear tore torn|hang hung|fall fell fallen
forget forgot forgotten|grow grew grown|drive drove driven|ride rode ridden|ring rang rung
swim swam|shake shook shaken|sleep slept|slide slid|strike struck|sweep swept|wake woke woken
bend bent|blow blew blown|catch caught|feed fed|spend spent|spill spilt|spin spun|lend lent
go went gone|know knew known|give gave given|see saw seen|come came|rise rose risen|stand stood
color colour|liter litre|meter metre|centimeter centimetre|millimeter millimetre
kilometer kilometre|fiber fibre|center centre|tire tyre|aluminum aluminium|gray grey
program programme programmes|mold mould mouldy|odor odour|flavor flavour|vapor vapour
neighbor neighbour|catalog catalogue|dialog dialogue|license licence|draft draught|plow plough
fertilize fertilise fertiliser fertilizer|sterilize sterilise|organize organise
recognize recognise|initialize initialise|synchronize synchronise sync|customize customise
minimize minimise|maximize maximise|optimize optimise|authorize authorise|pressurize pressurise
economize economise|personalize personalise|analyze analyse|mouse mice|leaf leaves|knife knives
shelf shelves|tooth teeth|wi-fi wifi|e-mail email|tv television telly|fridge refrigerator
bike bicycle|phone telephone|photo photograph|ad advert|info information|max maximum|min minimum
temp temperature|mic microphone|pic picture|app application|hr hour hrs|mins minute
"""
FORMS = {
    form: base
    for group in _FORMS.replace("|", "\n").split("\n")
    for base, *forms in [group.split() or [""]]
    for form in forms
}
"""Forms of a word that the stemmer does not know to be the same."""


def tokens(text: str) -> list[str]:
    """The words of `text` in order: lower case, no accents, written numbers as digits.

    `Wi-Fi` gives `wi fi wifi`: it is found however the question spells it.
    """
    for pattern, replacement in SYMBOLS:
        text = pattern.sub(replacement, text)
    text = COMPOUND.sub(r"\1 \2 \1\2", fold(text))
    words = [_bare(word)[:MOST_LETTERS] for word in TOKEN.findall(text)]
    return digits([word for word in words if word])


def fold(text: str) -> str:
    """Lower case without accents."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.lower())
    return "".join(char for char in decomposed if not unicodedata.combining(char)).lower()


def _bare(word: str) -> str:
    word = word.replace("\u2019", "'").removesuffix("'s").replace("'", "")
    return (
        word.replace(",", "")
        if re.fullmatch(r"\d{1,3}(?:,\d{3})+", word)
        else word.replace(",", ".")
    )


def digits(words: list[str]) -> list[str]:
    """`two hundred thirty volts` → `230 volts`; other words stay as they are."""
    result: list[str] = []
    index = 0
    while index < len(words):
        value, end = _number(words, index)
        result.append(words[index] if value is None else str(value))
        index = end
    return result


def _number(words: list[str], start: int) -> tuple[int | None, int]:
    """The number whose words begin at `start` (None if there is none), and where they end."""
    total = SMALL.get(words[start], TENS.get(words[start]))
    if total is None:
        return None, start + 1
    end = start + 1
    while end < len(words):
        word, before = words[end], words[end - 1]
        if word in SCALES:
            total *= SCALES[word]
        elif before in TENS and 0 < SMALL.get(word, 0) < 10:  # noqa: PLR2004
            total += SMALL[word]
        elif before in SCALES and (word in SMALL or word in TENS):
            total += SMALL.get(word, 0) + TENS.get(word, 0)
        elif word == "and" and before in SCALES and _small(words[end + 1 : end + 2]):
            tail, stop = _number(words, end + 1)
            return total + (tail or 0), stop
        else:
            break
        end += 1
    return total, end


def _small(following: list[str]) -> bool:
    return bool(following) and (following[0] in SMALL or following[0] in TENS)
