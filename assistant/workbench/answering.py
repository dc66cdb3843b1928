"""Answers in archive mode: what the scenario and the archive say to a question, both sides, cited."""

from __future__ import annotations

from assistant.records import Answer, Claim, ClaimType, Lean, Origin
from assistant.workbench.archive import Archive, Report, silent
from assistant.workbench.critiquing import Critic
from assistant.workbench.worlds import Worlds
from assistant.workbench.writer import Writer
from assistant.writing.answer import compose_answer

__all__ = ["Answerer"]


class Answerer:
    """Answers questions by one scenario and the archive."""

    def __init__(self, archive: Archive, worlds: Worlds, *, as_of: str | None = None, report: Report = silent) -> None:
        self.archive, self.worlds, self.as_of, self.report = archive, worlds, as_of, report

    def answer(self, question: str, origin: Origin, writer: Writer | None = None) -> Answer:
        """Return the answer: from the archive, or by a chat model on the same evidence.

        Raises:
            InputError: the question is empty.
        """
        critic = Critic(self.archive, self.worlds, as_of=self.as_of, report=self.report)
        gist = self.archive.glossary.spell_out(question)
        claim = Claim(
            start=0, end=max(1, len(question)), text=question, gist=gist, type=ClaimType.FACT, lean=Lean.NEITHER
        )
        topics = critic.topics_for(claim)
        evidence, searched = critic.evidence(claim, topics[0].lean if topics else None, self.archive.digest_ids())
        answer = compose_answer(
            question,
            topics,
            evidence,
            searched=searched,
            origin=origin,
            notices=[*self.archive.notices, *dict.fromkeys(critic.notices)],
        )
        return writer.answer(answer, topics) if writer else answer
