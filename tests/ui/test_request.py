from __future__ import annotations

import pytest

from assistant.desk.entries import Inputs
from assistant.errors import InputError
from assistant.ui.request import Request, checked_date


@pytest.mark.parametrize(
    "request_",
    [
        Request(),
        Request(origin="text", text="AHC: --peace", as_of="1946", model="openai:gpt-5"),
        Request(origin="file", name="página.html", data=b"\xff\x00<html>"),
    ],
)
def test_what_is_kept_comes_back_byte_for_byte(request_: Request) -> None:
    kept = Inputs.model_validate_json(request_.inputs().model_dump_json())
    assert Request.of(kept, None) == request_


def test_an_empty_model_stays_empty_though_the_settings_name_one() -> None:
    assert Request.of(Request(model=None).inputs(), "openai:gpt-5").model is None
    assert Request.of(None, "openai:gpt-5").model == "openai:gpt-5"


def test_what_is_missing_is_asked_for() -> None:
    assert Request().given() is None
    for origin in ("text", "file"):
        with pytest.raises(InputError, match="There is no"):
            Request(origin=origin).given()


def test_a_damaged_file_must_be_given_again() -> None:
    request = Request.of(Inputs(text="", settings={"from": "file", "name": "a.html", "file": "not base64!"}), None)
    with pytest.raises(InputError, match="no file"):
        request.given()


def test_dates_are_checked_before_work_begins() -> None:
    assert checked_date(" 1946-03 ", "As of") == "1946-03"
    assert checked_date("", "As of") is None
    with pytest.raises(InputError, match="As of"):
        checked_date("March 1946", "As of")
