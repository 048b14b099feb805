"""A dossier as lines of text for a model, the most informative first in rank; nothing in them varies without reason.

Times are left out, and how often a group was seen: a problem that has grown is the same text, and its answer is known.
"""

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from argus_streams.core.analysis.dossier import Dossier
from argus_streams.core.analysis.elements import described
from argus_streams.core.analysis.private import Redactor
from argus_streams.core.events import Event, ExceptionInfo, Frame
from argus_streams.core.findings import Incident
from argus_streams.core.grouping.frames import in_app
from argus_streams.core.grouping.parameterize import parameterize
from argus_streams.core.messages import Group

EVENTS = 6  # of a group, those that say something new
FRAMES = 20  # of an exception, those next to the crash
_EXCEPTIONS = 4
_TAGS = 12
_MEMBERS, _LINKS, _GROUPS = 60, 12, 40
_STEPS = (1, 2, 5)


class Block(Struct, frozen=True):
    """Lines that belong together: all of them are told, or none."""

    rank: int  # 0 is told first
    text: str


def blocks(dossier: Dossier, redactor: Redactor) -> Iterator[Block]:
    """What is told of a group, an incident, a pair or a broken test, in the order in which it is read."""
    if dossier.repair is not None:
        for rank, fields in described(dossier.repair, redactor):
            yield Block(rank, _fields(fields))
    if dossier.incident is not None:
        yield from _incident(dossier.incident, redactor)
    told = [(group, list(_group(group, dossier, redactor))) for group in dossier.groups[:_GROUPS]]
    for number, (_, lines) in enumerate(told):
        # Each group has its first block before any has its second; of many, the first ones say the most.
        for rank, text in enumerate(lines):
            yield Block(2 + 3 * rank + number // 8, text)


def about(count: int) -> str:
    """A count in steps of 1, 2 and 5: what is told of an incident does not change with each signal."""
    if count <= 1:
        return str(count)
    power = 10 ** (len(str(count)) - 1)
    step = max(step for step in _STEPS if step * power <= count)
    return f"about {step * power}"


def _incident(incident: Incident, redactor: Redactor) -> Iterator[Block]:
    head = (
        ("incident", redactor.text(incident.title)),
        ("severity", incident.severity),
        ("services", _listed(incident.services, redactor)),
        ("environments", _listed(incident.environments, redactor)),
        ("signals", about(incident.signals)),
    )
    yield Block(0, _fields(head))
    for cause in incident.causes:
        fields = (
            (f"possible cause, {cause.kind}", redactor.text(cause.title)),
            ("  why the rules think so", redactor.text(cause.why)),
            ("  score of 1", f"{cause.score:.1f}"),
            ("  service", redactor.text(cause.service)),
            ("  environment", redactor.text(cause.environment)),
            ("  release", redactor.text(cause.release)),
            ("  commit", redactor.text(cause.commit)),
            ("  files changed that are in stacks", _listed(cause.files, redactor)),
        )
        yield Block(0, _fields(fields))
    for link in incident.links[:_LINKS]:
        yield Block(4, _fields(((f"put together by {redactor.text(link.rule, 60)}", _shared(link.facts, redactor)),)))
    for member in incident.members[:_MEMBERS]:
        hidden = " (a symptom of another)" if member.hidden_by else ""
        where = redactor.text(member.service, 60)
        yield Block(5, _fields(((f"signal, {member.kind}", f"{redactor.text(member.title, 150)} {where}{hidden}"),)))


def _shared(facts: Mapping[str, str], redactor: Redactor) -> str:
    """What two signals share; of what points to a person, and is another each time, only that they do."""
    return ", ".join(
        key if key in ("session", "trace") else f"{redactor.text(key, 60)} {redactor.text(value, 100)}"
        for key, value in facts.items()
    )


def _group(group: Group, dossier: Dossier, redactor: Redactor) -> Iterator[str]:
    """The group itself, then its events, each of which says something that those before do not."""
    yield _fields(
        (
            (f"{group.kind}", redactor.text(group.title)),
            ("  type", redactor.text(group.type)),
            ("  service", redactor.text(group.service)),
            ("  route", redactor.address(group.culprit)),
            ("  platform", redactor.text(group.platform, 60)),
            ("  severity", group.severity),
            ("  status", group.status),
            ("  environments", _listed(group.environments, redactor)),
            ("  first seen in release", redactor.text(group.first_release)),
            ("  last seen in release", redactor.text(group.last_release)),
        )
    )
    events = [kept.event for kept in dossier.events if kept.fingerprint == group.fingerprint]
    for event in _telling(events):
        yield _event(event, redactor)


def _telling(events: Iterable[Event]) -> list[Event]:
    """One of each wording and stack, in an order that is theirs alone."""
    found: dict[tuple[str, ...], Event] = {}
    for event in sorted(events, key=lambda each: each.event_id):
        wording = parameterize(event.message or "")
        stack = (f"{frame.module}{frame.file}{frame.function}" for each in event.exceptions for frame in each.frames)
        found.setdefault((wording, *stack), event)
    return [found[key] for key in sorted(found)][:EVENTS]


def _event(event: Event, redactor: Redactor) -> str:
    head = (
        ("  event", redactor.text(event.message, 600)),
        ("    release", redactor.text(event.release)),
        ("    environment", redactor.text(event.environment)),
        ("    route", redactor.address(event.culprit)),
        ("    page", redactor.address(event.url)),
        ("    commit", redactor.text(event.commit, 60)),
    )
    tags = [(f"    tag {key}", value) for key, value in redactor.tags(event.tags)[:_TAGS]]
    chain = event.exceptions[-_EXCEPTIONS:]
    stacks = [line for exception in chain for line in _exception(exception, event.platform, redactor)]
    return "\n".join(line for line in (_fields((*head, *tags)), *stacks) if line)


def _exception(exception: ExceptionInfo, platform: str | None, redactor: Redactor) -> Iterator[str]:
    yield f"    exception: {redactor.text(exception.type, 150)}: {redactor.text(exception.value, 600)}"
    for frame in exception.frames[-FRAMES:]:
        yield f"      {'app ' if in_app(frame, platform) else ''}{_frame(frame, redactor)}"


def _frame(frame: Frame, redactor: Redactor) -> str:
    place = redactor.address(frame.file or frame.module)
    line = f":{frame.line}" if frame.line else ""
    context = f"   {redactor.text(frame.context, 120)}" if frame.context else ""
    return f"{redactor.text(frame.function, 120)} at {place}{line}{context}"


def _fields(fields: Iterable[tuple[str, str]]) -> str:
    """A line a field that says something; each begins with a word of ours."""
    return "\n".join(f"{name}: {value}" for name, value in fields if value)


def _listed(names: Iterable[str], redactor: Redactor) -> str:
    return ", ".join(redactor.text(name, 150) for name in tuple(names)[:20])
