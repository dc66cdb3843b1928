"""Exact characters: texts made safe to show and to copy, and back.

Forums, editors and mail change what cannot be seen: no-break spaces become spaces, line ends lose blanks, controls vanish; and a
direction override turns what is read around. Such characters are shown by their number, `⟨U+00A0⟩`, so that a quotation
survives the trip and still is the source's own, character for character.
"""

from __future__ import annotations

import re
import unicodedata

__all__ = ["normalised", "on_one_line", "restored", "visible"]

_CODE = re.compile(r"⟨U\+([0-9A-F]{4,6})⟩")
_EDGES = re.compile(r"\A[ \n]+|[ \n]+\Z|^ +| +$", re.MULTILINE)
_HIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp", "Zs"}
# Joiners belong to emoji and to Persian and Indic words.
_KEPT = set(" \n\u200c\u200d")


def visible(text: str) -> str:
    """Return the text with every character that may be lost or mislead as its number; `restored` undoes it exactly."""
    text = text.replace("⟨U+", "⟨U+27E8⟩U+")
    text = "".join(_code(char) if _misleads(char) else char for char in text)
    return _EDGES.sub(lambda match: "".join(map(_code, match[0])), text)


def restored(text: str) -> str:
    """Return the text that `visible` was given."""
    return _CODE.sub(_character, text)


def on_one_line(text: str) -> str:
    """Return prose on one line: any white space is one space, hidden characters are shown by their number. Not undone."""
    return "".join(_code(char) if _misleads(char) else char for char in " ".join(text.split()))


def normalised(text: str) -> str:
    """Return the text without what editors and forums change on their own: byte order mark, line ends, trailing blanks."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    return re.sub(r"[ \t]+$", "", text, flags=re.MULTILINE).strip("\n")


def _misleads(char: str) -> bool:
    return unicodedata.category(char) in _HIDDEN and char not in _KEPT


def _code(char: str) -> str:
    return f"⟨U+{ord(char):04X}⟩"


def _character(match: re.Match[str]) -> str:
    code = int(match[1], 16)
    # A number that names no character was never written by `visible`; it stays what it is.
    return match[0] if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF else chr(code)
