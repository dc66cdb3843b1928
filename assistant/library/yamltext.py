"""Reading YAML from files that people wrote or found: plain values, bounded, dates kept as the text they were."""

from __future__ import annotations

import datetime as dt
from typing import Any

import yaml
from pydantic import ValidationError

from assistant.errors import CorpusError

__all__ = ["describe", "load_yaml", "plain_dates"]

_DATES = ("date", "date_end", "known_from")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DEPTH = 20


def load_yaml(text: str, where: str) -> Any:
    """Return what a YAML text says: plain values only, no aliases, at most 20 levels deep.

    Raises:
        CorpusError: it is not YAML, names an impossible date, or goes beyond that.
    """
    try:
        depth = 0
        # The events are looked at first: the loader itself recurses, and a deep enough text would crash Python.
        for event in yaml.parse(text, Loader=_LOADER):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if isinstance(event, yaml.AliasEvent) or depth > _DEPTH:
                raise CorpusError("The YAML uses aliases or is nested too deep", where=where)
        return yaml.load(text, Loader=_LOADER)
    except (yaml.YAMLError, ValueError) as error:
        said = " ".join(str(error).split())
        raise CorpusError(f"This is no valid YAML: {said}", where=where) from error


def describe(error: ValidationError) -> str:
    """Return what a record refused, field by field, in one line."""
    return "; ".join(
        f"{'.'.join(str(part) for part in fault['loc']) or 'the whole'}: {fault['msg']}" for fault in error.errors()
    )


def plain_dates(value: Any) -> Any:
    """Return a YAML value with dates and year numbers in date fields as text, as partial dates are."""
    if isinstance(value, dict):
        return {key: _as_date(item) if key in _DATES else plain_dates(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain_dates(item) for item in value]
    return value


def _as_date(value: Any) -> Any:
    if isinstance(value, dt.date):
        return value.isoformat()
    return f"{value:04d}" if isinstance(value, int) and not isinstance(value, bool) else value
