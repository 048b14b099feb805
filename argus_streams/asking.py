"""What the command line does for a person who asks: read bodies, list groups, decide about one."""

import re
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from pathlib import Path
from time import time
from typing import Any, NamedTuple

import msgspec

from argus_streams import app, console, explanation
from argus_streams.adapters import topics
from argus_streams.adapters.database import Database, open_database
from argus_streams.adapters.mappings import load_mappings
from argus_streams.adapters.reading import PostgresReader
from argus_streams.agents.wire import Topics
from argus_streams.core.events import Event, Signal, TestFailure
from argus_streams.core.grouping.families import Family, families, summed
from argus_streams.core.intake import opened
from argus_streams.core.messages import Command, Group, GroupStatus, LinkAction, StatusAction
from argus_streams.core.normalization import Norms
from argus_streams.core.source import Body
from argus_streams.core.topology import Decision, Refuse
from argus_streams.errors import ArgusError, Malformed, Misconfigured
from argus_streams.explanation import Given
from argus_streams.ports import GroupQuery, Reader
from argus_streams.publishing import Publication, Publisher, fitting
from argus_streams.settings import Settings
from argus_streams.sources import mapped

HOUR_MS = 3_600_000
PATIENCE_SECONDS = 5.0  # a person waits no longer for a database
KEPT = 10  # events of a group that are shown
ALL = 10_000  # groups that are linked with those of a list
NOBODY = "command line"  # who decides where nobody says so


class NotFound(ArgusError):  # noqa: N818
    """What was asked for is not there."""


class Trial(NamedTuple):
    """What `explain` reads bodies by."""

    norms: Norms
    source: str  # of bodies that name none; empty = told by their files' names
    project: str


def publisher(given: Settings) -> Publisher:
    """A publisher to this deployment's inputs."""
    return Publisher(given.kafka(), Topics.under(given.topic_prefix))


async def publish(
    given: Settings, source: str, project: str, contents: Sequence[bytes], headers: Mapping[str, str]
) -> int:
    """Publish the bodies of files; how many. Raises ``Malformed`` before any is written if one is too large."""
    norms = app.norms(given)
    bodies = [with_headers(body, headers) for content in contents for body in explanation.of_file(content, source)]
    for body in bodies:
        if body.source in norms.sources:
            opened(Body(body.value, body.headers, 0), norms.sources[body.source], norms.limits)
    told = [Publication(body.source, project, body.headers, body.value) for body in bodies]
    fit = [fitting(body, norms.limits.body) for body in told]
    topics.require(given.kafka(), Topics.under(given.topic_prefix).incoming)  # a producer would try for a minute
    await publisher(given).publish(fit)
    return len(bodies)


def with_headers(body: Given, headers: Mapping[str, str]) -> Given:
    """The body with more headers; those that a person names go before those of the captured request."""
    return body._replace(headers={**{name.lower(): value for name, value in body.headers.items()}, **headers})


def bodies(files: Sequence[str], source: str, known: Collection[str]) -> Iterator[Given | Malformed]:
    """The bodies of files in their order; of standard input, one a line."""
    for name in files:
        if name != "-":
            given = explanation.of_file(Path(name).read_bytes(), source or _source_of(Path(name), known))
            yield from (each if each.source else _nameless(name, known) for each in given)
            continue
        for line in sys.stdin.buffer:
            try:
                yield explanation.of_line(line, source)
            except Malformed as error:
                yield error


def _nameless(file: str, known: Collection[str]) -> Malformed:
    return Malformed("no source", f"give --source, or name {file} or its folder after one: {', '.join(known)}")


def trial(given: Settings, mapping: Path | None, *, source: str, project: str) -> Trial:
    """How `explain` reads: a file of mappings to try replaces the setting, and tells source and project."""
    if mapping is None:
        return Trial(app.norms(given), source, project or explanation.EXPLAINED)
    told = load_mappings(mapping, "--mapping")
    norms = replace(app.norms(given.model_copy(update={"mappings_file": None})), mappings=told)
    chosen = project or (next(iter(told)) if len(told) == 1 else "")
    if chosen not in told:
        raise Misconfigured(
            f"--mapping: {mapping} has mappings of {', '.join(told) or 'nobody'}: choose with --project"
        )
    return Trial(norms, source or mapped.SOURCE.name, chosen)


def unread(error: Malformed) -> dict[str, Any]:
    """The line about a line that is none."""
    return {"source": "", "malformed": error.reason, "detail": error.detail}


def as_json(line: Mapping[str, Any]) -> str:
    """A line for programs."""
    return msgspec.json.encode(line).decode()


def as_text(line: Mapping[str, Any]) -> str:
    """A line for people: what it is, where it goes, and why."""
    at = (line["source"] or "?") + (f"[{line['index']}]" if "index" in line else "")
    for word in ("ignored", "malformed"):
        if word in line:
            return f"{at}: {word}: {line[word]}" + (f" ({line['detail']})" if line.get("detail") else "")
    if "signal" in line:
        signal: Signal = line["signal"]
        return f"{at}: {signal.kind}: {signal.title}\n  goes to {line['route']}"
    if "test_failure" in line:
        failure: TestFailure = line["test_failure"]
        told = f"{at}: {failure.status} {_failed(failure)}"
        return "\n".join((told, f"  goes to {line['route']}", *_broken(failure)))
    event: Event = line["event"]
    told = event.title or ": ".join(_once(event.type, event.message)) or event.kind
    head = f"{at}: {' '.join(_once(event.severity, event.kind))}, {event.status}: {told}"
    parts = "\n".join(f"    {name}: {value}" for name, value in line["parts"])
    return f"{head}\n  {line['fingerprint']} by {line['how']}, goes to {line['route']}\n{parts}"


