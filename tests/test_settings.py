import json
import stat
from pathlib import Path

import pytest

from assistant.errors import SettingsError
from assistant.settings import load_settings, save_secret, save_settings


def test_defaults_need_nothing(tmp_path: Path) -> None:
    settings = load_settings({"TORGAU_HOME": str(tmp_path)})
    assert (settings.home, settings.model, settings.embedder) == (tmp_path, None, "minilm")


def test_the_environment_goes_before_the_file(tmp_path: Path) -> None:
    save_settings(tmp_path, {"worlds": 2_000, "embedder": "none"})
    settings = load_settings({"TORGAU_HOME": str(tmp_path), "TORGAU_WORLDS": "5000"})
    assert (settings.worlds, settings.embedder) == (5_000, "none")


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"TORGAU_WORLDS": "many"}, "TORGAU_WORLDS"),
        ({"TORGAU_EMBEDDER": "magic"}, "TORGAU_EMBEDDER"),
        ({"TORGAU_TIMEOUT": "-1"}, "timeout"),
    ],
)
def test_an_impossible_value_is_named_with_its_place(tmp_path: Path, environment: dict[str, str], words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        load_settings({"TORGAU_HOME": str(tmp_path), **environment})


@pytest.mark.parametrize("body", ["{", "[]", '{"colour": "red"}'])
def test_a_broken_file_is_named_and_not_overwritten(tmp_path: Path, body: str) -> None:
    (tmp_path / "settings.json").write_text(body)
    with pytest.raises(SettingsError, match=r"settings\.json"):
        load_settings({"TORGAU_HOME": str(tmp_path)})
    assert (tmp_path / "settings.json").read_text() == body


def test_an_impossible_change_writes_nothing(tmp_path: Path) -> None:
    save_settings(tmp_path, {"worlds": 2_000})
    with pytest.raises(SettingsError, match="worlds"):
        save_settings(tmp_path, {"worlds": 3})
    assert json.loads((tmp_path / "settings.json").read_text()) == {"worlds": 2_000}


def test_the_key_is_kept_apart_and_private(tmp_path: Path) -> None:
    save_secret(tmp_path, "sk-secret")
    save_settings(tmp_path, {"model": "gpt-5-mini"})
    assert "sk-secret" not in (tmp_path / "settings.json").read_text()
    assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600
    settings = load_settings({"TORGAU_HOME": str(tmp_path)})
    assert settings.key_for("gpt-5-mini") == "sk-secret"
    assert "sk-secret" not in repr(settings)
    save_secret(tmp_path, None)
    assert load_settings({"TORGAU_HOME": str(tmp_path)}).key_for("gpt-5-mini") is None


def test_openai_s_key_goes_to_nobody_else(tmp_path: Path) -> None:
    settings = load_settings({"TORGAU_HOME": str(tmp_path), "OPENAI_API_KEY": "sk-openai"})
    assert settings.key_for("gpt-5-mini") == "sk-openai"
    assert settings.key_for("openai:gpt-5") == "sk-openai"
    assert settings.key_for("anthropic:claude") is None
