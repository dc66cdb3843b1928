"""A shipped prompt, real evidence lines and a real HTTP server: what each kind of model makes of them, up to the retry."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.openai_server import (
    OpenAIServer,
    breaks_json,
    cut_at_length,
    fails,
    good,
    invents,
    misquotes,
    rate_limited,
    says,
    stops_half_way,
    takes_no_schema,
)

from assistant.errors import ModelOutputError
from assistant.llm.answers import QuestionAnswer, faults
from assistant.llm.cache import CachedChatModel
from assistant.llm.chat import Message, structured
from assistant.llm.cost import Meter, MeteredChatModel, Price
from assistant.llm.langchain_adapter import LangChainChatModel, open_chat_model
from assistant.llm.listing import list_evidence
from assistant.llm.prompting import load_prompt
from assistant.records import Evidence
from assistant.text import locate

PROMPTS = Path(__file__).parents[2] / "prompts"
TEXTS = (
    "On 25 April 1945 patrols met at Torgau.",
    'Truman called it "the hour for which we have longed".\nSo he said.',
)
ANSWER = {"sentences": [{"text": "They met.", "type": "documented", "cites": [{"evidence": 1, "quote": TEXTS[0]}]}]}


@pytest.fixture
def evidence(evidence_of) -> list[Evidence]:
    return evidence_of(*TEXTS)


@pytest.fixture
def messages(evidence) -> list[Message]:
    return load_prompt(PROMPTS, "answer").render(question="Who met?", evidence=list_evidence(evidence))


@pytest.fixture
def model(openai_server: OpenAIServer) -> LangChainChatModel:
    return open_chat_model("scripted", base_url=openai_server.url, timeout=20)


def check_against(evidence: list[Evidence]):
    """The check that a writer of drafts would hand in: every citation must be found where it says."""
    texts = {item.number: item.passage.text for item in evidence}

    def check(answer: QuestionAnswer) -> list[str]:
        cites = [cite for sentence in answer.sentences for cite in sentence.cites]
        lost = [cite for cite in cites if locate(cite.quote, texts.get(cite.evidence, "")) is None]
        return [*faults(answer), *(f"evidence {cite.evidence} does not hold {cite.quote!r}" for cite in lost)]

    return check


def test_a_good_model_reads_the_evidence_and_is_asked_once(openai_server, model, messages, evidence) -> None:
    openai_server.script(good())
    found = structured(model, messages, QuestionAnswer, check_against(evidence))
    assert found.failures == []
    assert [sentence.cites[0].quote for sentence in found.value.sentences] == list(TEXTS)
    assert len(openai_server.chats) == 1


@pytest.mark.parametrize(
    ("bad", "named"),
    [
        (invents(), "evidence 999 does not hold 'Stalin wept at the news.'"),
        (misquotes(), "evidence 1 does not hold 'On 25 April 1945 never met at Torgau.'"),
        (breaks_json(ANSWER), "the JSON breaks at line 1"),
        (says("I would rather talk about the weather."), "no JSON object"),
        (says({"answer": "They met."}), "sentences: Field required"),
        (stops_half_way(TEXTS[0]), "broke off before its end"),
        (stops_half_way(TEXTS[0], clean=True), "broke off before its end"),
        (cut_at_length(TEXTS[0]), "length limit"),
    ],
)
def test_a_bad_answer_is_mended_by_the_retry_that_names_it(
    openai_server, model, messages, evidence, bad, named: str
) -> None:
    openai_server.script(bad, good())
    found = structured(model, messages, QuestionAnswer, check_against(evidence))
    assert found.failures == []
    assert len(found.value.sentences) == 2
    assert named in openai_server.chats[1]["messages"][-1]["content"]


@pytest.mark.parametrize(("bad", "count"), [(invents(), 2), (misquotes(), 1)])
def test_what_stays_wrong_is_handed_back_with_the_rest(
    openai_server, model, messages, evidence, bad, count: int
) -> None:
    openai_server.always(bad)
    found = structured(model, messages, QuestionAnswer, check_against(evidence))
    assert len(found.failures) == count
    assert found.value.sentences
    assert len(openai_server.chats) == 2


@pytest.mark.parametrize("bad", [breaks_json(ANSWER), cut_at_length(TEXTS[0]), stops_half_way(TEXTS[0])])
def test_no_valid_answer_at_all_is_one_error_that_keeps_the_text(openai_server, model, messages, bad) -> None:
    openai_server.always(bad)
    with pytest.raises(ModelOutputError) as caught:
        structured(model, messages, QuestionAnswer)
    assert caught.value.partial
    assert len(openai_server.chats) == 2


def test_faults_on_the_line_do_not_use_up_the_retry(openai_server, model, messages, evidence) -> None:
    openai_server.script(rate_limited(), fails(500), misquotes(), fails(503), good())
    assert structured(model, messages, QuestionAnswer, check_against(evidence)).failures == []


def test_a_server_without_schemas_gives_the_same(openai_server, model, messages, evidence) -> None:
    openai_server.always(takes_no_schema(good()))
    assert structured(model, messages, QuestionAnswer, check_against(evidence)).failures == []


def test_the_second_time_nothing_is_asked_and_nothing_paid(
    openai_server, model, messages, evidence, tmp_path: Path
) -> None:
    openai_server.script(misquotes(), good())
    meters = [Meter({"scripted": Price(input=1, output=1)}) for _ in range(2)]
    for meter in meters:
        whole = MeteredChatModel(CachedChatModel(model, tmp_path, notice=pytest.fail), meter)
        assert structured(whole, messages, QuestionAnswer, check_against(evidence)).failures == []
    assert len(openai_server.chats) == 2
    first, second = (meter.usage for meter in meters)
    assert (first.requests, first.cached) == (2, 0)
    assert first.cost == pytest.approx((first.input_tokens + first.output_tokens) / 1e6)
    assert (second.requests, second.cached, second.cost) == (0, 2, 0.0)
