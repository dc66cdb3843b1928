"""The scenario at work: its topics for matching claims, and what the causal model says of them.

Figures are ranges over runs with stated worlds and seed. What is slow to find (the search for rewrites) is kept in the cache
by the hash of the model that it was computed from.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path

from pydantic import ValidationError

from assistant.dates import spoken
from assistant.library.files import write_atomic
from assistant.ranges import range_words
from assistant.records import Citation, ModelView, Probability, Rewrite, Sentence, SentenceType
from assistant.retrieval.matching import Matcher
from assistant.workbench.archive import Archive, Report, silent
from assistant.worldlines.engine import Run, run
from assistant.worldlines.estimates import Estimate
from assistant.worldlines.loading import load_model
from assistant.worldlines.model import Driver, Effect, Lever, ScenarioModel
from assistant.worldlines.outcomes import outcome_probabilities, outcome_probability
from assistant.worldlines.plan import contradiction
from assistant.worldlines.rewrite import LeverSet, RewriteSearch, premise, rewrite
from assistant.writing.briefs import phrases_of, topics_of
from assistant.writing.citing import cite
from assistant.writing.rubric import RubricEntry, load_rubric
from assistant.writing.topics import Figures, Topic

__all__ = ["HEADLINE", "Worlds", "as_range"]

HEADLINE = "no-cold-war-by-1955"
"""The outcome that answers the shipped scenario's question."""
REWRITES_SHOWN = 5
GAIN = 0.01  # a set of levers that adds less to the outcome is not worth naming
TARGET = 0.4  # "plausible" begins here, see `writing.verdicts`


def as_range(estimate: Estimate) -> Probability:
    """Return an estimate as a range, rounded to three places."""
    return Probability(low=round(max(0.0, estimate.low), 3), high=round(min(1.0, estimate.high), 3))


