"""Settings: from the environment, then a file in the user's folder, then defaults. Secrets never go into that file.

The user's folder is `TORGAU_HOME`, by default the platform's data folder. It holds the library, the desk, the indexes (which can
be rebuilt), the embedder's graph, the cache of model answers, `settings.json` and `secrets.json` (readable by its owner only).
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import platformdirs
from pydantic import Field, SecretStr, ValidationError

from assistant.errors import SettingsError
from assistant.records import Record

__all__ = ["EmbedderName", "Settings", "data_folder", "load_settings", "save_secret", "save_settings", "where_set"]

EmbedderName = Literal["minilm", "openai", "server", "chroma", "none"]

_SETTINGS_FILE = "settings.json"
_SECRETS_FILE = "secrets.json"
# Each setting that the environment may give, with the names it is looked up by, the first one that is set winning.
_ENVIRONMENT = {
    "model": ("TORGAU_MODEL",),
    "base_url": ("TORGAU_BASE_URL", "OPENAI_BASE_URL"),
    "embedder": ("TORGAU_EMBEDDER",),
    "embedding_model": ("TORGAU_EMBEDDING_MODEL",),
    "embedding_url": ("TORGAU_EMBEDDING_URL",),
    "timeout": ("TORGAU_TIMEOUT",),
    "post_length": ("TORGAU_POST_LENGTH",),
    "worlds": ("TORGAU_WORLDS",),
    "seed": ("TORGAU_SEED",),
}


class Settings(Record):
    """Everything that can be set; see the README for what each does.

    `model` None is the archive mode. `api_key` is the user's key for whatever model is named; `openai_key`, from OPENAI_API_KEY,
    goes to OpenAI and to servers that speak its protocol alone.
    `timeout` in seconds for a whole answer of a model. `post_length` in characters, the most that
    one forum post may hold. `worlds` and `seed` are those of the world-lines runs.
    """

    home: Path
    model: str | None = None
    base_url: str | None = None
    api_key: SecretStr | None = None
    openai_key: SecretStr | None = None
    embedder: EmbedderName = "minilm"
    embedding_model: str = "text-embedding-3-small"
    embedding_url: str | None = None
    timeout: Annotated[float, Field(gt=0)] = 180.0
    post_length: Annotated[int, Field(ge=2_000)] = 30_000
    worlds: Annotated[int, Field(ge=1_000, le=1_000_000)] = 10_000
    seed: Annotated[int, Field(ge=0)] = 19450425

    def key_for(self, model: str) -> str | None:
        """Return the key to send with requests to a model; OpenAI's own key never goes to another provider."""
        provider, mark, _ = model.partition(":")
        speaks_openai = self.base_url is not None or not mark or provider == "openai"
        key = self.api_key or (self.openai_key if speaks_openai else None)
        return key.get_secret_value() if key else None

    @property
    def library(self) -> Path:
        """The folder of the user's own sources."""
        return self.home / "library"

    @property
    def index(self) -> Path:
        """The folder of the search indexes; it can be deleted and is made anew."""
        return self.home / "index"

    @property
    def cache(self) -> Path:
        """The folder of what can be computed again: the embedder's graph, calibrations, answers of models."""
        return self.home / "cache"

    @property
    def desk(self) -> Path:
        """The database of projects, drafts and revisions."""
        return self.home / "desk.sqlite"


def data_folder() -> Path:
    """Return the root of the shipped data (corpus/, prompts/): the checkout's own, or the installed copy's."""
    package = Path(__file__).parent
    installed = package / "_data"
    return installed if installed.is_dir() else package.parent


def load_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings.

    Raises:
        SettingsError: the file is not readable, names an unknown setting, or a value is impossible.
    """
    env = os.environ if environment is None else environment
    home = Path(env.get("TORGAU_HOME") or platformdirs.user_data_dir("torgau", appauthor=False)).expanduser()
    values: dict[str, Any] = {"home": home, **_read(home / _SETTINGS_FILE)}
    for name, keys in _ENVIRONMENT.items():
        given = next((env[key] for key in keys if env.get(key)), None)
        if given is not None:
            values[name] = given
    key = env.get("TORGAU_API_KEY") or _read(home / _SECRETS_FILE).get("api_key")
    if key:
        values["api_key"] = SecretStr(str(key))
    if env.get("OPENAI_API_KEY"):
        values["openai_key"] = SecretStr(env["OPENAI_API_KEY"])
    try:
        return Settings.model_validate(values, strict=False)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise SettingsError(
            f"The setting {field!r} is not usable: {first['msg']}", where=_where(field, env, home)
        ) from error


def where_set(home: Path, environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return, setting by setting, where the value in force comes from: an environment variable, a file, or the default.

    Raises:
        SettingsError: a file is not readable.
    """
    env = os.environ if environment is None else environment
    kept, secrets = _read(home / _SETTINGS_FILE), _read(home / _SECRETS_FILE)
    found = {"home": "TORGAU_HOME" if env.get("TORGAU_HOME") else "default"}
    for name, keys in {**_ENVIRONMENT, "api_key": ("TORGAU_API_KEY",), "openai_key": ("OPENAI_API_KEY",)}.items():
        variable = next((key for key in keys if env.get(key)), None)
        file = _SETTINGS_FILE if name in kept else _SECRETS_FILE if name in secrets else None
        found[name] = variable or file or "default"
    return found


def save_settings(home: Path, changes: Mapping[str, Any]) -> None:
    """Write changed settings into the user's file; None takes a setting back to its default.

    Raises:
        SettingsError: a value is impossible; nothing is written then.
    """
    kept = {**_read(home / _SETTINGS_FILE), **changes}
    kept = {
        name: value
        for name, value in kept.items()
        if value is not None and name not in ("home", "api_key", "openai_key")
    }
    try:
        Settings.model_validate({"home": home, **kept}, strict=False)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise SettingsError(f"The setting {field!r} is not usable: {first['msg']}") from error
    _write(home / _SETTINGS_FILE, kept, mode=0o644)


def save_secret(home: Path, api_key: str | None) -> None:
    """Keep the API key in a file of its own that only its owner can read; None forgets it."""
    _write(home / _SECRETS_FILE, {"api_key": api_key} if api_key else {}, mode=0o600)


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise SettingsError(
            f"The settings cannot be read: {error}", where=str(path), hint="Mend or delete the file."
        ) from error
    if not isinstance(found, dict):
        raise SettingsError("The settings file must hold one object", where=str(path), hint="Mend or delete the file.")
    return found


def _write(path: Path, values: Mapping[str, Any], mode: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(dict(values), file, indent=2)
    Path(name).chmod(mode)
    Path(name).replace(path)


def _where(field: str, env: Mapping[str, str], home: Path) -> str:
    named = next((key for key in _ENVIRONMENT.get(field, ()) if env.get(key)), None)
    return named or str(home / _SETTINGS_FILE)
