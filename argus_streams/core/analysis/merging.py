"""Whether two groups are one problem: found by types, frames and templates; a model decides what is doubtful.

Over-merging is the greater harm, for it hides a new problem in an old group: types and kinds never differ, services
only where the same code fails in both, and what people said of two groups holds for ever.
"""

from collections.abc import Iterable

from msgspec import Struct, structs

from argus_streams.core.analysis.answer import Checked
from argus_streams.core.analysis.dossier import Dossier
from argus_streams.core.analysis.likeness import Likeness, likeness
from argus_streams.core.analysis.plain import plain
from argus_streams.core.analysis.shapes import Judgement
from argus_streams.core.findings import Analysis, By, Fact
from argus_streams.core.messages import Command, Group, Version

CERTAIN = 0.9  # likeness from which two groups are proposed without asking
DOUBTFUL = 0.55  # and from which a model is asked
_WORDS = 4  # a template of fewer says too little to be certain by
_FRAMES = 2  # likewise
_REASON, _NAME, _ID = 300, 40, 12  # characters


class Propose(Struct, frozen=True, kw_only=True):
    """They are taken for one problem."""

    one: str  # fingerprint of the older group, which the other is to be joined to
    other: str
    title: str
    score: float
    reason: str
    facts: tuple[Fact, ...]


class Doubtful(Struct, frozen=True, kw_only=True):
    """They may be one problem: a question for the small model."""

    dossier: Dossier
    score: float
    reason: str
    facts: tuple[Fact, ...]


def pairs(dossier: Dossier) -> tuple[Propose | Doubtful, ...]:
    """What the group of the dossier may be joined with, the likest first."""
    found = [
        each for group in dossier.groups[:1] for other in dossier.candidates if (each := _pair(dossier, group, other))
    ]
    return tuple(sorted(found, key=lambda each: (-each.score, _subject(each))))


def subject(one: str, other: str) -> str:
    """The subject of a pair, whichever of the two it was found from."""
    first, second = sorted((one, other))
    return f"{first}+{second}"


def judged(doubtful: Doubtful, judgement: Judgement | None) -> Propose | None:
    """The proposal, if the model says that both are the same; whoever does not answer is not sure."""
    if judgement is None or judgement.verdict != "same":
        return None
    one, other = _in_order(*doubtful.dossier.groups[:2])
    reason = plain(judgement.reason, _REASON) or doubtful.reason
    return _proposal(one, other, doubtful.score, reason, doubtful.facts)


def doubt(dossier: Dossier) -> Doubtful | None:
    """What is doubtful about the two groups of a merge's dossier; ``None`` if that is settled by now."""
    if len(dossier.groups) < 2:  # noqa: PLR2004 - a pair
        return None
    one, other = dossier.groups[:2]
    pair = _pair(structs.replace(dossier, groups=(one,), candidates=(other,)), one, other)
    return pair if isinstance(pair, Doubtful) else None


def answered(dossier: Dossier, judgement: Judgement | None) -> tuple[Checked, Propose | None]:
    """What a model's judgement comes to, in words, and the proposal if it is one; without one they stay two."""
    doubtful = doubt(dossier)
    if doubtful is None:
        return Checked(by="rules", title=f"{dossier.subject} is settled", summary="", facts=()), None
    by: By = "rules" if judgement is None else "model"
    proposal = judged(doubtful, judgement)
    if proposal is not None:
        return Checked(by=by, title=proposal.title, summary=proposal.reason, facts=proposal.facts), proposal
    one, other = doubtful.dossier.groups[:2]
    said = plain(judgement.reason, _REASON) if judgement else f"They may be one problem. {doubtful.reason}"
    title = f"{_named(other)} is not proposed as the same problem as {_named(one)}"
    return Checked(by=by, title=title, summary=said, facts=doubtful.facts), None


