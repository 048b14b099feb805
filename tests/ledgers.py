"""What ledger records alone tell of one partition, added up by the audit."""

from collections import defaultdict

from argus_streams.core.audit.bodies import Seen, account, lost
from argus_streams.core.audit.cut import Input
from argus_streams.core.audit.places import Places
from argus_streams.core.audit.told import Told
from argus_streams.core.audit.verdict import Sheet

NAME = "argus.events.incoming"


def added_up(records, place, end, first=0):
    """The verdict over offsets [first, end) of a (topic id, partition), as if letters and sightings were gone."""
    return all_added_up(records, {place: (first, end)})


def all_added_up(records, spans):
    """The same over several, [first, end) by (topic id, partition)."""
    told, sheet = defaultdict(Told), Sheet()
    for record in records:
        told[record.topic, record.partition].enter(record)
    for place, (first, end) in spans.items():
        audited = Input(NAME, *place, first, end, end, known_normalized=end, known_letters=end)
        account(audited, told[place], Seen(Places(), Places(), Places()), Places(), sheet)
        lost(audited, told[place], dict.fromkeys(range(first, end), ""), sheet)
    return sheet.verdict()
