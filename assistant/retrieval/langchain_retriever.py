"""The index as a LangChain retriever, for use in chains of one's own."""

from __future__ import annotations

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from assistant.records import Hit, PassageKind, Tier
from assistant.retrieval.filters import Fusion, Query
from assistant.retrieval.index import Index

__all__ = ["TorgauRetriever"]


class TorgauRetriever(BaseRetriever):
    """Returns passages as documents whose metadata says exactly where they stand: `text[start:end]` of the source `hash`.

    The fields besides `index` are those of `assistant.retrieval.filters.Query`.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True, extra="forbid")

    index: Index
    k: int = 10
    tiers: tuple[Tier, ...] = ()
    kinds: tuple[PassageKind, ...] = ()
    since: str | None = None
    until: str | None = None
    as_of: str | None = None
    exclude_sources: tuple[str, ...] = ()
    per_source_cap: int | None = 2
    min_cosine: float | None = None
    fusion: Fusion = "weighted"

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        filters = self.model_dump(include=set(Query.__dataclass_fields__) - {"text"})
        found = self.index.search(Query(text=query, **filters))
        for notice in found.notices:
            run_manager.on_text(notice)
        return [_document(hit) for hit in found.hits]


def _document(hit: Hit) -> Document:
    passage = hit.passage
    return Document(
        page_content=passage.text,
        id=passage.id,
        metadata={
            "source_id": passage.source_id,
            "hash": passage.source_hash,
            "start": passage.start,
            "end": passage.end,
            "tier": passage.tier.value,
            "kind": passage.kind.value,
            "date": passage.date,
            "title": passage.title,
            "locator": passage.locator,
            "score": hit.score,
        },
    )
