"""Checks an export again: every quotation against the stored source texts, then the seal over the whole.

The formats are told apart by the seal itself; where that was damaged, by what the text looks like.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, Literal

from assistant.errors import InputError, VerifyError
from assistant.export import bbcode, markdown, page
from assistant.export.exact import normalised
from assistant.export.jsonfile import SEAL_KEY, citations_in, split_json_seal
from assistant.export.seal import Check, Seal, digest_of, find_checks, find_seals, form_of, json_digest, read_check
from assistant.records import Record
from assistant.text import content_hash, excerpt

__all__ = ["Problem", "Report", "verify"]

TextOf = Callable[[str], str | None]

_FORMS: Final = {
    "md": (markdown.ENTRY, markdown.quote_of),
    "bbcode": (bbcode.ENTRY, bbcode.quote_of),
    "html": (page.ENTRY, page.quote_of),
}


class Problem(Record):
    """One thing that does not hold.

    `kind`: `quotation` was altered or moved, `source` is not on this shelf or is damaged there, `text` other than the quotations
    was changed, `form` the evidence or the seal cannot be read. `number` is the evidence's, if it is about one.
    """

    kind: Literal["quotation", "source", "text", "form"]
    message: str
    number: int | None = None


class Report(Record):
    """What the check found. `checked` counts quotations that were compared with their source's text."""

    ok: bool
    format: str
    checked: int
    problems: list[Problem] = []


def verify(export: str | Path, text_of: TextOf) -> Report:
    """Check an export: its text, or the path of its file.

    Args:
        export: a whole export in any format; several posts of one BBCode export may stand in one text.
        text_of: gives the canonical text kept under a SHA-256, or None where it is not on the shelf.

    Raises:
        InputError: the file cannot be read.
        VerifyError: the text is no export of Torgau's, or so damaged that nothing in it can be checked.
    """
    text = normalised(_read(export) if isinstance(export, Path) else export)
    if text.startswith("{"):
        checked, problems = _json(text, text_of)
        return Report(ok=not problems, format="json", checked=checked, problems=problems)
    form = form_of(text)
    if form is None:
        raise VerifyError(
            "this text carries no evidence to check", hint="Give a file that Torgau exported, whole and unchanged"
        )
    seals = find_seals(text, form)
    checked, problems = 0, _gaps(seals, form)
    for part, seal in _parts(text, seals, form):
        more, found = _part(part, seal, form, text_of)
        checked += more
        problems += found
    return Report(ok=not problems, format=form, checked=checked, problems=problems)


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"the file cannot be read as text: {error}", where=str(path)) from error


def _parts(text: str, seals: list[Seal], form: str) -> list[tuple[str, Seal | None]]:
    """Cut a text into its sealed parts. Only BBCode has several; what follows the last seal belongs to the last part."""
    if not seals:
        return [(text, None)]
    if form != "bbcode":
        return [(text, seals[-1])]
    ends = [0, *(seal.end for seal in seals[:-1]), len(text)]
    parts = [text[start:end].strip("\n") for start, end in itertools.pairwise(ends)]
    return [(part, find_seals(part, form)[-1]) for part in parts]


def _gaps(seals: list[Seal], form: str) -> list[Problem]:
    if len(seals) < 2 or form != "bbcode":
        return []
    if [seal.part for seal in seals] == list(range(1, seals[-1].parts + 1)):
        return []
    return [
        Problem(kind="form", message="Posts are missing or out of order: each can be checked alone, this file cannot")
    ]


def _part(text: str, seal: Seal | None, form: str, text_of: TextOf) -> tuple[int, list[Problem]]:
    pattern, quote_of = _FORMS[form]
    checked, problems, read = 0, [], set[int]()
    for match in pattern.finditer(text):
        check = read_check(match["check"])
        if check is None or str(check.number) != match["number"]:
            problems.append(_form_problem(f"The evidence under [{match['number']}] carries the check line of another"))
            continue
        read.add(check.number)
        problem = _quotation(f"[{check.number}]", quote_of(match["quote"]), check, text_of)
        checked += problem is None or problem.kind == "quotation"
        problems += [problem] if problem else []
    problems += _unread(text, form, read)
    if seal is None:
        problems.append(_form_problem("The seal at the end is missing or was changed"))
    else:
        if len(read) != seal.evidence and not problems:
            problems.append(_form_problem(f"{seal.evidence} pieces of evidence were sealed, {len(read)} can be read"))
        if digest_of(text, seal.digest_start) != seal.digest:
            problems += _changed(problems)
    return checked, problems


