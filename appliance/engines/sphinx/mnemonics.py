"""eSpeak NG's phoneme mnemonics (American English) -> ARPAbet.

Source: `docs/phonemes.md` of eSpeak NG; checked against the words that both it and CMUdict know.
"""

from __future__ import annotations

from typing import Final

_ARPABET: Final = {
    "a": "AE", "aa": "AE", "a#": "AH", "A": "AA", "A:": "AA", "A#": "AA", "A@": "AA R",
    "0": "AA", "0#": "AA", "O": "AO", "O:": "AO", "O2": "AO", "O@": "AO R", "o@": "AO R",
    "V": "AH", "@": "AH", "@2": "AH", "@5": "AH", "@-": "AH", "@L": "AH L",
    "E": "EH", "E2": "EH", "E#": "EH", "e": "EH", "e@": "EH R",
    "3": "ER", "3:": "ER", "3-": "ER", "VR": "ER",
    "I": "IH", "I#": "IH", "I2": "IH", "i": "IY", "i:": "IY", "i@": "IY AH", "i@3": "IH R",
    "U": "UH", "u": "UW", "u:": "UW", "U@": "UH R",
    "eI": "EY", "aI": "AY", "aI@": "AY AH", "aI3": "AY ER", "OI": "OY", "aU": "AW",
    "aU@": "AW ER", "oU": "OW", "oU#": "OW", "@U": "OW",
    "p": "P", "b": "B", "t": "T", "t#": "T", "t2": "T", "d": "D", "d#": "D", "k": "K", "g": "G",
    "f": "F", "v": "V", "T": "TH", "D": "DH", "s": "S", "z": "Z", "z#": "S", "S": "SH", "Z": "ZH",
    "h": "HH", "m": "M", "m-": "AH M", "n": "N", "n-": "AH N", "N": "NG", "l": "L", "L": "L",
    "l#": "L", "r": "R", "r-": "R", "r2": "R", "w": "W", "w#": "W", "j": "Y",
    "tS": "CH", "dZ": "JH", "x": "K", "C": "K",
}  # fmt: skip
_STRESS: Final = "',%=|!"


def arpabet(mnemonics: str) -> str:
    """`d_I#_s_k_'eI_l` -> `D IH S K EY L`; a phoneme that English lacks is left out."""
    phones: list[str] = []
    for mnemonic in mnemonics.replace(" ", "_").split("_"):
        phone = _ARPABET.get(mnemonic.lstrip(_STRESS).rstrip(";"))
        # A rhotic vowel before a written r would say the r twice.
        if phone and not (phone == "R" and phones and phones[-1][-1] == "R"):
            phones.extend(phone.split())
    return " ".join(phones)
