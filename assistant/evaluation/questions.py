"""The questions that retrieval is measured on: a plain file of questions, each with the notes that answer it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import yaml
from pydantic import Field, TypeAdapter, ValidationError

from assistant.errors import CorpusError
from assistant.records import Record

__all__ = ["Question", "load_questions"]


class Question(Record):
    """A question as a forum member asks it, and the ids of the notes that answer it: any of them will do."""

    question: Annotated[str, Field(min_length=1)]
    notes: Annotated[list[str], Field(min_length=1)]


_QUESTIONS = TypeAdapter(list[Question])


def load_questions(path: Path) -> list[Question]:
    """Read a file of questions.

    Raises:
        CorpusError: the file cannot be read, has another form, holds none, or asks one twice.
    """
    try:
        questions = _QUESTIONS.validate_python(yaml.safe_load(path.read_text(encoding="utf-8")) or [])
    except OSError as error:
        raise CorpusError(f"The questions cannot be read: {error.strerror}", where=str(path)) from error
    except (UnicodeDecodeError, yaml.YAMLError, ValidationError) as error:
        raise CorpusError(
            f"The questions do not have their form: {error}",
            where=str(path),
            hint="Give a list of {question, notes: [id, ...]}",
        ) from error
    texts = [each.question for each in questions]
    if not texts or len(set(texts)) != len(texts):
        raise CorpusError("The file holds no question, or one of them twice", where=str(path))
    return questions
