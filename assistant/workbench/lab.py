"""The world-lines laboratory: what the faces ask of the causal model, as records and as lines to read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assistant.errors import InputError
from assistant.ranges import range_words
from assistant.records import Probability, Record
from assistant.workbench.archive import Report, silent
from assistant.workbench.worlds import Worlds, as_range
from assistant.worldlines.chain import Chain, chain
from assistant.worldlines.engine import Fan, HingeOdds
from assistant.worldlines.explain import Explanation, explain_run
from assistant.worldlines.outcomes import outcome_probabilities
from assistant.worldlines.rewrite import LeverSet, RewriteSearch
from assistant.worldlines.sensitivity import Sensitivity, sensitivity
from assistant.worldlines.validation import Report as Validation

__all__ = ["Lab", "RunSummary", "TableRow"]


class RunSummary(Record):
    """What a run shows: every outcome without and with the levers, the drivers over time, the hinges that moved most."""

    levers: list[str]
    worlds: int
    seed: int
    effective: float
    outcomes_before: dict[str, Probability]
    outcomes: dict[str, Probability]
    fans_before: list[Fan]
    fans: list[Fan]
    hinges_before: list[HingeOdds]
    hinges: list[HingeOdds]
    notices: list[str] = []


class TableRow(Record):
    """One line of the thread's table: what is granted, the premise's plausibility, and the outcomes' ranges by id."""

    title: str
    levers: list[str]
    premise: Probability | None
    outcomes: dict[str, Probability]


