"""`torgau worldlines`: run, explain, rewrite, chain, and the lists of what can be pulled, asked and changed."""

from __future__ import annotations

import json

import click

from assistant.cli.door import Group, notice, open_workbench, progress
from assistant.worldlines import NOT_A_FORECAST

__all__ = ["worldlines"]

_levers = click.option("--lever", "levers", multiple=True, metavar="ID", help="A lever to pull; repeatable.")
_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
_worlds = click.option("--worlds", type=click.IntRange(100, 1_000_000), help="How many worlds.")
_seed = click.option("--seed", type=click.IntRange(0), help="Seed of the luck that all worlds share.")


@click.group(cls=Group)
def worldlines() -> None:
    """The causal model: how plausible, and what would make it so."""


@worldlines.command()
@click.argument("kind", type=click.Choice(["levers", "hinges", "drivers", "outcomes", "theses"]), default="levers")
def names(kind: str) -> None:
    """List the levers, hinges, drivers, outcomes or theses of the scenario with their ids."""
    for line in open_workbench().lab.names(kind):
        click.echo(line)


@worldlines.command()
def levers() -> None:
    """List the levers: id, plausibility of the premise, title."""
    for line in open_workbench().lab.names("levers"):
        click.echo(line)


@worldlines.command()
@_levers
@_worlds
@_seed
@_json
def run(levers: tuple[str, ...], worlds: int | None, seed: int | None, as_json: bool) -> None:
    """Run the model and print outcomes, drivers at the end, and the hinges that moved most."""
    bench = open_workbench()
    found = bench.lab.run(levers, worlds=worlds, seed=seed)
    if as_json:
        click.echo(found.model_dump_json(indent=2))
        return
    for line in bench.lab.tell_run(found):
        click.echo(line)
    click.echo(NOT_A_FORECAST)


@worldlines.command()
@click.argument("hinge")
@_levers
@_json
def explain(hinge: str, levers: tuple[str, ...], as_json: bool) -> None:
    """Say which drivers moved a hinge's odds and by how much, each with its reason and notes."""
    bench = open_workbench()
    found = bench.lab.explain(hinge, levers)
    if as_json:
        click.echo(json.dumps([item.model_dump(mode="json") for item in found], indent=2))
        return
    for line in bench.lab.tell_explanations(found):
        click.echo(line)


@worldlines.command()
@click.argument("outcome", default="no-cold-war-by-1955")
@click.option("--largest", default=3, show_default=True, type=click.IntRange(1, 4), help="The most levers in a set.")
@_json
def rewrite(outcome: str, largest: int, as_json: bool) -> None:
    """Search for the smallest changes that make an outcome plausible, and print the whole frontier."""
    bench = open_workbench()
    with progress() as report:
        found = bench.worlds.rewrites(report, outcome, largest)
    for text in found.notices:
        notice(text)
    if as_json:
        click.echo(found.model_dump_json(indent=2))
        return
    for line in bench.lab.tell_rewrites(found):
        click.echo(line)
    click.echo(NOT_A_FORECAST)


@worldlines.command()
@click.argument("steps", nargs=-1, required=True, metavar="HINGE=OUTCOME ...")
@_levers
@_json
def chain(steps: tuple[str, ...], levers: tuple[str, ...], as_json: bool) -> None:
    """Print the odds of a whole timeline, step by step, with its weakest link."""
    bench = open_workbench()
    found = bench.lab.chain(steps, levers)
    for text in found.notices:
        notice(text)
    if as_json:
        click.echo(found.model_dump_json(indent=2))
        return
    for line in bench.lab.tell_chain(found):
        click.echo(line)


@worldlines.command()
@click.argument("outcome", default="no-cold-war-by-1955")
@_levers
def sensitivity(outcome: str, levers: tuple[str, ...]) -> None:
    """Say which single weight, if wrong, changes the answer most."""
    bench = open_workbench()
    for line in bench.lab.tell_sensitivity(outcome, levers):
        click.echo(line)


@worldlines.command()
@_json
def table(as_json: bool) -> None:
    """Answer the thread's questions: Elbe Day alone, with each lever, with the best pairs and triples."""
    bench = open_workbench()
    with progress() as report:
        rows = bench.lab.table(report)
    if as_json:
        click.echo(json.dumps([row.model_dump(mode="json") for row in rows], indent=2))
        return
    for line in bench.lab.tell_table(rows):
        click.echo(line)
    click.echo(NOT_A_FORECAST)