def _unread(text: str, form: str, read: set[int]) -> list[Problem]:
    """Return a problem for each check line whose quotation does not stand before it in readable form."""
    return [
        Problem(
            kind="quotation",
            number=check.number,
            message=f"Quotation [{check.number}] was altered: it can no longer be read",
        )
        for check in find_checks(text, form)
        if check.number not in read
    ]


def _quotation(name: str, quote: str, check: Check, text_of: TextOf) -> Problem | None:
    """Return what is wrong with one quotation, or None. `name` is what the reader finds it by."""
    number = check.number or None
    source = text_of(check.source_hash)
    if source is None:
        message = f"The source of {name}, {check.source_id!r} (sha256 {check.source_hash[:12]}…), is not on this shelf"
        return Problem(kind="source", number=number, message=message)
    if content_hash(source) != check.source_hash:
        message = f"The source of {name}, {check.source_id!r}, is damaged on this shelf: its text is not the one cited"
        return Problem(kind="source", number=number, message=message)
    there = source[check.start : check.end]
    if there == quote:
        return None
    if quote and quote in source:
        message = f"Quotation {name} stands in {check.source_id!r}, but not at {check.start}–{check.end}"
    else:
        shown, true = _around(quote, there)
        message = f"Quotation {name} was altered: the export has “{shown}”, the source {check.source_id!r} has “{true}”"
    return Problem(kind="quotation", number=number, message=message)


def _around(left: str, right: str) -> tuple[str, str]:
    """Return both texts from shortly before where they part, short enough for a message."""
    same = next((at for at, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), min(len(left), len(right)))
    start = max(0, same - 20)
    before = "…" if start else ""
    return before + excerpt(left[start:], 60), before + excerpt(right[start:], 60)


def _changed(problems: list[Problem]) -> list[Problem]:
    """Return what a broken seal means beside the problems found: an altered quotation breaks it by itself."""
    if any(problem.kind == "quotation" for problem in problems):
        return []
    held = "Other text" if problems else "The quotations hold, but other text"
    return [Problem(kind="text", message=f"{held} was changed after export: the seal does not match")]


def _form_problem(message: str) -> Problem:
    return Problem(kind="form", message=message)


def _json(text: str, text_of: TextOf) -> tuple[int, list[Problem]]:
    try:
        fields = json.loads(text, object_pairs_hook=_once)
    except ValueError as error:
        raise VerifyError(
            f"this is not valid JSON: {error}", hint="Give a file that Torgau exported, unchanged"
        ) from error
    sealed = split_json_seal(text)
    if sealed is None and SEAL_KEY not in fields:
        raise VerifyError("this JSON carries no seal", hint="Give a file that Torgau exported, whole and unchanged")
    checked, problems = 0, list[Problem]()
    found = citations_in(fields)
    for path, citation in found:
        problem = _json_quotation(path, citation, text_of)
        checked += problem is None or problem.kind == "quotation"
        problems += [problem] if problem else []
    if sealed is None:
        problems.append(_form_problem("The seal at the end was changed"))
    elif not problems and fields[SEAL_KEY].get("evidence") != len(found):
        problems.append(_form_problem(f"The seal counts other quotations than the {len(found)} that can be read"))
    elif json_digest(sealed[0]) != sealed[1]:
        problems += _changed(problems)
    return checked, problems


def _json_quotation(path: str, citation: dict[str, Any], text_of: TextOf) -> Problem | None:
    quote, source_id, source_hash = citation["quote"], citation.get("source_id"), citation["source_hash"]
    start, end = citation.get("start"), citation.get("end")
    right_types = all(isinstance(value, str) for value in (quote, source_id, source_hash))
    if not right_types or type(start) is not int or type(end) is not int or start < 0:
        return Problem(kind="quotation", message=f"Quotation {path} was altered: its fields can no longer be read")
    return _quotation(path, quote, Check(0, source_id or "", start, end, source_hash), text_of)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse an object that has a key twice: one reader would see the one value, another the other."""
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("an object has the same key twice")
    return fields
