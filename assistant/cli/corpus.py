"""`torgau corpus` and `torgau originals`: keep the shipped archive honest, and fetch the documents that it rests on."""

from __future__ import annotations

from pathlib import Path

import click

from assistant.cli.door import Group, notice, open_workbench, progress

__all__ = ["corpus", "originals"]


@click.group(cls=Group)
def corpus() -> None:
    """The shipped corpus."""


@corpus.command()
@click.option("--folder", type=click.Path(path_type=Path, exists=True, file_okay=False), help="Another corpus folder.")
def check(folder: Path | None) -> None:
    """Check every file of the corpus and print what is wrong, then the counts."""
    found = open_workbench().check_corpus(folder)
    for problem in found.problems:
        click.echo(f"{problem.where}: {problem.what}")
    for line in found.report:
        click.echo(line)
    for name, count in found.counts.items():
        click.echo(f"{name}: {count}")
    click.echo("The corpus holds." if not found.problems else f"{len(found.problems)} problems.")
    if found.problems:
        raise click.exceptions.Exit(3)


@click.group(cls=Group)
def originals() -> None:
    """Full texts of the primary documents that the notes rest on."""


@originals.command("list")
def list_() -> None:
    """List the documents that can be fetched, and which are there already."""
    for line in open_workbench().list_originals():
        click.echo(line)


@originals.command()
@click.argument("ids", nargs=-1)
@click.option("--note", "notes", multiple=True, metavar="NOTE", help="Those that this note rests on; repeatable.")
@click.option("--all", "everything", is_flag=True, help="All of them, politely: this takes a while.")
def fetch(ids: tuple[str, ...], notes: tuple[str, ...], everything: bool) -> None:
    """Download documents, read them and index them beside the notes; a stopped download goes on where it was."""
    bench = open_workbench()
    with progress() as report:
        fetched = bench.fetch_originals(ids, notes=notes, everything=everything, report=report)
    for line in fetched:
        click.echo(line)
    for text in bench.archive.notices:
        notice(text)


@originals.command(hidden=True)
def index() -> None:
    """Print the list of originals as the notes make it; `corpus/originals.toml` is this."""
    click.echo(open_workbench().index_originals(), nl=False)


@originals.command()
@click.argument("paragraph", metavar="NOTE#N")
def beside(paragraph: str) -> None:
    """Show a note's paragraph and, beside it, the words of the fetched originals that it rests on."""
    bench = open_workbench()
    cited, found = bench.originals_beside(paragraph)
    click.echo(cited.text)
    click.echo(f"  {cited.title}, {cited.locator}")
    for passage in found:
        click.echo(f"\n{passage.text}\n  {passage.title}, {passage.locator}")
    if not found:
        click.echo("\nNo original that it rests on is in your library: `torgau originals fetch --note NOTE` gets them.")
