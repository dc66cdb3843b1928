"""Claims: what a thread, a scenario or a draft asserts, each with its exact span in the user's own text.

Bullets, reasons, proposals and objections are claims. Questions, greetings, jokes, forum furniture and remarks about the thread
itself are not. Nothing here judges; a claim only gets a type and the form in which it is searched for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from assistant.records import Claim, ClaimType, Lean, Post
from assistant.text import sentences, words
from assistant.writing.clauses import has_verb, split_clauses

__all__ = ["split_claims"]

_BULLET = re.compile(r"^[ \t]*(?:--+|[-*•–—]|\(?\d{1,2}[.)])[ \t]*", re.MULTILINE)
_SMILEY = re.compile(r":\w+:|[;:]-?[)(DPp](?!\w)")
_LEAD_IN = re.compile(
    r"^(?:(?:but|and|so|also|likewise|frankly|for example|as a matter of fact|in my opinion|imo|imho|granted|well|however|just|"
    r"i think(?: that)?|i believe(?: that)?|i doubt(?: that)?|but for the discussion|first|second|finally)\b[,:]?\s+)+",
    re.IGNORECASE,
)
_RHETORICAL = re.compile(
    r",\s*(?:so\s+)?(?:why|how|what|could|couldn't|isn't|wouldn't|right)\b[^,]*\?\s*$", re.IGNORECASE
)
_PROPOSES = re.compile(
    r"\b(?:propos\w+|examples?|my (?:tl|timeline|atl)|in this (?:tl|timeline|atl)|what if|wi|pod|suppose|imagine)\b",
    re.IGNORECASE,
)
_TELLS = re.compile(r"\b(?:leads? to|would|becomes?|instead we see|never happens)\b", re.IGNORECASE)
_CONDITION = re.compile(
    r"^if\b|\b(?:is killed|dies|kicked the bucket|assassinated|different (?:stalin|leader)|"
    r"relationship of trust|point of (?:departure|divergence))\b|\bneeds? a\b|\bpod\b|\bwhoever\b|\binstead of\b",
    re.IGNORECASE,
)
_PAST = re.compile(r"\b(?:was|were|had|did|didn't|knew|fought|kept|heard|wanted|needed|\w{2,}ed)\b", re.IGNORECASE)
_MODAL = re.compile(
    r"\b(?:would|could|couldn't|should|may|might|can|can't|cannot|impossible|unlikely|no way|never)\b", re.IGNORECASE
)
_FUNCTION = frozenset(
    "a about above after again against all almost also am an and any are as at be because been before being but by can could did "
    "do does doing down during each even ever few for from further had has have having he her here hers him his how however i if "
    "in into is it its just like may me might more most much must my near no nor not now of off on once one only or other our out "
    "over own perhaps quite rather really same she should so some somehow such than that the their them then there these they "
    "this those though through to too under until up very was we well were what when where which while who why will with without "
    "would yes you your".split()
)
_ABOUT_THE_THREAD = frozenset(
    "surprised surely think thought thread threads post posts idea ideas discussion discuss guess guilty happen happened happens "
    "degree matter fact question agree disagree opinion interesting good great thanks welcome edit edited last lol imo imho "
    "example examples case anyway maybe probably undoable doable possible say saying said mean hope hello hi ok okay guys folks "
    "hear kinda tbh ngl honestly asb pod atl otl iotl ittl wi ahc basically".split()
)
_VERDICT = re.compile(r"^\W*(?:un)?(?:likely|not|never|no|impossible|plausible|possible|asb)\b", re.IGNORECASE)
_EDIT_NOTE = re.compile(r"^\s*(?:last )?edited\b.{0,40}$", re.IGNORECASE)
_POINTER = re.compile(r"^here(?:['’]s| is| are)\b[^:]*$", re.IGNORECASE)
_ASIDE = re.compile(r"^\([^)]{0,60}\)\s*,?\s*")
_MIN_WORDS = 3  # "blockaded West Berlin", its subject carried over, is a claim
_MIN_CONTENT = 2


def split_claims(
    text: str, posts: Sequence[Post] = (), *, spell_out: Callable[[str], str] = str, pod: bool = False
) -> list[Claim]:
    """Split a text into claims.

    Args:
        text: the user's text, as it is stored; spans are offsets into it.
        posts: the posts of a thread; without any, the whole text is one piece by its author.
        spell_out: expands abbreviations for the search form ("LL" to "Lend-Lease").
        pod: the text is a scenario's list of statements: each one proposes something.

    Returns:
        The claims in the order of the text; none overlap.
    """
    pieces = [(low, high, post.number) for post in posts for low, high in _own(post)] or [(0, len(text), 0)]
    opener = posts[0].number if posts else 0
    claims: list[Claim] = []
    proposing, current = pod, -1
    for start, end, number in pieces:
        proposing, current = (proposing if number == current else pod), number
        for low, high, bullet in _blocks(text, start, end):
            for claim in (
                () if _heading(text[low:high], bullet) else _of_block(text, low, high, number, spell_out, bullet)
            ):
                opening = number == opener
                kind = _type(claim.text, opening=opening, proposing=proposing and (bullet or pod), bullet=bullet)
                lean = {ClaimType.OBJECTION: Lean.NO, ClaimType.FACT: Lean.NEITHER}.get(kind, Lean.YES)
                claims.append(claim.model_copy(update={"type": kind, "lean": lean}))
            proposing = proposing or bool(_PROPOSES.search(text[low:high]))
    return claims


def _own(post: Post) -> list[tuple[int, int]]:
    """Return the stretches of a post that are its author's own words, without names, dates, buttons and quotations."""
    spans: list[tuple[int, int]] = []
    at = post.start
    for apart in sorted(post.apart, key=lambda span: span.start):
        if apart.start > at:
            spans.append((at, apart.start))
        at = max(at, apart.end)
    return [*spans, (at, post.end)] if at < post.end else spans


