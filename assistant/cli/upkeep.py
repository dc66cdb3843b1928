"""Commands around the drafts: verify, library, demo, app, settings."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import click

from assistant.cli.door import Group, notice, open_workbench, progress

__all__ = ["app_command", "demo", "library", "settings_command", "verify"]


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
def verify(files: tuple[Path, ...]) -> None:
    """Re-check exported drafts: every quotation against its source, character for character."""
    bench = open_workbench()
    failed = False
    for path in files:
        report = bench.verify(path)
        failed = failed or not report.ok
        click.echo(f"{path}: {'holds' if report.ok else 'FAILS'}, {report.checked} quotations checked")
        for problem in report.problems:
            click.echo(f"  {problem.message}")
    if failed:
        raise click.exceptions.Exit(9)


@click.group(cls=Group, invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list.")
@click.pass_context
def library(ctx: click.Context, as_json: bool) -> None:
    """List your own sources and count the shipped ones."""
    if ctx.invoked_subcommand is not None:
        return
    bench = open_workbench()
    sources = bench.own_sources()
    if as_json:
        rows = [
            {"id": s.id, "title": s.title, "kind": s.kind, "tier": s.tier, "date": s.date, "hash": s.hash}
            for s in sources
        ]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for source in sources:
        click.echo(f"{source.id}: {source.title} ({source.kind}, {source.tier}, {source.date or 'undated'})")
    click.echo(f"{len(sources)} sources of your own, {bench.shipped_count()} shipped.")


@library.command("remove")
@click.argument("source_id")
def library_remove(source_id: str) -> None:
    """Take a source of your own out of the library; its text is kept, so that old citations still resolve."""
    open_workbench().remove(source_id)
    click.echo(f"removed: {source_id}")


@library.command("rebuild")
def library_rebuild() -> None:
    """Make the search indexes anew from the texts."""
    bench = open_workbench()
    with progress() as report:
        count = bench.rebuild(report)
    click.echo(f"{count} passages indexed.")


@click.command()
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=Path("demo-out"), show_default=True)
def demo(out: Path) -> None:
    """Draft a critique of the Elbe Day thread and a continuation of its timeline, in four forms each, and verify them."""
    bench = open_workbench()
    with progress() as report:
        made = bench.demo(out, report=report)
    for line in made.summary:
        click.echo(line)
    click.echo("")
    for path in made.files:
        click.echo(f"written: {path}")
    click.echo(f"{made.checked} quotations verified against their sources, {len(made.problems)} problems.")
    for problem in made.problems:
        notice(problem)
    if made.problems:
        raise click.exceptions.Exit(9)


@click.command("app")
@click.option("--port", default=8501, show_default=True, type=click.IntRange(1, 65535))
@click.option("--browser/--no-browser", default=True, help="Open the page in a browser.")
def app_command(port: int, browser: bool) -> None:
    """Open Torgau as a web page of your own, on this machine only."""
    settings = open_workbench().settings
    from_checkout = Path(__file__).parents[2] / "app.py"
    page = from_checkout if from_checkout.is_file() else Path(__file__).parents[1] / "_data" / "app.py"
    command = [sys.executable, "-m", "streamlit", "run", str(page), "--server.port", str(port)]
    command += ["--server.address", "127.0.0.1", "--server.headless", "false" if browser else "true"]
    command += ["--browser.gatherUsageStats", "false"]
    environment = {**os.environ, "TORGAU_HOME": str(settings.home)}
    raise click.exceptions.Exit(subprocess.run(command, env=environment, check=False).returncode)


@click.group("settings", cls=Group, invoke_without_command=True)
@click.pass_context
def settings_command(ctx: click.Context) -> None:
    """Show the settings in force; `settings set NAME VALUE` changes one."""
    if ctx.invoked_subcommand is not None:
        return
    settings = open_workbench().settings
    for name, value in settings.model_dump(mode="json").items():
        shown = "set" if name.endswith("_key") and value else value
        click.echo(f"{name}: {'not set' if shown is None else shown}")


@settings_command.command("set")
@click.argument("name")
@click.argument("value")
def settings_set(name: str, value: str) -> None:
    """Change a setting in your own settings file; the value - takes it back to its default."""
    open_workbench().change_setting(name, None if value == "-" else value)
    click.echo(f"{name}: {'default' if value == '-' else value}")
