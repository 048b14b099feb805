"""Facts that point to a cause: suspect frame, first bad release, changes before it, solved problems like it."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from argus_streams.core.analysis.dossier import Dossier, Similar
from argus_streams.core.analysis.evidence import Named, place, same
from argus_streams.core.analysis.likeness import likeness
from argus_streams.core.events import Event, Frame
from argus_streams.core.findings import Cause, Fact
from argus_streams.core.grouping.frames import in_app

ALIKE = 0.5  # likeness of a solved problem that is worth telling
_SIMILAR = 2
_ORIGIN = re.compile(r"^[a-z][a-z0-9+.-]*://[^/]*/", re.IGNORECASE)  # of a script: who serves it is no part of its path
_FACTS = {"deploy": "deploy", "push": "commit", "pull_request": "commit", "ci": "ci"}


def suspect_frame(dossier: Dossier) -> tuple[Fact, Frame] | None:
    """The frame where most stacks enter the failing code: the project's own nearest the crash, or a changed one."""
    changed = [Named("file", path) for cause in _causes(dossier) for path in cause.files]
    found: Counter[tuple[str, str]] = Counter()
    frames: dict[tuple[str, str], Frame] = {}
    stacks = 0
    for kept in dossier.events:
        frame = _suspect(kept.event, changed)
        stacks += any(exception.frames for exception in kept.event.exceptions)
        if frame is not None:
            key = (place(frame) or "", frame.function or "")
            found[key] += 1
            frames.setdefault(key, frame)
    if not found:
        return None
    (path, function), count = found.most_common(1)[0]
    frame = frames[path, function]
    was_changed = any(same(Named("file", path), each) for each in changed)
    why = "which was changed just before" if was_changed else "the project's own code nearest the crash"
    share = count / stacks
    fact = Fact(
        name="suspect_frame",
        value=f"{path}:{function}" if function else path,
        text=f"{_of_all(count, stacks)} pass through {located(frame)}, {why}.",
        score=round(share * (0.9 if was_changed else 0.6), 3),
    )
    return fact, frame


def located(frame: Frame) -> str:
    """A frame for people: ``charge (checkout/payments.py:42)``."""
    path = _ORIGIN.sub("", place(frame) or "")
    line = f":{frame.line}" if frame.file and frame.line else ""
    return f"{frame.function} ({path}{line})" if frame.function and path else frame.function or f"{path}{line}"


def first_bad_release(dossier: Dossier) -> Fact | None:
    """The release that brought it, if the same services ran another one before without it."""
    told = Counter(group.first_release for group in dossier.groups if group.first_release)
    if not told:
        return None
    release, count = told.most_common(1)[0]
    groups = [group for group in dossier.groups if group.first_release == release]
    since, services = min(group.first_seen for group in groups), {group.service for group in groups}
    before = [
        kept.event.release
        for kept in dossier.others
        if kept.event.release and kept.event.service in services and kept.event.received_at < since
    ]
    if any(same(Named("release", release), Named("release", each)) for each in before):
        return None  # it ran before without the problem, as whoever reports may spell it
    share = count / len(dossier.groups)
    if not before:
        text = f"Its earliest event is of release {release}; what ran before is not known."
        return Fact(name="first_bad_release", value=release, text=text, score=round(share * 0.4, 3))
    text = f"It began with release {release}; release {before[0]} ran before without it."
    return Fact(name="first_bad_release", value=release, text=text, score=round(share * 0.8, 3))


def changes(dossier: Dossier) -> Iterator[Fact]:
    """The likeliest change or failure of each kind, of those that came before it."""
    told: set[str] = set()
    for cause in sorted(_causes(dossier), key=lambda cause: -cause.score):
        name = _FACTS.get(cause.kind, "first_failure")
        if name not in told:
            told.add(name)
            yield Fact(name=name, value=_value(cause), text=_sentence(f"{cause.title}: {cause.why}"), score=cause.score)


def similar(dossier: Dossier) -> Iterator[Fact]:
    """Solved problems that are like it, and how they ended."""
    scored = [
        (max((likeness(group, each.group).score for group in dossier.groups), default=0.0), each)
        for each in dossier.similar
    ]
    scored.sort(key=lambda pair: (-pair[0], pair[1].group.fingerprint))
    for score, each in scored[:_SIMILAR]:
        if score >= ALIKE:
            yield Fact(name="similar", value=each.group.fingerprint, text=_ended(each), score=round(score, 3))


def _causes(dossier: Dossier) -> Sequence[Cause]:
    return dossier.incident.causes if dossier.incident is not None else ()


def _suspect(event: Event, changed: Sequence[Named]) -> Frame | None:
    """Of the exception that all began with; the causes go first."""
    own = [
        frame
        for exception in event.exceptions
        for frame in reversed(exception.frames)
        if place(frame) and in_app(frame, event.platform)
    ]
    for frame in own:
        if any(same(Named("file", place(frame) or ""), each) for each in changed):
            return frame
    return own[0] if own else None


def _value(cause: Cause) -> str:
    if cause.kind in ("push", "pull_request"):
        return cause.commit or cause.subject
    if cause.kind == "deploy" and cause.release:
        return f"{cause.subject} {cause.release}"
    return cause.subject


def _ended(each: Similar) -> str:
    by = f" by {each.group.status_by}" if each.group.status_by else ""
    text = f"It is like {each.group.title!r}, which was resolved{by}"
    return _sentence(f"{text}: {each.analysis.summary}" if each.analysis and each.analysis.summary else text)


def _of_all(count: int, stacks: int) -> str:
    if count == stacks:
        return "All stacks that are kept" if stacks > 1 else "The stack that is kept"
    return f"{count} of {stacks} stacks that are kept"


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."
