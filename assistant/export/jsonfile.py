"""JSON: the draft's own record, whole, with the seal beside it; for scripts, and to be read back."""

from __future__ import annotations

import json
import re
from typing import Annotated, Any, Final

import pydantic
from pydantic import TypeAdapter

from assistant.errors import InputError
from assistant.export.seal import json_digest
from assistant.records import Answer, Continuation, Critique

__all__ = ["SEAL_KEY", "citations_in", "read_json", "render_json", "split_json_seal"]

SEAL_KEY: Final = "torgau_export"
_DRAFT: TypeAdapter[Critique | Continuation | Answer] = TypeAdapter(
    Annotated[Critique | Continuation | Answer, pydantic.Field(discriminator="kind")]
)
_SEAL: Final = re.compile(rf'"{SEAL_KEY}"\s*:\s*\{{[^{{}}]*"sha256"\s*:\s*"([0-9a-f]{{64}})"\s*\}}\s*\}}\s*\Z')


def render_json(draft: Critique | Continuation | Answer) -> str:
    """Return the draft as one sealed JSON object: its own fields, then `torgau_export` with the seal."""
    fields = draft.model_dump(mode="json", by_alias=True)
    fields[SEAL_KEY] = {"version": 1, "format": "json", "evidence": len(citations_in(fields)), "sha256": "0" * 64}
    text = json.dumps(fields, ensure_ascii=False, indent=2, allow_nan=False) + "\n"
    blank, _ = split_json_seal(text) or ("", "")
    at = text.rindex("0" * 64)
    return text[:at] + json_digest(blank) + text[at + 64 :]


def read_json(text: str) -> Critique | Continuation | Answer:
    """Return the draft of a JSON export. The seal is not looked at: that is `verify`'s work.

    Raises:
        InputError: the text is not a draft's JSON.
    """
    try:
        fields = json.loads(text)
        if isinstance(fields, dict):
            fields.pop(SEAL_KEY, None)
        return _DRAFT.validate_json(json.dumps(fields))
    except ValueError as error:
        raise InputError(f"this is not a draft in JSON: {error}", hint="Give a file that Torgau exported") from error


def split_json_seal(text: str) -> tuple[str, str] | None:
    """Return the text with the seal's digits taken out, and the digits; None if there is no seal at its end."""
    match = _SEAL.search(text)
    return None if match is None else (text[: match.start(1)] + text[match.end(1) :], match[1])


def citations_in(value: Any, path: str = "") -> list[tuple[str, dict[str, Any]]]:
    """Return every object that quotes a source, with its path ("claims[0].for[1]"), wherever it stands."""
    if isinstance(value, list):
        return [found for index, item in enumerate(value) for found in citations_in(item, f"{path}[{index}]")]
    if not isinstance(value, dict):
        return []
    if "source_hash" in value and "quote" in value:
        return [(path, value)]
    return [found for key, item in value.items() for found in citations_in(item, f"{path}.{key}".lstrip("."))]
