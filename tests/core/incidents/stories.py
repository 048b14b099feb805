"""Stories of named services: signals by the minute, and what a project's timeline makes of them."""

from typing import NamedTuple

from argus_streams.adapters.incident_rules import load_incident_rules
from argus_streams.core.events import Signal
from argus_streams.core.findings import IncidentCommand
from argus_streams.core.incidents.facts import fact_of
from argus_streams.core.incidents.fold import Ruling
from argus_streams.core.incidents.orders import Complaint, order_of
from argus_streams.core.incidents.project import News, look

START = 1_800_000_000_000  # ms
MINUTE = 60_000
RULES = load_incident_rules(None)[0]


def minute(number):
    return START + int(number * MINUTE)


def signal(kind, subject, at, **fields):
    """A signal at a minute of the story; of a service in production, if it names one."""
    usual = {"title": subject, "project": "shop", "source": "sentry", "received_at": minute(at)}
    usual["signal_id"] = f"{kind} {subject} {at}"
    if "service" in fields:
        usual["environment"] = "production"
    return Signal(kind=kind, subject=subject, **(usual | fields))


def error(name, at, service="checkout", *, kind="group_new", **fields):
    return signal(kind, f"v1:{name}", at, service=service, **({"of": "error", "severity": "error"} | fields))


def alert(name, at, service, *, kind="group_regressed", **fields):
    return signal(kind, f"v1:{name}", at, service=service, **({"of": "alert", "severity": "error"} | fields))


def resolved(name, at, **fields):
    return signal("group_resolved", f"v1:{name}", at, **fields)


def deploy(release, at, service="checkout", *, status="success", **fields):
    usual = {"release": release, "service": service, "title": f"deploy of {release}", "status": status}
    return signal("deploy", f"{service}/production", at, **(usual | fields))


def push(commit, at, *files, **fields):
    usual = {"commit": commit, "files": files, "repository": "acme/shop", "branch": "main"}
    return signal("push", f"acme/shop@{commit}", at, **(usual | fields))


def red(commit, at, **fields):
    return signal("ci", f"acme/shop@{commit}", at, status="failed", commit=commit, repository="acme/shop", **fields)


def breakage(at, service="checkout", *names, release="r2", **fields):
    """A release that breaks its service: four new groups in the first minutes after ``at``."""
    told = [deploy(release, at, service)]
    for step, name in enumerate(names or ("a", "b", "c", "d")):
        told.append(error(f"{service}-{name}", at + 1 + step / 2, service, release=release, **fields))
    return told


class Values(dict):
    """A project's part of a table."""

    def put(self, name, value):
        if value is None:
            self.pop(name, None)
        else:
            assert len(value) < 1024 * 1024
            self[name] = value


class Told(NamedTuple):
    """What one look told."""

    incidents: list
    requests: list
    complaints: list


class Project:
    """A project that is looked at again and again."""

    def __init__(self, rules=RULES, name="shop"):
        self.ruling, self.name, self.values = Ruling(rules), name, Values()
        self.latest, self.due, self._offset = {}, None, 0

    def hear(self, *signals, orders=(), now=0):
        facts = [fact for each in signals if (fact := fact_of(each, each.received_at))]
        stream = max((each.received_at for each in signals), default=0)
        news = News(facts, orders, [each for each in signals if each.kind.startswith("group_")], stream, now)
        outcome = look(self.name, self.ruling, self.values, news, epoch=7)
        for incident in outcome.incidents:
            known = self.latest.get(incident.incident)
            assert known is None or known.version < incident.version
            self.latest[incident.incident] = incident
        self.due = outcome.due
        return Told(list(outcome.incidents), list(outcome.requests), [why for _, why in outcome.complaints])

    def hear_each(self, *signals):
        for each in signals:
            self.hear(each)

    def command(self, action, incident, at, **fields):
        order = self.order(action, incident, at, **fields)
        if isinstance(order, Complaint):
            return Told([], [], [order])
        return self.hear(orders=[order])

    def order(self, action, incident, at, *, offset=None, **fields):
        self._offset += 1
        told = IncidentCommand(**({"project": "shop", "incident": incident, "action": action, "by": "ada"} | fields))
        offset = self._offset if offset is None else offset
        return order_of(told, at=minute(at), topic="commands-id", partition=0, offset=offset)

    def open(self):
        return [each for each in self.latest.values() if each.status == "open"]

    def only(self):
        (incident,) = [each for each in self.latest.values() if each.status != "merged"]
        return incident


def subjects(incident):
    return {each.subject.removeprefix("v1:") for each in incident.members}


def cause(incident):
    return incident.causes[0].title if incident.causes else None
