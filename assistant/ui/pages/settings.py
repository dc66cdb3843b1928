"""Settings: what is in force and from where, what can be changed here, and how large the library is."""

from __future__ import annotations

from collections.abc import Callable
from typing import get_args

import streamlit as st

from assistant.settings import EmbedderName, where_set
from assistant.ui import jobs, state
from assistant.ui.markup import plain, show, tag
from assistant.ui.problems import guarded, notices

__all__ = ["page"]

_EMBEDDERS = {
    "minilm": "MiniLM, on this machine (the default)",
    "openai": "OpenAI's embeddings (needs the key)",
    "server": "A server that speaks OpenAI's protocol",
    "chroma": "Chroma's own default",
    "none": "None: search by words alone",
}
_REBUILD = "rebuild"


def page() -> None:
    """Show the page."""
    st.header("Settings", anchor=False)
    places = where_set(state.bench().settings.home)
    model, archive = st.columns(2, gap="large")
    with model:
        st.subheader("Chat model", anchor=False)
        _model(places)
        _key(places)
    with archive:
        st.subheader("Archive and figures", anchor=False)
        _archive(places)
    _library()
    _in_force(places)
    st.subheader("What leaves this machine", anchor=False)
    st.write(
        "Nothing, unless you name a chat model or an embedder on another machine: then your text and the evidence for it go to that "
        "address, and nowhere else. Torgau sends no telemetry, and turns off that of Streamlit, Chroma and LangSmith. "
        "The page answers on this machine only."
    )


def _model(places: dict[str, str]) -> None:
    settings = state.bench().settings
    _text("model", "Model", settings.model or "", places, "Empty: archive mode. Such as openai:gpt-5")
    _text(
        "base_url",
        "Base URL",
        settings.base_url or "",
        places,
        "Of a server that speaks OpenAI's protocol, such as Ollama",
    )
    _number("timeout", "Seconds to wait for an answer", int(settings.timeout), places, 1)


def _archive(places: dict[str, str]) -> None:
    settings = state.bench().settings
    names = list(get_args(EmbedderName))
    st.selectbox(
        "Embedder: how meaning is searched",
        names,
        index=names.index(settings.embedder),
        format_func=lambda name: _EMBEDDERS[name],
        key="set-embedder",
        on_change=_saver("embedder"),
        help=_overruled("embedder", places),
    )
    if settings.embedder in ("openai", "server"):
        _text("embedding_model", "Embedding model", settings.embedding_model, places, "")
        _text("embedding_url", "Its base URL", settings.embedding_url or "", places, "Empty: the chat model's")
    _number("post_length", "Characters that one forum post may have", settings.post_length, places, 2_000)
    _number("worlds", "Worlds in a run", settings.worlds, places, 1_000)
    _number("seed", "Seed", settings.seed, places, 0)


def _text(name: str, label: str, value: str, places: dict[str, str], placeholder: str) -> None:
    st.text_input(
        label,
        value=value,
        key=f"set-{name}",
        on_change=_saver(name),
        placeholder=placeholder,
        help=_overruled(name, places),
    )


def _number(name: str, label: str, value: int, places: dict[str, str], least: int) -> None:
    st.number_input(
        label, value=value, min_value=least, key=f"set-{name}", on_change=_saver(name), help=_overruled(name, places)
    )


def _saver(name: str) -> Callable[[], None]:
    @guarded
    def save() -> None:
        value = str(state.widget(f"set-{name}")).strip()
        state.bench().change_setting(name, value or None)

    return save


def _overruled(name: str, places: dict[str, str]) -> str | None:
    place = places.get(name, "default")
    return f"The environment variable {place} is set and goes before what is chosen here." if place.isupper() else None


def _key(places: dict[str, str]) -> None:
    @guarded
    def keep() -> None:
        given = str(state.widget("set-api-key")).strip()
        if given:
            state.bench().change_setting("api_key", given)
            state.put("set-api-key", "")

    @guarded
    def forget() -> None:
        state.bench().change_setting("api_key", None)

    st.text_input(
        "API key",
        type="password",
        key="set-api-key",
        on_change=keep,
        autocomplete="off",
        placeholder="Kept in a file of its own that only you can read; never shown again",
        help=_overruled("api_key", places),
    )
    if state.bench().settings.api_key is None:
        st.caption("No key is set.")
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(plain(f"A key is set ({places['api_key']})."))
        if not places["api_key"].isupper():
            st.button("Forget the key", on_click=forget, key="forget-key")


def _library() -> None:
    bench = state.bench()
    st.subheader("Library", anchor=False)
    own, shipped = bench.own_sources(), bench.shipped()
    counts = {
        "shipped sources": len(shipped),
        "passages in them": sum(len(source.passages) for source in shipped),
        "sources of your own": len(own),
        "passages in those": sum(len(source.passages) for source in own),
    }
    for column, (label, count) in zip(st.columns(4), counts.items(), strict=True):
        column.metric(label, f"{count:,}")
    notices(bench.archive.notices)
    running = jobs.watch(jobs.key_of(_REBUILD))
    st.button(
        "Rebuild the search index",
        icon=":material/build:",
        disabled=running,
        on_click=_rebuild,
        key="rebuild",
        help="It is made from the texts: nothing can be lost. Needed only where a search says that it is damaged.",
    )


@guarded
def _rebuild() -> None:
    bench = state.own_bench(None)

    def work(report: jobs.Report) -> list[str]:
        return [f"{bench.rebuild(report):,} passages are indexed."]

    jobs.jobs().start(jobs.key_of(_REBUILD), "Rebuilding the index", work)


def _in_force(places: dict[str, str]) -> None:
    with st.expander("What is in force, and from where", icon=":material/fact_check:"):
        values = state.bench().settings.model_dump(mode="json")
        values["api_key"] = "set" if values.get("api_key") else None
        rows = [
            tag(
                "tr",
                tag("td", name),
                tag("td", "—" if value is None else str(value)),
                tag("td", places.get(name, "default")),
            )
            for name, value in values.items()
        ]
        head = tag("tr", tag("th", "Setting"), tag("th", "Value"), tag("th", "From"))
        show(tag("table", head, *rows, class_="tg-table"))
