"""Pairing two groupings of the same events by origin, on disk where memory has no room.

SQLite holds for each event its place and a number for its group, about 45 bytes, in a file of its own that is gone with
the process; no more than ``CACHE_BYTES`` of it are in memory.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from typing import Literal, NamedTuple

from argus_streams.core.generations.preview import Change, Part, fate_of_new, fate_of_old

CACHE_BYTES = 64 * 1024 * 1024
SHOWN = 20  # parts of a change

Side = Literal["now", "then"]

_TABLES = f"""
pragma cache_size = -{CACHE_BYTES // 1024};
pragma journal_mode = off;
pragma synchronous = off;
create table named (grp integer primary key, project text, fingerprint text, title text);
create table today (input, part, offs, idx, grp, primary key (input, part, offs, idx)) without rowid;
create table later (input, part, offs, idx, grp, primary key (input, part, offs, idx)) without rowid;
"""
_NAME = "insert or ignore into named values (?, ?, ?, ?)"
_INSERT: dict[Side, str] = {
    "now": "insert or ignore into today values (?, ?, ?, ?, ?)",
    "then": "insert or ignore into later values (?, ?, ?, ?, ?)",
}
_PAIRS = """
create table pair as
  select today.grp as old, later.grp as new, count(*) as events
  from later left join today using (input, part, offs, idx) group by 1, 2
  union all
  select today.grp, null, count(*) from today
  where not exists (select 1 from later
    where later.input = today.input and later.part = today.part and later.offs = today.offs and later.idx = today.idx)
  group by 1;
create index pair_old on pair (old, events desc);
create index pair_new on pair (new, events desc);
create table olds as
  select old, count(new) as news, sum(events) as events, max(new) as one, sum(iif(new is null, events, 0)) as unread
  from pair where old is not null group by old;
create table news as select new, count(old) as olds, sum(events) as events from pair where new is not null group by new;
create index news_new on news (new);
"""
_OLDS = """
select old, olds.news, coalesce(news.olds, 0), old = one, olds.events, unread, project, fingerprint, title
from olds left join news on news.new = one join named on grp = old order by olds.events desc, fingerprint
"""
_NEWS = """
select new, olds, events, project, fingerprint, title from news join named on grp = new where olds <> 1
order by events desc, fingerprint
"""
_NEWS_OF = """
select project, fingerprint, title, events from pair join named on grp = new where old = ?
order by events desc, fingerprint limit ?
"""
_OLDS_OF = """
select project, fingerprint, title, events from pair join named on grp = old where new = ?
order by events desc, fingerprint limit ?
"""


class Seen(NamedTuple):
    """One event: its place among the inputs, and the group that it is in."""

    input: int  # number of the topic
    partition: int
    offset: int
    item: int  # index inside its body
    project: str
    fingerprint: str
    title: str


class Pairing:
    """Two groupings of the same events; close it."""

    def __init__(self) -> None:
        self._file = sqlite3.connect("", isolation_level=None, check_same_thread=False)  # "" = a file without a name
        self._file.executescript(_TABLES)

    def add(self, side: Side, events: Iterable[Seen]) -> None:
        """Take events, each place once a side."""
        seen = list(events)
        groups = {(each.project, each.fingerprint): each for each in seen}
        numbers = {name: _number(*name) for name in groups}
        self._file.execute("begin")  # else each row is a transaction
        self._file.executemany(_NAME, [(numbers[name], *name, each.title) for name, each in groups.items()])
        self._file.executemany(
            _INSERT[side],
            [
                (each.input, each.partition, each.offset, each.item, numbers[each.project, each.fingerprint])
                for each in seen
            ],
        )
        self._file.execute("commit")

    def pair(self) -> tuple[int, int]:
        """Pair all events; how many there are now, and would be then. Call it once, before ``changes``."""
        self._file.executescript(_PAIRS)
        (now,) = self._file.execute("select count(*) from today").fetchone()
        (then,) = self._file.execute("select count(*) from later").fetchone()
        return now, then

    def changes(self) -> Iterator[Change]:
        """What becomes of each group, the largest first: those of today, then what would be new or joined."""
        for old, news, olds, same, events, unread, *named in self._file.execute(_OLDS):
            fate = fate_of_old(news, olds, same=bool(same))
            if fate != "joins":  # told of the group that it goes into
                yield _change(fate, named, events, news, self._parts(_NEWS_OF, old), unread)
        for new, olds, events, *named in self._file.execute(_NEWS):
            fate_then = fate_of_new(olds)
            if fate_then is not None:
                yield _change(fate_then, named, events, olds, self._parts(_OLDS_OF, new), 0)

    def close(self) -> None:
        """Remove the file."""
        self._file.close()

    def _parts(self, query: str, group: int) -> tuple[Part, ...]:
        return tuple([Part(*row) for row in self._file.execute(query, (group, SHOWN))])


def _change(fate: str, named: list[str], events: int, others: int, parts: tuple[Part, ...], unread: int) -> Change:
    project, fingerprint, title = named
    return Change(
        fate=fate,  # type: ignore[arg-type]  # one of them
        project=project,
        fingerprint=fingerprint,
        title=title,
        events=events,
        others=others,
        parts=parts,
        unread=unread,
    )


def _number(project: str, fingerprint: str) -> int:
    """64 bits: of a million groups two are one by chance in one of 37 million runs."""
    digest = blake2b(f"{project}:{fingerprint}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
