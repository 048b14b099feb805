"""Reading two generations of one database side by side, in the order of their groups."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple

import msgspec

from argus_streams.adapters.database import Connection, connected
from argus_streams.core.generations.comparison import Row

_FETCH = 1_000  # rows at once
_SNAPSHOT = b"set transaction isolation level repeatable read read only"
_ROWS = """
select jsonb_build_object(
  'project_id', g.project_id, 'project', p.slug, 'fingerprint', g.fingerprint, 'title', g.title, 'count', g.count,
  'closed', g.closed, 'duplicates', g.duplicates, 'status', g.status,
  'first_seen', (extract(epoch from g.first_seen) * 1000)::bigint,
  'last_seen', (extract(epoch from g.last_seen) * 1000)::bigint,
  'sources', g.sources,
  'hours', coalesce((
    select jsonb_object_agg((extract(epoch from c.hour) / 3600)::bigint, c.count)
    from "{schema}".group_counts c
    where c.project_id = g.project_id and c.fingerprint = g.fingerprint
  ), '{{}}'),
  'fresh', g.updated_at > now() - interval '1 minute'
)::text
from "{schema}".error_groups g
join argus.projects p on p.id = g.project_id
order by g.project_id, g.fingerprint
"""


class Sides(NamedTuple):
    """The groups of both."""

    live: AsyncIterator[Row]
    other: AsyncIterator[Row]


@asynccontextmanager
async def side_by_side(url: str, live: str, other: str) -> AsyncIterator[Sides]:
    """Both schemas as they were at one moment, through cursors of the server's."""
    async with connected(url) as connection, connection.transaction():
        await connection.execute(_SNAPSHOT)
        yield Sides(_rows(connection, "live", live), _rows(connection, "other", other))


async def _rows(connection: Connection, cursor: str, schema: str) -> AsyncIterator[Row]:
    async with connection.cursor(cursor) as rows:
        rows.itersize = _FETCH
        await rows.execute(_ROWS.format(schema=schema).encode())
        async for (text,) in rows:
            yield msgspec.json.decode(text, type=Row)
