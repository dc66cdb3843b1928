"""`torgau eval`: measure retrieval and validate the causal model."""

from __future__ import annotations

import click

from assistant.cli.door import Group, open_workbench, progress

__all__ = ["evaluate"]


@click.group("eval", cls=Group)
def evaluate() -> None:
    """Measure what is claimed."""


@evaluate.command()
@click.option(
    "-k", "k", default=5, show_default=True, type=click.IntRange(1, 50), help="Passages looked at for each question."
)
def retrieval(k: int) -> None:
    """Ask the shipped forum-style questions; print recall and nDCG of hybrid, BM25 alone and dense alone."""
    bench = open_workbench()
    with progress() as report:
        found = bench.evaluate_retrieval(k, report)
    for line in found:
        click.echo(line)


@evaluate.command("worldlines")
def worldlines_() -> None:
    """Validate the engine on the shipped scenario and print the elasticity of every outcome to every lever."""
    bench = open_workbench()
    with progress() as report:
        ok, lines = bench.validate_worldlines(report)
    for line in lines:
        click.echo(line)
    if not ok:
        raise click.exceptions.Exit(3)
