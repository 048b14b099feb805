"""Postgres: the server, migrations, generations, partitions, privileges, room; and letters that lie there."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import TypeVar

from msgspec import Struct

from argus_streams.core.bugs import BUG
from argus_streams.core.doctor.finding import Finding, Unseen, fine, names, number, unknown, warning, wrong

T = TypeVar("T")
OLDEST = 15  # the major version that the migrations are written for
CHECKS = ("migrations", "generations", "partitions", "privileges", "row security", "connections", "letters")
FULL = 0.9  # of the connections: a worker that starts takes up to four
AHEAD = 1  # days that have to have a partition beside today's; STORE makes seven, four times a day
GIB = 1024**3


class Refused(Struct, frozen=True):
    """There is no connection."""

    why: str
    setting: bool  # whether the answer will be the same the next time


class Server(Struct, frozen=True, kw_only=True):
    """A server that answers."""

    version: int  # as `server_version_num` tells it: 150004
    tls: bool
    local: bool  # by loopback or a socket
    pooled: bool  # something between answers in its name
    user: str
    size: int | None = None  # bytes of the database


class Migrations(Struct, frozen=True):
    """Versions by name: those that this program brings, and those of ours that were applied."""

    brought: Mapping[str, str]
    applied: tuple[str, ...]
    strangers: tuple[str, ...] = ()  # applied, of ours as they look, and not brought


class Generation(Struct, frozen=True):
    """A row of argus.generations."""

    schema: str
    status: str
    ready: bool


class Partitions(Struct, frozen=True):
    """The daily partitions of events."""

    today: date
    days: tuple[date, ...]
    strays: int  # rows of the default partition, counted up to a thousand


class Tables(Struct, frozen=True):
    """What the role may do."""

    denied: Mapping[str, tuple[str, ...]]  # tables by the privilege that is lacking
    unowned: tuple[str, ...]  # whose partitions it can therefore not make
    hidden: tuple[str, ...]  # whose rows row-level security keeps from it
    insecure: tuple[str, ...]  # without row-level security


class Connections(Struct, frozen=True):
    """Of the server."""

    used: int
    most: int


class Letters(Struct, frozen=True):
    """Of the last 24 hours."""

    by_reason: Mapping[str, int]


class Database(Struct, frozen=True, kw_only=True):
    """All that was asked of a server that answers."""

    server: Server
    schema: str  # of the generation that is made
    migrations: Migrations | Unseen
    generations: tuple[Generation, ...] | Unseen
    partitions: Partitions | Unseen
    tables: Tables | Unseen
    connections: Connections | Unseen
    letters: Letters | Unseen


def judge(found: Database | Refused | Unseen) -> Iterator[Finding]:
    """All about the database."""
    if isinstance(found, Database):
        yield from _server(found.server)
        yield from _each(found)
        return
    if isinstance(found, Refused):
        mend = (
            "correct DATABASE_URL" if found.setting else "start Postgres, or correct the host and port in DATABASE_URL"
        )
        yield wrong("postgres", found.why, mend)
    else:
        yield unknown("postgres", found.why)
    for check in CHECKS:
        yield unknown(check, "Postgres was not asked")


def _server(server: Server) -> Iterator[Finding]:
    version, via = f"Postgres {server.version // 10_000}", ", by a pooler" if server.pooled else ""
    if server.version // 10_000 < OLDEST:
        yield wrong("postgres", f"{version}, and {OLDEST} or later is needed", "upgrade Postgres")
    elif not (server.tls or server.local):
        told = f"{version}{via}: events and the password travel without TLS"
        yield warning("postgres", told, "add ?sslmode=require to DATABASE_URL, or verify-full with sslrootcert")
    else:
        size = "" if server.size is None else f", {server.size / GIB:.1f} GiB"
        yield fine("postgres", f"{version}{via}{size}, as {server.user}")


def _each(found: Database) -> Iterator[Finding]:
    schema, user = found.schema, found.server.user
    yield from _of("migrations", found.migrations, _migrations)
    yield from _of("generations", found.generations, lambda seen: _generations(seen, schema))
    yield from _of("partitions", found.partitions, _partitions)
    yield from _of("privileges", found.tables, lambda seen: _privileges(seen, schema, user))
    yield from _of("row security", found.tables, _security)
    yield from _of("connections", found.connections, _connections)
    yield from _of("letters", found.letters, _letters)


def _of(check: str, seen: T | Unseen, judged: Callable[[T], Iterator[Finding]]) -> Iterator[Finding]:
    if isinstance(seen, Unseen):
        yield unknown(check, seen.why)
    else:
        yield from judged(seen)


def _migrations(found: Migrations) -> Iterator[Finding]:
    pending = [f"{version} {name}" for version, name in found.brought.items() if version not in found.applied]
    if pending:
        yield wrong(
            "migrations", f"{number(len(pending), 'migration')} missing: {names(pending)}", "argus migrate", pending
        )
    if found.strangers:
        told = f"{names(found.strangers)} was applied, which this version does not know: a newer one has migrated"
        mend = "run the newer version everywhere, this doctor too; to go back, restore Postgres from before it"
        yield wrong("migrations", told, mend, found.strangers)
    if not (pending or found.strangers):
        yield fine("migrations", f"all {len(found.brought)} are applied")


def _generations(found: Sequence[Generation], schema: str) -> Iterator[Finding]:
    live = [each.schema for each in found if each.status == "live"]
    made = next((each for each in found if each.schema == schema), None)
    if not live:
        yield wrong("generations", "none is live: readers see nothing", "argus replay promote first")
    if made is None:
        name = schema.removeprefix("argus_")
        told = f"there is no generation with the schema {schema}, which workers make"
        yield wrong("generations", told, f"argus replay start {name} --from TIME, or correct ARGUS_GENERATION")
    elif not made.ready:
        name = schema.removeprefix("argus_")
        yield wrong(
            "generations", f"{schema} is not ready: its workers do not start", f"argus replay start {name} --from TIME"
        )
    elif live:
        others = [each.schema for each in found if each.schema not in live]
        more = f"; beside it {names(others)}" if others else ""
        yield fine("generations", f"{live[0]} is live, {schema} is made{more}")


def _partitions(found: Partitions) -> Iterator[Finding]:
    needed = [found.today + timedelta(days=ahead) for ahead in range(AHEAD + 1)]
    missing = [day.isoformat() for day in needed if day not in found.days]
    if missing:
        told = f"no partition of {', '.join(missing)}: events go to the default one, which is never dropped as a whole"
        yield wrong("partitions", told, "argus migrate", missing)
    if found.strays:
        told = f"{number(found.strays, 'event')} in the default partition"
        yield warning(
            "partitions", told, "argus migrate moves those of the days that it makes; ARGUS_KEEP_DAYS ends the rest"
        )
    if not (missing or found.strays):
        last = max(found.days)
        yield fine("partitions", f"made until {last.isoformat()}, {(last - found.today).days} days ahead")


def _privileges(found: Tables, schema: str, user: str) -> Iterator[Finding]:
    for privilege, tables in found.denied.items():
        on = f"all tables in schema {schema}" if len(tables) > 1 else tables[0]
        mend = f'grant {privilege.lower()} on {on} to "{user}"; -- as the owner, or run workers as the owner'
        yield wrong("privileges", f"{user} lacks {privilege} on {names(tables)}", mend, tables)
    if found.hidden:
        told = f"row-level security hides rows of {names(found.hidden)} from {user}, and refuses its own"
        yield wrong("privileges", told, f'alter role "{user}" bypassrls; -- or run workers as the owner', found.hidden)
    if found.unowned and not found.denied:
        told = f"{user} does not own {names(found.unowned)}: it can make no daily partitions"
        yield warning("privileges", told, "run `argus migrate` as the owner every day, or workers as the owner")
    if not (found.denied or found.hidden or found.unowned):
        yield fine("privileges", f"{user} reads and writes each table of {schema}")


def _security(found: Tables) -> Iterator[Finding]:
    if not found.insecure:
        yield fine("row security", "it is on for each table")
        return
    told = f"it is off on {names(found.insecure)}: who has the public key of a Supabase project may read them"
    mend = "; ".join(f"alter table {name} enable row level security" for name in found.insecure)
    yield wrong("row security", told, mend, found.insecure)


def _connections(found: Connections) -> Iterator[Finding]:
    told = f"{found.used} of {found.most} are taken"
    if found.used >= FULL * found.most:
        yield warning("connections", told, "use a transaction-mode pooler (it is fine), or raise max_connections")
    else:
        yield fine("connections", told)


def _letters(found: Letters) -> Iterator[Finding]:
    bugs = found.by_reason.get(BUG, 0)
    others = {reason: count for reason, count in found.by_reason.items() if reason != BUG}
    if bugs:
        told = f"{number(bugs, 'letter')} of the last 24 hours with the reason `bug`: a fault of this program"
        yield wrong(
            "letters", told, "argus dlq list --reason bug: tell us the detail; argus dlq replay once it is mended"
        )
    if others:
        most = sorted(others, key=lambda reason: -others[reason])
        told = f"{number(sum(others.values()), 'letter')} in the last 24 hours: "
        told += names([f"{reason} {others[reason]:,}" for reason in most])
        yield warning("letters", told, "argus dlq list --count tells why; docs/dead-letters.md", most)
    if not found.by_reason:
        yield fine("letters", "none in the last 24 hours")
