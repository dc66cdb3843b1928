"""Chat models: one small protocol, an adapter to LangChain, a cache, a meter, prompts and the answers they ask for."""
