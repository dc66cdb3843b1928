from __future__ import annotations

from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.runnables import RunnableLambda

from assistant.records import Source, Tier
from assistant.retrieval.index import Index
from assistant.retrieval.langchain_retriever import TorgauRetriever


def test_documents_say_where_they_stand(index: Index, poland: Source) -> None:
    best = TorgauRetriever(index=index, k=1).invoke("fraud in the Polish election")[0]
    assert best.page_content == poland.passages[1].text
    assert best.id == "poland#2"
    about = best.metadata
    assert (about["source_id"], about["hash"]) == ("poland", poland.hash)
    assert poland.text[about["start"] : about["end"]] == best.page_content
    assert (about["tier"], about["date"], about["locator"]) == ("scholarship", "1947-01-19", "para. 2")


def test_filters_are_passed_on(index: Index) -> None:
    retriever = TorgauRetriever(index=index, tiers=(Tier.FORUM,), exclude_sources=("poland",), per_source_cap=1)
    assert [document.metadata["source_id"] for document in retriever.invoke("elections")] == ["thread"]
    assert TorgauRetriever(index=index, as_of="1940").invoke("elections") == []


def test_works_in_a_chain(index: Index) -> None:
    chain = TorgauRetriever(index=index, k=2) | RunnableLambda(lambda documents: [one.id for one in documents])
    assert chain.invoke("Polish election fraud")[0] == "poland#2"


def test_notices_reach_the_callbacks(tmp_path, lend_lease: Source) -> None:
    class Listener(BaseCallbackHandler):
        def __init__(self) -> None:
            self.said: list[str] = []

        def on_text(self, text: str, **rest: object) -> None:
            self.said.append(text)

    index = Index.open(tmp_path, None)
    index.sync([lend_lease])
    listener = Listener()
    TorgauRetriever(index=index).invoke("ships", config={"callbacks": [listener]})
    assert listener.said == ["Searched by words only: no embedder runs here"]
