from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydantic import BaseModel

from assistant.errors import ModelOutputError
from assistant.llm.cache import CachedChatModel, request_key
from assistant.llm.chat import Message
from assistant.records import Usage

ASK = [Message(role="system", text="Be exact."), Message(role="user", text="Where?")]


class Place(BaseModel):
    name: str


class Town(BaseModel):
    name: str
    river: str = ""


def unwanted(text: str) -> None:
    pytest.fail(f"no notice was expected: {text}")


def test_an_identical_request_is_answered_from_the_folder(fake_model, tmp_path: Path) -> None:
    model, heard = fake_model('{"name": "Torgau — Эльба"}'), list[str]()
    first = CachedChatModel(model, tmp_path / "answers", notice=unwanted).ask(ASK, Place)
    again = CachedChatModel(model, tmp_path / "answers", notice=unwanted).ask(ASK, Place, on_token=heard.append)
    assert len(model.asked) == 1
    assert not first.cached
    assert again.cached
    assert again.parsed == first.parsed == Place(name="Torgau — Эльба")
    assert again.text == first.text == "".join(heard)
    assert again.usage == Usage(cached=1)


def test_another_request_is_another_question(fake_model, tmp_path: Path) -> None:
    model = fake_model(*['{"name": "Torgau"}'] * 6)
    cached = CachedChatModel(model, tmp_path, notice=unwanted)
    cached.ask(ASK, Place)
    cached.ask(ASK, Town)
    cached.ask(ASK)
    cached.ask(ASK[::-1], Place)
    cached.ask([*ASK[:1], Message(role="user", text="Where? ")], Place)
    model.parameters["temperature"] = 0.5
    cached.ask(ASK, Place)
    assert len(model.asked) == 6


def test_where_one_message_ends_counts(fake_model) -> None:
    def key(*texts: str) -> str:
        return request_key(fake_model(), [Message(role="user", text=text) for text in texts], None)

    assert len({key("ab", "c"), key("a", "bc"), key("abc")}) == 3


def test_the_key_does_not_change_between_runs(fake_model) -> None:
    """A cache is of use only if tomorrow's process finds today's answers."""
    assert request_key(fake_model(), ASK, None) == "d3c0a7045be8b9b612436b38203fda99b862182f8287018cab84982870d4e725"


def test_a_broken_answer_is_not_kept(fake_model, tmp_path: Path) -> None:
    model = fake_model('{"name": ', '{"name": "Torgau"}')
    cached = CachedChatModel(model, tmp_path, notice=unwanted)
    assert cached.ask(ASK, Place).parsed is None
    assert cached.ask(ASK, Place).parsed == Place(name="Torgau")
    assert len(model.asked) == 2


def test_an_answer_that_broke_off_is_not_kept(fake_model, tmp_path: Path) -> None:
    model = fake_model(ModelOutputError("It broke off", partial="Tor"), "Torgau")
    cached = CachedChatModel(model, tmp_path, notice=unwanted)
    with pytest.raises(ModelOutputError):
        cached.ask(ASK)
    assert cached.ask(ASK).text == "Torgau"


@pytest.mark.parametrize("damage", [b"", b"{", b'{"model": "fake"}', b"\xff\xfe"])
def test_a_damaged_file_is_told_and_replaced(fake_model, tmp_path: Path, damage: bytes) -> None:
    notices: list[str] = []
    cached = CachedChatModel(fake_model("Torgau", "Torgau again"), tmp_path, notice=notices.append)
    cached.ask(ASK)
    (path,) = tmp_path.iterdir()
    path.write_bytes(damage)
    assert cached.ask(ASK).text == "Torgau again"
    assert len(notices) == 1
    assert str(path) in notices[0]
    assert cached.ask(ASK).text == "Torgau again"
    assert len(notices) == 1


def test_a_kept_answer_of_another_form_is_told_and_replaced(fake_model, tmp_path: Path) -> None:
    notices: list[str] = []
    cached = CachedChatModel(fake_model('{"name": "Torgau"}', '{"name": "Riesa"}'), tmp_path, notice=notices.append)
    cached.ask(ASK, Place)
    (path,) = tmp_path.iterdir()
    path.write_text(json.dumps({"model": "fake", "text": '{"nom": "Torgau"}'}))
    assert cached.ask(ASK, Place).parsed == Place(name="Riesa")
    assert "no longer valid" in notices[0]


def test_a_folder_that_cannot_be_written_costs_only_the_cache(fake_model, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    notices: list[str] = []
    cached = CachedChatModel(fake_model("Torgau"), tmp_path / "file" / "answers", notice=notices.append)
    assert cached.ask(ASK).text == "Torgau"
    assert "cannot be kept" in notices[-1]


def test_nothing_half_written_is_left(fake_model, tmp_path: Path, monkeypatch) -> None:
    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    notices: list[str] = []
    assert CachedChatModel(fake_model("Torgau"), tmp_path, notice=notices.append).ask(ASK).text == "Torgau"
    assert "No space left" in notices[0]
    assert list(tmp_path.iterdir()) == []
