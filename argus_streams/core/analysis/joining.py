"""Several subjects that have to do with each other are asked about in one call: its instructions are paid once."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

from msgspec import Struct

from argus_streams.core.analysis.dossier import Dossier
from argus_streams.core.analysis.prompt import ROOM, Prompt, Section, prompt
from argus_streams.core.analysis.registry import Ask, Registry

TOGETHER = 8  # subjects of a call at most


class Pending(Struct, frozen=True, kw_only=True):
    """A subject that a model is to be asked about."""

    ask: Ask
    dossier: Dossier
    section: Section


class Call(Struct, frozen=True, kw_only=True):
    """One question about some of them."""

    ask: Ask  # the first one's: task, tier and batch are those of all
    prompt: Prompt
    subjects: tuple[Pending, ...]


_Key: TypeAlias = tuple[str, ...]


def joined(pending: Iterable[Pending], *, registry: Registry) -> tuple[Call, ...]:
    """Calls for all of them: in one at most eight of one task, related by service or type, within its bytes."""
    related: dict[_Key, list[Pending]] = {}
    for each in pending:
        related.setdefault(_relation(each), []).append(each)
    calls = []
    for together in related.values():
        together.sort(key=_likeness)
        calls += [_call(subjects) for subjects in _portions(together, registry)]
    return tuple(calls)


def _relation(pending: Pending) -> _Key:
    """What subjects of one call have in common; an incident goes alone."""
    ask, groups = pending.ask, pending.dossier.groups
    kind: _Key = (pending.dossier.project, ask.task, ask.tier, str(ask.batch))
    if ask.task == "repair":
        return (*kind, "of one project")
    if ask.task == "incident" or not groups:
        return (*kind, "alone", pending.dossier.subject)
    group = groups[0]
    for name, value in (("service", group.service), ("type", group.type), ("route", group.culprit)):
        if value:
            return (*kind, name, value)
    return (*kind, "alone", pending.dossier.subject)


def _likeness(pending: Pending) -> _Key:
    """Neighbours are alike; and equal sets make equal calls."""
    group = pending.dossier.groups[0] if pending.dossier.groups else None
    return ((group.type or ""), (group.culprit or ""), pending.dossier.subject) if group else (pending.dossier.subject,)


def _portions(together: Sequence[Pending], registry: Registry) -> Iterator[list[Pending]]:
    limit = registry.tasks[together[0].ask.task].max_input_bytes
    most = min(TOGETHER, ROOM[together[0].ask.task])
    portion: list[Pending] = []
    for each in together:
        if portion and (len(portion) == most or prompt([*_sections(portion), each.section]).size() > limit):
            yield portion
            portion = []
        portion.append(each)
    yield portion


def _call(subjects: list[Pending]) -> Call:
    return Call(ask=subjects[0].ask, prompt=prompt(_sections(subjects)), subjects=tuple(subjects))


def _sections(subjects: Sequence[Pending]) -> list[Section]:
    return [each.section for each in subjects]