def _once(*words: str | None) -> Sequence[str]:
    """The words that are told, none of them twice: an error of severity error is an error."""
    return list(dict.fromkeys(word for word in words if word))


def _failed(failure: TestFailure) -> str:
    place = ":".join(str(part) for part in (failure.file, failure.line) if part)
    told = (failure.message or "").partition("\n")[0]
    return f"{failure.framework} test: {failure.test}{place and f' ({place})'}{told and f': {told}'}"


def _broken(failure: TestFailure) -> Sequence[str]:
    """Whose failure it is and which locator broke, on a line: by these it is healed or not."""
    if failure.failure in {None, "other"}:
        return ()
    scope = f", looked for in {failure.scope}" if failure.locator and failure.scope else ""
    return (f"    {': '.join(_once(failure.failure, failure.locator))}{scope}",)


def exit_code(action: str, decisions: Sequence[Decision]) -> int:
    """0 when the broker is as declared: after `apply`, when nothing had to be refused."""
    left = decisions if action == "check" else [each for each in decisions if isinstance(each, Refuse)]
    return int(bool(left))


async def groups(
    given: Settings, *, project: str | None, statuses: Sequence[GroupStatus], limit: int
) -> Sequence[Group]:
    """The groups seen last."""
    query = GroupQuery(project=project, statuses=tuple(statuses), limit=limit, since_hour=_now_hour() - console.HOURS)
    async with reading(given) as database:
        return await PostgresReader(database).groups(query)


async def with_linked(given: Settings, found: Sequence[Group]) -> Sequence[Family]:
    """The groups with all that they count with."""
    async with reading(given) as database:
        return families([*found, *await _linked(PostgresReader(database), found)])


async def _linked(reader: Reader, found: Sequence[Group]) -> Sequence[Group]:
    """The groups that these are linked with, also by others, and that are not among them."""
    known = {(each.project, each.fingerprint) for each in found}
    more = set(await reader.linked(known)) - known if known else set()
    if not more:
        return ()
    fingerprints = tuple({fingerprint for _, fingerprint in more})
    query = GroupQuery(fingerprints=fingerprints, since_hour=_now_hour() - console.HOURS, limit=ALL)
    return [each for each in await reader.groups(query) if (each.project, each.fingerprint) in more]


def show_groups(found: Sequence[Family], limit: int) -> None:
    """Print the list, which has at most so many rows; groups that are linked are one."""
    out = console.printer()
    if not found:
        out.print("0 groups")
        return
    rows = [summed(each) for each in found]
    counts = {each.fingerprint: console.by_hour(each.hours, _now_hour()) for each in rows}
    number = f"{len(rows):,} group{'s' * (len(rows) != 1)}"
    told = f"the latest {number}, of more perhaps (--limit)" if len(rows) >= limit else f"{number}, the latest first"
    title = f"{told}; bars are the last {console.HOURS} hours"
    out.print(console.groups_table(rows, counts, title, out.width))


async def group(given: Settings, group_id: str, *, project: str | None) -> Group:
    """The group whose fingerprint begins so. Raises ``NotFound`` when none or several do."""
    query = GroupQuery(project=project, fingerprint=group_id, limit=3, since_hour=_now_hour() - console.HOURS)
    async with reading(given) as database:
        found = await PostgresReader(database).groups(query)
    if len(found) != 1:
        several = ", ".join(f"{each.project} {each.fingerprint}" for each in found)
        raise NotFound(f"{group_id!r} is several groups: {several} …" if found else f"there is no group {group_id!r}")
    return found[0]


async def show_group(given: Settings, found: Group) -> None:
    """Print one group with its latest whole event."""
    async with reading(given) as database:
        reader = PostgresReader(database)
        events = await reader.events(found.project, found.fingerprint, KEPT)
        known = families([found, *await _linked(reader, [found])])
    family = next(each for each in known if found in each.members)
    console.printer().print(console.group_page(found, events, _now_hour(), family))


async def command(given: Settings, found: Group, action: StatusAction, by: str) -> None:
    """Decide about a group."""
    await _order(given, Command(project=found.project, fingerprint=found.fingerprint, action=action, by=by or NOBODY))


async def link(given: Settings, found: Group, action: LinkAction, other: Group, by: str) -> None:
    """Say that a group is the same problem as another, or that it is not. Raises ``NotFound`` if they can not be."""
    if found.project != other.project or found.fingerprint == other.fingerprint:
        raise NotFound("a group is linked with another one of its project")
    if action == "unlink" and other.linked == found.fingerprint:
        found, other = other, found  # the word is taken back where it was given
    order = Command(
        project=found.project,
        fingerprint=found.fingerprint,
        action=action,
        other=other.fingerprint,
        by=by or NOBODY,
    )
    await _order(given, order)


async def _order(given: Settings, order: Command) -> None:
    topics.require(given.kafka(), Topics.under(given.topic_prefix).commands)
    await publisher(given).command(order)


def reading(given: Settings) -> AbstractAsyncContextManager[Database]:
    """The database that people read, for one question."""
    return open_database(given.database(), given.db_schema, connections=1, patience=PATIENCE_SECONDS)


def _source_of(file: Path, known: Collection[str]) -> str:
    """A source told by the beginning of a file's name, or of a folder's above it: `github`, `github_push.json`."""
    names = (re.split(r"[._-]", each.name)[0] for each in (file, *file.parents))
    return next((name for name in names if name in known), "")


def _now_hour() -> int:
    return int(time() * 1000) // HOUR_MS
