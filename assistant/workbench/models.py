"""The chat model that the settings ask for: metered, its identical requests answered from the cache."""

from __future__ import annotations

from collections.abc import Callable

from assistant.llm.cache import CachedChatModel
from assistant.llm.chat import ChatModel
from assistant.llm.cost import Meter, MeteredChatModel
from assistant.settings import Settings

__all__ = ["open_model"]


def open_model(settings: Settings, meter: Meter, notice: Callable[[str], None]) -> ChatModel | None:
    """Open the model; None in archive mode. Nothing is sent yet.

    Args:
        settings: which model, where, with what key and in what time.
        meter: counts requests, tokens and cost.
        notice: told what the user should know of the cache.

    Raises:
        ModelError: no key, an unknown provider, or one whose package is not installed.
    """
    if settings.model is None:
        return None
    # A second and more to import, and archive mode never needs it.
    from assistant.llm.langchain_adapter import open_chat_model

    key = settings.key_for(settings.model)
    model = open_chat_model(settings.model, api_key=key, base_url=settings.base_url, timeout=settings.timeout)
    return MeteredChatModel(CachedChatModel(model, settings.cache / "answers", notice=notice), meter)
