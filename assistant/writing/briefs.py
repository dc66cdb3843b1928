"""From a scenario's data to topics: its levers, drivers, theses, hinges and outcomes with their cited briefs.

A citation of a brief quotes the whole paragraph that it rests on, so that a reader sees the words and not a promise of them.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.records import Lean, Probability, Sentence, SentenceType
from assistant.worldlines.model import Brief, BriefSentence, Driver, Hinge, Lever, Outcome, ScenarioModel, Thesis
from assistant.writing.citing import PassageOf, typed
from assistant.writing.topics import Topic

__all__ = ["phrases_of", "resolve", "topics_of"]


def phrases_of(model: ScenarioModel) -> dict[str, list[str]]:
    """Return, for each topic, its statement and the wordings in which forum members put it: what claims are matched with."""
    stated: Sequence[Lever | Driver | Thesis | Outcome] = [
        *model.levers,
        *model.drivers,
        *model.theses,
        *model.outcomes,
    ]
    phrases = {entry.id: [entry.statement, *entry.cues] for entry in stated}
    phrases |= {hinge.id: list(hinge.cues) for hinge in model.hinges if hinge.cues}
    return phrases


def topics_of(model: ScenarioModel, passage_of: PassageOf) -> dict[str, Topic]:
    """Return every topic of the scenario by its id.

    Raises:
        CorpusError: by `passage_of`, where a brief rests on a paragraph that does not exist.
    """
    topics: dict[str, Topic] = {}
    for lever in model.levers:
        topics[lever.id] = _lever(lever, passage_of)
    for driver in model.drivers:
        topics[driver.id] = _briefed(driver.id, "driver", driver, driver.brief, None, passage_of)
    for thesis in model.theses:
        topic = _briefed(thesis.id, "thesis", thesis, thesis.brief, thesis.truth, passage_of)
        topics[thesis.id] = topic.model_copy(update={"contested": thesis.contested, "reason": thesis.reason})
    for hinge in model.hinges:
        topics.setdefault(hinge.id, _hinge(hinge, passage_of))
    for outcome in model.outcomes:
        topics.setdefault(outcome.id, _outcome(outcome))
    return topics


def resolve(sentences: Sequence[BriefSentence], passage_of: PassageOf) -> list[Sentence]:
    """Return the sentences of a brief or a telling with their citations."""
    return [typed(sentence.text, sentence.type, sentence.rests_on, passage_of) for sentence in sentences]


def _briefed(
    id_: str,
    kind: str,
    entry: Lever | Driver | Thesis,
    brief: Brief,
    probability: Probability | None,
    passage_of: PassageOf,
) -> Topic:
    return Topic.model_validate(
        {
            "id": id_,
            "kind": kind,
            "title": getattr(entry, "title", entry.statement),
            "statement": entry.statement,
            "lean": entry.lean,
            "probability": probability,
            "reason": entry.reason,
            "case_for": resolve(brief.for_, passage_of),
            "case_against": resolve(brief.against, passage_of),
            "judgement": resolve(brief.judgement, passage_of),
            "alternatives": resolve(brief.alternatives, passage_of),
            "would_change": brief.would_change,
        }
    )


def _lever(lever: Lever, passage_of: PassageOf) -> Topic:
    topic = _briefed(lever.id, "lever", lever, lever.brief, lever.plausibility, passage_of)
    documented = any(sentence.type is SentenceType.DOCUMENTED for sentence in topic.alternatives)
    return topic.model_copy(update={"date": lever.date, "considered": documented})


def _hinge(hinge: Hinge, passage_of: PassageOf) -> Topic:
    """Make a topic of a turning point: that it could have gone otherwise, against what happened."""
    others = [outcome for outcome in hinge.outcomes if outcome.kind != "otl"]
    open_share = sum(outcome.base for outcome in others)
    case_for = [
        sentence
        for outcome in others
        for sentence in resolve(outcome.tellings[0].sentences, passage_of)
        if sentence.type is not SentenceType.INVENTION
    ]
    case_against = [
        sentence
        for sentence in resolve(hinge.otl.tellings[0].sentences, passage_of)
        if sentence.type is not SentenceType.INVENTION
    ]
    return Topic(
        id=hinge.id,
        kind="hinge",
        title=hinge.title,
        statement=f"It could have gone otherwise: {hinge.title}",
        lean=Lean.YES,
        probability=Probability(low=round(open_share * 0.75, 2), high=round(min(0.99, open_share * 1.25), 2)),
        reason=hinge.otl.reason,
        considered=any(outcome.kind == "documented" for outcome in others),
        date=hinge.date,
        case_for=case_for,
        case_against=case_against,
    )


def _outcome(outcome: Outcome) -> Topic:
    return Topic(
        id=outcome.id,
        kind="outcome",
        title=outcome.title,
        statement=outcome.statement,
        lean=outcome.lean,
        probability=None,
        reason=outcome.reason,
    )
