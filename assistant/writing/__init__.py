"""Writing: claims, critiques, continuations and answers, from the archive alone or by a chat model."""
