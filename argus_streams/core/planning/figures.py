"""What a plan is reckoned from: the load, what was measured, and what things cost."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

from msgspec import Meta, Struct

Amount = Annotated[float, Meta(gt=0, le=1e15)]
Role = Literal["normalize", "correlate", "analyze", "heal", "store"]

NEEDED: Mapping[str, frozenset[str]] = {  # what a plan can not be made without
    "cpu": frozenset({"normalize", "correlate", "store", "broker", "postgres"}),
    "rows": frozenset({"production_events", "error_groups", "group_days"}),
    "workers": frozenset({"normalize", "correlate", "analyze", "heal", "store"}),
    "bytes_a_body": frozenset({"groups.changelog"}),
}


class Load(Struct, frozen=True, kw_only=True):
    """What is to be carried."""

    rate: float  # bodies a second, on the busiest day's average
    body: float  # bytes of one
    retention: float  # s, of the inputs
    replication: int = 3
    problems: int = 100_000  # groups that are alive at a time
    projects: int = 10


class Figure(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One number that was measured."""

    value: Amount
    unit: str
    by: str  # the command that measured it
    day: date


class Volume(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Bytes that each topic keeps of a body, compressed, one replica."""

    bytes_a_body: dict[str, Amount]
    by: str
    day: date


class Size(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one worker may have."""

    cpu: Amount  # cores
    memory: Amount  # MiB


class Figures(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that was measured, and on what machine."""

    machine: str
    body: Figure  # bytes of the bodies that the others were measured with
    cpu: dict[str, Figure]  # by role and server, bodies per CPU second
    state: Figure  # bytes of a group on a worker's disk
    rows: dict[str, Figure]  # by table, bytes of a row with its indexes
    topics: Volume
    workers: dict[Role, Size]


class Prices(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a month of each costs."""

    as_of: date
    example: bool  # nobody's price list
    currency: str
    core: Annotated[float, Meta(ge=0, le=1e9)]
    memory: Annotated[float, Meta(ge=0, le=1e9)]  # GiB
    disk: Annotated[float, Meta(ge=0, le=1e9)]  # GiB
    network: Annotated[float, Meta(ge=0, le=1e9)]  # GiB between brokers
    database: Annotated[float, Meta(ge=0, le=1e9)]  # GiB of Postgres


class Kept(Struct, frozen=True, kw_only=True):
    """How long a topic's records stay."""

    topic: str
    seconds: float


class Given(Struct, frozen=True, kw_only=True):
    """All that a plan is made of."""

    load: Load
    figures: Figures
    prices: Prices
    kept: tuple[Kept, ...]
    keep_days: int  # of events in Postgres
    dollars_a_day: float  # that a project may spend on models


class Line(Struct, frozen=True):
    """One amount, and why it is so much."""

    name: str
    amount: float
    unit: str
    reason: str


class Plan(Struct, frozen=True, kw_only=True):
    """What a load needs."""

    load: Load
    partitions: int
    workers: Mapping[Role, int]
    state_gib: int  # of each worker of `correlate`
    lines: tuple[Line, ...]
    money: tuple[Line, ...]

    def line(self, name: str) -> Line:
        """The line of this name."""
        return next(line for line in (*self.lines, *self.money) if line.name == name)
