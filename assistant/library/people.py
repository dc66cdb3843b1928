"""The people register: a plain file of persons, read strictly."""

from __future__ import annotations

from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from assistant.errors import CorpusError
from assistant.library.yamltext import describe, load_yaml, plain_dates
from assistant.records import Person

__all__ = ["load_people"]

_PEOPLE = TypeAdapter(list[Person])


def load_people(path: Path) -> list[Person]:
    """Read a register, a list of persons (see `assistant.records.Person`).

    Raises:
        CorpusError: the file cannot be read, a field is wrong, or an id stands there twice.
    """
    where = str(path)
    try:
        rows = load_yaml(path.read_text("utf-8-sig"), where)
        people = _PEOPLE.validate_python(plain_dates(rows))
    except (OSError, UnicodeDecodeError) as error:
        raise CorpusError(f"The people register cannot be read: {error}", where=where) from error
    except ValidationError as error:
        raise CorpusError(f"The people register does not have its form: {describe(error)}", where=where) from error
    ids = [person.id for person in people]
    twice = sorted({id_ for id_ in ids if ids.count(id_) > 1})
    if twice:
        raise CorpusError(f"The people register names a person twice: {', '.join(twice)}", where=where)
    return people
