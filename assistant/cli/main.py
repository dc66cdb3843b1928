"""`torgau`: the commands. Each parses its arguments here and is done by the workbench."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from typing import Any

import click

from assistant.cli.corpus import corpus, originals
from assistant.cli.door import Group, notice, open_workbench, progress
from assistant.cli.evaluate import evaluate
from assistant.cli.upkeep import app_command, demo, library, settings_command, verify
from assistant.cli.worldlines import worldlines

__all__ = ["main"]

FORMATS = ("md", "bbcode", "html", "json")

_format = click.option(
    "--format", "form", type=click.Choice(FORMATS), default="md", show_default=True, help="Form of the draft."
)
_out = click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file instead of the screen."
)
_as_of = click.option(
    "--as-of", metavar="DATE", help="Only evidence that could be known on this day (YYYY, YYYY-MM, YYYY-MM-DD)."
)
_model = click.option("--model", metavar="NAME", help="A chat model, such as openai:gpt-5; without one, archive mode.")
_quiet = click.option("--quiet", is_flag=True, help="No progress on standard error.")


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="torgau")
def main() -> None:
    """A writing assistant for alternate history: evidence for and against, with citations that anyone can re-check."""


@main.command()
@click.argument("file", required=False, metavar="[FILE]")
@_format
@_out
@_as_of
@_model
@click.option(
    "--top", type=click.IntRange(1), help="Only so many of the most telling claims: what fits into a forum post or two."
)
@_quiet
def critique(
    file: str | None, form: str, out: Path | None, as_of: str | None, model: str | None, top: int | None, quiet: bool
) -> None:
    """Judge a scenario, a pasted thread, a saved page or a draft; FILE - reads standard input.

    Without FILE, the shipped Elbe Day thread is judged.
    """
    bench = open_workbench(model=model)
    with progress(quiet=quiet) as report:
        draft = bench.critique(_given(file), as_of=as_of, report=report)
    _deliver(bench, draft, form, out, top)


@main.command("continue")
@click.argument("file", required=False, metavar="[FILE]")
@click.option(
    "--from", "start", metavar="DATE", help="First day of the continuation; by default the day after the canon ends."
)
@click.option("--to", "end", metavar="DATE", help="Last day; by default the end of 1949.")
@click.option(
    "--path",
    "path",
    default="likely",
    show_default=True,
    help="Which world-line: likely, median or a seed such as 'seed 7'.",
)
@click.option(
    "--lever",
    "levers",
    multiple=True,
    metavar="ID",
    help="A change to grant (see `torgau worldlines levers`); repeatable.",
)
@_format
@_out
@_as_of
@_model
@_quiet
def continue_(
    file: str | None,
    start: str | None,
    end: str | None,
    path: str,
    levers: tuple[str, ...],
    form: str,
    out: Path | None,
    as_of: str | None,
    model: str | None,
    quiet: bool,
) -> None:
    """Continue a timeline from a date to a date; FILE - reads standard input.

    FILE is a timeline as JSON (a continuation exported before) or as text with dated entries. Without FILE, the shipped Elbe
    Day scenario is continued.
    """
    bench = open_workbench(model=model)
    with progress(quiet=quiet) as report:
        draft = bench.continue_timeline(
            _given(file), start=start, end=end, path=path, levers=levers or None, as_of=as_of, report=report
        )
    _deliver(bench, draft, form, out)


@main.command()
@click.argument("question", nargs=-1, required=True)
@_format
@_out
@_as_of
@_model
@_quiet
def ask(
    question: tuple[str, ...], form: str, out: Path | None, as_of: str | None, model: str | None, quiet: bool
) -> None:
    """Answer a question from the archive, both sides, with citations."""
    bench = open_workbench(model=model)
    with progress(quiet=quiet) as report:
        draft = bench.ask(" ".join(question), as_of=as_of, report=report)
    _deliver(bench, draft, form, out)


@main.command()
@click.argument("query", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list.")
@click.option("-k", "k", default=10, show_default=True, type=click.IntRange(1, 200), help="How many passages.")
@click.option(
    "--tier",
    "tiers",
    multiple=True,
    help="Only this tier (primary, scholarship, memoir, press, reference, forum); repeatable.",
)
@click.option(
    "--kind", "kinds", multiple=True, help="Only this kind (statement, dispute, alternative, post, prose); repeatable."
)
@click.option("--since", metavar="DATE", help="Only what happened on or after this day.")
@click.option("--until", metavar="DATE", help="Only what happened on or before this day.")
@_as_of
@_quiet
def search(
    query: tuple[str, ...],
    as_json: bool,
    k: int,
    tiers: tuple[str, ...],
    kinds: tuple[str, ...],
    since: str | None,
    until: str | None,
    as_of: str | None,
    quiet: bool,
) -> None:
    """Search the archive by words and meaning."""
    bench = open_workbench()
    with progress(quiet=quiet) as report:
        found = bench.search(
            " ".join(query), k=k, tiers_=tiers, kinds_=kinds, since=since, until=until, as_of=as_of, report=report
        )
    for text in found.notices:
        notice(text)
    rows = [
        {
            "rank": hit.rank,
            "score": round(hit.score, 4),
            "source_id": hit.passage.source_id,
            "title": hit.passage.title,
            "tier": hit.passage.tier,
            "date": hit.passage.date,
            "start": hit.passage.start,
            "end": hit.passage.end,
            "text": hit.passage.text,
        }
        for hit in found.hits
    ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row, hit in zip(rows, found.hits, strict=True):
        click.echo(
            f"{row['rank']:>2}. {row['title']} ({row['date'] or 'undated'}, {row['tier']}, {hit.passage.locator})"
        )
        click.echo(f"    {row['text']}")
    click.echo(f"{len(rows)} of {found.searched} passages searched.")


@main.command()
@click.argument("files", nargs=-1, required=True)
@click.option("--title", help="A title, where one file is added.")
@click.option("--date", metavar="DATE", help="When it was written or happened.")
@click.option("--tier", help="primary, scholarship, memoir, press, reference or forum.")
@_quiet
def add(files: tuple[str, ...], title: str | None, date: str | None, tier: str | None, quiet: bool) -> None:
    """Add sources to your library: notes, text, Markdown, pasted threads, saved pages, TEI; - reads standard input."""
    bench = open_workbench()
    with progress(quiet=quiet) as report:
        added = bench.add([_read(file) for file in files], title=title, date=date, tier=tier, report=report)
    for item in added.items:
        click.echo(f"{item.status}: {item.source.id} — {item.source.title} ({len(item.source.passages)} passages)")
        for text in item.source.notices:
            notice(f"{item.source.id}: {text}")
    for text in added.notices:
        notice(text)


@main.command()
@click.argument("record", required=False)
def schema(record: str | None) -> None:
    """Print the JSON schema of the drafts, or of one record by name."""
    records = importlib.import_module("assistant.records")
    names = [record] if record else ["Critique", "Continuation", "Answer", "Timeline", "Source", "Citation"]
    known: dict[str, Any] = {name: getattr(records, name) for name in records.__all__}
    missing = [name for name in names if not hasattr(known.get(name), "model_json_schema")]
    if missing:
        raise click.BadParameter(f"there is no record {missing[0]!r}")
    schemas = {name: known[name].model_json_schema(by_alias=True) for name in names}
    click.echo(json.dumps(schemas[record] if record else schemas, indent=2))


def _given(file: str | None) -> tuple[str, bytes] | None:
    return None if file is None else _read(file)


def _read(file: str) -> tuple[str, bytes]:
    """Return the name and the bytes of a file, or of standard input for "-"."""
    errors = importlib.import_module("assistant.errors")
    if file == "-":
        return "standard input", sys.stdin.buffer.read()
    path = Path(file)
    try:
        return str(path.resolve()), path.read_bytes()
    except OSError as error:
        raise errors.InputError(f"The file cannot be read: {error.strerror}", where=file) from error


def _deliver(bench: Any, draft: Any, form: str, out: Path | None, top: int | None = None) -> None:
    """Write the draft; a long forum draft on the screen is shown part after part."""
    for text in draft.notices:
        notice(text)
    parts = bench.export(draft, form, top=top)
    if out is None:
        click.echo("\n".join(parts))
        return
    written = bench.write(parts, out)
    for path in written:
        click.echo(f"written: {path}", err=True)


main.add_command(verify)
main.add_command(library)
main.add_command(demo)
main.add_command(app_command)
main.add_command(settings_command)
main.add_command(corpus)
main.add_command(originals)
main.add_command(worldlines)
main.add_command(evaluate)
