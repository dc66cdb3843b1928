"""The web page: page set-up and navigation."""

from __future__ import annotations

import streamlit as st

from assistant.ui import markup, problems, state
from assistant.ui.pages import desk, settings, sources, timeline, worldlines


def main() -> None:
    """Show the page that the address names."""
    st.set_page_config(page_title="Torgau", page_icon="🤝", layout="wide")
    pages = [
        st.Page(desk.page, title="Desk", icon=":material/edit_note:", url_path="desk", default=True),
        st.Page(timeline.page, title="Timeline", icon=":material/timeline:", url_path="timeline"),
        st.Page(sources.page, title="Sources", icon=":material/menu_book:", url_path="sources"),
        st.Page(worldlines.page, title="World-lines", icon=":material/alt_route:", url_path="worldlines"),
        st.Page(settings.page, title="Settings", icon=":material/tune:", url_path="settings"),
    ]
    chosen = st.navigation(pages, position="top")
    markup.styles()
    problems.show_kept(state.take_problems())
    with problems.shown():
        chosen.run()


main()