def _proposal(one: Group, other: Group, score: float, reason: str, facts: tuple[Fact, ...]) -> Propose:
    title = f"{_named(other)} is the same problem as {_named(one)}"
    return Propose(one=one.fingerprint, other=other.fingerprint, title=title, score=score, reason=reason, facts=facts)


def _named(group: Group) -> str:
    """A group for people: two that are alike often have the same title."""
    return f"{plain(group.title, _NAME)} ({group.fingerprint.rpartition(':')[2][:_ID]})"


def told(proposal: Propose, project: str, *, by: By, now: int) -> Analysis:
    """The proposal as an analysis; ``now`` is in ms, its version is given where it is kept."""
    return Analysis(
        project=project,
        subject=subject(proposal.one, proposal.other),
        kind="merge",
        version=Version(0, 0),
        at=now,
        evidence=f"{proposal.score:.2f}",
        by=by,
        reason="proposed",
        title=proposal.title,
        summary=proposal.reason,
        facts=proposal.facts,
    )


def command(proposal: Propose, project: str) -> Command:
    """What joins the two, undone by a command to unlink them: a person's word outranks it for ever."""
    return Command(
        project=project,
        fingerprint=proposal.other,
        action="link",
        other=proposal.one,
        by="argus:merge",
        reason=proposal.reason,
    )


def _pair(dossier: Dossier, group: Group, candidate: Group) -> Propose | Doubtful | None:
    if group.fingerprint == candidate.fingerprint or group.project != candidate.project or _decided(group, candidate):
        return None
    like = likeness(group, candidate)
    one, other = _in_order(group, candidate)
    near = group.service == candidate.service
    if like.score < DOUBTFUL or (not near and (like.frames or 0) < CERTAIN):
        return None
    facts = tuple(_facts(group, candidate, like))
    reason = " ".join(fact.text for fact in facts)
    if near and like.score >= CERTAIN and _says_enough(group, like):
        return _proposal(one, other, like.score, reason, facts)
    about = Dossier(
        project=dossier.project,
        subject=subject(one.fingerprint, other.fingerprint),
        kind="merge",
        groups=(one, other),
        events=dossier.events,
    )
    return Doubtful(dossier=about, score=like.score, reason=reason, facts=facts)


def _decided(group: Group, candidate: Group) -> bool:
    """Whether a person or program has already said what the two are to each other."""
    counted_with = {group.linked or group.fingerprint, candidate.linked or candidate.fingerprint}
    return len(counted_with) == 1 or candidate.fingerprint in group.apart or group.fingerprint in candidate.apart


def _says_enough(group: Group, like: Likeness) -> bool:
    if like.frames is not None:
        return like.frames >= CERTAIN and sum(name == "frame" for name, _ in group.parts) >= _FRAMES
    return sum(len(text.split()) for name, text in group.parts if name == "message") >= _WORDS


def _facts(group: Group, candidate: Group, like: Likeness) -> Iterable[Fact]:
    if group.type:
        yield Fact(name="same_type", value=group.type, text=f"Both are of type {group.type}.", score=like.score)
    if like.frames is not None:
        text = f"Their stacks are alike to {like.frames:.0%}, frames next to the crash counting most."
        yield Fact(name="frames", value=f"{like.frames:.2f}", text=text, score=like.frames)
    if like.message is not None:
        text = f"Their messages share {like.message:.0%} of their words, numbers and ids aside."
        yield Fact(name="message", value=f"{like.message:.2f}", text=text, score=like.message)
    if group.service != candidate.service:
        text = f"They are of two services, {group.service or 'none'} and {candidate.service or 'none'}."
        yield Fact(name="services", value=f"{group.service}, {candidate.service}", text=text)


def _in_order(one: Group, other: Group) -> tuple[Group, Group]:
    """The older first."""
    first, second = sorted((one, other), key=lambda group: (group.first_seen, group.fingerprint))
    return first, second


def _subject(pair: Propose | Doubtful) -> str:
    return subject(pair.one, pair.other) if isinstance(pair, Propose) else pair.dossier.subject
