from __future__ import annotations

import json

import pytest
from pydantic import BaseModel

from assistant.errors import ModelError, ModelOutputError, ModelTimeoutError
from assistant.llm.chat import Message, add_usage, structured
from assistant.records import Usage

ASK = [Message(role="user", text="Name places.")]


class Places(BaseModel):
    names: list[str]


def places(*names: str) -> str:
    return json.dumps({"names": names})


def short(value: Places) -> list[str]:
    return [f"{name!r} is too long" for name in value.names if len(name) > 6]


def test_a_good_answer_needs_no_retry(fake_model) -> None:
    model, heard = fake_model(places("Torgau")), list[str]()
    found = structured(model, ASK, Places, short, on_token=heard.append)
    assert found.value.names == ["Torgau"]
    assert (found.failures, found.notices) == ([], [])
    assert found.usage == Usage(requests=1, input_tokens=10, output_tokens=2)
    assert heard == [places("Torgau")]


def test_the_retry_names_each_failure_and_shows_the_answer(fake_model) -> None:
    model = fake_model(places("Leipzig-Ost", "Torgau", "Magdeburg"), places("Torgau"))
    found = structured(model, ASK, Places, short)
    assert (found.value.names, found.failures) == (["Torgau"], [])
    assert found.usage.requests == 2
    first, retry = model.asked
    assert first == ASK
    assert retry[:1] == ASK
    assert (retry[1].role, retry[1].text) == ("assistant", places("Leipzig-Ost", "Torgau", "Magdeburg"))
    assert "1. 'Leipzig-Ost' is too long\n2. 'Magdeburg' is too long\n" in retry[2].text


def test_broken_json_is_named_in_the_retry(fake_model) -> None:
    model = fake_model('{"names": ["Torgau"', places("Torgau"))
    assert structured(model, ASK, Places).value.names == ["Torgau"]
    assert "1. the JSON breaks at line 1" in model.asked[1][-1].text


def test_failures_that_remain_are_returned(fake_model) -> None:
    found = structured(fake_model(places("Magdeburg"), places("Leipzig-Ost")), ASK, Places, short)
    assert found.value.names == ["Leipzig-Ost"]
    assert found.failures == ["'Leipzig-Ost' is too long"]


def test_a_worse_second_answer_is_not_taken(fake_model) -> None:
    found = structured(fake_model(places("Magdeburg"), places("Magdeburg", "Leipzig-Ost")), ASK, Places, short)
    assert found.value.names == ["Magdeburg"]
    assert found.failures == ["'Magdeburg' is too long"]
    assert "had 2 failures" in found.notices[0]
    found = structured(fake_model(places("Magdeburg"), "sorry"), ASK, Places, short)
    assert found.value.names == ["Magdeburg"]
    assert "was not valid" in found.notices[0]


def test_a_valid_second_answer_is_taken_before_an_invalid_first(fake_model) -> None:
    found = structured(fake_model("sorry", places("Magdeburg", "Leipzig-Ost")), ASK, Places, short)
    assert len(found.failures) == 2


def test_asks_twice_and_no_more(fake_model) -> None:
    model = fake_model("sorry, I cannot", "{", places("Torgau"))
    with pytest.raises(ModelOutputError, match=r"twice: the JSON breaks.*draft from the archive") as caught:
        structured(model, ASK, Places)
    assert len(model.asked) == 2
    assert caught.value.partial == "sorry, I cannot"
    assert caught.value.tokens == (20, 4)


def test_an_answer_that_broke_off_is_asked_for_again_without_the_torn_half(fake_model) -> None:
    cut = ModelOutputError("The answer was cut at the model's length limit", partial='{"names"', tokens=(9, 3))
    model = fake_model(cut, places("Torgau"))
    found = structured(model, ASK, Places)
    assert found.value.names == ["Torgau"]
    assert (found.usage.input_tokens, found.usage.output_tokens) == (19, 5)
    assert [turn.role for turn in model.asked[1]] == ["user", "user"]
    assert "length limit" in model.asked[1][-1].text
    assert "shorter" in model.asked[1][-1].text


def test_two_broken_answers_keep_the_longer_text(fake_model) -> None:
    cuts = [ModelOutputError("The answer broke off", partial=text) for text in ('{"names": ["Torgau"', '{"names"')]
    with pytest.raises(ModelOutputError) as caught:
        structured(fake_model(*cuts), ASK, Places)
    assert caught.value.partial == '{"names": ["Torgau"'


def test_the_first_answer_is_kept_where_the_retry_cannot_be_had(fake_model) -> None:
    model = fake_model(places("Magdeburg"), ModelTimeoutError("The model hangs", tokens=(7, 0)))
    found = structured(model, ASK, Places, short)
    assert found.value.names == ["Magdeburg"]
    assert found.failures
    assert "The model hangs" in found.notices[0]
    assert found.usage.input_tokens == 17


def test_without_any_valid_answer_the_fault_is_the_error_and_the_text_is_kept(fake_model) -> None:
    with pytest.raises(ModelTimeoutError, match="hangs") as caught:
        structured(fake_model("half an answer", ModelTimeoutError("The model hangs")), ASK, Places)
    assert caught.value.partial == "half an answer"
    model = fake_model(ModelError("The key is refused"))
    with pytest.raises(ModelError, match="refused"):
        structured(model, ASK, Places)
    assert len(model.asked) == 1


def test_a_long_list_of_failures_is_cut_in_the_prompt_but_not_in_the_result(fake_model) -> None:
    many = places(*(f"Place number {at}" for at in range(45)))
    model = fake_model(many, many)
    assert len(structured(model, ASK, Places, short).failures) == 45
    text = model.asked[1][-1].text
    assert "30. " in text
    assert "31. " not in text
    assert "and 15 more" in text


def test_a_cost_that_is_not_known_on_one_side_is_not_known_of_the_sum() -> None:
    assert add_usage(Usage(cost=0.5), Usage(cost=0.25)).cost == 0.75
    assert add_usage(Usage(cost=0.5), Usage()).cost is None
