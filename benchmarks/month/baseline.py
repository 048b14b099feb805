"""What window and service alone find: the symptoms of a service without a break of ten minutes, two groups at least."""

from collections.abc import Iterator

from argus_streams.core.events import Signal
from month import Month
from month.judging import Grouped
from month.telling import MINUTE

GAP, DEPLOYED = 10 * MINUTE, 30 * MINUTE
_SYMPTOMS = ("group_new", "group_spiking", "group_regressed")


def by_window(month: Month) -> Iterator[Grouped]:
    """Its incidents; the cause is the last deploy of the service before them."""
    signals = sorted({told.signal.signal_id: told.signal for told in month.told}.values(), key=lambda s: s.received_at)
    running: dict[str, list[Signal]] = {}
    deploys: dict[str, Signal] = {}
    cause: dict[str, Signal | None] = {}
    for signal in signals:
        service = signal.service or ""
        if signal.kind == "deploy":
            deploys[service] = signal
        if signal.kind not in _SYMPTOMS:
            continue
        batch = running.get(service)
        if batch and signal.received_at - batch[-1].received_at <= GAP:
            batch.append(signal)
            continue
        yield from _told(batch, cause.get(service))
        running[service] = [signal]
        last = deploys.get(service)
        cause[service] = last if last and signal.received_at - last.received_at <= DEPLOYED else None
    for service, batch in running.items():
        yield from _told(batch, cause[service])


def _told(batch: list[Signal] | None, cause: Signal | None) -> Iterator[Grouped]:
    if batch and len({each.subject for each in batch}) > 1:
        yield Grouped(frozenset(each.signal_id for each in batch), cause and cause.signal_id)
