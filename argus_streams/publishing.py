"""Writing to the inputs from the command line and the demo, confirmed like everything else."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from argus_streams.agents.wire import Topics, key_of, outgoing
from argus_streams.core import letters, packed
from argus_streams.core.findings import Feedback, IncidentCommand
from argus_streams.core.messages import Command
from argus_streams.errors import Malformed
from argus_streams.streaming.producer import ConfirmedProducer, Outgoing


class Publication(NamedTuple):
    """One body for the topic of raw bodies."""

    source: str
    project: str
    headers: Mapping[str, str]  # of the vendor's request
    value: bytes


def fitting(body: Publication, limit: int) -> Publication:
    """The body as gzip where it is above the limit; ``Malformed`` where no record has room for it even so."""
    if len(body.value) > limit and packed.HEADER not in body.headers:
        body = body._replace(value=packed.pack(body.value), headers={**body.headers, packed.HEADER: packed.GZIP})
    if len(body.value) > letters.WHOLE_BYTES:
        raise Malformed("too large", f"{len(body.value):,} bytes packed; a record has {letters.WHOLE_BYTES:,}")
    return body


class Publisher:
    """Publishes bodies and commands; returns when the broker has them."""

    def __init__(self, client: Mapping[str, Any], topics: Topics) -> None:
        self._producer = ConfirmedProducer(client)
        self._topics = topics

    async def publish(self, bodies: Sequence[Publication]) -> None:
        """Write bodies, each with CloudEvents' headers in binary mode and those of its request."""
        await self._producer.write([self._body(body) for body in bodies])

    async def command(self, order: Command | IncidentCommand | Feedback) -> None:
        """Write what somebody decided, under the key of whom it concerns."""
        await self._producer.write([self._order(order)])

    def _order(self, order: Command | IncidentCommand | Feedback) -> Outgoing:
        match order:
            case Command():
                return outgoing(self._topics.commands, key_of(order.project, order.fingerprint), order)
            case IncidentCommand():
                return outgoing(self._topics.incident_commands, order.project.encode(), order)
            case Feedback():
                return outgoing(self._topics.feedback, order.project.encode(), order)

    def _body(self, body: Publication) -> Outgoing:
        told = {**body.headers, "ce_source": body.source, "project": body.project, "ce_specversion": "1.0"}
        return Outgoing(
            self._topics.incoming, None, body.value, [(name, value.encode()) for name, value in told.items()]
        )
