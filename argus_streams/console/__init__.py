"""How groups look on a terminal: the list that people ask for first, and one group with its why."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from rich.box import SIMPLE_HEAD
from rich.console import Console, RenderableType
from rich.console import Group as Stack
from rich.table import Table
from rich.text import Text

from argus_streams.core.events import Event, Frame
from argus_streams.core.grouping.families import Family
from argus_streams.core.grouping.users import EXACT
from argus_streams.core.messages import Group, KeptEvent
from argus_streams.core.moments import moment
from argus_streams.foreign import foreign

BARS = "▁▂▃▄▅▆▇█"
STYLES = {"open": "yellow", "regressed": "bold red", "resolved": "green", "ignored": "dim"}
SHORT = 12  # characters of a fingerprint that people see and type
HOURS = 24
FRAMES = 12
WIDE, MIDDLING = 140, 100  # columns from which on there is room for all, and for most
PIPED = 160  # columns where there is no terminal


def printer() -> Console:
    """Standard output, as wide as its terminal; a pipe takes long lines."""
    console = Console()
    return console if console.is_terminal else Console(width=PIPED)


def sparkline(counts: Sequence[int]) -> str:
    """One bar a count, the highest full; a space where nothing happened."""
    top = max(counts, default=0)
    return "".join(" " if count == 0 else BARS[(count * (len(BARS) - 1) + top - 1) // top] for count in counts)


def by_hour(hours: Mapping[int, int], now_hour: int) -> list[int]:
    """Counts of the last 24 hours, the present one last."""
    return [hours.get(hour, 0) for hour in range(now_hour - HOURS + 1, now_hour + 1)]


def short(fingerprint: str) -> str:
    """What identifies a group for people: "v1:9f2c…" as "9f2c0a…"."""
    return fingerprint.rpartition(":")[2][:SHORT]


class _Layout(NamedTuple):
    """How much of each column there is room for, so that most of the width is the problem's."""

    id: int
    bars: int
    senders: int


def _layout(width: int) -> _Layout:
    if width >= WIDE:
        return _Layout(SHORT, HOURS, 30)
    return _Layout(SHORT, 12, 20) if width >= MIDDLING else _Layout(8, 8, 12)


def groups_table(groups: Sequence[Group], counts: Mapping[str, Sequence[int]], title: str, width: int) -> Table:
    """The list for a console of this width; ``counts`` gives each fingerprint's sparkline."""
    layout = _layout(width)
    table = Table(
        title=title,
        title_justify="left",
        title_style="bold",
        expand=True,
        pad_edge=False,
        box=SIMPLE_HEAD,
        collapse_padding=True,
    )
    table.add_column("group", style="cyan", no_wrap=True)
    table.add_column("count", style="bold", justify="right", no_wrap=True)
    table.add_column("lately", no_wrap=True, min_width=layout.bars, style="blue")
    table.add_column("problem", ratio=1, overflow="ellipsis", no_wrap=True)
    table.add_column("senders", no_wrap=True, overflow="ellipsis", max_width=layout.senders)
    table.add_column("status", no_wrap=True)
    for group in groups:
        table.add_row(
            short(group.fingerprint)[: layout.id],
            f"{group.count:,}",
            sparkline(tuple(counts.get(group.fingerprint, ()))[-layout.bars :]).rjust(layout.bars),
            foreign(group.title.partition("\n")[0]),
            foreign(", ".join(sorted(group.sources))),
            Text(group.status, STYLES[group.status]),
        )
    return table


def group_page(
    group: Group, events: Sequence[KeptEvent], now_hour: int, family: Family | None = None
) -> RenderableType:
    """All of one group: facts, what it counts with, why it is one, the stack of its latest event, its history."""
    facts = Table.grid(padding=(0, 2))
    for name, value in [*_facts(group), *_links(group, family)]:
        facts.add_row(Text(name, "bold"), foreign(value))
    parts = Table.grid(padding=(0, 2))
    for name, value in group.parts:
        parts.add_row(foreign(name, "cyan"), foreign(value))
    lines: list[RenderableType] = [
        foreign(group.title, "bold"), facts, Text(""),
        Text("Why this is one group: these parts make its fingerprint", "bold"), parts, Text(""),
        Text("The last 24 hours", "bold"), Text(f"[{sparkline(by_hour(group.hours, now_hour))}]"),
    ]  # fmt: skip
    if events:
        lines += [Text(""), Text("The latest whole event", "bold"), *_event(events[0].event)]
        lines += [Text(""), Text("Kept whole", "bold"), _history(events)]
    return Stack(*lines)


def _facts(group: Group) -> list[tuple[str, str]]:
    senders = ", ".join(f"{source} {count:,}" for source, count in sorted(group.sources.items()))
    count = [f"{group.count:,} ({senders})"]
    count += [f"{group.duplicates:,} redelivered"] * bool(group.duplicates)
    count += [f"{group.closed:,} times told as ended"] * bool(group.closed)
    by = f" by {group.status_by}" if group.status_by else ""
    facts = [
        ("id", group.fingerprint),
        ("project", group.project),
        ("status", group.status + by + (f" since {moment(group.status_at)}" if group.status_at else "")),
        ("count", ", ".join(count)),
        ("first seen", moment(group.first_seen) + (f" in {group.first_release}" if group.first_release else "")),
        ("last seen", moment(group.last_seen) + (f" in {group.last_release}" if group.last_release else "")),
        ("severity", group.severity),
        ("users", f"{'about ' * (group.users > EXACT)}{group.users:,}"),
    ]
    more = (("culprit", group.culprit), ("service", group.service), ("where", ", ".join(group.environments)))
    return facts + [(name, value) for name, value in more if value]


def _links(group: Group, family: Family | None) -> Iterator[tuple[str, str]]:
    """What people or programs say of it and others; it counts as the canonical group of its family."""
    if family is not None and len(family.members) > 1:
        total = sum(each.count for each in family.members)
        yield "counts as", f"{family.canonical.fingerprint}, {total:,} in all"
        for each in family.members:
            if each.fingerprint != group.fingerprint:
                yield "linked", f"{each.fingerprint} {each.count:,} {each.title.partition(chr(10))[0]}"
    elif group.linked:
        yield "linked", f"{group.linked}, which is not counted with it"
    if group.apart:
        yield "never with", ", ".join(group.apart)


def _event(event: Event) -> list[RenderableType]:
    lines: list[RenderableType] = []
    for exception in reversed(event.exceptions):
        lines.append(foreign(f"{exception.type or 'error'}: {exception.value or ''}", "red"))
        lines += [
            foreign(f"  {_frame(frame)}", "" if frame.in_app else "dim") for frame in exception.frames[-FRAMES:][::-1]
        ]
    if not event.exceptions:
        lines.append(foreign(event.message or event.title or "", "red"))
    return lines + [foreign(f"{name}  {told}") for name, told in (("link", event.link), ("url", event.url)) if told]


def _frame(frame: Frame) -> str:
    place = frame.file or frame.module or "?"
    return f"{frame.function or '?'}  {place}" + (f":{frame.line}" if frame.line is not None else "")


def _history(events: Sequence[KeptEvent]) -> Table:
    table = Table.grid(padding=(0, 2))
    for kept in events:
        event = kept.event
        told = (moment(event.received_at), kept.reason, event.source, event.release or "", event.event_id)
        table.add_row(*map(foreign, told))
    return table
