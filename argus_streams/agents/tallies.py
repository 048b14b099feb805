"""What is counted of the records that the roles write: outcomes of the ledger, signals, states of incidents.

It is counted once the broker has them: numbers agree with the topics, whatever was tried before.
"""

from collections.abc import Callable, Mapping

import msgspec
from msgspec import Struct

from argus_streams.agents.wire import Topics
from argus_streams.core.events import SignalKind
from argus_streams.core.findings import IncidentStatus
from argus_streams.core.ledger import totals
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


def tallies(topics: Topics) -> tuple[Tally, ...]:
    """What workers of these topics count."""
    counted: Mapping[str, tuple[Metric, Callable[[Outgoing], Mapping[tuple[str, ...], int]]]] = {
        topics.ledger: (OUTCOMES, _outcomes),
        topics.signals: (SIGNALS, lambda record: {(_SIGNAL.decode(record.value or b"").kind,): 1}),
        topics.correlated: (INCIDENTS, _incident),
    }
    return tuple(Tally(metric, topic, told) for topic, (metric, told) in counted.items())


def _incident(record: Outgoing) -> Mapping[tuple[str, ...], int]:
    """One that a purge takes back has no value, and no status any more."""
    return {} if record.value is None else {(_INCIDENT.decode(record.value).status,): 1}


def _outcomes(record: Outgoing) -> Mapping[tuple[str, ...], int]:
    told = _LEDGER.decode(record.value or b"")
    return {(told.stage, outcome): number for outcome, number in totals(told).items()}
