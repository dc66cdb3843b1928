"""The forms of a stated test on a run, of which an outcome such as "no Cold War by 1955" is made."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import Discriminator, Field, Tag, model_validator

from assistant.records import Record
from assistant.worldlines.fields import FileDate, Finite, Id

__all__ = ["AllOf", "AnyOf", "CountOf", "DriverTest", "HingeTest", "Not", "Test"]


class HingeTest(Record):
    """True where the hinge came out `in` one of these, or `unless`: in none of these or did not arise."""

    hinge: Id
    in_: Annotated[list[Id] | None, Field(alias="in", min_length=1)] = None
    unless: Annotated[list[Id] | None, Field(min_length=1)] = None

    model_config = {"populate_by_name": True, "serialize_by_alias": True}

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        if (self.in_ is None) == (self.unless is None):
            raise ValueError(f"the test of {self.hinge} needs exactly one of `in` and `unless`")
        return self

    @property
    def names(self) -> list[str]:
        """The outcomes that the test names."""
        return self.in_ or self.unless or []


class DriverTest(Record):
    """True where the driver stands within the bounds on the last day that `at` can mean."""

    driver: Id
    at: FileDate
    at_least: Finite | None = None
    at_most: Finite | None = None

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        if self.at_least is None and self.at_most is None:
            raise ValueError(f"the test of {self.driver} needs at_least, at_most or both")
        return self


class AllOf(Record):
    """True where every part is."""

    all: Annotated[list[Test], Field(min_length=1)]


class AnyOf(Record):
    """True where at least one part is."""

    any: Annotated[list[Test], Field(min_length=1)]


class Not(Record):
    """True where its part is not."""

    not_: Annotated[Test, Field(alias="not")]

    model_config = {"populate_by_name": True, "serialize_by_alias": True}


class CountOf(Record):
    """True where the number of true parts lies within the bounds."""

    count: Annotated[list[Test], Field(min_length=1)]
    at_least: Annotated[int, Field(ge=0)] | None = None
    at_most: Annotated[int, Field(ge=0)] | None = None

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        if self.at_least is None and self.at_most is None:
            raise ValueError("a count needs at_least, at_most or both")
        if self.at_least is not None and self.at_least > len(self.count):
            raise ValueError(f"at_least {self.at_least} of {len(self.count)} parts can never be true")
        return self


_FORMS = {
    "all": AllOf,
    "any": AnyOf,
    "not": Not,
    "count": CountOf,
    "hinge": HingeTest,
    "driver": DriverTest,
}


def _form(value: Any) -> str | None:
    """Tell which form of test this is by its leading key; None lets Pydantic name the fault."""
    for key, kind in _FORMS.items():
        if isinstance(value, kind) or (isinstance(value, dict) and key in value):
            return key
    return None


Test = Annotated[
    Annotated[AllOf, Tag("all")]
    | Annotated[AnyOf, Tag("any")]
    | Annotated[Not, Tag("not")]
    | Annotated[CountOf, Tag("count")]
    | Annotated[HingeTest, Tag("hinge")]
    | Annotated[DriverTest, Tag("driver")],
    Discriminator(_form),
]
