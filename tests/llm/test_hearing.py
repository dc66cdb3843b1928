from __future__ import annotations

import pytest

from assistant.errors import ModelError, ModelOutputError
from assistant.llm.hearing import Heard


@pytest.mark.parametrize("reason", ["stop", "STOP", "end_turn", "completed"])
def test_a_whole_answer_passes(reason: str) -> None:
    Heard(pieces=["Tor", "gau"], reason=reason).judge("m", tells_its_end=True)


@pytest.mark.parametrize("reason", ["length", "MAX_TOKENS", "incomplete"])
def test_a_cut_answer_is_told_by_any_providers_word(reason: str) -> None:
    with pytest.raises(ModelOutputError, match="length limit") as caught:
        Heard(pieces=["Tor"], reason=reason, read=5, written=1).judge("m", tells_its_end=False)
    assert (caught.value.partial, caught.value.tokens) == ("Tor", (5, 1))


def test_silence_on_the_end_counts_only_where_it_would_be_told() -> None:
    Heard(pieces=["Torgau"]).judge("m", tells_its_end=False)
    with pytest.raises(ModelOutputError, match="broke off"):
        Heard(pieces=["Torgau"]).judge("m", tells_its_end=True)


def test_a_refusal_is_no_output_error_as_asking_again_does_not_help() -> None:
    for heard in (Heard(refusal="No."), Heard(reason="SAFETY"), Heard(pieces=["Tor"], reason="content_filter")):
        with pytest.raises(ModelError, match="would not answer") as caught:
            heard.judge("m", tells_its_end=True)
        assert not isinstance(caught.value, ModelOutputError)
