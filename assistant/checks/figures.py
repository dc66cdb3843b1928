"""Figures and names: everything checkable in a documented sentence must occur in what it cites.

Numbers are compared by value ("six billion", "6 billion" and "6,000,000,000" agree), years and dates by their parts, names by
surname. The check errs on the side of complaint: a name or a number that the cited words do not hold is reported.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from assistant.dates import MONTHS

__all__ = ["names_in", "numbers_in", "unsupported"]

_UNITS = {
    word: value
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen "
        "nineteen".split()
    )
}
_TENS = {word: 10 * (at + 2) for at, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split())}
_SCALES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "tenth": 10}
_LOOSE = {"one", "first", "second", "third", "a", "two"}  # too common in plain prose to be figures

_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")
_TOKEN = re.compile(rf"{_NUMBER.pattern}|[^\W\d_]+(?:['’-][^\W\d_]+)*", re.UNICODE)
_NOT_NAMES = frozenset(
    "the a an in on at by for from with without to of and but or nor so yet as if when while after before until since because "
    "although though that this these those it its he she they his her their there here where who which what why how no not "
    "only even both each every all some any most many more much such one two three four five six seven eight nine ten eleven "
    "twelve then now never still also once later again against under over within between among during through into out up down "
    "i we you our your my god january february march april may june july august september october november december monday "
    "tuesday wednesday thursday friday saturday sunday president premier prime minister secretary general marshal admiral senator "
    "ambassador foreign state war army navy fleet government congress parliament party council committee commission conference "
    "treaty agreement plan act order doctrine declaration charter line zone front day street house office department ministry "
    "north south east west northern southern eastern western central upper lower new old first second third great big king queen "
    "red white black mr mrs dr sir lord colonel major lieutenant captain sergeant doctor professor pope".split()
)
_NATIONS = {
    "american": "america", "americans": "america", "soviet": "soviet", "soviets": "soviet", "russian": "russia",
    "russians": "russia", "british": "britain", "briton": "britain", "britons": "britain", "german": "germany",
    "germans": "germany", "polish": "poland", "pole": "poland", "poles": "poland", "french": "france", "greek": "greece",
    "greeks": "greece", "turkish": "turkey", "turks": "turkey", "iranian": "iran", "iranians": "iran", "czech": "czech",
    "czechs": "czech", "czechoslovak": "czech", "czechoslovakia": "czech", "hungarian": "hungary", "hungarians": "hungary",
    "romanian": "romania", "bulgarian": "bulgaria", "finnish": "finland", "finns": "finland", "austrian": "austria",
    "japanese": "japan", "chinese": "china", "korean": "korea", "koreans": "korea", "italian": "italy", "italians": "italy",
    "yugoslav": "yugoslavia", "yugoslavs": "yugoslavia", "canadian": "canada", "ukrainian": "ukraine",
}  # fmt: skip
# The two sides go by many names that no reader would call a mistake.
_SAME_POWER = {
    "america": "usa", "us": "usa", "usa": "usa", "united": "usa", "states": "usa", "washington": "usa",
    "soviet": "ussr", "ussr": "ussr", "russia": "ussr", "union": "ussr", "moscow": "ussr", "kremlin": "ussr",
    "britain": "uk", "england": "uk", "london": "uk", "uk": "uk", "kingdom": "uk",
    "allies": "allies", "allied": "allies", "ally": "allies", "western": "allies",
}  # fmt: skip


def unsupported(sentence: str, cited: Iterable[str]) -> list[str]:
    """Return the numbers and names of a sentence that none of the cited texts holds, as they stand in the sentence."""
    texts = list(cited)
    have_numbers = {value for text in texts for value, _ in numbers_in(text)}
    have_names = {name for text in texts for word in _words(text) for name in _keys(word)}
    missing = [shown for value, shown in numbers_in(sentence) if value not in have_numbers]
    missing += [shown for shown in names_in(sentence) if not (_keys(shown) & have_names)]
    return missing


def numbers_in(text: str) -> list[tuple[float, str]]:
    """Return each number of the text as (value, wording): digits, words and mixtures such as "2.3 million"."""
    found: list[tuple[float, str]] = []
    tokens = [token for match in _TOKEN.finditer(text) for token in _parts(match.group())]
    at = 0
    while at < len(tokens):
        value, used = _number_at(tokens, at)
        if used:
            shown = " ".join(tokens[at : at + used])
            if shown.casefold() not in _LOOSE:
                found.append((value, shown))
            at += used
        else:
            at += 1
    return found


def _parts(token: str) -> list[str]:
    """Split "twenty-five" and "five-year", but not "Oder-Neisse"."""
    pieces = token.split("-")
    return pieces if any(piece.casefold() in _UNITS | _TENS | _SCALES for piece in pieces) else [token]


def _number_at(tokens: list[str], at: int) -> tuple[float, int]:
    """Return the value of the number that begins at a token, and how many tokens it takes (0: none)."""
    total, current, used, digits = 0.0, 0.0, 0, False
    for token in tokens[at:]:
        word = token.casefold()
        if _NUMBER.fullmatch(token):
            if used:
                break
            current, digits = float(token.replace(",", "")), True
        elif (word in _UNITS or word in _TENS) and not digits:
            current += _UNITS.get(word, _TENS.get(word, 0))
        elif word in _SCALES and used:
            current *= _SCALES[word]
            if _SCALES[word] >= 1_000:
                total, current = total + current, 0.0
        else:
            break
        used += 1
    return total + current, used


def names_in(text: str) -> list[str]:
    """Return the words of the text that look like names: capitalised, not a common word, not merely opening a sentence."""
    found: list[str] = []
    opening = True
    for match in _TOKEN.finditer(text):
        word = match.group()
        before = text[: match.start()].rstrip(" \"'“”‘’(")
        opening = not before or before[-1] in ".!?:"
        bare = re.sub(r"['’]s$", "", word)
        if _is_name(bare, opening) and bare not in found:
            found.append(bare)
    return found


def _is_name(word: str, opening: bool) -> bool:
    if not word[0].isupper() or word.casefold() in _NOT_NAMES or word in MONTHS or len(word) < 2:
        return False
    return not opening or word.casefold() in _NATIONS or word.isupper()


def _words(text: str) -> list[str]:
    return [re.sub(r"['’]s$", "", match.group()) for match in _TOKEN.finditer(text)]


def _keys(word: str) -> set[str]:
    """Return the forms under which a name is compared: without accents, by nation, by power, whole and by its parts."""
    plain = "".join(char for char in unicodedata.normalize("NFKD", word) if not unicodedata.combining(char))
    plain = plain.replace("ł", "l").replace("Ł", "L").replace("ø", "o").casefold()
    forms = {plain, *plain.split("-")}
    forms |= {_NATIONS[form] for form in forms if form in _NATIONS}
    forms |= {"=" + _SAME_POWER[form] for form in forms if form in _SAME_POWER}
    if plain.endswith("s") and len(plain) > 4:
        forms.add(plain[:-1])
    return forms
