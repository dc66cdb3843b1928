"""The command line: commands, progress on standard error, errors as one clear line and an exit code."""

from assistant.cli.main import main

__all__ = ["main"]
