"""What is counted of the records that the roles write: outcomes of the ledger, signals, states of incidents.

It is counted once the broker has them: numbers agree with the topics, whatever was tried before.
"""

from collections.abc import Mapping, Sequence
from typing import get_args

import msgspec
from msgspec import Struct

from argus_streams.agents.wire import Topics
from argus_streams.core.events import SignalKind
from argus_streams.core.findings import IncidentStatus
from argus_streams.core.ledger import OF_BODIES, OF_EVENTS, totals
from argus_streams.core.messages import LedgerRecord
from argus_streams.metric import Metric
from argus_streams.streaming.meter import Tally
from argus_streams.streaming.producer import Outgoing

OUTCOMES = Metric(
    "argus_outcomes",
    "counter",
    "What became of bodies (stage `normalize`: normalised, ignored, dead, expired; rejected are items of them) and of "
    "events (stage `group`: counted, closed, duplicate, purged), as the ledger tells it; some twice after a restart.",
    ("stage", "outcome"),
)
SIGNALS = Metric(
    "argus_signals",
    "counter",
    "Notable points of projects' timelines: group_new, group_regressed, group_spiking, group_grown, group_resolved, "
    "deploy, push, pull_request, ci.",
    ("kind",),
)
INCIDENTS = Metric(
    "argus_incident_snapshots", "counter", "Incidents told anew because they changed, by their status.", ("status",)
)

ALL = (OUTCOMES, SIGNALS, INCIDENTS)


class _Signal(Struct):
    """All that is looked at; decoding passes over the rest."""

    kind: SignalKind


class _Incident(Struct):
    status: IncidentStatus


_LEDGER = msgspec.json.Decoder(LedgerRecord)
_SIGNAL = msgspec.json.Decoder(_Signal)
_INCIDENT = msgspec.json.Decoder(_Incident)


_OF_GROUPS = [kind for kind in get_args(SignalKind) if kind.startswith("group_")]
# What begins at 0, by the role that tells it.
_EXPECTED: Mapping[str, Mapping[Metric, Sequence[tuple[str, ...]]]] = {
    "normalize": {
        OUTCOMES: [("normalize", outcome) for outcome in (*OF_BODIES, "rejected")],
        SIGNALS: [(kind,) for kind in get_args(SignalKind) if kind not in _OF_GROUPS],
    },
    "correlate": {
        OUTCOMES: [("group", outcome) for outcome in OF_EVENTS],
        SIGNALS: [(kind,) for kind in _OF_GROUPS],
        INCIDENTS: [(status,) for status in get_args(IncidentStatus)],
    },
}


def tallies(topics: Topics, role: str) -> tuple[Tally, ...]:
    """What a worker of this role counts of these topics."""
    expected = _EXPECTED.get(role, {})
    return (
        Tally(OUTCOMES, topics.ledger, _outcomes, expected.get(OUTCOMES, ())),
        Tally(SIGNALS, topics.signals, _signal, expected.get(SIGNALS, ())),
        Tally(INCIDENTS, topics.correlated, _incident, expected.get(INCIDENTS, ())),
    )


def _signal(record: Outgoing) -> Mapping[tuple[str, ...], int]:
    return {(_SIGNAL.decode(record.value or b"").kind,): 1}


def _incident(record: Outgoing) -> Mapping[tuple[str, ...], int]:
    """One that a purge takes back has no value, and no status any more."""
    return {} if record.value is None else {(_INCIDENT.decode(record.value).status,): 1}


def _outcomes(record: Outgoing) -> Mapping[tuple[str, ...], int]:
    told = _LEDGER.decode(record.value or b"")
    return {(told.stage, outcome): number for outcome, number in totals(told).items()}
