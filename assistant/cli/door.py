"""The one way from the commands to the rest of the house, opened only when a command runs: `--help` loads none of it."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from assistant.errors import TorgauError

if TYPE_CHECKING:
    from assistant.workbench import Workbench

__all__ = ["Group", "clear_errors", "notice", "open_workbench", "progress"]

Report = Callable[[str, int, int], None]


def open_workbench(**changes: Any) -> Workbench:
    """Open the workbench with the user's settings, some of them changed for this call; None changes nothing."""
    module = importlib.import_module("assistant.workbench")
    bench: Workbench = module.Workbench.open(**{name: value for name, value in changes.items() if value is not None})
    return bench


@contextmanager
def clear_errors() -> Iterator[None]:
    """Turn Torgau's errors into one line on standard error and the error's exit code."""
    try:
        yield
    except TorgauError as error:
        click.echo(f"torgau: {error}", err=True)
        raise click.exceptions.Exit(error.exit_code) from error
    except BrokenPipeError:
        # The reader of a pipe went away ("| head"): nothing is wrong.
        sys.stderr.close()
        raise click.exceptions.Exit(0) from None


class Group(click.Group):
    """A group of commands whose errors are shown at this one place."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; see `clear_errors`."""
        with clear_errors():
            return super().invoke(ctx)


def notice(text: str) -> None:
    """Show a warning to the user."""
    click.echo(f"note: {text}", err=True)


@contextmanager
def progress(*, quiet: bool = False) -> Iterator[Report]:
    """Show counted progress on standard error: a bar in a terminal, a line a stage elsewhere, nothing when quiet."""
    if quiet:
        yield lambda what, done, total: None
        return
    if not sys.stderr.isatty():
        yield _Lines()
        return
    module = importlib.import_module("rich.progress")
    console = importlib.import_module("rich.console").Console(stderr=True)
    columns = (
        module.TextColumn("{task.description}"),
        module.BarColumn(),
        module.MofNCompleteColumn(),
        module.TimeRemainingColumn(),
    )
    with module.Progress(*columns, console=console, transient=True) as bar:
        tasks: dict[str, Any] = {}

        def show(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=total)
            bar.update(tasks[what], completed=done, total=total)

        yield show


class _Lines:
    """Progress for a log: one line when a stage begins and one when it is done."""

    def __init__(self) -> None:
        self._open: set[str] = set()

    def __call__(self, what: str, done: int, total: int) -> None:
        if done >= total:
            click.echo(f"{what}: {done} of {total}", err=True)
            self._open.discard(what)
        elif what not in self._open:
            self._open.add(what)
            click.echo(f"{what}: {total} to do", err=True)
