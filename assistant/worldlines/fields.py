"""Kinds of fields that the records of a scenario share."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from assistant.dates import PartialDate
from assistant.records import Lean

__all__ = ["FileDate", "Finite", "Id", "Leaning", "Line", "Paragraph"]


def _year_as_text(value: object) -> object:
    """Take a bare year as YAML reads it (1955, a number) for the partial date that it means."""
    return f"{value:04d}" if type(value) is int else value


FileDate = Annotated[PartialDate, BeforeValidator(_year_as_text)]
Id = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]*$")]
Line = Annotated[str, Field(min_length=1)]
Paragraph = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]*#[1-9][0-9]*$")]
Finite = Annotated[float, Field(allow_inf_nan=False)]
Leaning = Annotated[Lean, Field(strict=False)]
