"""The rubric: the whole text judged by the field's own criteria.

Philip Tetlock and Aaron Belkin, Counterfactual Thought Experiments in World Politics (1996), give clarity, cotenability,
historical, theoretical and statistical consistency and projectability; Richard Ned Lebow (2000) the conjunction of many steps;
Jack Levy (2015) the strategic response of the other side; Niall Ferguson (1997) the rule that only what contemporaries
considered counts. Each verdict comes from counts and figures that the sentence names, and leans on cited briefs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml
from pydantic import TypeAdapter, ValidationError

from assistant.dates import spoken
from assistant.errors import ScenarioError
from assistant.ranges import range_words
from assistant.records import Citation, Criterion, Finding, Probability, Record, Sentence, SentenceType, Verdict
from assistant.writing.topics import Figures, Topic
from assistant.writing.verdicts import verdict_of

__all__ = ["RubricEntry", "Standing", "judge", "load_rubric"]


class RubricEntry(Record):
    """A criterion and the scenario's topics that speak to it; with `says` false they are cited and not quoted."""

    criterion: str
    topics: list[str] = []
    says: bool = True


def load_rubric(path: Path) -> list[RubricEntry]:
    """Read a scenario's `rubric.yaml`.

    Raises:
        ScenarioError: the file is not readable or has unknown entries.
    """
    try:
        return TypeAdapter(list[RubricEntry]).validate_python(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise ScenarioError("The rubric cannot be read", where=str(path), hint=str(error)) from error


@dataclass(frozen=True)
class Standing:
    """What the rubric looks at: the findings, the topics that the text's claims matched, and the model's figures."""

    findings: Sequence[Finding]
    proposed: Sequence[Topic]
    figures: Figures | None


@dataclass(frozen=True)
class _Measure:
    """What was counted for a criterion: a verdict's range, a sentence naming the figures, and what would change it."""

    probability: Probability | None
    text: str
    would_change: str


def judge(
    entries: Sequence[RubricEntry], standing: Standing, topics: Mapping[str, Topic], said: set[str]
) -> list[Criterion]:
    """Judge the text by each criterion for which something can be said.

    Args:
        entries: the scenario's rubric.
        standing: what was found in the text.
        topics: every topic of the scenario by id.
        said: sentences that the critique has used already; those chosen here are added.
    """
    criteria: list[Criterion] = []
    for entry in entries:
        own = [topics[id_] for id_ in entry.topics if id_ in topics]
        measure = _MEASURES[entry.criterion](standing) if entry.criterion in _MEASURES else None
        grounds = _grounds(own, said) if entry.says else []
        premises = _premises([*own, *standing.proposed])
        if measure is None or not premises:
            continue
        counted = Sentence(text=measure.text, type=SentenceType.INFERENCE, citations=premises)
        criteria.append(
            Criterion(
                name=entry.criterion,
                verdict=verdict_of(measure.probability),
                sentences=[counted, *grounds],
                would_change=measure.would_change,
            )
        )
    return criteria


def _grounds(topics: Sequence[Topic], said: set[str]) -> list[Sentence]:
    """Take one judgement, not said before, from the criterion's own topics."""
    for topic in topics:
        for sentence in topic.judgement:
            if sentence.text not in said:
                said.add(sentence.text)
                return [sentence]
    return []


def _premises(topics: Sequence[Topic]) -> list[Citation]:
    for topic in topics:
        for sentence in [*topic.judgement, *topic.case_for, *topic.case_against]:
            if sentence.citations:
                return sentence.citations[:2]
    return []


def _range(middle: float, width: float = 0.1) -> Probability:
    return Probability(low=round(max(0.01, middle - width), 2), high=round(min(0.99, middle + width), 2))


def _names(topics: Sequence[Topic], limit: int = 3) -> str:
    titles = [f"“{topic.title}”" for topic in topics[:limit]]
    more = len(topics) - limit
    listed = ", ".join(titles)
    return f"{listed} and {more} more" if more > 0 else listed


def _counted(some: Sequence[object], whole: Sequence[object]) -> str:
    """Return "all 8 changes", "5 of the 8 changes", "the one change"."""
    if len(whole) == 1:
        return "the one change"
    if len(whole) == 2 and len(some) == 2:
        return "both changes"
    return f"all {len(whole)} changes" if len(some) == len(whole) else f"{len(some)} of the {len(whole)} changes"


def _levers(standing: Standing) -> list[Topic]:
    """Return the changes that the text itself proposes; where the model does not say which, all that its claims name."""
    figures = standing.figures
    own = {*figures.levers, *(name for pair in figures.conflicts for name in pair)} if figures else set()
    return [topic for topic in standing.proposed if topic.kind == "lever" and (not own or topic.id in own)]


def _clarity(standing: Standing) -> _Measure | None:
    levers = _levers(standing)
    if not levers:
        return _Measure(
            _range(0.3),
            "The text names no decision that a person could have taken on a day, so there is nothing to hold it to.",
            "A dated decision, and the person who takes it.",
        )
    dated = [topic for topic in levers if topic.date and len(topic.date) >= 7]
    loose = [topic for topic in levers if topic not in dated]
    if len(levers) == 1:
        known = "a month and a decider can be named for it" if dated else "nobody is named who decides it"
        text = f"One change is proposed, {_names(levers)}, and {known}."
    else:
        tied = f" ({_names(dated)})" if dated else ""
        wish = "stay wishes" if len(loose) > 1 else "stays a wish"
        share = f"{_counted(dated, levers)} proposed" if dated else f"None of the {len(levers)} changes proposed"
        text = f"{share[0].upper()}{share[1:]} can be tied to a decision in a given month{tied}"
        text += f"; {_names(loose)} {wish} until somebody says who decides it and when." if loose else "."
    return _Measure(
        _range(len(dated) / len(levers) * 0.9), text, "A date and a decider for each change that is still a wish."
    )


def _cotenability(standing: Standing) -> _Measure | None:
    figures = standing.figures
    levers = _levers(standing)
    if figures is None or len(levers) < 2:
        return None
    if not figures.conflicts:
        which = "The two changes do not" if len(levers) == 2 else f"No two of the {len(levers)} changes"
        text = f"{which} exclude each other outright; what they ask of the same men is another matter."
        return _Measure(_range(0.6), text, "Two changes that need the same decision to fall both ways.")
    by_id = {topic.id: topic for topic in levers}
    pair = next(((by_id[a], by_id[b]) for a, b in figures.conflicts if a in by_id and b in by_id), None)
    if pair is None:
        return None
    share = len(figures.conflicts) / max(1, len(levers))
    text = (
        f"“{pair[0].title}” and “{pair[1].title}” cannot both be had: they want the same decision to fall in different ways"
        + (
            f", and {len(figures.conflicts) - 1} more such pairs stand in the text."
            if len(figures.conflicts) > 1
            else "."
        )
    )
    return _Measure(_range(max(0.1, 0.6 - share)), text, "Dropping one of each such pair.")


def _minimal_rewrite(standing: Standing) -> _Measure | None:
    figures, levers = standing.figures, _levers(standing)
    if figures is None or figures.premise is None or len(levers) < 2:
        return None
    cheapest = max(levers, key=lambda topic: topic.probability.high if topic.probability else 0.0)
    dearest = min(levers, key=lambda topic: topic.probability.high if topic.probability else 1.0)
    text = (
        f"{len(levers)} separate departures from what happened are asked for. The nearest to hand is “{cheapest.title}”"
    )
    text += f" ({range_words(cheapest.probability)})" if cheapest.probability else ""
    if dearest is not cheapest:
        text += f", the farthest “{dearest.title}”" + (
            f" ({range_words(dearest.probability)})" if dearest.probability else ""
        )
    return _Measure(
        _range(0.8 / len(levers) ** 0.5),
        text + ".",
        "Fewer departures, each nearer to a decision that hung by a thread.",
    )


def _statistics(standing: Standing) -> _Measure | None:
    figures = standing.figures
    if figures is None:
        return None
    text = f"Left to itself, the model's world reaches “{figures.outcome}” in {range_words(figures.alone)} of {figures.worlds:,} runs"
    if figures.together is not None and figures.levers:
        text += f"; with every change in the text granted, in {range_words(figures.together)}"
    text += ". These are figures to argue with: each weight behind them can be looked up and changed."
    return _Measure(
        figures.together or figures.alone, text, "Another weight in the scenario file, with a reason that persuades."
    )


def _conjunction(standing: Standing) -> _Measure | None:
    figures, levers = standing.figures, _levers(standing)
    if figures is None or figures.premise is None or len(levers) < 2:
        return None
    text = (
        f"Each change may be arguable alone, but {len(levers)} of them must come true together, and chances multiply: "
        f"granted independent, {range_words(figures.premise)} for the whole set."
    )
    return _Measure(
        figures.premise, text, "One change that makes the others follow, in place of many that must each be granted."
    )


def _considered(standing: Standing) -> _Measure | None:
    levers = _levers(standing)
    if not levers:
        return None
    considered = [topic for topic in levers if topic.considered]
    never = [topic for topic in levers if not topic.considered]
    if not considered:
        text = (
            f"For {_names(never)} no paper is known to this archive in which somebody who could decide it weighed it."
        )
    else:
        were = "was" if len(considered) == 1 else "were"
        counted = _counted(considered, levers)
        text = f"{counted[0].upper()}{counted[1:]} {were} on somebody's desk at the time ({_names(considered)})"
        text += f"; for {_names(never)} no such paper is known to this archive." if never else "."
    return _Measure(
        _range(len(considered) / len(levers) * 0.9),
        text,
        "A document showing that somebody who could decide it weighed it.",
    )


def _theory(standing: Standing) -> _Measure | None:
    objections = [
        f for f in standing.findings if f.verdict is not Verdict.NOT_JUDGED and f.type in ("objection", "fact")
    ]
    strong = [f for f in objections if f.probability and f.probability.low >= 0.5]
    if not objections:
        return None
    text = (
        f"{len(strong)} of the {len(objections)} objections and counter-facts raised in the text hold up against the sources; "
        "a lasting friendship has to explain why none of them decided the matter."
    )
    return _Measure(
        _range(0.7 - 0.6 * len(strong) / len(objections)),
        text,
        "A mechanism, with a date, that answers the strongest objection.",
    )


def _projectability(standing: Standing) -> _Measure | None:
    dated = sorted((topic for topic in _levers(standing) if topic.date), key=lambda topic: str(topic.date))
    if not dated:
        return None
    first, last = dated[0], dated[-1]
    text = f"If the premise holds, its first test comes with “{first.title}” in {spoken(str(first.date)[:7])}"
    text += f" and its last with “{last.title}” in {spoken(str(last.date)[:7])}" if last is not first else ""
    return _Measure(
        _range(0.45),
        text
        + (
            "; a timeline that shows neither has not tested it."
            if last is not first
            else ", and no later one is named."
        ),
        "A turning point at which the two timelines must visibly part.",
    )


def _response(standing: Standing) -> _Measure | None:
    views = [(f.model_view, f) for f in standing.findings if f.model_view and f.model_view.kind == "lever"]
    helped = list({view.subject: finding for view, finding in reversed(views)}.values())
    one_sided = [finding for finding in helped if finding.against]
    if not one_sided:
        return None
    counted = _counted(one_sided, helped)
    text = (
        f"{counted[0].upper()}{counted[1:]} that the model knows would meet documented resistance from the side that "
        f"has to accept {'it' if len(helped) == 1 else 'them'}: a friendly gesture is answered by people with aims of their own."
    )
    return _Measure(
        _range(0.6 - 0.4 * len(one_sided) / len(helped)),
        text,
        "Showing what the other side gains by each gesture, in its own terms.",
    )


_MEASURES: dict[str, Callable[[Standing], _Measure | None]] = {
    "clarity": _clarity,
    "cotenability": _cotenability,
    "historical consistency": _minimal_rewrite,
    "theoretical consistency": _theory,
    "statistical consistency": _statistics,
    "projectability": _projectability,
    "conjunction": _conjunction,
    "considered at the time": _considered,
    "strategic response": _response,
}