def _blocks(text: str, start: int, end: int) -> list[tuple[int, int, bool]]:
    """Return the paragraphs and bullets of a stretch: start (behind the bullet mark), end, whether it is a bullet."""
    blocks: list[tuple[int, int, bool]] = []
    at = start
    for line in text[start:end].splitlines(keepends=True):
        low, high = at, at + len(line)
        at = high
        if not line.strip() or _EDIT_NOTE.match(line):
            blocks.append((low, low, False))
            continue
        mark = _BULLET.match(line)
        if mark:
            blocks.append((low + mark.end(), high, True))
        elif (
            blocks
            and blocks[-1][0] < blocks[-1][1]
            and blocks[-1][1] == low
            and not _furniture(text[slice(*blocks[-1][:2])])
        ):
            blocks[-1] = (blocks[-1][0], high, blocks[-1][2])
        else:
            blocks.append((low, high, False))
    return [block for block in blocks if block[0] < block[1]]


def _furniture(line: str) -> bool:
    """Tell whether a line is a name, a rank or a button rather than prose."""
    body = line.strip()
    return len(body.split()) <= 3 and not body.endswith((".", "!", "?", ";", ")"))


def _heading(block: str, bullet: bool) -> bool:
    """Tell whether a block is a title: one line of its own that ends like no sentence."""
    body = block.strip()
    return not bullet and "\n" not in body and body[-1:] not in '.!?…:;)"”' and not _SMILEY.search(body[-8:])


def _of_block(
    text: str, start: int, end: int, number: int, spell_out: Callable[[str], str], bullet: bool
) -> list[Claim]:
    claims: list[Claim] = []
    for low, high in sentences(text[start:end], start):
        low, high = _trim(text, low, high)
        if low >= high:
            continue
        for clause in split_clauses(text, low, high):
            body = text[clause.start : clause.end]
            if not _asserts(body, part=bool(clause.subject), bullet=bullet):
                continue
            gist = spell_out(_gist(body, clause.subject))
            claims.append(
                Claim(
                    start=clause.start, end=clause.end, text=body, gist=gist, type=ClaimType.FACT, post=number or None
                )
            )
    return claims


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    """Leave out a trailing smiley, a closing rhetorical question and white space."""
    body = text[start:end]
    rhetorical = _RHETORICAL.search(body)
    if rhetorical:
        body = body[: rhetorical.start()]
    while (smiley := _SMILEY.search(body)) and not body[smiley.end() :].strip(" .)"):
        body = body[: smiley.start()]
    body = body.rstrip()
    lead = len(body) - len(body.lstrip())
    return start + lead, start + len(body)


def _asserts(body: str, *, part: bool, bullet: bool) -> bool:
    """Tell whether the words assert something.

    `part` marks those of a longer sentence, whose subject stands elsewhere; a point of a list asserts without a known verb.
    """
    if (
        _POINTER.match(body)
        or body.rstrip(' )"”').endswith("?")
        or (body.rstrip().endswith(":") and len(body.split()) < 8)
    ):
        return False
    tokens = words(_SMILEY.sub(" ", body))
    content = {token for token in tokens if not {token, token.split("'")[0]} & (_FUNCTION | _ABOUT_THE_THREAD)}
    enough = len(tokens) >= _MIN_WORDS and len(content) >= _MIN_CONTENT
    says = (
        has_verb(body)
        or bool(_VERDICT.match(body))
        or (len(content) >= _MIN_CONTENT + 1 and (bullet or body.rstrip().endswith((".", "!"))))
    )
    return enough and says and (part or not _furniture(body))


def _gist(body: str, subject: str) -> str:
    plain = _LEAD_IN.sub("", _ASIDE.sub("", _SMILEY.sub(" ", body))).strip(' "“”')
    return " ".join(f"{subject} {plain}".split())


def _type(body: str, *, opening: bool, proposing: bool, bullet: bool) -> ClaimType:
    if proposing:
        return ClaimType.PROPOSAL
    if opening:
        if bullet:
            return ClaimType.REASON
        told = _PROPOSES.search(body) or _TELLS.search(body) or not _PAST.search(body)
        return ClaimType.PROPOSAL if told else ClaimType.REASON
    if _CONDITION.search(body):
        return ClaimType.POD
    if _PAST.search(body) and not _MODAL.search(body):
        return ClaimType.FACT
    return ClaimType.OBJECTION
