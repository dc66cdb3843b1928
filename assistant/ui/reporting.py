"""Progress of work that is done while the page waits for it: short, or needed at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import streamlit as st

from assistant.ui.markup import plain

__all__ = ["counted"]


@contextmanager
def counted() -> Iterator[Callable[[str, int, int], None]]:
    """Yield what takes progress and shows it, counted, for as long as the work lasts."""
    place = st.empty()

    def report(what: str, done: int, total: int) -> None:
        share = min(1.0, done / total) if total else 0.0
        place.progress(share, text=plain(f"{what}: {done:,} of {total:,}"))

    try:
        yield report
    finally:
        place.empty()
