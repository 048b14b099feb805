"""Sentry: events of SDKs of every age, their envelopes, and the webhooks of Sentry's integrations.

Shapes: https://develop.sentry.dev/sdk/data-model/event-payloads/ (events and their older keys),
https://develop.sentry.dev/sdk/data-model/envelopes/, and
https://docs.sentry.io/organization/integrations/integration-platform/webhooks/.
"""

from collections.abc import Sequence

from argus_streams.core.events import Item
from argus_streams.core.fields import decode, text
from argus_streams.core.source import Body, Source
from argus_streams.errors import Malformed
from argus_streams.sources.sentry.envelope import read_envelope
from argus_streams.sources.sentry.event import read_event
from argus_streams.sources.sentry.webhook import is_webhook, read_webhook


def read(body: Body) -> Sequence[Item]:
    """The one occurrence of an event or webhook, or an item for each item of an envelope."""
    delivery = text(body.headers.get("request-id"))
    items = read_envelope(body.value, delivery)
    if items is not None:
        return items
    document = decode(body.value)
    if not isinstance(document, dict):
        raise Malformed("not an object", f"a Sentry body is a JSON object, this is a {type(document).__name__}")
    if is_webhook(document):
        return (read_webhook(document, body.headers, delivery),)
    return (read_event(document, delivery),)


SOURCE = Source(
    name="sentry",
    about="events of Sentry's SDKs, envelopes, and webhooks of issues, errors, issue alerts and metric alerts",
    read=read,
)
