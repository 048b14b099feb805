"""The explanation without any model: what rules find in the evidence, in a title and two sentences.

It is what those without a key see, what is shown when no model answers, and what each answer is held against.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

from msgspec import Struct, structs

from argus_streams.core.analysis.clues import changes, first_bad_release, located, similar, suspect_frame
from argus_streams.core.analysis.common import common
from argus_streams.core.analysis.dossier import Dossier
from argus_streams.core.analysis.evidence import Named, place
from argus_streams.core.analysis.kinds import kind
from argus_streams.core.analysis.plain import plain
from argus_streams.core.events import Frame
from argus_streams.core.findings import Cause, Fact, Incident
from argus_streams.core.messages import Group

LIKELY = 0.5  # score from which a fact is told as the likely cause
TITLE, SUMMARY, FACT = 120, 600, 300  # characters
HEAD = 60  # of an incident's title: the cause has to have room
_CAUSES = ("commit", "deploy", "first_failure", "ci", "first_bad_release")


class Explained(Struct, frozen=True, kw_only=True):
    """What the rules found."""

    title: str
    summary: str  # two sentences
    facts: tuple[Fact, ...]  # the strongest first
    named: tuple[Named, ...] = ()  # what they take for the cause


def explain(dossier: Dossier) -> Explained:
    """Title, summary and facts, for any dossier."""
    suspect = suspect_frame(dossier)
    found = list(changes(dossier))
    if (release := first_bad_release(dossier)) is not None:
        found.append(release)
    if suspect is not None:
        found.append(suspect[0])
    known = {*_identity(dossier), *([release.value] if release is not None else [])}
    found += common([kept.event for kept in dossier.events], [kept.event for kept in dossier.others], known)
    found += [*similar(dossier), kind(dossier)]
    found.sort(key=lambda fact: -fact.score)
    frame = suspect[1] if suspect is not None else None
    return Explained(
        title=plain(_title(dossier, frame), TITLE),
        summary=plain(f"{_what(dossier, frame)} {_why(found)}", SUMMARY),
        facts=tuple(_readable(fact) for fact in found),
        named=_named(dossier, found, frame),
    )


def _identity(dossier: Dossier) -> Iterator[str]:
    """What makes its groups what they are, which all their events have by nature."""
    for group in dossier.groups:
        yield from (text for _, text in group.parts)
        yield from (text for text in (group.service, group.type, group.culprit, group.severity) if text)


def _title(dossier: Dossier, frame: Frame | None) -> str:
    if dossier.kind == "incident" and dossier.incident is not None:
        return _of_incident(dossier.incident, dossier.groups)
    group = dossier.groups[0] if dossier.groups else None
    if group is None:
        return dossier.subject
    where = frame.function if frame is not None and frame.function else group.culprit
    return f"{group.type} in {where}" if group.type and where and group.kind == "error" else group.title


def _of_incident(incident: Incident, groups: tuple[Group, ...]) -> str:
    count = len(groups) or len(incident.groups)
    what = groups[0].title if count == 1 and groups else incident.title
    if count > 1 and groups:
        what = f"{plain(_most_frequent(groups).title, HEAD)} and {count - 1} more"
    where = f" in {_listed(incident.services)}" if incident.services else ""
    cause = _likeliest(incident)
    return f"{what}{where} after {cause.title}" if cause is not None else f"{what}{where}"


def _what(dossier: Dossier, frame: Frame | None) -> str:
    """The first sentence: what happens, where, how often, since when."""
    if not dossier.groups:
        incident = dossier.incident
        return f"{incident.title} since {_when(incident.opened_at)}." if incident else "Nothing is stored about it."
    count, since = sum(group.count for group in dossier.groups), min(group.first_seen for group in dossier.groups)
    times = "once" if count == 1 else f"{count:,} times"
    if len(dossier.groups) > 1:
        often = _named_by(_most_frequent(dossier.groups))
        first = f"; look first at {located(frame)}" if frame is not None else ""
        return f"{len(dossier.groups)} problems occurred {times} since {_when(since)}, most often {often}{first}."
    where = f" in {located(frame)}" if frame is not None else ""
    return f"{_named_by(dossier.groups[0])}{where} occurred {times} since {_when(since)}."


def _most_frequent(groups: tuple[Group, ...]) -> Group:
    return max(groups, key=lambda group: (group.count, group.fingerprint))


def _named_by(group: Group) -> str:
    return plain(group.title, TITLE).rstrip(".")


def _why(facts: list[Fact]) -> str:
    """The second sentence: what most likely brought it about."""
    likely = [fact for fact in facts if fact.score >= LIKELY]
    for fact in likely:
        if fact.name in _CAUSES:
            return _one_sentence(f"Most likely the cause is {fact.text}" if fact.name in _CAUSES[:4] else fact.text)
    for name in ("common", "similar"):
        for fact in likely:
            if fact.name == name:
                return _one_sentence(fact.text)
    return "Nothing that is known points to a change."


def _named(dossier: Dossier, facts: list[Fact], frame: Frame | None) -> tuple[Named, ...]:
    """What the rules take for the cause; what is as likely not is not told."""
    found: dict[Named, None] = {}
    cause = _likeliest(dossier.incident) if dossier.incident is not None else None
    if cause is not None:
        found.update({Named("commit", cause.commit): None} if cause.commit else {})
        found.update({Named("release", cause.release): None} if cause.release else {})
        found.update({Named("service", cause.service): None} if cause.service else {})
    for fact in facts:
        if fact.name == "first_bad_release" and fact.score >= LIKELY:
            found[Named("release", fact.value)] = None
    if frame is not None and (path := place(frame)):
        found[Named("file", path)] = None
    if cause is None:
        services = Counter(group.service for group in dossier.groups if group.service)
        found.update({Named("service", services.most_common(1)[0][0]): None} if services else {})
    return tuple(found)


def _likeliest(incident: Incident) -> Cause | None:
    best = max(incident.causes, key=lambda cause: cause.score, default=None)
    return best if best is not None and best.score >= LIKELY else None


def _listed(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:2])}{' and others' if len(names) > 2 else ''}"  # noqa: PLR2004 - as many as fit a title


def _when(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")


def _one_sentence(text: str) -> str:
    """Sentences joined by semicolons: a summary has two."""
    return "; ".join(part.strip() for part in text.rstrip(".").split(". ")) + "."


def _readable(fact: Fact) -> Fact:
    return structs.replace(fact, value=plain(fact.value, FACT), text=plain(fact.text, SUMMARY))