class Lab:
    """Asks the causal model of one scenario."""

    def __init__(self, worlds: Worlds) -> None:
        self.worlds = worlds

    def names(self, kind: str) -> Iterator[str]:
        """Yield a line for each entry of a kind: id, a figure where there is one, title."""
        model = self.worlds.model
        if kind == "levers":
            for lever in model.levers:
                yield f"{lever.id:32} {range_words(lever.plausibility):>9}  {lever.title}"
        elif kind == "hinges":
            for hinge in model.hinges:
                odds = ", ".join(f"{outcome.id} {outcome.base:.2f}" for outcome in hinge.outcomes)
                yield f"{hinge.date:10} {hinge.id:32} {hinge.title} ({odds})"
        elif kind == "drivers":
            for driver in model.drivers:
                yield f"{driver.id:24} {driver.start:+.2f}  {driver.title}"
        elif kind == "outcomes":
            for outcome in model.outcomes:
                yield f"{outcome.id:32} {outcome.title}"
        else:
            for thesis in model.theses:
                yield f"{thesis.id:32} {range_words(thesis.truth):>9}  {thesis.statement}"

    def run(self, levers: Sequence[str] = (), *, worlds: int | None = None, seed: int | None = None) -> RunSummary:
        """Run with and without the levers, on the same luck.

        Raises:
            InputError: an unknown lever, or levers that contradict each other.
        """
        before = self.worlds.run((), worlds, seed)
        after = self.worlds.run(levers, worlds, seed) if levers else before
        names = [driver.id for driver in self.worlds.model.drivers]
        hinges = [hinge.id for hinge in self.worlds.model.hinges]
        return RunSummary(
            levers=list(after.levers),
            worlds=after.outcomes.shape[1],
            seed=after.seed,
            effective=after.effective,
            outcomes_before={name: as_range(found) for name, found in outcome_probabilities(before).items()},
            outcomes={name: as_range(found) for name, found in outcome_probabilities(after).items()},
            fans_before=[before.driver_fan(name) for name in names],
            fans=[after.driver_fan(name) for name in names],
            hinges_before=[before.outcome_odds(name) for name in hinges],
            hinges=[after.outcome_odds(name) for name in hinges],
            notices=list(after.notices),
        )

    def tell_run(self, found: RunSummary) -> Iterator[str]:
        """Yield the run as lines to read."""
        model = self.worlds.model
        titles = ", ".join(model.lever(name).title for name in found.levers) or "no lever pulled"
        yield f"{found.worlds:,} worlds, seed {found.seed}: {titles}"
        for outcome in model.outcomes:
            before, after = found.outcomes_before[outcome.id], found.outcomes[outcome.id]
            change = range_words(before) if not found.levers else f"{range_words(before)} -> {range_words(after)}"
            yield f"  {outcome.title}: {change}"
        yield "Drivers at the end (median, our timeline in brackets):"
        for fan in found.fans:
            yield f"  {model.driver(fan.driver).title}: {fan.quantiles[50][-1]:+.2f} ({fan.otl[-1]:+.2f})"
        if found.levers:
            yield "Turning points that moved most:"
            for line in self._moved(found):
                yield f"  {line}"

    def _moved(self, found: RunSummary) -> list[str]:
        rows: list[tuple[float, str]] = []
        for before, after in zip(found.hinges_before, found.hinges, strict=True):
            hinge = self.worlds.model.hinge(before.hinge)
            ours = hinge.otl.id
            if ours in before.outcomes and ours in after.outcomes:
                was, now = before.outcomes[ours].value, after.outcomes[ours].value
                rows.append((abs(was - now), f"{hinge.date} {hinge.otl.title}: {was:.0%} -> {now:.0%}"))
        return [line for _, line in sorted(rows, reverse=True)[:8]]

    def explain(self, hinge: str, levers: Sequence[str] = ()) -> list[Explanation]:
        """Explain a hinge's odds in the mean state of a run with these levers (InputError for an unknown one)."""
        return explain_run(self.worlds.run(levers), hinge)

    def tell_explanations(self, found: Sequence[Explanation]) -> Iterator[str]:
        """Yield explanations as lines to read: odds, then each driver's share with its reason and notes."""
        for item in found:
            hinge = self.worlds.model.hinge(item.hinge)
            yield f"{hinge.title} — {hinge.outcome(item.outcome).title}: base {item.base:.0%}, here {item.probability:.0%}"
            yield f"  because: {hinge.outcome(item.outcome).reason}"
            for part in item.contributions:
                title = self.worlds.model.driver(part.driver).title
                yield f"  {title} at {part.state:+.2f} ({part.away:+.2f} from our timeline): {part.change:+.1%}"
                for weight in part.weights:
                    notes = ", ".join(weight.notes)
                    yield f"    weight {weight.weight:+.1f} ± {weight.spread:.1f} on {weight.outcome}: {weight.reason} [{notes}]"

    def tell_rewrites(self, found: RewriteSearch) -> Iterator[str]:
        """Yield the frontier as lines, the least far-fetched premise first."""
        outcome = self.worlds.model.outcome(found.outcome)
        yield f"{outcome.title}: {range_words(as_range(found.unaided))} with nothing changed; {found.tried:,} sets of levers tried."
        for row in sorted(found.frontier, key=lambda row: -row.premise.high):
            if row.levers:
                yield f"  premise {range_words(row.premise):>9}  outcome {range_words(as_range(row.outcome)):>9}  {self._titles(row)}"
        for row in found.smallest[:3]:
            yield f"Smallest that makes it plausible: {self._titles(row)} ({range_words(as_range(row.outcome))})"

    def _titles(self, row: LeverSet) -> str:
        return " + ".join(self.worlds.model.lever(name).title for name in row.levers)

    def chain(self, steps: Sequence[str], levers: Sequence[str] = ()) -> Chain:
        """Return the odds of a timeline given as "hinge=outcome" (InputError for one of another form)."""
        pairs: list[tuple[str, str]] = []
        for step in steps:
            hinge, mark, outcome = step.partition("=")
            if not mark:
                raise InputError(
                    f"{step!r} is no step", hint="Write HINGE=OUTCOME; `torgau worldlines names hinges` lists them"
                )
            pairs.append((hinge, outcome))
        settings = self.worlds.archive.settings
        return chain(
            self.worlds.model,
            pairs,
            levers=levers,
            worlds=settings.worlds,
            seed=settings.seed,
            cache_dir=settings.cache,
        )

    def tell_chain(self, found: Chain) -> Iterator[str]:
        """Yield a chain as lines."""
        for step in found.steps:
            hinge = self.worlds.model.hinge(step.hinge)
            odds = range_words(as_range(step.probability)) if step.probability else "decided by a lever"
            yield f"{step.date:10} {hinge.outcome(step.outcome).title}: {odds}"
        yield f"All of it: {range_words(as_range(found.product))}"
        if found.weakest:
            yield f"Weakest link: {self.worlds.model.hinge(found.weakest).title}"

    def sensitivity(self, outcome: str, levers: Sequence[str] = (), top: int = 8) -> list[Sensitivity]:
        """Return the weights whose error would change the outcome most."""
        settings = self.worlds.archive.settings
        return sensitivity(
            self.worlds.model,
            outcome,
            levers=levers,
            top=top,
            worlds=settings.worlds,
            seed=settings.seed,
            cache_dir=settings.cache,
        )

    def tell_sensitivity(self, outcome: str, levers: Sequence[str] = ()) -> Iterator[str]:
        """Yield the sensitivity as lines."""
        for row in self.sensitivity(outcome, levers):
            hinge = self.worlds.model.hinge(row.hinge)
            weight = row.weight
            yield (
                f"{hinge.title}: weight of {weight.driver} on {weight.outcome}, {weight.weight:+.1f} ± {weight.spread:.1f}: "
                f"{row.lower.value:.1%} to {row.higher.value:.1%} ({weight.reason})"
            )

    def table(self, report: Report = silent) -> list[TableRow]:
        """Return the thread's table: nothing changed, each lever alone, the best pairs and triples of the frontier."""
        model = self.worlds.model
        search = self.worlds.rewrites(report)
        sets: list[tuple[str, list[str], Probability | None]] = [("Elbe Day alone", [], None)]
        sets += [(lever.title, [lever.id], lever.plausibility) for lever in model.levers]
        sets += [(self._titles(row), row.levers, row.premise) for row in search.frontier if len(row.levers) > 1]
        rows: list[TableRow] = []
        for at, (title, levers, premise) in enumerate(sets, start=1):
            found = outcome_probabilities(self.worlds.run(levers))
            ranges = {name: as_range(estimate) for name, estimate in found.items()}
            rows.append(TableRow(title=title, levers=levers, premise=premise, outcomes=ranges))
            report("running the table", at, len(sets))
        return rows

    def tell_table(self, rows: Sequence[TableRow]) -> Iterator[str]:
        """Yield the table in Markdown."""
        outcomes = self.worlds.model.outcomes
        yield "| granted | premise | " + " | ".join(outcome.title for outcome in outcomes) + " |"
        yield "|---|---|" + "---|" * len(outcomes)
        for row in rows:
            premise = range_words(row.premise) if row.premise else "—"
            cells = " | ".join(range_words(row.outcomes[outcome.id]) for outcome in outcomes)
            yield f"| {row.title} | {premise} | {cells} |"

    def tell_validation(self, found: Validation) -> Iterator[str]:
        """Yield a validation: each check with what it measured and its limit, then every outcome's elasticity to every lever."""
        for check in found.checks:
            yield f"{'holds' if check.passed else 'FAILS'}  {check.name}: {check.measured:.4g}, limit {check.limit:.4g} ({check.detail})"
        yield from found.notices
        yield "Elasticity: how far each lever alone moves each outcome, in log-odds."
        names = [outcome.id for outcome in self.worlds.model.outcomes]
        yield "| lever | " + " | ".join(names) + " |"
        yield "|---|" + "---|" * len(names)
        rows = {(row.lever, row.outcome): row.log_odds for row in found.elasticities}
        for lever in self.worlds.model.levers:
            cells = " | ".join(f"{rows[lever.id, name]:+.2f}" if (lever.id, name) in rows else "—" for name in names)
            yield f"| {lever.id} | {cells} |"
