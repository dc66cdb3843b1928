"""The one place where errors are shown: what happened and what the user can do, never a traceback for what is expected."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import ParamSpec

import streamlit as st

from assistant.errors import TorgauError
from assistant.ui import state
from assistant.ui.markup import plain

__all__ = ["guarded", "notices", "show_kept", "shown"]

Given = ParamSpec("Given")


@contextmanager
def shown() -> Iterator[None]:
    """Show Torgau's errors in the page where they arise; all others are faults of the program and go on."""
    try:
        yield
    except TorgauError as error:
        st.error(plain(str(error)), icon=":material/error:")


def guarded(action: Callable[Given, None]) -> Callable[Given, None]:
    """Wrap what a button does: its errors are kept and shown at the head of the page, since a callback has no place in it."""

    @functools.wraps(action)
    def safe(*args: Given.args, **kwargs: Given.kwargs) -> None:
        try:
            action(*args, **kwargs)
        except TorgauError as error:
            state.keep_problem(str(error))

    return safe


def show_kept(problems: Iterable[str]) -> None:
    """Show the errors of actions that were just tried."""
    for problem in problems:
        st.error(plain(problem), icon=":material/error:")


def notices(texts: Iterable[str]) -> None:
    """Show warnings, each once."""
    for text in dict.fromkeys(texts):
        st.warning(plain(text), icon=":material/info:")