class Worlds:
    """One scenario with the archive it rests on.

    Args:
        archive: gives the paragraphs that briefs rest on, the embedder and the settings.
        folder: the scenario's folder.
    """

    def __init__(self, archive: Archive, folder: Path) -> None:
        self.archive, self.folder = archive, folder
        self._settings = archive.settings
        self._singles: dict[str, Probability] = {}

    @cached_property
    def model(self) -> ScenarioModel:
        """The scenario as its files state it, checked."""
        return load_model(self.folder)

    @cached_property
    def rubric(self) -> list[RubricEntry]:
        """The scenario's rubric."""
        return load_rubric(self.folder / "rubric.yaml")

    @cached_property
    def topics(self) -> dict[str, Topic]:
        """Every topic with its cited brief, without the model's view of it (see `viewed`)."""
        return topics_of(self.model, self.archive.passage)

    @cached_property
    def base(self) -> Run:
        """The run with no lever pulled."""
        return self.run()

    @property
    def headline(self) -> str:
        """The id of the outcome that answers the scenario's question: the shipped one, else the first that leans to yes."""
        names = [outcome.id for outcome in self.model.outcomes]
        return HEADLINE if HEADLINE in names else names[0]

    def matcher(self, report: Report = silent) -> Matcher:
        """Return the matcher over all topics' wordings."""
        return self.matching(phrases_of(self.model), report)

    def matching(self, phrases: Mapping[str, Sequence[str]], report: Report = silent) -> Matcher:
        """Return a matcher over some wordings by id."""
        return Matcher(
            phrases,
            self.archive.embedder,
            self.archive.store if self.archive.embedder else None,
            lambda done, total: report("reading the scenario", done, total),
        )

    def run(self, levers: Sequence[str] = (), worlds: int | None = None, seed: int | None = None) -> Run:
        """Run the model with the settings' worlds and seed unless others are given."""
        return run(
            self.model,
            worlds=worlds or self._settings.worlds,
            seed=self._settings.seed if seed is None else seed,
            levers=levers,
            cache_dir=self._settings.cache,
        )

    def viewed(self, topic: Topic) -> Topic:
        """Return the topic with what the model says of it."""
        view = {
            "lever": self._lever_view,
            "driver": self._driver_view,
            "thesis": _no_view,
            "hinge": self._hinge_view,
            "outcome": self._outcome_view,
        }[topic.kind](topic)
        if topic.kind == "outcome" and view is not None:
            return topic.model_copy(update={"view": view, "probability": view.probability})
        return topic.model_copy(update={"view": view})

    def figures(self, levers: Sequence[str], report: Report = silent) -> Figures:
        """Return what the model says of a text that proposes these levers.

        Levers that contradict an earlier one of the list are named as conflicts and not pulled together.
        """
        outcome = self.model.outcome(self.headline)
        pulled, conflicts = self._compatible(levers)
        together = self.run([lever.id for lever in pulled]) if pulled else None
        search = self.rewrites(report)
        return Figures(
            outcome=outcome.title,
            alone=as_range(outcome_probability(self.base, outcome.id)),
            together=as_range(outcome_probability(together, outcome.id)) if together else None,
            premise=premise(pulled) if pulled else None,
            levers=[lever.id for lever in pulled],
            single={lever.id: self.single(lever.id) for lever in pulled},
            conflicts=conflicts,
            rewrites=self._rewrites(search),
            worlds=self._settings.worlds,
            seed=self._settings.seed,
        )

    def single(self, lever: str) -> Probability:
        """Return the headline outcome's range with this lever alone."""
        if lever not in self._singles:
            self._singles[lever] = as_range(outcome_probability(self.run([lever]), self.headline))
        return self._singles[lever]

    def rewrites(self, report: Report = silent, outcome: str | None = None, largest: int = 3) -> RewriteSearch:
        """Search for the smallest changes that help the outcome, or read the search from the cache."""
        wanted = outcome or self.headline
        key = f"{self.model.model_hash} {wanted} {largest} {self._settings.worlds} {self._settings.seed} {TARGET}"
        path = self._settings.cache / f"rewrite-{hashlib.sha256(key.encode()).hexdigest()[:24]}.json"
        try:
            return RewriteSearch.model_validate_json(path.read_bytes())
        except (OSError, ValidationError):
            pass  # not searched before, or kept by another version: search again
        found = rewrite(
            self.model,
            wanted,
            largest=largest,
            target=TARGET,
            seed=self._settings.seed,
            worlds=self._settings.worlds,
            progress=lambda done, total: report("searching rewrites", done, total),
            cache_dir=self._settings.cache,
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(path, found.model_dump_json(by_alias=True).encode())
        return found

    def _compatible(self, levers: Sequence[str]) -> tuple[list[Lever], list[tuple[str, str]]]:
        kept: list[Lever] = []
        conflicts: list[tuple[str, str]] = []
        for name in dict.fromkeys(levers):
            lever = self.model.lever(name)
            clash = next((other for other in kept if contradiction(self.model, [other, lever])), None)
            if clash:
                conflicts.append((clash.id, lever.id))
            else:
                kept.append(lever)
        return kept, conflicts

    def _rewrites(self, search: RewriteSearch) -> list[Rewrite]:
        """Return the rewrites worth naming, no sentence said of two of them."""
        said: set[str] = set()
        rewrites: list[Rewrite] = []
        for found in _shown(search):
            made = self._rewrite(found)
            fresh = [sentence for sentence in made.sentences if sentence.text not in said]
            said |= {sentence.text for sentence in fresh}
            rewrites.append(made.model_copy(update={"sentences": fresh}))
        return rewrites

    def _rewrite(self, found: LeverSet) -> Rewrite:
        levers = [self.model.lever(name) for name in found.levers]
        titles = [lever.title for lever in levers]
        said = [sentence for lever in levers for sentence in self.topics[lever.id].judgement[:1]]
        range_ = as_range(found.outcome)
        return Rewrite(
            title=_listed(titles), premise=found.premise, outcome=range_, levers=found.levers, sentences=said
        )

    def _lever_view(self, topic: Topic) -> ModelView:
        lever = self.model.lever(topic.id)
        outcome = self.model.outcome(self.headline).title
        alone, single = as_range(outcome_probability(self.base, self.headline)), self.single(lever.id)
        before, after = range_words(alone), range_words(single)
        statement = f"“{outcome}” comes out in {before} of the runs with nothing changed, in {after} with this alone."
        moves = sorted(lever.sets.drivers, key=lambda move: -abs(move.by))[:2]
        sentences = [sentence for move in moves if (sentence := self._move(move)) is not None]
        better = next(
            (found for found in self.rewrites().frontier if lever.id in found.levers and len(found.levers) > 1), None
        )
        advice = None
        if better:
            others = [self.model.lever(name).title for name in better.levers if name != lever.id]
            advice = f"It goes furthest with {_listed(others)}: then {range_words(as_range(better.outcome))}."
        return ModelView(
            subject=lever.title,
            kind="lever",
            statement=statement,
            probability=single,
            sentences=sentences,
            rewrite=advice,
        )

    def _move(self, move: Effect) -> Sentence | None:
        driver = self.model.driver(move.driver)
        citations = self._cited(move.notes[:2])
        if not citations:
            return None
        text = f"It moves “{driver.title}” by {move.by:+.2f}: {move.reason}"
        return Sentence(text=text, type=SentenceType.INFERENCE, citations=citations)

    def _driver_view(self, topic: Topic) -> ModelView:
        return self._path_view(self.model.driver(topic.id), "driver")

    def _path_view(self, driver: Driver, kind: str) -> ModelView:
        fan = self.base.driver_fan(driver.id)
        at = len(fan.dates) - 1
        low, high, end = fan.quantiles[10][at], fan.quantiles[90][at], fan.dates[at][:4]
        statement = (
            f"It speaks of “{driver.title}”: {driver.start:+.1f} in {spoken(fan.dates[0][:7])}, {fan.otl[at]:+.1f} at the end of "
            f"{end} in our timeline, {low:+.1f} to {high:+.1f} in four of five world-lines with nothing changed."
        )
        return ModelView.model_validate({"subject": driver.title, "kind": kind, "statement": statement})

    def _hinge_view(self, topic: Topic) -> ModelView:
        hinge = self.model.hinge(topic.id)
        odds = self.base.outcome_odds(hinge.id)
        parts = [
            f"{outcome.title}: {range_words(as_range(odds.outcomes[outcome.id]))}"
            for outcome in hinge.outcomes
            if outcome.id in odds.outcomes
        ]
        ours = odds.outcomes.get(hinge.otl.id)
        other = Probability(low=round(1 - ours.high, 3), high=round(1 - ours.low, 3)) if ours else None
        return ModelView(subject=hinge.title, kind="hinge", statement="; ".join(parts) + ".", probability=other)

    def _outcome_view(self, topic: Topic) -> ModelView:
        alone = as_range(outcome_probabilities(self.base)[topic.id])
        statement = (
            f"With no lever pulled “{topic.title}” comes out in {range_words(alone)} of {self._settings.worlds:,} runs."
        )
        return ModelView(subject=topic.title, kind="outcome", statement=statement, probability=alone)

    def _cited(self, notes: Sequence[str]) -> list[Citation]:
        return [cite(self.archive.passage(f"{note}#1")) for note in notes]


def _no_view(topic: Topic) -> None:
    """Return nothing: of a statement about our own timeline the model has nothing to say."""


def _shown(search: RewriteSearch) -> list[LeverSet]:
    """Return the sets worth naming: those of the frontier that gain most for their price, then the smallest to reach the target."""

    def gain(found: LeverSet) -> float:
        return found.outcome.value - search.unaided.value

    helping = [found for found in search.frontier if found.levers and gain(found) >= GAIN]
    ranked = sorted(helping, key=lambda found: -_middle(found.premise) * gain(found))
    chosen: list[LeverSet] = []
    for found in [*ranked[: REWRITES_SHOWN - 1], *search.smallest[:1], *ranked]:
        if not any(_adds_nothing(found, other) for other in chosen):
            chosen.append(found)
    return chosen[:REWRITES_SHOWN]


def _adds_nothing(found: LeverSet, other: LeverSet) -> bool:
    """Tell whether a set only adds levers to another one without gaining anything by them."""
    return set(other.levers) <= set(found.levers) and found.outcome.value - other.outcome.value < GAIN


def _middle(probability: Probability) -> float:
    return (probability.low + probability.high) / 2


def _listed(titles: Sequence[str]) -> str:
    quoted = [f"“{title}”" for title in titles]
    return quoted[0] if len(quoted) == 1 else ", ".join(quoted[:-1]) + " and " + quoted[-1]
